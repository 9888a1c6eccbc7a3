"""Customer invoices and credit notes, read only: books are kept in Odoo, by Odoo's own rules.

An invoice names its order by the order's name (`invoice_origin`, `S00003`), its customer by the order's, or by whom the
invoice address belongs to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.search import plain, rows_of
from app.connectors.odoo.values import amount_of, id_of, ref_of, text_of
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.errors import ActionRequired, AppError, Rejected

MODEL: Final = "account.move"
TYPES: Final = ("out_invoice", "out_refund")
KIND: Final[tuple[Json, ...]] = (["move_type", "in", list[Json](TYPES)],)
FIELDS: Final = (
    "name",
    "move_type",
    "state",
    "payment_state",
    "partner_id",
    "commercial_partner_id",
    "invoice_date",
    "invoice_origin",
    "amount_untaxed",
    "amount_total",
    "currency_id",
)
STATUS: Final[Mapping[str, str]] = {"draft": "draft", "posted": "posted", "cancel": "cancelled"}
READ_ONLY: Final = "invoices are read from Odoo and never written; make or change it there"


class InvoicePort:
    entity_type = EntityType.INVOICE

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: OrderReference, *, extra: Sequence[str] = ()
    ) -> None:
        self._reference = reference
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

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """A journal entry of another kind (a vendor's bill, a payment) is missing here."""
        rows = await self._table.rows(ids)
        mine = [row for row in rows.values() if row.get("move_type") in TYPES]
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(mine)}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By number (`inv/2026/00001`). Companies may share one; then there are several."""
        names = sorted({key.value.upper() for key in keys})
        rows = await self._table.where([*KIND, ["name", "in", list[Json](names)]]) if names else []
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._snapshots(rows):
            found.setdefault(plain(shot.state.get("name")), []).append(shot)
        return {key: found.get(plain(key.value), []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return [_read_only() for _ in writes]

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        currencies = {number for state in states if (number := id_of(state.get("currency_id")))}
        codes = await self._reference.currency_codes(currencies)
        return [_to_record(state, codes) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_read_only() for _ in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        orders = await self._orders(rows)
        return await self._table.snapshots(rows, lambda row: _state_of(row, orders))

    async def _orders(self, rows: Sequence[Row]) -> Mapping[str, Row]:
        """The orders named as origin, by name, in one call. A name that two orders have names neither."""
        names = sorted({name for row in rows if (name := text_of(row.get("invoice_origin")))})
        found: dict[str, list[Row]] = {}
        for order in await self._orders_named(names) if names else []:
            found.setdefault(text_of(order.get("name")) or "", []).append(order)
        return {name: orders[0] for name, orders in found.items() if len(orders) == 1}

    async def _orders_named(self, names: Sequence[str]) -> list[Row]:
        """None in a database that bills without the sales app."""
        named: list[Json] = [["name", "in", list[Json](names)]]
        try:
            return await rows_of(self._table.client, "sale.order", named, ["name", "partner_id"])
        except ActionRequired as error:
            if error.code == "not_installed":
                return []
            raise


def _state_of(row: Row, orders: Mapping[str, Row]) -> State:
    """The name of a draft can be `/`, which is none."""
    name, order = text_of(row.get("name")), orders.get(text_of(row.get("invoice_origin")) or "", {})
    payer = row.get("commercial_partner_id") or row.get("partner_id")
    return {
        "name": None if name == "/" else name,
        "move_type": row.get("move_type"),
        "state": row.get("state"),
        "payment_state": row.get("payment_state") or None,
        "order": id_of(order.get("id")),
        "customer": id_of(order.get("partner_id")) or id_of(payer),
        "invoice_date": text_of(row.get("invoice_date")),
        "amount_untaxed": amount_of(row.get("amount_untaxed")),
        "amount_total": amount_of(row.get("amount_total")),
        "currency_id": id_of(row.get("currency_id")),
    }


def _to_record(state: State, codes: Mapping[int, str]) -> Record:
    """The amounts of a credit note are below zero."""
    sign = "-" if state.get("move_type") == "out_refund" else ""
    currency = id_of(state.get("currency_id"))
    return {
        "number": state.get("name"),
        "order": ref_of(state.get("order")),
        "customer": ref_of(state.get("customer")),
        "date": state.get("invoice_date"),
        "currency": codes.get(currency) if currency else None,
        "total": amount_of(f"{sign}{state.get('amount_total')}"),
        "total_untaxed": amount_of(f"{sign}{state.get('amount_untaxed')}"),
        "status": STATUS.get(str(state.get("state"))),
        "payment_status": state.get("payment_state"),
    }


def _read_only() -> AppError:
    return Rejected(READ_ONLY, code="read_only")
