"""Guests of a WooCommerce who open accounts, accounts that change or go, and the places that orders went to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from app.sandbox.woocommerce.storefront import place_order
from tests.flows.two_sides import TwoSides, open_two_sides

WEG: dict[str, str] = {
    "first_name": "Gerda",
    "last_name": "Gast",
    "address_1": "Weg 1",
    "city": "Berlin",
    "postcode": "10115",
    "country": "DE",
}
ALLEE = {**WEG, "address_1": "Allee 2"}


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind="woocommerce", sync={}, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        rate: dict[str, Json] = {"name": "MwSt", "amount": 19.0, "amount_type": "percent", "type_tax_use": "sale"}
        await opened.people.create("account.tax", [rate])
        yield opened


def shop_of(both: TwoSides) -> Any:
    """A WooCommerce's sandbox."""
    return both.world.shop


async def told(both: TwoSides) -> None:
    await shop_of(both).settled()
    await both.work()


async def bought(both: TwoSides, *, email: str, customer: int = 0, to: dict[str, str] = WEG) -> dict[str, Any]:
    """The order of one mug as Odoo has it."""
    lines = [{"product_id": int(both.office.mug), "quantity": 1}]
    number = place_order(shop_of(both), email=email, customer_id=customer, billing=to, lines=lines)
    await told(both)
    return dict(both.row("sale.order", (await both.pair_of("order", shop=number)).odoo_id))


async def an_account(both: TwoSides, email: str) -> int:
    number: int = shop_of(both).add("customers", email=email, first_name="Gerda", last_name="Gast", billing=WEG)
    await told(both)
    return number


async def test_who_orders_with_an_address_that_an_account_gave_up_is_somebody_else(both: TwoSides) -> None:
    first = await bought(both, email="gerda@example.test")
    account = await an_account(both, "gerda@example.test")
    shop_of(both).edit("customers", account, email="gerda.new@example.test")
    await told(both)

    again = await bought(both, email="gerda@example.test")
    third = await bought(both, email="gerda@example.test")

    assert first["partner_id"] != again["partner_id"] == third["partner_id"]
    assert both.partner(first["partner_id"])["email"] == "gerda.new@example.test"
    assert both.partner(again["partner_id"])["email"] == "gerda@example.test"
    assert await both.unfinished() == []


async def test_the_contact_of_who_took_up_an_old_address_is_made_once_when_its_answer_is_lost(both: TwoSides) -> None:
    await bought(both, email="gerda@example.test")
    account = await an_account(both, "gerda@example.test")
    shop_of(both).edit("customers", account, email="gerda.new@example.test")
    await told(both)
    both.line.lose = {("res.partner", "load")}

    again = await bought(both, email="gerda@example.test")

    assert both.line.lose == set()
    [partner] = both.partners(email="gerda@example.test", parent_id=False)
    assert again["partner_id"] == partner["id"]
    assert await both.unfinished() == []


@pytest.mark.parametrize("opens", [False, True])
async def test_who_deleted_the_account_and_comes_back_is_no_archived_contact(both: TwoSides, opens: bool) -> None:
    account = await an_account(both, "gerda@example.test")
    first = await bought(both, email="gerda@example.test", customer=account)
    shop_of(both).remove("customers", account, force=True)
    await told(both)
    assert not both.partner(first["partner_id"])["active"]

    back = await an_account(both, "gerda@example.test") if opens else 0
    again = await bought(both, email="gerda@example.test", customer=back)

    assert again["partner_id"] == first["partner_id"]
    assert both.partner(first["partner_id"])["active"]
    assert await both.unfinished() == []


async def test_an_order_to_a_place_that_the_account_had_for_a_while_does_not_move_its_address_back(
    both: TwoSides,
) -> None:
    account = await an_account(both, "gerda@example.test")
    first = await bought(both, email="gerda@example.test", customer=account, to=ALLEE)
    shop_of(both).edit("customers", account, shipping=ALLEE)
    await told(both)
    shop_of(both).edit("customers", account, shipping={**ALLEE, "address_1": "Ufer 3"})
    await told(both)

    again = await bought(both, email="gerda@example.test", customer=account, to=ALLEE)

    moved = (await both.pair_of("address", shop=f"{account}:shipping")).odoo_id
    assert both.partner(int(moved))["street"] == "Ufer 3"
    assert both.partner(again["partner_invoice_id"])["street"] == "Allee 2"
    assert first["partner_id"] == again["partner_id"]
    assert await both.unfinished() == []
