"""Coupons of a WooCommerce, kept the same on both sides as far as both know such a thing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors.base import Removal, Write, Written
from app.connectors.woocommerce.coupon import CouponPort
from app.connectors.woocommerce.reference import Reference
from app.entities.base import EntityType, Json, NaturalKey
from app.errors import Conflict
from tests.connectors.woocommerce.trade import MUG, Trade, buy, client_of, options_of, shop_of

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SUMMER: dict[str, Json] = {
    "code": "Summer-26",
    "percent": "12.5",
    "amount": None,
    "currency": "EUR",
    "minimum": "20",
    "valid_until": "2026-12-31T22:59:59+00:00",
    "uses": 100,
    "active": True,
}


def _trade(**options: Any) -> Trade:
    shop = shop_of(**options)
    client = client_of(shop)
    trade = Trade(shop, CouponPort(client, Reference(client, options_of()), now=lambda: NOW))
    trade.forget()
    return trade


def _add(trade: Trade, **fields: Json) -> int:
    given: dict[str, Any] = {"code": "SAVE", "discount_type": "percent", "amount": "10", **fields}
    return trade.shop.add("coupons", **given)


async def test_a_new_coupon_reads_as_it_was_wanted() -> None:
    trade = _trade()

    written = await trade.create(SUMMER)

    assert await trade.record(written.ref.native_id) == SUMMER
    row = trade.shop.row("coupons", int(written.ref.native_id))
    assert (row["discount_type"], row["amount"], row["status"]) == ("percent", "12.50", "publish")


async def test_the_same_again_is_no_difference() -> None:
    trade = _trade()
    written = await trade.create(SUMMER)

    resolved = await trade.words(SUMMER, written.ref.native_id)

    assert {name: value for name, value in resolved.state.items() if written.state[name] != value} == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "WINTER"),
        ("percent", "15"),
        ("minimum", None),
        ("minimum", "30.5"),
        ("valid_until", None),
        ("valid_until", "2027-01-31T22:59:59+00:00"),
        ("uses", None),
        ("uses", 3),
        ("active", False),
    ],
)
async def test_each_field_is_written_alone(field: str, value: Json) -> None:
    trade = _trade()
    number = (await trade.create(SUMMER)).ref.native_id

    await trade.change(number, {field: value})

    assert await trade.record(number) == {**SUMMER, field: value}


async def test_an_amount_takes_a_percentages_place() -> None:
    trade = _trade()
    number = (await trade.create(SUMMER)).ref.native_id

    await trade.change(number, {"percent": None, "amount": "5"})

    assert trade.shop.row("coupons", int(number))["discount_type"] == "fixed_cart"
    record = await trade.record(number)
    assert (record["percent"], record["amount"]) == (None, "5")


@pytest.mark.parametrize(
    ("zone", "until"),
    [
        ("Europe/Berlin", "2026-12-31T22:59:59+00:00"),
        ("America/New_York", "2027-01-01T04:59:59+00:00"),
        ("Pacific/Auckland", "2026-12-31T10:59:59+00:00"),
    ],
)
async def test_a_coupon_that_ends_with_a_day_ends_with_that_day_in_the_shops_zone(zone: str, until: str) -> None:
    trade = _trade(timezone=zone)
    number = _add(trade, date_expires="2027-01-01T00:00:00")
    copy = await trade.create({**SUMMER, "valid_until": until})

    assert (await trade.record(number))["valid_until"] == until
    assert copy.state["date_expires_gmt"] == (await trade.snapshot(number)).state["date_expires_gmt"]


async def test_uses_are_what_is_left() -> None:
    trade = _trade()
    number = _add(trade, usage_limit=10)
    buy(trade.shop, (MUG, 1), coupon="SAVE")

    before = await trade.record(number)
    await trade.change(number, {"uses": 4})

    assert before["uses"] == 9
    assert trade.shop.row("coupons", number)["usage_limit"] == 5


async def test_a_limit_of_none_is_one_and_says_so() -> None:
    trade = _trade()

    resolved = await trade.words({**SUMMER, "uses": 0})

    assert resolved.state["usage_limit"] == 1
    assert resolved.notes == ("uses 0 is 1 in the shop, which has no limit of none",)


@pytest.mark.parametrize(
    "fields",
    [
        {"discount_type": "fixed_product", "amount": "3"},
        {"free_shipping": True},
        {"product_ids": [MUG]},
        {"email_restrictions": ["jane@example.test"]},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_a_coupon_on_something_else_than_the_whole_order_is_left_alone(fields: dict[str, Json]) -> None:
    trade = _trade()
    number = _add(trade, **fields)

    record = await trade.record(number)
    refused = await trade.refused({"percent": "50"}, number)

    assert (record["percent"], record["amount"]) == (None, None)
    assert refused.code == "left_alone"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": None}, "code"),
        ({"percent": None}, "percent"),
        ({"percent": "101"}, "percent"),
        ({"percent": "-1"}, "percent"),
        ({"percent": None, "amount": "5", "currency": "USD"}, "currency"),
        ({"valid_from": "2026-12-01T00:00:00+00:00"}, "valid_from"),
    ],
)
async def test_what_the_shop_must_not_hold_is_refused_by_name(changed: dict[str, Json], field: str) -> None:
    assert (await _trade().refused({**SUMMER, **changed})).field == field


async def test_a_percentage_needs_no_currency() -> None:
    resolved = await _trade().words({**SUMMER, "minimum": None, "currency": "USD"})

    assert resolved.state["amount"] == "12.5"


async def test_taking_the_only_discount_away_is_refused() -> None:
    trade = _trade()

    assert (await trade.refused({"percent": None}, _add(trade))).code == "no_discount"


async def test_a_code_is_found_in_any_case_and_not_by_a_part_of_it() -> None:
    trade = _trade()
    number = _add(trade)
    _add(trade, code="SAVE-MORE")

    assert await trade.by("code", "save") == [str(number)]


async def test_two_coupons_of_one_code_are_both_shown() -> None:
    trade = _trade()
    first, second = _add(trade), _add(trade, code="OTHER")
    trade.shop.row("coupons", second)["code"] = "SAVE"

    assert sorted(await trade.by("code", "save")) == sorted([str(first), str(second)])


async def test_many_codes_are_found_in_a_few_calls() -> None:
    trade = _trade()
    for n in range(150):
        _add(trade, code=f"C{n}")
    trade.forget()

    found = [await trade.by("code", "c7")]
    once = len(trade.calls())
    keys = [_key(f"c{n}") for n in range(150)]
    many = await trade.port.find(keys)

    assert [len(found[0]), once] == [1, 1]
    assert all(len(shots) == 1 for shots in many.values())
    assert len(trade.calls()) - once == 3


async def test_a_code_that_is_taken_is_a_conflict_of_its_own() -> None:
    trade = _trade()
    _add(trade, code="SUMMER-26")
    state = (await trade.words(SUMMER)).state
    other = (await trade.words({**SUMMER, "code": "FREE-ONE"})).state

    taken, written = await trade.port.write([_creation(state), _creation(other)])

    assert isinstance(taken, Conflict)
    assert taken.field == "code"
    assert isinstance(written, Written)


async def test_fifty_coupons_are_one_call() -> None:
    trade = _trade()
    states = [(await trade.words({**SUMMER, "code": f"C{n}", "valid_until": None})).state for n in range(50)]
    trade.forget()

    results = await trade.port.write([_creation(state) for state in states])

    assert all(isinstance(result, Written) for result in results)
    assert trade.calls() == ["POST coupons/batch"]


async def test_a_coupon_that_is_switched_off_is_a_draft_that_can_still_be_read() -> None:
    trade = _trade()
    number = _add(trade)

    written = await trade.remove(number, Removal.ARCHIVE)

    assert isinstance(written, Written)
    assert (await trade.record(number))["active"] is False
    assert trade.shop.row("coupons", number)["status"] == "draft"


async def test_a_deleted_coupon_is_in_the_trash_and_gone_for_us() -> None:
    trade = _trade()
    number = _add(trade)

    first = await trade.remove(number, Removal.DELETE)
    again = await trade.remove(number, Removal.DELETE)

    assert [isinstance(one, Written) and one.gone for one in (first, again)] == [True, True]
    assert trade.shop.row("coupons", number)["status"] == "trash"
    assert await trade.gone(number)
    assert await trade.by("code", "save") == []


async def test_every_coupon_is_shown_since_a_change_moves_no_date() -> None:
    trade = _trade()
    number = _add(trade)
    trade.shop.edit("coupons", number, amount="11")

    assert str(number) in await trade.changed()


async def test_what_the_shop_says_of_itself_is_asked_once_for_many() -> None:
    trade = _trade()

    await asyncio.gather(*(trade.words({**SUMMER, "code": f"C{n}"}) for n in range(5)))

    assert sorted(trade.calls()) == ["GET /wp-json/", "GET settings/general"]


async def test_an_unchanged_value_is_not_sent() -> None:
    trade = _trade()
    number = _add(trade)
    base = (await trade.snapshot(number)).state
    trade.forget()

    changes = {"amount": "11", "code": "SAVE"}
    await trade.port.write([Write(ref=trade.ref(number), changes=changes, base=base, operation_id="op-42")])

    assert trade.sent() == [{"update": [{"id": number, "amount": "11"}]}]


def _creation(state: Any) -> Write:
    return Write(ref=None, changes=state, operation_id="op-42", marker="boutique.coupon_1")


def _key(code: str) -> NaturalKey:
    return NaturalKey(entity_type=EntityType.COUPON, name="code", value=code)
