"""An order's lines as 17 and 19 give them, and as records have them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.connectors.odoo.order_lines import line_of, new_discount, new_line, new_shipping, record_of
from app.connectors.odoo.order_load import by_taxes, line_markers
from app.connectors.odoo.order_rows import one_of
from app.connectors.odoo.order_taxes import Tax
from app.entities.base import Json
from app.errors import Retryable

TAX = Tax(id=1, rate=Decimal(15))
INSIDE = Tax(id=4, rate=Decimal(20), included=True)
TAXES = {1: TAX, 4: INSIDE}
SHIRT: dict[str, Json] = {
    "id": 5,
    "product_tmpl_id": 5,
    "default_code": "TS-0",
    "product_template_attribute_value_ids": [1, 4],
}
MUG: dict[str, Json] = {
    "id": 25,
    "product_tmpl_id": 18,
    "default_code": "SG-1",
    "product_template_attribute_value_ids": [],
}
# As recorded: 17 has `tax_id`, 19 `tax_ids`.
SHIRT_17: dict[str, Json] = {
    "id": 1,
    "product_id": 5,
    "name": "[TS-0] T-Shirt (S, Red)",
    "product_uom_qty": 2.0,
    "price_unit": 18.5,
    "discount": 0.0,
    "tax_id": [1],
    "is_delivery": False,
}
SHIRT_19 = {**{name: value for name, value in SHIRT_17.items() if name != "tax_id"}, "tax_ids": [1]}


@pytest.mark.parametrize("row", [SHIRT_17, SHIRT_19])
def test_a_line_of_goods(row: dict[str, Json]) -> None:
    line = line_of(row, SHIRT)

    assert record_of({"order_line": [line]}, TAXES) == {
        "lines": [
            {
                "product": "5",
                "variant": "5",
                "sku": "TS-0",
                "name": "[TS-0] T-Shirt (S, Red)",
                "quantity": "2",
                "price": "18.5",
                "tax_rate": "15",
            }
        ],
        "shipping": None,
        "discounts": [],
    }


def test_a_product_without_variants_is_named_by_its_template_only() -> None:
    [line] = _lines(line_of({**SHIRT_17, "product_id": 25}, MUG))

    assert (line["product"], line["variant"]) == ("18", None)


def test_a_line_whose_product_is_gone_keeps_its_name() -> None:
    [line] = _lines(line_of({**SHIRT_17, "product_id": False}, None))

    assert (line["product"], line["sku"], line["name"]) == (None, None, "[TS-0] T-Shirt (S, Red)")


@pytest.mark.parametrize(
    ("changed", "price"),
    [
        # 12.5 % off 3.34, as recorded in 17.
        ({"price_unit": 3.34, "discount": 12.5}, "2.9225"),
        ({"price_unit": 20.0, "tax_id": [4]}, "16.666667"),
        ({"price_unit": 19.990000000000002}, "19.99"),
    ],
)
def test_a_price_is_without_tax_and_after_the_lines_own_discount(changed: dict[str, Json], price: str) -> None:
    [line] = _lines(line_of({**SHIRT_17, **changed}, SHIRT))

    assert line["price"] == price


def test_delivery_rewards_and_lines_taken_off_are_no_goods() -> None:
    reward = {**SHIRT_17, "name": "10% on your order", "product_uom_qty": 1.0, "price_unit": -6.3}
    delivery = {**SHIRT_17, "name": "DPD", "product_uom_qty": 1.0, "price_unit": 4.0, "is_delivery": True}
    off = {**SHIRT_17, "product_uom_qty": 0.0}

    record = record_of({"order_line": [line_of(row, SHIRT) for row in (off, reward, delivery)]}, TAXES)

    assert record == {
        "lines": [],
        "shipping": {"name": "DPD", "price": "4", "tax_rate": "15"},
        "discounts": [{"name": "10% on your order", "amount": "6.3", "tax_rate": "15"}],
    }


def test_a_reward_that_is_given_free_stays_a_line() -> None:
    [line] = _lines(line_of({**SHIRT_17, "discount": 100.0}, SHIRT))

    assert line["price"] == "0"


def test_what_is_wanted_is_what_would_be_read() -> None:
    goods: dict[str, Json] = {
        "product": "18",
        "variant": None,
        "sku": "SG-1",
        "name": "Mug",
        "quantity": "3",
        "price": "16.666667",
        "tax_rate": "20",
    }
    shipping: dict[str, Json] = {"name": "DPD", "price": "4.9", "tax_rate": "0"}
    discount: dict[str, Json] = {"name": "WELCOME", "amount": "5", "tax_rate": "15"}
    taxes = [TAX, INSIDE]

    made = [new_line(goods, MUG, taxes), new_shipping(shipping, taxes), new_discount(discount, taxes)]

    assert record_of({"order_line": list[Json](made)}, TAXES) == {
        "lines": [goods],
        "shipping": shipping,
        "discounts": [discount],
    }


def test_each_line_has_an_external_id_of_its_own() -> None:
    shipping: dict[str, Json] = {"price": "4", "tax_rate": "0"}
    discount: dict[str, Json] = {"amount": "4", "tax_rate": "0"}
    lines = [
        line_of(SHIRT_17, SHIRT),
        line_of(SHIRT_17, SHIRT),
        new_shipping(shipping, []),
        new_discount(discount, []),
        new_discount(discount, []),
    ]

    assert list(line_markers("boutique.order_7", lines)) == [
        "boutique.order_7_line_1",
        "boutique.order_7_line_2",
        "boutique.order_7_shipping",
        "boutique.order_7_discount_1",
        "boutique.order_7_discount_2",
    ]
    assert by_taxes([51, 52, 53, 54, 55], lines) == {(1,): [51, 52], (): [53, 54, 55]}


def _lines(line: dict[str, Json]) -> list[Any]:
    record: Any = record_of({"order_line": [line]}, TAXES)
    return list(record["lines"])


@pytest.mark.parametrize("number", [None, False, "x", 8, [], 0])
def test_a_line_that_nobody_asked_for_is_no_answer_and_no_crash(number: Json) -> None:
    assert one_of([7], {"id": 7}, "sale.order.line") == 7
    with pytest.raises(Retryable, match="nobody asked for"):
        one_of([7], {"id": number}, "sale.order.line")
