"""What a WooCommerce sold and gave back, in Odoo: every order and refund comes to the shop's totals to the cent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.connectors.base import Resolved, Write, Written
from app.connectors.woocommerce.order import OrderPort
from app.connectors.woocommerce.refund import RefundPort
from app.entities.base import Json, Record
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from app.sandbox.woocommerce import Sandbox
from tests.connectors.odoo.ports import Erp, erp, other
from tests.connectors.odoo.servers import KEY
from tests.connectors.woocommerce.trade import FLAT, Trade, buy, client_of, options_of, product, refund, shop_of

GERMAN = ((19.0, False), (7.0, False))
INCLUDING = ((19.0, True), (7.0, True))
BUYER = "7"


def _odoo(taxes: Sequence[tuple[float, bool]], **options: Any) -> Erp:
    db: Database = seeded(version=17, api_key=KEY)
    for rate, inside in taxes:
        db.add("account.tax", {"name": f"{rate} {inside}", "amount": rate, "price_include": inside, "sequence": 9})
    return erp("order", 17, db=db, fallback_product_sku="TS-0", **options)


def _market(shop: Sandbox, chance: random.Random, orders: int) -> list[int]:
    """Orders of several things at two rates of tax, with coupons, shipping and fees."""
    goods = [
        product(shop, f"{chance.randint(100, 9999) / 100:.2f}", tax_class=chance.choice(("", "", "reduced-rate")))
        for _ in range(12)
    ]
    shop.add("coupons", code="FIX5", discount_type="fixed_cart", amount="5")
    shop.add("coupons", code="P7", discount_type="percent", amount="7")
    numbers = []
    for _ in range(orders):
        lines = [(chance.choice(goods), chance.randint(1, 4)) for _ in range(chance.randint(1, 4))]
        shipping = chance.choice((None, FLAT, {**FLAT, "total": "3.35"}))
        number = buy(shop, *lines, shipping=shipping, coupon=chance.choice((None, "FIX5", "P7")))
        if chance.random() < 0.3:
            shop.edit("orders", number, fee_lines=[{"name": "Fee", "total": chance.choice(("2.50", "-1.00"))}])
        numbers.append(number)
    return numbers


@pytest.mark.parametrize("taxes", [GERMAN, INCLUDING, (*GERMAN, *INCLUDING)], ids=["on top", "inside", "both"])
@pytest.mark.parametrize("inside", [False, True], ids=["net prices", "prices with tax"])
async def test_fifty_orders_arrive_and_come_to_the_cent(inside: bool, taxes: Sequence[tuple[float, bool]]) -> None:
    shop, odoo = shop_of(prices_include_tax=inside), _odoo(taxes)
    numbers = _market(shop, random.Random(len(taxes)), 50)
    trade = Trade(shop, OrderPort(client_of(shop), options_of()))
    shots = await trade.port.read([str(number) for number in numbers])
    records = await trade.port.to_records([getattr(shots[str(number)], "state", {}) for number in numbers])

    stored = await _created(odoo, [_in_odoos_ids(record) for record in records], "order")

    rows = odoo.db.tables["sale.order"]
    told = [(record["total"], record["total_untaxed"]) for record in records]
    assert [(f"{rows[number]['amount_total']:g}", f"{rows[number]['amount_untaxed']:g}") for number in stored] == told
    assert {rows[number]["state"] for number in stored} == {"sale"}


@pytest.mark.parametrize("inside", [False, True], ids=["net prices", "prices with tax"])
async def test_whatever_was_given_back_comes_to_the_cent(inside: bool) -> None:
    shop, odoo = shop_of(prices_include_tax=inside), _odoo((*GERMAN, *INCLUDING))
    chance = random.Random(7)
    orders = _market(shop, chance, 30)
    given = [_give_back(shop, order, chance) for order in orders]
    trade = Trade(shop, RefundPort(client_of(shop)))
    shots = await trade.port.read(given)
    records = await trade.port.to_records([getattr(shots[number], "state", {}) for number in given])
    sold = odoo.db.add("sale.order", {"name": "S1", "partner_id": 7, "partner_invoice_id": 12, "state": "sale"})

    wanted = [{**_in_odoos_ids(record), "order": str(sold)} for record in records]
    stored = await _created(other(odoo, "refund"), wanted, "refund")

    rows = odoo.db.tables["account.move"]
    assert [f"{rows[number]['amount_total']:g}" for number in stored] == [record["total"] for record in records]


def _give_back(shop: Sandbox, order: int, chance: random.Random) -> str:
    """All of it, an amount, or a piece of the first line with its tax."""
    row = shop.row("orders", order)
    kind = chance.choice(("all", "amount", "line"))
    if kind == "all":
        shop.edit("orders", order, status="refunded")
        return f"{order}/{max(one['id'] for one in shop.rows('refunds'))}"
    if kind == "amount":
        return refund(shop, order, amount=f"{chance.randint(1, 150) / 100:.2f}")
    line = row["line_items"][0]
    net = round(float(line["total"]) / int(line["quantity"]), 2)
    taxes = [
        {"id": one["id"], "refund_total": round(float(one["total"]) / int(line["quantity"]), 2)}
        for one in line["taxes"]
    ]
    amount = round(net + sum(float(one["refund_total"]) for one in taxes), 2)
    piece: dict[str, Any] = {"id": line["id"], "quantity": 1, "refund_total": net, "refund_tax": taxes}
    return refund(shop, order, amount=f"{amount:.2f}", line_items=[piece])


def _in_odoos_ids(record: Record) -> dict[str, Json]:
    """One buyer, and products that Odoo does not know."""
    lines: Any = record["lines"]
    unknown: list[Json] = [{**line, "product": None, "variant": None} for line in lines]
    names: Mapping[str, Json] = {"customer": BUYER, "lines": unknown}
    return {**record, **names, **{name: None for name in ("invoice_address", "delivery_address") if name in record}}


async def _created(odoo: Erp, records: Sequence[Record], kind: str) -> list[int]:
    writes: list[Write] = []
    for at, record in enumerate(records):
        resolved = await odoo.resolved(record)
        assert isinstance(resolved, Resolved)
        writes.append(odoo.creation(resolved.state, f"boutique.{kind}_{at}"))
    results = await odoo.results(*writes)
    assert [str(one) for one in results if not isinstance(one, Written)] == []
    return [int(one.ref.native_id) for one in results if isinstance(one, Written)]
