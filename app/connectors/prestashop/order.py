"""Orders of a PrestaShop: reading them, and what can be done to one that exists. New ones: `order_create.py`.

An order is handled in four ways, and each is compared with what the shop holds at that moment, because none is
idempotent there: the same state again writes another history row and mails the customer again (recording 514), the
same message is posted twice.

A message of an order is one entry of its state, `message:private:<hash>` → text. So a message that is there already is
no difference, one that is not is, and neither needs a rule of its own anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Gone, Patch, Resolved, Snapshot, Write, Written
from app.connectors.prestashop import filters
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import Kind, as_flag, as_int, as_str, from_shop, native_id
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.order_create import OrderMaker
from app.connectors.prestashop.order_resolve import MARK, PREFIX, OrderResolver, lines_of, message_key
from app.connectors.prestashop.records import Stored, by_id, by_value, write_all
from app.connectors.prestashop.reference import Reference
from app.entities.base import EntityType, Json, NaturalKey, Ref, Side, State
from app.entities.order import HANDLING
from app.errors import AppError, NotFound, Rejected, Retryable

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
}
NOTE: Final = {"note": Kind.TEXT}
NOTE_SINCE: Final = (1, 7, 8)
_LINES: Final = "order_rows[product_id,product_attribute_id,product_quantity]"


class OrderPort:
    entity_type = EntityType.ORDER

    def __init__(self, client: PrestashopClient, reference: Reference, options: PrestashopOptions) -> None:
        self._client = client
        self._options = options
        self._resolver = OrderResolver(client, reference, options)
        self._maker = OrderMaker(client, reference)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "orders", ids, await self._display())
        messages = await self._messages(list(rows))
        return {
            number: _snapshot(rows[number], messages.get(number, {})) if number in rows else MISSING for number in ids
        }

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By the shop's reference, or by Odoo's in the message that marks an order made from there.

        An event id is not kept in the shop: such an order is found by its cart (`order_create.py`).
        """
        ids = await self._ids_by("orders", "reference", "id", _values(keys, "reference", ""))
        ids |= await self._ids_by("messages", "message", "id_order", _values(keys, "odoo_reference", MARK))
        found = await self.read([number for numbers in ids.values() for number in numbers])
        return {
            key: [snapshot for number in ids.get(key, []) if isinstance(snapshot := found[number], Snapshot)]
            for key in keys
        }

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return await self._resolver.resolve([patch.fields for patch in patches])

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def _store(self, write: Write) -> Stored:
        if write.ref is not None:
            return await self._update(write.ref.native_id, write.changes)
        made = await self._maker.make(write)
        await self._post_messages(made.native_id, write.changes)
        await self._maker.check_total(made.native_id, write.changes)
        await self._handle(made.native_id, write.changes)
        return made

    async def _update(self, number: str, changes: State) -> Stored:
        """A second "created" event about an order may speak of more than can be changed; its total is checked again."""
        if "total_paid" in changes:
            await self._maker.check_total(number, changes)
        await self._handle(number, changes)
        fixed = ", ".join(sorted(key for key in changes if key not in HANDLING and not key.startswith(PREFIX)))
        notes = (f"the order exists already, and {fixed} cannot be changed",) if fixed else ()
        return Stored(native_id=number, notes=notes)

    async def _handle(self, number: str, changes: State) -> None:
        """Tracking before the state, so that the shop's mail about the state can name the parcel."""
        row = await self._client.one("orders", number, display=await self._display())
        if row is None:
            raise NotFound(f"Order {number} not found in the shop")
        now = _snapshot(row, {}).state
        if "tracking_number" in changes and changes["tracking_number"] != now["tracking_number"]:
            await self._track(number, as_str(changes["tracking_number"]) or "")
        if "note" in changes and changes["note"] != now.get("note"):
            await self._note(number, as_str(changes["note"]) or "")
        wanted = changes.get("current_state")
        if isinstance(wanted, int) and wanted != now["current_state"]:
            await self._enter_state(number, wanted)
        await self._post_messages(number, changes)

    async def _track(self, number: str, tracking_number: str) -> None:
        """On the order's first carrier row: it is the one `orders.shipping_number` shows (recordings 520, 525)."""
        rows = await self._client.rows("order_carriers", display=["id"], filters={"id_order": f"[{number}]"}, limit=1)
        if not rows:
            raise Rejected(
                f"order {number} has no carrier, so it cannot have a tracking number",
                code="no_carrier",
                field="tracking_number",
            )
        await self._client.update("order_carriers", native_id(rows[0]), {"tracking_number": tracking_number})

    async def _note(self, number: str, note: str) -> None:
        if not await self._has_note():
            raise Rejected("orders have no note before PrestaShop 1.7.8; send a message", code="no_note", field="note")
        await self._client.update("orders", number, {"note": note})

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

    async def _post_messages(self, number: str, changes: State) -> None:
        wanted = {key: value for key, value in changes.items() if key.startswith(PREFIX)}
        if not wanted:
            return
        there = (await self._messages([number])).get(number, {})
        for key, text in wanted.items():
            if key not in there:
                private = "1" if key.startswith(f"{PREFIX}private:") else "0"
                await self._client.create("messages", {"id_order": number, "message": str(text), "private": private})

    async def _messages(self, ids: Sequence[str]) -> dict[str, dict[str, Json]]:
        found: dict[str, dict[str, Json]] = {}
        for batch in filters.batches(ids):
            rows = await self._client.rows(
                "messages",
                display=["id", "id_order", "message", "private"],
                filters={"id_order": filters.any_of(batch)},
            )
            for row in rows:
                text = as_str(row.get("message")) or ""
                entry = {message_key(text, private=as_flag(row.get("private"))): text}
                found.setdefault(str(row.get("id_order")), {}).update(entry)
        return found

    async def _ids_by(
        self, resource: str, field: str, id_field: str, values: Mapping[NaturalKey, str]
    ) -> dict[NaturalKey, list[str]]:
        found = await by_value(self._client, resource, field, list(values.values()), list({"id", field, id_field}))
        return {key: sorted({str(row.get(id_field)) for row in found[value]}) for key, value in values.items()}

    async def _display(self) -> list[str]:
        note = ["note"] if await self._has_note() else []
        return ["id", *FIELDS, "shipping_number", *note, _LINES]

    async def _has_note(self) -> bool:
        """An unknown version is taken for a current one: asking for a field that is not there is an error."""
        version = await self._client.version()
        return not version or version >= NOTE_SINCE


def _snapshot(row: Row, messages: Mapping[str, Json]) -> Snapshot:
    associations = row.get("associations")
    rows = associations.get("order_rows") if isinstance(associations, dict) else None
    state: dict[str, Json] = {
        **from_shop(row, FIELDS),
        **(from_shop(row, NOTE) if "note" in row else {}),
        "tracking_number": as_str(row.get("shipping_number")),
        "lines": lines_of(rows if isinstance(rows, list) else []),
        **messages,
    }
    ref = Ref(side=Side.SHOP, entity_type=EntityType.ORDER, native_id=native_id(row))
    return Snapshot(ref=ref, state=state)


def _values(keys: Sequence[NaturalKey], name: str, prefix: str) -> dict[NaturalKey, str]:
    return {key: prefix + key.value for key in keys if key.name == name}
