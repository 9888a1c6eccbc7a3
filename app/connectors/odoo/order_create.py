"""New orders in Odoo, made once however often it is tried: header, lines, taxes, and only then the state.

The story of a retry: the external id shows the order that an earlier attempt made. Lines are loaded under external ids
of their own, so that a crash between header and lines is completed and nothing doubles. A confirmed order is past all
that. And a quotation that was parked because its total differs is not written over again: a person may have mended it
(`checkpoint`: which order has its lines).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.connectors.base import Write
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_actions import states_now
from app.connectors.odoo.order_finish import finish
from app.connectors.odoo.order_lines import TAX_NAMES, Line, lines_in
from app.connectors.odoo.order_load import HEADER, LINE, by_taxes, header_row, line_markers, line_row
from app.connectors.odoo.order_products import Services
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.order_rows import LINES, MODEL
from app.connectors.odoo.order_totals import difference
from app.connectors.odoo.records import Table
from app.connectors.odoo.values import id_of
from app.connectors.odoo.writing import as_known
from app.context import mark_as_reverse_sync
from app.entities.base import Json, State
from app.errors import ActionRequired, AppError, BadPayload, Parked, Rejected, Retryable

QUOTATION: Final = ("draft", "sent")
OF_ONE: Final = frozenset({"busy", "unknown_fault", "internal"})
"""Codes of passing faults that one order may have brought upon all."""
NEW: Final[State] = {"state": "draft"}


@dataclass(slots=True, kw_only=True)
class Making:
    """One order on its way. `number` is its id as soon as there is one, `now` its state in Odoo."""

    write: Write
    number: int = 0
    now: State | None = None
    failure: AppError | None = None

    @property
    def marker(self) -> str:
        return str(self.write.marker)

    @property
    def lines(self) -> list[Line]:
        return lines_in(self.write.changes)

    @property
    def has_lines(self) -> bool:
        """An earlier attempt got as far as the lines of this very order."""
        checkpoint = self.write.checkpoint
        return checkpoint is not None and checkpoint.saved.get("lines_of") == str(self.number)


_Step: TypeAlias = Callable[[Sequence[Making]], Awaitable[None]]


class OrderCreator:
    def __init__(self, table: Table, options: OdooOptions, reference: OrderReference) -> None:
        self._table = table
        self._client: OdooClient = table.client
        self._options = options
        self._reference = reference
        self._services = Services(table.client)

    async def create(self, writes: Sequence[Write]) -> list[int | AppError]:
        """Ids, position by position. Headers go in one call, lines in one, and totals are read in one."""
        makings = [Making(write=write) for write in writes]
        for making in makings:
            if making.write.marker is None:
                making.failure = BadPayload("an order is only made under a marker, so that it is made once")
        await together(_going(makings), self._look)
        await together([one for one in _going(makings) if not one.number], self._headers)
        await together([one for one in _going(makings) if one.now is None], self._totals)
        await together([one for one in _going(makings) if _is_quotation(one) and not one.has_lines], self._lines)
        await together([one for one in _going(makings) if _is_quotation(one)], self._totals)
        await asyncio.gather(*(together([making], self._finish) for making in _going(makings)))
        return [making.failure or making.number for making in makings]

    async def _look(self, makings: Sequence[Making]) -> None:
        found = await self._client.find_markers([making.marker for making in makings])
        for making in makings:
            making.number = found[making.marker] or 0

    async def _headers(self, makings: Sequence[Making]) -> None:
        rows = [await self._header(making) for making in makings]
        for making, number in zip(makings, await self._client.load(MODEL, HEADER, rows), strict=True):
            making.number, making.now = number, NEW

    async def _header(self, making: Making) -> list[Json]:
        currency = id_of(making.write.changes.get("currency_id"))
        codes = await self._reference.currency_codes({currency} if currency else set())
        code = codes.get(currency) if currency else None
        pricelist = await self._reference.pricelist(code) if code else None
        return header_row(making.marker, making.write.changes, pricelist=pricelist)

    async def _lines(self, makings: Sequence[Making]) -> None:
        try:
            ids = await self._load_lines(makings)
        except Rejected:
            # Perhaps somebody deleted the service that shipping stands under, which is remembered.
            self._services.forget()
            ids = await self._load_lines(makings)
        lines = [line for making in makings for line in making.lines]
        tax_name = TAX_NAMES[0] if await self._client.has_field(LINES, TAX_NAMES[0]) else TAX_NAMES[1]
        for tax_ids, numbers in by_taxes(ids, lines).items():
            await self._client.write(LINES, numbers, {tax_name: [[6, 0, list[Json](tax_ids)]]})
        for making in makings:
            if making.write.checkpoint is not None:
                await making.write.checkpoint.save(lines_of=str(making.number))

    async def _load_lines(self, makings: Sequence[Making]) -> list[int]:
        columns = LINE if await self._client.has_field(LINES, "is_delivery") else LINE[:-1]
        rows = [row[: len(columns)] for making in makings for row in await self._line_rows(making)]
        return await self._client.load(LINES, columns, rows) if rows else []

    async def _line_rows(self, making: Making) -> list[list[Json]]:
        markers = line_markers(making.marker, making.lines)
        return [
            line_row(marker, making.number, line, product=await self._product(making, line))
            for marker, line in zip(markers, making.lines, strict=True)
        ]

    async def _product(self, making: Making, line: Line) -> int:
        if known := id_of(line["product_id"]):
            return known
        options = self._options
        sku, name = (
            (options.shipping_product_sku, "Shipping")
            if line["is_delivery"]
            else (options.discount_product_sku, "Discount")
        )
        return await self._services.product_id(sku, name=name, module=making.marker.partition(".")[0])

    async def _totals(self, makings: Sequence[Making]) -> None:
        now = await states_now(self._client, [making.number for making in makings])
        for making in makings:
            making.now = now.get(making.number)
            if making.now is None:
                making.failure = Retryable(f"order {making.number} is gone again; the retry looks", code="vanished")

    async def _finish(self, makings: Sequence[Making]) -> None:
        for making in makings:
            now, changes = making.now or {}, making.write.changes
            if _is_quotation(making):
                _check_totals(making, now)
            values = await self._table.extra_values(changes)
            await finish(self._client, making.number, now=now, changes=changes, values=values)


async def together(makings: Sequence[Making], step: _Step) -> None:
    """One call for all; one by one where one of them may be what was refused. A failure stays with its order."""
    if not makings:
        return
    try:
        with mark_as_reverse_sync(makings[0].write.operation_id):
            await step(makings)
    except Exception as error:
        failure = as_known(error, "making an order")
        if len(makings) > 1 and (isinstance(failure, Rejected | ActionRequired) or failure.code in OF_ONE):
            for making in makings:
                await together([making], step)
            return
        for making in makings:
            making.failure = failure


def _check_totals(making: Making, now: State) -> None:
    """Never confirm what would be invoiced otherwise than it was paid."""
    wanted = making.write.changes
    if wanted.get("currency_id") and wanted["currency_id"] != now.get("currency_id"):
        raise Parked(
            f"order {making.number} in Odoo has another currency than in the shop; it was left a quotation. Check the "
            "pricelist of this currency, then retry",
            code="currency_differs",
            field="currency",
            native_id=str(making.number),
        )
    if differs := difference(wanted, now):
        raise Parked(
            f"order {making.number} in Odoo comes to another total ({differs}); it was left a quotation. Check the tax "
            "of each rate, how taxes are rounded (per line or globally) and the decimal accuracy of product prices; "
            "mend the quotation in Odoo, or confirm it there as it is, then retry",
            code="total_differs",
            field="total",
            native_id=str(making.number),
        )


def _going(makings: Sequence[Making]) -> list[Making]:
    return [making for making in makings if making.failure is None]


def _is_quotation(making: Making) -> bool:
    return (making.now or {}).get("state") in QUOTATION
