"""Orders as states: one read of the orders, and one each of their lines, products, deliveries and addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Container, Mapping, Sequence
from typing import Final

from app.connectors.base import Snapshot
from app.connectors.odoo.address import KIND
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import iso_of
from app.connectors.odoo.order_lines import TAX_NAMES, Line, line_of
from app.connectors.odoo.order_states import state_words
from app.connectors.odoo.order_tracking import TRACKING, pickings_of, tracking_of
from app.connectors.odoo.records import Table
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import amount_of, flag_of, html_to_text, id_of, ids_of, text_of
from app.entities.base import Json, State
from app.errors import Retryable

MODEL: Final = "sale.order"
LINES: Final = "sale.order.line"
ADDRESSES: Final = ("partner_invoice_id", "partner_shipping_id")
FIELDS: Final = (
    "name",
    "client_order_ref",
    "partner_id",
    *ADDRESSES,
    "date_order",
    "currency_id",
    "state",
    "locked",
    "delivery_status",
    "order_line",
    "amount_total",
    "amount_untaxed",
    "note",
)
LINE_FIELDS: Final = (
    "order_id",
    "display_type",
    "product_id",
    "name",
    "product_uom_qty",
    "price_unit",
    "discount",
    *TAX_NAMES,
    "is_delivery",
    "is_downpayment",
)
PRODUCT_FIELDS: Final = (
    "product_tmpl_id",
    "default_code",
    "product_template_attribute_value_ids",
    "active",
    "taxes_id",
)


async def snapshots(table: Table, rows: Sequence[Row], *, shipping_sku: str) -> list[Snapshot]:
    """The orders of these rows, in their order. `table` is that of `sale.order`.

    `shipping_sku` is the product that our own shipping lines stand under: without the delivery app (`is_delivery`)
    nothing else tells them from goods.
    """
    lines, tracking, addresses = await asyncio.gather(
        _lines(table.client, rows, shipping_sku), _tracking(table.client, rows), _addresses(table.client, rows)
    )

    def state(row: Row) -> State:
        order = id_of(row.get("id")) or 0
        return {**_header(row, addresses), "order_line": list[Json](lines[order]), TRACKING: tracking[order]}

    return await table.snapshots(rows, state)


def _header(row: Row, addresses: set[int]) -> State:
    """An address that is the customer itself, or another contact, is no record of its own: None."""
    stated = {name: number if (number := id_of(row.get(name))) in addresses else None for name in ADDRESSES}
    return {
        "name": text_of(row.get("name")),
        "client_order_ref": text_of(row.get("client_order_ref")),
        "partner_id": id_of(row.get("partner_id")),
        **stated,
        "date_order": iso_of(row.get("date_order")),
        "currency_id": id_of(row.get("currency_id")),
        **state_words(row.get("state"), row.get("locked"), row.get("delivery_status")),
        "amount_total": amount_of(row.get("amount_total")),
        "amount_untaxed": amount_of(row.get("amount_untaxed")),
        "note": html_to_text(row.get("note")),
    }


async def _lines(client: OdooClient, rows: Sequence[Row], shipping_sku: str) -> Mapping[int, list[Line]]:
    """In the order's own order, without sections, notes and down payments."""
    found: dict[int, list[Line]] = {id_of(row.get("id")) or 0: [] for row in rows}
    owners = {number: id_of(row.get("id")) or 0 for row in rows for number in ids_of(row.get("order_line"))}
    numbers = list(owners)
    known = await client.fields(LINES) if numbers else {}
    lines = await client.read(LINES, numbers, [name for name in LINE_FIELDS if name in known])
    products = await products_with(client, [["id", "in", list[Json](_products(lines))]] if lines else [])
    place = {number: at for at, number in enumerate(numbers)}
    for row in sorted(lines, key=lambda row: place[one_of(place, row, LINES)]):
        if not row.get("display_type") and not flag_of(row.get("is_downpayment")):
            line = line_of(row, products.get(id_of(row.get("product_id")) or 0))
            delivers = line["is_delivery"] or line["default_code"] == shipping_sku
            found[owners[one_of(owners, row, LINES)]].append({**line, "is_delivery": delivers})
    return found


def one_of(asked: Container[int], row: Row, model: str) -> int:
    """The row's id, which is one of those that were asked for: an order must not lose a line unseen."""
    number = id_of(row.get("id"))
    if number is None or number not in asked:
        raise Retryable(f"{model}.read: answered with a record that nobody asked for", code="odd_answer")
    return number


async def products_with(client: OdooClient, domain: Sequence[Json]) -> Mapping[int, Row]:
    """`product.product` by id, archived ones too."""
    if not domain:
        return {}
    known = await client.fields("product.product")
    rows = await rows_of(client, "product.product", domain, [name for name in PRODUCT_FIELDS if name in known])
    return {number: row for row in rows if (number := id_of(row.get("id")))}


def _products(lines: Sequence[Row]) -> list[int]:
    return sorted({number for line in lines if (number := id_of(line.get("product_id")))})


async def _tracking(client: OdooClient, rows: Sequence[Row]) -> Mapping[int, str | None]:
    orders = [id_of(row.get("id")) or 0 for row in rows]
    pickings = await pickings_of(client, orders)
    return {order: tracking_of(pickings[order]) for order in orders}


async def _addresses(client: OdooClient, rows: Sequence[Row]) -> set[int]:
    """Which of the partners named as addresses are addresses (`address.py`), live ones."""
    named = {number for row in rows for name in ADDRESSES if (number := id_of(row.get(name)))}
    customers = {id_of(row.get("partner_id")) for row in rows}
    asked = sorted(named - customers)
    if not asked:
        return set()
    found = await rows_of(
        client, "res.partner", [["id", "in", list[Json](asked)], ["active", "=", True], *KIND], ["type"]
    )
    return {number for row in found if (number := id_of(row.get("id")))}
