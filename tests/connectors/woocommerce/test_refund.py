"""Refunds of a WooCommerce: lines, amounts and whole orders, and what of them comes to Odoo."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from app.connectors.base import Cursor, Desired, Removal, Write
from app.connectors.woocommerce.refund import RefundPort
from app.entities.base import Json, Record
from app.errors import Rejected
from tests.connectors.woocommerce.trade import (
    FLAT,
    JANE,
    MUG,
    POSTER,
    Trade,
    buy,
    client_of,
    product,
    refund,
    shop_of,
)

TAX = 1
"""The rate of 19 %."""


def _trade(**options: Any) -> Trade:
    shop = shop_of(**options)
    trade = Trade(shop, RefundPort(client_of(shop)))
    trade.forget()
    return trade


def _line(trade: Trade, order: int, at: int = 0) -> int:
    return int(trade.shop.row("orders", order)["line_items"][at]["id"])


async def test_a_line_that_was_given_back_with_its_tax() -> None:
    trade = _trade(clock=lambda: datetime(2026, 11, 20, 23, 15, 30, tzinfo=UTC))
    order = buy(trade.shop, (MUG, 2), customer_id=JANE, email="jane@example.test", shipping=FLAT)
    line: Json = {
        "id": _line(trade, order),
        "quantity": 1,
        "refund_total": 12.5,
        "refund_tax": [{"id": TAX, "refund_total": 2.38}],
    }

    number = refund(trade.shop, order, amount="14.88", reason="broken", line_items=[line])

    assert await trade.record(number) == {
        "reference": number.replace("/", "-"),
        "order": str(order),
        "customer": "3",
        "date": "2026-11-21",
        "currency": "EUR",
        "lines": [
            {
                "product": "10",
                "variant": None,
                "sku": "MUG-1",
                "name": "Mug",
                "quantity": "1",
                "price": "12.5",
                "tax_rate": "19",
            }
        ],
        "shipping": None,
        "total": "14.88",
        "total_untaxed": "12.5",
        "reason": "broken",
    }


async def test_a_line_without_its_tax_has_none() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2))
    line: Json = {"id": _line(trade, order), "quantity": 1, "refund_total": 10, "refund_tax": []}

    record: Any = await trade.record(refund(trade.shop, order, amount="10.00", line_items=[line]))

    assert [(one["price"], one["tax_rate"]) for one in record["lines"]] == [("10", "0")]
    assert (record["total"], record["total_untaxed"]) == ("10", "10")


async def test_an_amount_alone_gives_the_orders_tax_back_with_it() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2))

    record: Any = await trade.record(refund(trade.shop, order, amount="11.90"))

    [line] = record["lines"]
    assert (line["product"], line["quantity"], line["price"], line["tax_rate"]) == (None, "1", "10", "19")
    assert (record["total"], record["total_untaxed"]) == ("11.9", "10")


async def test_an_amount_alone_is_shared_out_over_the_orders_rates() -> None:
    trade = _trade()
    full, reduced = product(trade.shop, "100"), product(trade.shop, "100.50", tax_class="reduced-rate")
    order = buy(trade.shop, (full, 1), (reduced, 1))

    record: Any = await trade.record(refund(trade.shop, order, amount="20.00"))

    assert [line["tax_rate"] for line in record["lines"]] == ["19", "7"]
    assert _comes_to(record) == Decimal("20")


async def test_an_amount_that_no_price_and_its_tax_come_to_has_a_line_for_the_cent() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2))

    records: list[Any] = [await trade.record(refund(trade.shop, order, amount=f"0.{n:02}")) for n in range(1, 60)]

    assert [_comes_to(record) for record in records] == [Decimal(n) / 100 for n in range(1, 60)]
    assert any(line["name"] == "Rounding" for record in records for line in record["lines"])


async def test_more_than_the_lines_explain_is_a_line_of_no_product() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2))
    line: Json = {"id": _line(trade, order), "quantity": 1, "refund_total": 10, "refund_tax": []}

    record: Any = await trade.record(refund(trade.shop, order, amount="15.95", line_items=[line]))

    assert [(one["product"], one["price"], one["tax_rate"]) for one in record["lines"]] == [
        ("10", "10", "0"),
        (None, "5", "19"),
    ]


async def test_an_order_that_was_set_to_refunded_gives_back_its_lines_and_shipping() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2), (POSTER, 1), shipping=FLAT)
    trade.shop.edit("orders", order, status="refunded")
    [made] = [row["id"] for row in trade.shop.rows("refunds")]

    record: Any = await trade.record(f"{order}/{made}")

    assert [(one["sku"], one["quantity"], one["price"]) for one in record["lines"]] == [
        ("MUG-1", "2", "12.5"),
        ("POSTER-1", "1", "9"),
    ]
    assert record["shipping"] == {"name": "Flat rate", "price": "4.9", "tax_rate": "19"}
    assert record["total"] == "46.29"
    assert _comes_to(record) == Decimal("46.29")


async def test_what_is_left_of_an_order_after_a_first_refund_is_an_amount() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 2))
    refund(trade.shop, order, amount="5.00")
    trade.shop.edit("orders", order, status="refunded")
    made = max(row["id"] for row in trade.shop.rows("refunds"))

    record: Any = await trade.record(f"{order}/{made}")

    assert [one["product"] for one in record["lines"]] == [None]
    assert _comes_to(record) == Decimal("24.75")


async def test_shipping_that_was_given_back() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 1), shipping=FLAT)
    number = refund(trade.shop, order, amount="5.83")
    way = dict(trade.shop.row("orders", order)["shipping_lines"][0])
    back = {"total": "-4.90", "total_tax": "-0.93", "taxes": [{"id": TAX, "total": "-0.93", "subtotal": ""}]}
    trade.shop.row("refunds", int(number.partition("/")[2]))["shipping_lines"] = [{**way, **back}]

    record: Any = await trade.record(number)

    assert (record["lines"], record["shipping"]) == ([], {"name": "Flat rate", "price": "4.9", "tax_rate": "19"})


async def test_a_hundred_refunds_are_two_lists() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 10))
    numbers = [refund(trade.shop, order, amount="1.00") for _ in range(100)]
    trade.forget()

    found = await trade.port.read(numbers)

    assert len(found) == 100
    assert trade.calls() == ["GET refunds", "GET orders"]


async def test_two_reads_are_the_same() -> None:
    trade = _trade()
    number = refund(trade.shop, buy(trade.shop, (MUG, 1)), amount="1.00")

    assert await trade.snapshot(number) == await trade.snapshot(number)


@pytest.mark.parametrize("number", ["40/99999", "99999/71", "71", "a/b", "40/71/2"])
async def test_what_is_no_refund_is_missing(number: str) -> None:
    assert await _trade().gone(number)


async def test_a_refund_under_another_order_is_missing() -> None:
    trade = _trade()
    other = buy(trade.shop, (MUG, 1))
    number = refund(trade.shop, buy(trade.shop, (MUG, 1)), amount="1.00")

    assert await trade.gone(f"{other}/{number.partition('/')[2]}")


async def test_a_refund_of_an_order_in_the_trash_is_missing() -> None:
    trade = _trade()
    order = buy(trade.shop, (MUG, 1))
    number = refund(trade.shop, order, amount="1.00")
    trade.shop.remove("orders", order)

    assert await trade.gone(number)


async def test_it_is_found_by_its_number() -> None:
    trade = _trade()
    number = refund(trade.shop, buy(trade.shop, (MUG, 1)), amount="1.00")

    assert await trade.by("reference", number.replace("/", "-")) == [number]
    assert await trade.by("reference", "1-1") == []


async def test_new_ones_are_shown_by_date_and_shown_once() -> None:
    now = [datetime(2026, 11, 21, 1, 0, tzinfo=UTC)]
    trade = _trade(clock=lambda: now[0])
    order = buy(trade.shop, (MUG, 5))
    old = refund(trade.shop, order, amount="1.00")
    now[0] = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    new = refund(trade.shop, order, amount="1.00")

    now[0] = datetime(2026, 11, 21, 2, 1, tzinfo=UTC)
    pages = await trade.pages()

    assert [number for page in pages for number in page.ids] == [old, new]
    assert await trade.changed(Cursor(moment="2026-11-21T01:30:00")) == [new]
    assert await trade.changed(pages[-1].cursor) == []


async def test_money_is_given_back_in_the_shop_only() -> None:
    trade = _trade()
    number = refund(trade.shop, buy(trade.shop, (MUG, 1)), amount="1.00")
    base = (await trade.snapshot(number)).state

    [made, changed] = await trade.port.from_records(
        [Desired(fields={"total": "5"}), Desired(fields={"total": "5"}, base=base)]
    )
    results = await trade.port.write(
        [
            Write(ref=None, changes={}, operation_id="op-42", marker="boutique.refund_1"),
            Write(ref=trade.ref(number), changes={}, operation_id="op-42", removal=Removal.DELETE),
        ]
    )

    assert isinstance(made, Rejected)
    assert getattr(changed, "state", None) == {}
    assert [getattr(one, "code", None) for one in results] == ["cannot_create", "cannot_delete"]


def _comes_to(record: Record) -> Decimal:
    """What an ERP makes of it: each line and its tax to the cent."""
    found: Any = record
    parts = [*found["lines"], *([{**found["shipping"], "quantity": "1"}] if found["shipping"] else [])]
    total = Decimal()
    for line in parts:
        net = _cents(Decimal(line["price"]) * Decimal(line["quantity"]))
        total += net + _cents(net * Decimal(line["tax_rate"]) / 100)
    return total


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
