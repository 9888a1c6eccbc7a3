"""New orders: two calls to the shop, one order, whatever happens in between."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Resolved, Written
from app.connectors.prestashop.options import PrestashopOptions
from app.errors import NotFound, Parked, Rejected, Retryable
from tests.connectors.prestashop.boutique import Boutique, boutique

MUGS: dict[str, Any] = {
    "id_customer": 2,
    "id_address_delivery": 5,
    "lines": [{"id_product": 8, "quantity": 2}],
    "total_paid": "30.80",
}


def orders(shop: Boutique) -> int:
    return len(shop.sandbox.rows("orders"))


async def test_a_new_order_has_its_lines_and_the_links_carrier_and_payment(shop: Boutique) -> None:
    written = await shop.written("order", "created", **MUGS)

    assert written.state["lines"] == [{"id_product": 8, "id_product_attribute": 0, "quantity": 2}]
    assert written.state["id_carrier"] == 2
    assert written.state["module"] == "ps_wirepayment"
    assert written.state["total_paid"] == "30.8"
    assert written.state["id_address_invoice"] == 5, "the delivery address unless another is given"
    assert shop.notes.saved == {"id_cart": str(written.state["id_cart"])}


async def test_state_tracking_and_note_follow_the_creation(shop: Boutique) -> None:
    written = await shop.written(
        "order", "created", **MUGS, current_state="shipped", tracking_number="T-1", note="gift", message="Thanks"
    )

    assert written.state["current_state"] == 4
    assert written.state["tracking_number"] == "T-1"
    assert written.state["note"] == "gift"
    assert "Thanks" in written.state.values()


async def test_odoos_reference_finds_the_order_again_for_another_event(shop: Boutique) -> None:
    first = await shop.written("order", "created", **MUGS, odoo_reference="S00042")

    again = await shop.apply("order", "created", **MUGS, odoo_reference="s00042")

    assert "Odoo order S00042" in first.state.values()
    assert again is None or isinstance(again, Written)
    assert orders(shop) == 7


@pytest.mark.parametrize("fault", ["commit_then_drop", "commit_then_500"])
async def test_an_order_whose_answer_was_lost_is_found_by_its_cart(shop: Boutique, fault: str) -> None:
    before = orders(shop)
    shop.sandbox.fail("POST", "/orders", name=fault)

    written = await shop.written("order", "created", **MUGS)

    assert written.state["total_paid"] == "30.8"
    assert orders(shop) == before + 1


async def test_a_retry_with_a_saved_cart_makes_neither_a_second_cart_nor_a_second_order(shop: Boutique) -> None:
    before, carts = orders(shop), len(shop.sandbox.rows("carts"))
    shop.sandbox.fail("POST", "/orders", name="commit_then_drop")
    shop.sandbox.fail("GET", "/orders.*id_cart", name="drop")
    lost = await shop.refused("order", "created", **MUGS)

    written = await shop.written("order", "created", **MUGS)

    assert isinstance(lost, Retryable)
    assert str(written.state["id_cart"]) == shop.notes.saved["id_cart"]
    assert orders(shop) == before + 1
    assert len(shop.sandbox.rows("carts")) == carts + 1


async def test_a_retry_after_a_failure_before_the_order_uses_the_saved_cart(shop: Boutique) -> None:
    shop.sandbox.fail("POST", "/orders", name="unavailable")
    failed = await shop.refused("order", "created", **MUGS)

    written = await shop.written("order", "created", **MUGS)

    assert isinstance(failed, Retryable)
    assert str(written.state["id_cart"]) == shop.notes.saved["id_cart"]
    assert "POST carts" not in shop.calls()


async def test_a_total_the_shop_does_not_come_to_parks_the_order_with_both(shop: Boutique) -> None:
    error = await shop.refused("order", "created", **{**MUGS, "total_paid": 23.8}, current_state="shipped")

    assert isinstance(error, Parked)
    assert error.native_id == "1002"
    assert "30.8" in error.message
    assert "23.8" in error.message
    assert shop.sandbox.row("orders", 1002)["current_state"] == "8", "left as the shop set it"


async def test_a_parked_order_stays_parked_for_another_event_about_it(shop: Boutique) -> None:
    data = {**MUGS, "total_paid": 23.8, "odoo_reference": "S00043"}
    await shop.refused("order", "created", **data)

    again = await shop.refused("order", "created", **data)

    assert isinstance(again, Parked)
    assert orders(shop) == 7


async def test_half_a_cent_is_no_difference(shop: Boutique) -> None:
    assert isinstance(await shop.apply("order", "created", **{**MUGS, "total_paid": 30.804}), Written)


async def test_a_module_that_is_not_installed_is_named_as_the_cause(shop: Boutique) -> None:
    error = await shop.refused("order", "created", **MUGS, module="nosuch")

    assert isinstance(error, Rejected)
    assert error.field == "module"
    assert '"nosuch" is not the name of an installed payment module' in error.message


async def test_a_fatal_error_with_a_known_module_is_tried_again(shop: Boutique) -> None:
    shop.sandbox.fail("POST", "/orders", status=500)

    assert isinstance(await shop.refused("order", "created", **MUGS), Retryable)


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"lines": [{"id_product": 999, "quantity": 1}]}, "lines", "no product 999"),
        ({"lines": [{"id_product": 8, "id_product_attribute": 1, "quantity": 1}]}, "lines", "no combination 1"),
        ({"total_products": "20"}, "total_products", "the lines cost 23.8 without tax"),
    ],
)
async def test_what_can_be_checked_is_checked_before_anything_is_made(
    shop: Boutique, data: dict[str, Any], field: str, words: str
) -> None:
    error = await shop.refused("order", "created", **{**MUGS, **data})

    assert isinstance(error, Rejected)
    assert error.field == field
    assert words in error.message
    assert not shop.writes()


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"id_customer": 999}, "id_customer", "Customer 999 not found"),
        ({"id_address_delivery": 999}, "id_address_delivery", "Address 999 not found"),
        ({"id_address_invoice": 7}, "id_address_invoice", "is not an address of customer 2"),
        ({"id_carrier": 99}, "id_carrier", "is no carrier of the shop"),
        ({"id_currency": "USD"}, "id_currency", "is no currency of the shop; it has EUR"),
        ({"current_state": "lost"}, "current_state", "order_status_map"),
    ],
)
async def test_ids_that_do_not_exist_or_do_not_fit_are_refused(
    shop: Boutique, data: dict[str, Any], field: str, words: str
) -> None:
    error = await shop.resolved("order", "created", **{**MUGS, **data})

    assert isinstance(error, Rejected | NotFound)
    assert error.field == field
    assert words in error.message


@pytest.mark.parametrize(("option", "field"), [("order_carrier", "id_carrier"), ("order_module", "module")])
async def test_without_a_default_carrier_and_module_must_be_given(option: str, field: str) -> None:
    shop = boutique(**{option: None})

    error = await shop.resolved("order", "created", **MUGS)

    assert isinstance(error, Rejected)
    assert error.field == field
    assert f"set the option {option}" in error.message


async def test_the_name_of_the_payment_can_be_set_for_the_link() -> None:
    shop = boutique(order_payment="Bank transfer")

    resolved = await shop.resolved("order", "created", **MUGS)

    assert isinstance(resolved, Resolved)
    assert resolved.state["payment"] == "Bank transfer"


async def test_the_same_product_in_two_lines_is_one_line_of_the_cart(shop: Boutique) -> None:
    lines = [{"id_product": 8, "quantity": 1}, {"product_id": "8", "product_quantity": "1"}]

    written = await shop.written("order", "created", **{**MUGS, "lines": lines})

    assert written.state["lines"] == [{"id_product": 8, "id_product_attribute": 0, "quantity": 2}]


def test_every_option_is_described() -> None:
    assert all(field.description for field in PrestashopOptions.model_fields.values())
