"""An order and its lines as rows for `load`, each under an external id, so that a second load makes nothing new.

Not the lines through the order: those have no external id there, and a second load doubles them (17.0, 19.0). The
order's is the write's marker, `boutique.order_1001`; a line's `boutique.order_1001_line_1`, `…_shipping`,
`…_discount_1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.connectors.odoo.moments import to_odoo_moment
from app.connectors.odoo.order_lines import Line, is_discount
from app.connectors.odoo.values import ids_of, text_of, text_to_html
from app.entities.base import Json, State

HEADER: Final = (
    "id",
    "partner_id/.id",
    "partner_invoice_id/.id",
    "partner_shipping_id/.id",
    "pricelist_id/.id",
    "client_order_ref",
    "date_order",
    "note",
)
LINE: Final = (
    "id",
    "order_id/.id",
    "product_id/.id",
    "name",
    "product_uom_qty",
    "price_unit",
    "discount",
    "is_delivery",
)
_AMOUNTS: Final = ("product_uom_qty", "price_unit", "discount")


def header_row(marker: str, changes: State, *, pricelist: int | None) -> list[Json]:
    """In the columns of `HEADER`. An address that is not given is the customer's own."""
    customer = str(changes.get("partner_id"))
    date = changes.get("date_order")
    return [
        marker,
        customer,
        _cell(changes.get("partner_invoice_id")) or customer,
        _cell(changes.get("partner_shipping_id")) or customer,
        _cell(pricelist),
        _cell(changes.get("client_order_ref")),
        to_odoo_moment(str(date)) if date else "",
        _cell(text_to_html(text_of(changes.get("note")))),
    ]


def line_row(external_id: str, order: int, line: Line, *, product: int) -> list[Json]:
    """In the columns of `LINE`. Taxes are written afterwards: `load` takes them by name."""
    amounts = [str(line[name]) for name in _AMOUNTS]
    return [external_id, str(order), str(product), line["name"], *amounts, "1" if line["is_delivery"] else ""]


def line_markers(marker: str, lines: Sequence[Line]) -> Iterator[str]:
    """One per line, by its place among its kind."""
    counted: dict[str, int] = {}
    for line in lines:
        kind = "shipping" if line["is_delivery"] else "discount" if is_discount(line) else "line"
        counted[kind] = counted.get(kind, 0) + 1
        yield f"{marker}_shipping" if kind == "shipping" else f"{marker}_{kind}_{counted[kind]}"


def by_taxes(line_ids: Sequence[int], lines: Sequence[Line]) -> Mapping[tuple[int, ...], list[int]]:
    """Which lines get which taxes: one write for each of these."""
    grouped: dict[tuple[int, ...], list[int]] = {}
    for number, line in zip(line_ids, lines, strict=True):
        grouped.setdefault(tuple(ids_of(line["tax_ids"])), []).append(number)
    return grouped


def _cell(value: Json) -> str:
    return "" if value is None or value is False else str(value)
