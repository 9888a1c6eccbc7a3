"""New credit notes in Odoo: each with its lines in one transaction, made once, posted only with the right total.

The story of a retry: the external id shows the credit note that an earlier attempt made, with all its lines, as one
`load` makes both. Lines have no external id there, so that a second load would double them (recorded of orders: 17.0,
19.0); what is there is therefore not loaded again, and its total is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.connectors.base import Write
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_create import Making, together
from app.connectors.odoo.order_products import Services
from app.connectors.odoo.order_totals import difference
from app.connectors.odoo.records import Table
from app.connectors.odoo.refund_lines import Line, lines_in
from app.connectors.odoo.values import amount_of, id_of, ids_of, text_of, text_to_html
from app.entities.base import Json, State
from app.errors import AppError, BadPayload, Parked, Rejected, Retryable

HEADER: Final = (
    "id",
    "move_type",
    "partner_id/.id",
    "invoice_origin",
    "ref",
    "invoice_date",
    "currency_id/.id",
    "reversed_entry_id/.id",
    "narration",
)
LINE: Final = ("product_id/.id", "name", "quantity", "price_unit", "discount", "tax_ids/.id")
COLUMNS: Final = (*HEADER, *(f"invoice_line_ids/{name}" for name in LINE))
MOVE_TYPE: Final = "out_refund"
NOW: Final = ("state", "currency_id", "amount_total", "amount_untaxed")


class RefundCreator:
    def __init__(self, table: Table, options: OdooOptions) -> None:
        self._table = table
        self._client = table.client
        self._post = options.post_credit_notes
        self._shipping_sku = options.shipping_product_sku
        self._services = Services(table.client)

    async def create(self, writes: Sequence[Write]) -> list[int | AppError]:
        """Ids, position by position: one look for what is there, one load, one read of the totals."""
        makings = [Making(write=write) for write in writes]
        for making in makings:
            if making.write.marker is None:
                making.failure = BadPayload("a credit note is only made under a marker, so that it is made once")
        await together(_going(makings), self._look)
        await together([one for one in _going(makings) if not one.number], self._load)
        await together(_going(makings), self._totals)
        for making in _going(makings):
            await together([making], self._finish)
        return [making.failure or making.number for making in makings]

    async def _look(self, makings: Sequence[Making]) -> None:
        found = await self._client.find_markers([making.marker for making in makings])
        for making in makings:
            making.number = found[making.marker] or 0

    async def _load(self, makings: Sequence[Making]) -> None:
        try:
            numbers = await self._loaded(makings)
        except Rejected:
            # Perhaps somebody deleted the service that shipping stands under, which is remembered.
            self._services.forget()
            numbers = await self._loaded(makings)
        for making, number in zip(makings, numbers, strict=True):
            making.number = number

    async def _loaded(self, makings: Sequence[Making]) -> list[int]:
        rows: list[list[Json]] = []
        for making in makings:
            lines = [await self._with_product(making, line) for line in lines_in(making.write.changes)]
            rows += rows_of(making.marker, making.write.changes, lines)
        return await self._client.load(self._table.model, COLUMNS, rows)

    async def _with_product(self, making: Making, line: Line) -> Line:
        """Shipping stands under the service that it stands under in orders."""
        if line["product_id"] or line["default_code"] != self._shipping_sku:
            return line
        module = making.marker.partition(".")[0]
        return {
            **line,
            "product_id": await self._services.product_id(self._shipping_sku, name="Shipping", module=module),
        }

    async def _totals(self, makings: Sequence[Making]) -> None:
        rows = await self._client.read(self._table.model, [making.number for making in makings], NOW)
        now = {id_of(row.get("id")): row for row in rows}
        for making in makings:
            if row := now.get(making.number):
                making.now = {
                    "state": row.get("state"),
                    "currency_id": id_of(row.get("currency_id")),
                    "amount_total": amount_of(row.get("amount_total")),
                    "amount_untaxed": amount_of(row.get("amount_untaxed")),
                }
            else:
                making.failure = Retryable(
                    f"credit note {making.number} is gone again; the retry looks", code="vanished"
                )

    async def _finish(self, makings: Sequence[Making]) -> None:
        """What is no draft any more a person has seen to."""
        for making in makings:
            now = making.now or {}
            if now.get("state") != "draft":
                continue
            _check(making.write.changes, now, making.number)
            if values := await self._table.extra_values(making.write.changes):
                await self._client.write(self._table.model, [making.number], values)
            if self._post:
                await self._client.run_action(self._table.model, "action_post", [making.number])


def rows_of(marker: str, changes: State, given: Sequence[Line]) -> list[list[Json]]:
    """In the columns of `COLUMNS`: the first row has the header and the first line, the others a line each."""
    header: list[Json] = [
        marker,
        MOVE_TYPE,
        _cell(changes.get("partner_id")),
        _cell(changes.get("invoice_origin")),
        _cell(changes.get("ref")),
        _cell(changes.get("invoice_date")),
        _cell(changes.get("currency_id")),
        _cell(changes.get("reversed_entry_id")),
        _cell(text_to_html(text_of(changes.get("narration")))),
    ]
    lines = [_line(line) for line in given]
    if not lines:
        raise Rejected("a credit note needs a line", field="lines", code="no_lines")
    return [[*header, *lines[0]], *([*[""] * len(HEADER), *line] for line in lines[1:])]


def _line(line: Line) -> list[Json]:
    taxes = ",".join(str(number) for number in ids_of(line["tax_ids"]))
    amounts = [str(line[name]) for name in ("quantity", "price_unit", "discount")]
    return [_cell(line["product_id"]), _cell(line["name"]), *amounts, taxes]


def _check(wanted: State, now: State, number: int) -> None:
    """Never post what would book another amount than was given back."""
    differs = difference(wanted, now)
    if wanted.get("currency_id") and wanted["currency_id"] != now.get("currency_id"):
        differs = "in another currency"
    if differs:
        raise Parked(
            f"credit note {number} in Odoo comes to another total than the shop gave back ({differs}); it was left a "
            "draft. Check the tax of each rate and how taxes are rounded, mend the draft in Odoo, or post it there as "
            "it is, then retry",
            code="total_differs",
            field="total",
            native_id=str(number),
        )


def _going(makings: Sequence[Making]) -> list[Making]:
    return [making for making in makings if making.failure is None]


def _cell(value: Json) -> str:
    return "" if value is None or value is False else str(value)
