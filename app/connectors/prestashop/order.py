"""Orders of a PrestaShop: reading them, and what can be done to one that exists. New ones: `order_create.py`.

An order is handled in four ways, and each is compared with what the shop holds at that moment, because none is
idempotent there: the same state again writes another history row and mails the customer again (recording 514), the
same message is posted twice.

It takes up to four calls, and the shop can refuse any of them. What can be known beforehand is looked at before the
first; messages come first, because a firewall or the shop dislikes a text sooner than a number; tracking comes before
the state, so that the shop's mail about the state can name the parcel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.prestashop import changes
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.extra import PREFIX as EXTRA
from app.connectors.prestashop.extra import OwnFields
from app.connectors.prestashop.fields import Kind, as_int, as_str, from_shop, native_id
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.order_create import OrderMaker
from app.connectors.prestashop.order_discounts import OrderDiscounts
from app.connectors.prestashop.order_messages import OrderMessages, mark_of
from app.connectors.prestashop.order_record import OrderRecords
from app.connectors.prestashop.order_resolve import PREFIX, OrderResolver, lines_of
from app.connectors.prestashop.order_status import OrderStatuses
from app.connectors.prestashop.records import by_id, by_value, cannot, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.order import HANDLING
from app.errors import AppError, NotFound, Parked, Rejected, Retryable

FIELDS: Final = {
    "reference": Kind.TEXT,
    "id_customer": Kind.ID,
    "id_cart": Kind.ID,
    "id_address_delivery": Kind.ID,
    "id_address_invoice": Kind.ID,
    "id_carrier": Kind.ID,
    "id_currency": Kind.ID,
    "id_lang": Kind.ID,
    "current_state": Kind.ID,
    "module": Kind.TEXT,
    "payment": Kind.TEXT,
    "total_paid": Kind.AMOUNT,
    "total_products": Kind.AMOUNT,
    "date_add": Kind.MOMENT,
    "total_paid_tax_incl": Kind.AMOUNT,
    "total_paid_tax_excl": Kind.AMOUNT,
    "total_shipping_tax_incl": Kind.AMOUNT,
    "total_shipping_tax_excl": Kind.AMOUNT,
    "carrier_tax_rate": Kind.AMOUNT,
    "total_discounts_tax_incl": Kind.AMOUNT,
    "total_discounts_tax_excl": Kind.AMOUNT,
    "total_wrapping_tax_incl": Kind.AMOUNT,
    "total_wrapping_tax_excl": Kind.AMOUNT,
}
_ROW: Final = {
    "product_id": Kind.ID,
    "product_attribute_id": Kind.ID,
    "product_quantity": Kind.COUNT,
    "product_name": Kind.TEXT,
    "product_reference": Kind.TEXT,
    "unit_price_tax_incl": Kind.AMOUNT,
    "unit_price_tax_excl": Kind.AMOUNT,
}
"""All that a record's lines need, in the list of the orders itself; `order_details` would be a second call (509, 820).
"""
NOTE: Final = {"note": Kind.TEXT}
NOTE_SINCE: Final = (1, 7, 8)
Step: TypeAlias = Callable[[], Awaitable[object]]
_LINES: Final = f"order_rows[id,{','.join(_ROW)}]"


class OrderPort:
    entity_type = EntityType.ORDER

    def __init__(
        self,
        client: PrestashopClient,
        reference: Reference,
        options: PrestashopOptions,
        *,
        extra: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._reference = reference
        self._own = OwnFields(client, reference, "orders", extra)
        self._reference = reference
        self._options = options
        self._records = OrderRecords(reference, OrderStatuses(reference, options.order_states))
        self._discounts = OrderDiscounts(client)
        self._resolver = OrderResolver(client, reference, options)
        self._maker = OrderMaker(client, reference)
        self._messages = OrderMessages(client)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Three calls for fifty orders, the third only where something was taken off one."""
        rows = await by_id(self._client, "orders", ids, await self._display())
        messages = await self._messages.of(list(rows))
        discounts = await self._discounts.of(rows)
        return {
            number: await self._snapshot(rows[number], messages.get(number, {}), discounts.get(number, []))
            if number in rows
            else MISSING
            for number in ids
        }

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By the shop's reference, or by Odoo's in the message that marks an order made from there.

        An event id is not kept in the shop: such an order is found by its cart (`order_create.py`).
        """
        ids = {**await self._by_reference(keys), **await self._messages.marked(keys)}
        found = await self.read([number for numbers in ids.values() for number in numbers])
        return {
            key: [snapshot for number in ids.get(key, []) if isinstance(snapshot := found[number], Snapshot)]
            for key in keys
        }

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return await self._resolver.resolve([patch.fields for patch in patches])

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        """Without lines and status where an order is not `complete` yet (`order_record.py`)."""
        return [await self._records.record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._records.resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changes.by_date(self._client, self._reference, "orders", cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._own.native()

    async def _snapshot(self, row: Row, messages: Mapping[str, Json], discounts: list[Json]) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.ORDER, native_id=native_id(row))
        state = {**_state(row, messages), "discounts": discounts} | await self._own.state(row)
        changed = modified_at(row, await self._reference.time_zone())
        return Snapshot(ref=ref, state=state, modified_at=changed)

    async def _store(self, write: Write) -> Stored:
        if write.removal is not None:
            raise cannot(write.removal, "an order", "it would leave its lines behind (927); cancel it instead")
        if write.ref is not None:
            return await self._update(write.ref.native_id, write.changes, write.base or {})
        made = await self._maker.make(write)
        try:
            await self._complete(made.native_id, write.changes)
        except Parked:
            raise
        except Rejected as error:
            raise _made_in_part(made.native_id, error) from error
        return made

    async def _complete(self, number: str, changes: State) -> None:
        """The mark before anything that can be refused: by it the order is found again, whatever comes of the rest."""
        await self._messages.post(number, mark_of(changes))
        await self._maker.check_total(number, changes)
        await self._handle(number, changes, {})

    async def _update(self, number: str, changes: State, base: State) -> Stored:
        """A second "created" event about an order may speak of more than can be changed; its total is checked again."""
        if "total_paid" in changes:
            await self._maker.check_total(number, changes)
        await self._handle(number, changes, base)
        fixed = ", ".join(sorted(key for key in changes if key not in HANDLING and not key.startswith((PREFIX, EXTRA))))
        notes = (f"the order exists already, and {fixed} cannot be changed",) if fixed else ()
        return Stored(native_id=number, notes=notes)

    async def _handle(self, number: str, changes: State, base: State) -> None:
        row = await self._client.one("orders", number, display=await self._display())
        if row is None:
            raise NotFound(f"Order {number} not found in the shop")
        now = _state(row, {})
        differing = {name: value for name, value in changes.items() if name in HANDLING and value != now.get(name)}
        if "note" in differing and not await self._has_note():
            raise Rejected("orders have no note before PrestaShop 1.7.8; send a message", code="no_note", field="note")
        parcel = await self._parcel_of(number) if "tracking_number" in differing else None
        steps = self._steps(number, changes, differing, parcel)
        if own := await self._own.changed(changes, base):
            steps = {"own fields": partial(self._client.update, "orders", number, own), **steps}
        await _in_order(number, steps)

    def _steps(self, number: str, changes: State, differing: State, parcel: str | None) -> dict[str, Step]:
        steps: dict[str, Step] = {}
        if any(name.startswith(PREFIX) for name in changes):
            steps["message"] = partial(self._messages.post, number, changes)
        if parcel is not None:
            tracking = {"tracking_number": as_str(differing["tracking_number"]) or ""}
            steps["tracking_number"] = partial(self._client.update, "order_carriers", parcel, tracking)
        if "note" in differing:
            note = {"note": as_str(differing["note"]) or ""}
            steps["note"] = partial(self._client.update, "orders", number, note)
        if isinstance(wanted := differing.get("current_state"), int):
            steps["current_state"] = partial(self._enter_state, number, wanted)
        return steps

    async def _parcel_of(self, number: str) -> str:
        """The order's first carrier row: it is the one `orders.shipping_number` shows (recordings 520, 525)."""
        rows = await self._client.rows("order_carriers", display=["id"], filters={"id_order": f"[{number}]"}, limit=1)
        if not rows:
            raise Rejected(
                f"order {number} has no carrier, so it cannot have a tracking number",
                code="no_carrier",
                field="tracking_number",
            )
        return native_id(rows[0])

    async def _enter_state(self, number: str, state: int) -> None:
        """By a history row: changing the order itself always mails the customer (recording 510).

        The shop mails for any non-empty `sendemail`, so it is left out rather than sent as 0. A fatal error of a module
        comes after the state was stored, so the state is looked at before the error is believed.
        """
        try:
            await self._client.create(
                "order_histories",
                {"id_order": number, "id_order_state": str(state)},
                params={"sendemail": "1"} if self._options.status_email else None,
            )
        except Retryable as error:
            if error.code not in ("shop_error", "unreadable"):
                raise
            row = await self._client.one("orders", number, display=["id", "current_state"])
            if row is None or as_int(row.get("current_state")) != state:
                raise

    async def _by_reference(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[str]]:
        named = [key for key in keys if key.name == "reference"]
        found = await by_value(self._client, "orders", "reference", [key.value for key in named], ["id", "reference"])
        return {key: sorted({native_id(row) for row in found[key.value]}) for key in named}

    async def _display(self) -> list[str]:
        note = ["note"] if await self._has_note() else []
        return ["id", *FIELDS, "shipping_number", "date_upd", *note, *self._own.names, _LINES]

    async def _has_note(self) -> bool:
        """An unknown version is taken for a current one: asking for a field that is not there is an error."""
        version = await self._client.version()
        return not version or version >= NOTE_SINCE


def _state(row: Row, messages: Mapping[str, Json]) -> dict[str, Json]:
    """`lines` are what an event compares, each product once; `order_rows` what was bought, row by row."""
    associations = row.get("associations")
    listed = associations.get("order_rows") if isinstance(associations, dict) else None
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {
        **from_shop(row, FIELDS),
        **(from_shop(row, NOTE) if "note" in row else {}),
        "tracking_number": as_str(row.get("shipping_number")),
        "lines": lines_of(rows),
        "order_rows": [from_shop(one, _ROW) for one in sorted(rows, key=lambda one: as_int(one.get("id")))],
        "complete": bool(rows) and as_int(row.get("current_state")) > 0,
        **messages,
    }


async def _in_order(number: str, steps: Mapping[str, Step]) -> None:
    """One after the other. Refused after the first, the order is parked with what was done: that is in the shop now."""
    done: list[str] = []
    for name, step in steps.items():
        try:
            await step()
        except Rejected as error:
            if not done:
                raise
            raise Parked(
                f"order {number} was changed in part ({', '.join(done)}), but {name} was refused: {error.message}",
                code="changed_in_part",
                field=error.field or name,
                native_id=number,
            ) from error
        done.append(name)


def _made_in_part(number: str, error: Rejected) -> Parked:
    """The order is there: refused as a whole it would be sent again, and made again."""
    return Parked(
        f"order {number} was made, but {error.message}; do the rest in the shop, or send it as an update of the order",
        code="made_in_part",
        field=error.field,
        native_id=number,
    )
