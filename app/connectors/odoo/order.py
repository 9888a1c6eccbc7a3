"""Orders: read in a few calls whatever their number, made once, and afterwards only moved along.

What the shop sold stays as sold (`FIXED`); later changes are the state, the note, the number of the parcel.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.linked_changes import Part, changed_since
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_actions import states_now
from app.connectors.odoo.order_create import OrderCreator
from app.connectors.odoo.order_finish import finish
from app.connectors.odoo.order_lines import lines_in, record_of
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.order_resolve import OrderResolver
from app.connectors.odoo.order_rows import FIELDS, MODEL, snapshots
from app.connectors.odoo.order_states import status_of
from app.connectors.odoo.order_tracking import MODEL as PICKING
from app.connectors.odoo.order_tracking import TRACKING, has_pickings, pickings_of, write_tracking
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.search import any_of, plain
from app.connectors.odoo.values import id_of, ids_of, ref_of, text_of, text_to_html
from app.connectors.odoo.writing import Planned, Stored, as_known, required_id, settle, write_all
from app.context import mark_as_reverse_sync
from app.entities.base import EntityType, NaturalKey, Record, State
from app.errors import AppError, NotFound, Rejected

DELIVERIES: Final = Part(
    model=PICKING, owner="sale_id", kind=(["sale_id", "!=", False], ["picking_type_code", "=", "outgoing"])
)


class OrderPort:
    entity_type = EntityType.ORDER
    creates_in_steps = True

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: OrderReference, *, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._options = options
        self._reference = reference
        self._resolver = OrderResolver(client, options, reference)
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            archives=False,
            overlap_s=options.poll_overlap_s,
        )
        self._creator = OrderCreator(self._table, options, reference)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await self._table.rows(ids)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By the shop's number of the order, without regard to case. Several orders may have one."""
        names = sorted({key.value for key in keys})
        rows = await self._table.where(any_of("client_order_ref", names)) if names else []
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._snapshots(rows):
            found.setdefault(plain(shot.state.get("client_order_ref")), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Creates step by step in batches, changes side by side; then tracking numbers, then one read of all.

        Odoo deletes quotations and cancelled orders only, and archives none.
        """
        removed = [write for write in writes if write.removal is not None]
        kept = [write for write in writes if write.removal is None]
        gone = iter(await write_all(self._table, removed, _no_plan, self.read) if removed else [])
        stored = iter(await settle(await self._store(kept), self._table, self.read))
        return [next(gone) if write.removal is not None else next(stored) for write in writes]

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        numbers = {number for state in states for line in lines_in(state) for number in ids_of(line["tax_ids"])}
        taxes = await self._reference.taxes(numbers)
        currencies = {number for state in states if (number := id_of(state.get("currency_id")))}
        codes = await self._reference.currency_codes(currencies)
        return [{**_header(state, codes), **record_of(state, taxes)} for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return await self._resolver.resolve(wanted)

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        parts = [DELIVERIES] if await has_pickings(self._client) else []
        async for page in changed_since(self._table, parts, cursor):
            yield page

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        return await snapshots(self._table, rows, shipping_sku=self._options.shipping_product_sku)

    async def _store(self, writes: Sequence[Write]) -> list[Stored | AppError]:
        creates = [write for write in writes if write.ref is None]
        made = iter(await self._creator.create(creates) if creates else [])
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._update(write)) for write in writes if write.ref is not None]
        moved = iter([task.result() for task in tasks])
        numbers = [next(made) if write.ref is None else next(moved) for write in writes]
        return await self._tracked(writes, numbers)

    async def _update(self, write: Write) -> int | AppError:
        with mark_as_reverse_sync(write.operation_id):
            try:
                return await self._move(write, required_id(write))
            except Exception as error:
                return as_known(error, "changing an order")

    async def _move(self, write: Write, order: int) -> int:
        now = write.base or (await states_now(self._client, [order])).get(order)
        if now is None:
            raise NotFound(f"order {order} is no longer in Odoo")
        values = await self._table.extra_values(write.changes)
        if "client_order_ref" in write.changes:
            values["client_order_ref"] = write.changes["client_order_ref"] or False
        if "note" in write.changes:
            values["note"] = text_to_html(text_of(write.changes["note"]))
        changes = {name: value for name, value in write.changes.items() if name in ("state", "locked")}
        await finish(self._client, order, now=now, changes=changes, values=values)
        return order

    async def _tracked(self, writes: Sequence[Write], numbers: Sequence[int | AppError]) -> list[Stored | AppError]:
        """Tracking numbers last: a delivery comes with the confirmation."""
        wanted = [
            number
            for write, number in zip(writes, numbers, strict=True)
            if isinstance(number, int) and _has_tracking(write)
        ]
        try:
            pickings = await pickings_of(self._client, wanted)
        except Exception as error:
            failure = as_known(error, "looking for deliveries")
            numbers, pickings = [failure if number in wanted else number for number in numbers], {}
        return await asyncio.gather(
            *(self._track(write, number, pickings) for write, number in zip(writes, numbers, strict=True))
        )

    async def _track(
        self, write: Write, number: int | AppError, pickings: Mapping[int, Sequence[Row]]
    ) -> Stored | AppError:
        if isinstance(number, AppError):
            return number
        with mark_as_reverse_sync(write.operation_id):
            try:
                deliveries = pickings.get(number, ())
                notes = (
                    await write_tracking(self._client, deliveries, write.changes[TRACKING])
                    if _has_tracking(write)
                    else ()
                )
            except Exception as error:
                return as_known(error, "writing a tracking number")
        return Stored(native_id=str(number), notes=notes)


def _header(state: State, codes: Mapping[int, str]) -> Record:
    currency = id_of(state.get("currency_id"))
    return {
        "reference": state.get("client_order_ref"),
        "customer": ref_of(state.get("partner_id")),
        "invoice_address": ref_of(state.get("partner_invoice_id")),
        "delivery_address": ref_of(state.get("partner_shipping_id")),
        "date": state.get("date_order"),
        "currency": codes.get(currency) if currency else None,
        "status": status_of(state).value,
        "total": state.get("amount_total"),
        "total_untaxed": state.get("amount_untaxed"),
        "tracking": state.get(TRACKING),
        "note": state.get("note"),
    }


def _has_tracking(write: Write) -> bool:
    """A new order without a number has none to take away."""
    return TRACKING in write.changes and (write.ref is not None or write.changes[TRACKING] is not None)


async def _no_plan(write: Write) -> Planned:
    raise Rejected(f"{write.ref}: only removals come this way", code="internal")
