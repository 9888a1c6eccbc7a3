"""Credit notes: what a shop gave back of an order, made once and then left to whoever keeps the books.

The partner is the one that the order is billed to, and `invoice_origin` the order's name, as on an invoice that Odoo
makes itself. A record's `date` is a day here: Odoo books by days.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.order_rows import one_of, products_with
from app.connectors.odoo.records import Table, native_id, refuse_patches
from app.connectors.odoo.refund_create import MOVE_TYPE, RefundCreator
from app.connectors.odoo.refund_lines import LINES, Line, line_of, lines_in, record_of
from app.connectors.odoo.refund_resolve import RefundResolver
from app.connectors.odoo.search import any_of, plain, rows_of
from app.connectors.odoo.values import amount_of, html_to_text, id_of, ids_of, ref_of, text_of
from app.connectors.odoo.writing import Planned, Stored, settle, store_all
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.errors import AppError

MODEL: Final = "account.move"
KIND: Final[tuple[Json, ...]] = (["move_type", "=", MOVE_TYPE],)
FIELDS: Final = (
    "move_type",
    "ref",
    "invoice_origin",
    "partner_id",
    "commercial_partner_id",
    "invoice_date",
    "currency_id",
    "amount_total",
    "amount_untaxed",
    "narration",
    "invoice_line_ids",
)
LINE_FIELDS: Final = (
    "move_id",
    "display_type",
    "product_id",
    "name",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
)
NO_GOODS: Final = ("line_section", "line_subsection", "line_note")


class RefundPort:
    entity_type = EntityType.REFUND
    creates_in_steps = True

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: OrderReference, *, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._options = options
        self._reference = reference
        self._resolver = RefundResolver(client, options, reference)
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            kind=KIND,
            archives=False,
            overlap_s=options.poll_overlap_s,
        )
        self._creator = RefundCreator(self._table, options)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """A journal entry of another kind is missing here."""
        rows = await self._table.rows(ids)
        mine = [row for row in rows.values() if row.get("move_type") == MOVE_TYPE]
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(mine)}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By the shop's reference of the refund, without regard to case."""
        names = sorted({key.value for key in keys})
        rows = await self._table.where([*KIND, *any_of("ref", names)]) if names else []
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._snapshots(rows):
            found.setdefault(plain(shot.state.get("ref")), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Creates together; what is booked is not changed, and only a draft lets itself be deleted."""
        creates = [write for write in writes if write.ref is None]
        others = [write for write in writes if write.ref is not None]
        made = iter(await self._creator.create(creates) if creates else [])
        kept = iter(await store_all(self._table, others, self._plan) if others else [])
        stored = [_stored(next(made)) if write.ref is None else next(kept) for write in writes]
        return await settle(stored, self._table, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        numbers = {number for state in states for line in lines_in(state) for number in ids_of(line["tax_ids"])}
        taxes = await self._reference.taxes(numbers)
        currencies = {number for state in states if (number := id_of(state.get("currency_id")))}
        codes = await self._reference.currency_codes(currencies)
        sku = self._options.shipping_product_sku
        return [{**_header(state, codes), **record_of(state, taxes, shipping_sku=sku)} for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return await self._resolver.resolve(wanted)

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _plan(self, write: Write) -> Planned:
        return Planned(values=await self._table.extra_values(write.changes))

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        if not rows:
            return []
        orders, lines = await self._orders(rows), await self._lines(rows)
        return await self._table.snapshots(rows, lambda row: _state_of(row, orders, lines[native_id(row)]))

    async def _orders(self, rows: Sequence[Row]) -> Mapping[str, Row]:
        """The orders named as origin, by name; a name that two orders have names neither."""
        names = sorted({name for row in rows if (name := text_of(row.get("invoice_origin")))})
        if not names:
            return {}
        named: list[Json] = [["name", "in", list[Json](names)]]
        found: dict[str, list[Row]] = {}
        for order in await rows_of(self._client, "sale.order", named, ["name", "partner_id"]):
            found.setdefault(text_of(order.get("name")) or "", []).append(order)
        return {name: orders[0] for name, orders in found.items() if len(orders) == 1}

    async def _lines(self, rows: Sequence[Row]) -> Mapping[str, list[Line]]:
        """In the credit note's own order, without sections and notes."""
        owners = {number: native_id(row) for row in rows for number in ids_of(row.get("invoice_line_ids"))}
        known = await self._client.fields(LINES) if owners else {}
        read = await self._client.read(LINES, list(owners), [name for name in LINE_FIELDS if name in known])
        goods = [row for row in read if row.get("display_type") not in NO_GOODS]
        products = sorted({number for row in goods if (number := id_of(row.get("product_id")))})
        named = await products_with(self._client, [["id", "in", list[Json](products)]] if products else [])
        found: dict[str, list[Line]] = {native_id(row): [] for row in rows}
        place = {number: at for at, number in enumerate(owners)}
        for row in sorted(goods, key=lambda row: place[one_of(place, row, LINES)]):
            found[owners[one_of(owners, row, LINES)]].append(line_of(row, named.get(id_of(row.get("product_id")) or 0)))
        return found


def _stored(made: int | AppError) -> Stored | AppError:
    return made if isinstance(made, AppError) else Stored(native_id=str(made))


def _state_of(row: Row, orders: Mapping[str, Row], lines: Sequence[Line]) -> State:
    origin = text_of(row.get("invoice_origin"))
    order = orders.get(origin or "", {})
    payer = row.get("commercial_partner_id") or row.get("partner_id")
    return {
        "ref": text_of(row.get("ref")),
        "invoice_origin": origin,
        "order": id_of(order.get("id")),
        "customer": id_of(order.get("partner_id")) or id_of(payer),
        "invoice_date": text_of(row.get("invoice_date")),
        "currency_id": id_of(row.get("currency_id")),
        "amount_total": amount_of(row.get("amount_total")),
        "amount_untaxed": amount_of(row.get("amount_untaxed")),
        "narration": html_to_text(row.get("narration")),
        "lines": list[Json](lines),
    }


def _header(state: State, codes: Mapping[int, str]) -> Record:
    currency = id_of(state.get("currency_id"))
    return {
        "reference": state.get("ref"),
        "order": ref_of(state.get("order")),
        "customer": ref_of(state.get("customer")),
        "date": state.get("invoice_date"),
        "currency": codes.get(currency) if currency else None,
        "total": state.get("amount_total"),
        "total_untaxed": state.get("amount_untaxed"),
        "reason": state.get("narration"),
    }
