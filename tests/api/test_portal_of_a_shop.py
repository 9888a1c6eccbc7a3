"""Odoo's invoices of a WooCommerce's orders, as their buyers see them in the shop: the whole way to the portal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sandbox.woocommerce.storefront import place_order
from tests.api.both_sides import Desk, open_desk
from tests.flows.offices.premises import SECRET

PORTAL = "http://api.test/portal/boutique/documents"


@pytest.fixture
async def desk(engine: AsyncEngine, database_url: str, redis_url: str) -> AsyncIterator[Desk]:
    async with open_desk(engine, database_url, redis_url, sync={}, kind="woocommerce") as opened:
        opened.both.listen()
        opened.both.know_taxes()
        yield opened


async def sold(desk: Desk, *, customer: int = 0) -> tuple[str, Mapping[str, Any]]:
    """(the shop's order, Odoo's)"""
    shop: Any = desk.both.world.shop
    lines = [{"product_id": int(desk.both.office.mug), "quantity": 2}]
    number = place_order(shop, email="gerda@example.test", customer_id=customer, lines=lines)
    await desk.both.office.settled()
    await desk.both.work()
    return str(number), desk.both.row("sale.order", (await desk.both.pair_of("order", shop=number)).odoo_id)


async def billed(desk: Desk, order: Mapping[str, Any]) -> int:
    """As the button on the order makes it, and posted."""
    line = {"name": "Mug", "quantity": 2, "price_unit": 11.9}
    values = {"move_type": "out_invoice", "partner_id": order["partner_invoice_id"], "invoice_origin": order["name"]}
    number = await desk.both.add_to_odoo("account.move", invoice_line_ids=[[0, 0, line]], **values)
    await desk.both.people.run_action("account.move", "action_post", [number])
    await desk.both.tell("account.move", number)
    await desk.both.work()
    return number


async def seen(desk: Desk, **whose: str) -> dict[str, Any]:
    answer = await desk.api.get(PORTAL, params=whose, headers={"X-Webhook-Secret": SECRET})
    assert answer.is_success, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_the_buyer_of_an_order_sees_its_invoice_and_its_payment(desk: Desk) -> None:
    office = desk.both.office
    customer = office.add_person(first="Gerda", last="Gast", email="gerda@example.test")
    office.add_home(customer)
    _, order = await sold(desk, customer=int(customer))
    desk.forget_calls()

    number = await billed(desk, order)
    by_account, by_email = await seen(desk, customer=customer), await seen(desk, email="Gerda@example.test")

    invoice = desk.both.row("account.move", number)
    [item] = by_account["items"]
    assert (item["entity_type"], item["number"], item["state"], item["payment_state"]) == (
        "invoice",
        invoice["name"],
        "posted",
        "not_paid",
    )
    assert (float(item["total"]), item["currency"]) == (invoice["amount_total"], "EUR")
    assert by_email == by_account
    assert desk.both.office.writes() == [], "a shop is told of no invoice"
    desk.both.odoo.tables["account.move"][number]["payment_state"] = "paid"
    await desk.both.tell("account.move", number)
    await desk.both.work()
    assert [each["payment_state"] for each in (await seen(desk, customer=customer))["items"]] == ["paid"]


async def test_a_guest_sees_what_was_billed_to_the_address_and_nobody_elses(desk: Desk) -> None:
    _, order = await sold(desk)

    await billed(desk, order)

    assert (await seen(desk, email="gerda@example.test"))["total"] == 1
    assert (await seen(desk, email="grace@example.test"))["total"] == 0


async def test_without_orders_there_is_no_portal_and_no_invoice_is_kept(
    engine: AsyncEngine, database_url: str, redis_url: str
) -> None:
    off = {"sync_orders": False}
    async with open_desk(engine, database_url, redis_url, sync={}, kind="woocommerce", options=off) as desk:
        line = {"name": "Mug", "quantity": 2, "price_unit": 11.9}
        values = {"move_type": "out_invoice", "partner_id": 3, "invoice_line_ids": [[0, 0, line]]}
        await desk.both.add_to_odoo("account.move", **values)
        await desk.both.work()

        answer = await desk.api.get(PORTAL, params={"email": "a@b.example"}, headers={"X-Webhook-Secret": SECRET})

        assert answer.status_code == 409
        assert await desk.both.world.rows("SELECT 1 FROM documents") == []
