"""Coupons, in conversation with the sandbox shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Write
from app.entities.coupon import code_key
from app.errors import Conflict, NotFound, Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique

WELCOME: dict[str, Any] = {
    "code": "WELCOME10",
    "name": "Welcome",
    "reduction_percent": 10,
    "date_from": "2026-01-01",
    "date_to": "2026-12-31",
}


async def test_a_new_coupon_can_be_used_and_is_named_in_every_language(shop: Boutique) -> None:
    written = await shop.written("coupon", "created", **WELCOME)

    assert written.state["active"] is True
    assert written.state["quantity"] == 1_000_000
    assert written.state["quantity_per_user"] == 1
    assert (written.state["name:1"], written.state["name:2"]) == ("Welcome", "Welcome")
    assert written.state["date_to"] == "2026-12-31 23:59:59"
    assert written.sent == {"active", "quantity", "quantity_per_user"}
    assert await shop.apply("coupon", "created", **WELCOME) is None


async def test_a_quantity_that_is_given_stays(shop: Boutique) -> None:
    written = await shop.written("coupon", "created", **WELCOME, quantity=5, quantity_per_user=2, active=False)

    assert (written.state["quantity"], written.state["quantity_per_user"]) == (5, 2)
    assert written.state["active"] is False


async def test_texts_by_language_fill_the_unnamed_ones_on_create(shop: Boutique) -> None:
    written = await shop.written("coupon", "created", **{**WELCOME, "name": {"fr": "Bienvenue"}})

    assert (written.state["name:1"], written.state["name:2"]) == ("Bienvenue", "Bienvenue")
    assert written.notes == ('name: no text for en; "Bienvenue" is used there',)


async def test_a_text_in_one_language_leaves_the_others_as_they_are(shop: Boutique) -> None:
    await shop.written("coupon", "created", **WELCOME)

    written = await shop.written("coupon", code="welcome10", name={"2": "Bienvenue"})

    assert (written.state["name:1"], written.state["name:2"]) == ("Welcome", "Bienvenue")
    assert '<language id="1">Welcome</language>' in shop.writes()[0].body, "all languages go along"


async def test_a_shop_with_one_language_gives_plain_texts(shop: Boutique) -> None:
    shop.sandbox.edit("languages", 2, active="0")

    written = await shop.written("coupon", "created", **WELCOME)

    assert written.state["name:1"] == "Welcome"
    assert "name:2" not in written.state


async def test_a_language_the_shop_does_not_have_is_refused(shop: Boutique) -> None:
    error = await shop.resolved("coupon", code="X", name={"es": "Hola"})

    assert isinstance(error, Rejected)
    assert error.field == "name"


async def test_a_code_is_found_whatever_its_case_and_never_made_twice(shop: Boutique) -> None:
    created = await shop.written("coupon", "created", **WELCOME)
    [resolved] = [await shop.resolved("coupon", "created", **{**WELCOME, "code": "welcome10"})]
    assert not isinstance(resolved, Exception)

    [error] = await shop.port("coupon").write([Write(ref=None, changes=resolved.state, operation_id="op")])

    assert isinstance(error, Conflict)
    assert error.code == "duplicate_code"
    assert created.ref.native_id in error.message
    assert len(shop.sandbox.rows("cart_rules")) == 1


async def test_codes_with_the_filters_own_characters_are_found_exactly(shop: Boutique) -> None:
    codes = ["10% OFF|NOW", "10", "[VIP]", "A,B", "1,9"]
    for code in codes:
        await shop.written("coupon", "created", **{**WELCOME, "code": code})

    keys = [code_key(code) for code in codes]
    found = await shop.port("coupon").find(keys)

    assert [[snapshot.state["code"] for snapshot in found[key]] for key in keys] == [[code] for code in codes]


async def test_an_amount_in_place_of_a_percentage_clears_the_percentage(shop: Boutique) -> None:
    await shop.written("coupon", "created", **WELCOME)

    written = await shop.written("coupon", code="WELCOME10", reduction_amount="5.00", reduction_currency="eur")

    assert (written.state["reduction_percent"], written.state["reduction_amount"]) == ("0", "5")
    assert written.state["reduction_currency"] == 1


async def test_a_new_amount_is_with_tax_and_in_the_shops_currency(shop: Boutique) -> None:
    data = {name: value for name, value in WELCOME.items() if name != "reduction_percent"}

    written = await shop.written("coupon", "created", **data, reduction_amount=5)

    assert written.state["reduction_tax"] is True
    assert written.state["reduction_currency"] == 1
    assert "with tax" in written.notes[0]


async def test_a_time_with_an_offset_is_put_on_the_shops_clock(shop: Boutique) -> None:
    written = await shop.written("coupon", "created", **{**WELCOME, "date_to": "2026-07-01T10:00:00Z"})

    assert written.state["date_to"] == "2026-07-01 12:00:00"


async def test_the_option_time_zone_is_used_before_the_shops() -> None:
    shop = boutique(time_zone="America/New_York")

    written = await shop.written("coupon", "created", **{**WELCOME, "date_to": "2026-07-01T10:00:00+00:00"})

    assert written.state["date_to"] == "2026-07-01 06:00:00"


async def test_dates_are_checked_against_what_the_coupon_has(shop: Boutique) -> None:
    await shop.written("coupon", "created", **WELCOME)

    error = await shop.refused("coupon", code="WELCOME10", date_to="2025-12-31")

    assert isinstance(error, Rejected)
    assert error.field == "date_to"


@pytest.mark.parametrize("data", [{"id_customer": 99999}])
async def test_a_coupon_for_a_customer_who_does_not_exist_is_refused(shop: Boutique, data: dict[str, int]) -> None:
    error = await shop.resolved("coupon", "created", **WELCOME, **data)

    assert isinstance(error, NotFound)


async def test_before_8_0_a_changed_coupon_keeps_code_percentage_and_quantity(old_shop: Boutique) -> None:
    created = await old_shop.written("coupon", "created", **WELCOME)

    written = await old_shop.written("coupon", code="WELCOME10", active=False)

    assert dict(written.state) == {**created.state, "active": False}
