"""A shop's coupons as records: what they say, what comes back, and their removal."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Cursor, Removal, Resolved, Snapshot, Written
from app.entities.base import EntityType, Json
from app.entities.records import FIELDS, record_key
from app.errors import Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
TEN: dict[str, Json] = {
    "code": "TEN",
    "name": "Ten off",
    "percent": "10",
    "amount": None,
    "currency": "EUR",
    "minimum": None,
    "valid_from": "2026-01-01T09:00:00+00:00",
    "valid_until": "2026-08-01T21:59:59+00:00",
    "uses": 100,
    "active": True,
}


async def made(shop: Boutique, **fields: Any) -> int:
    return int((await shop.keep("coupon", **TEN | fields)).ref.native_id)


@BOTH
async def test_a_new_coupon_has_what_was_wanted(version: str) -> None:
    shop = boutique(version)

    number = await made(shop)

    record = await shop.record("coupon", number)
    assert record == TEN
    assert record.keys() == FIELDS[EntityType.COUPON]
    row = shop.sandbox.row("cart_rules", number)
    assert (row["date_from"], row["date_to"]) == ("2026-01-01 10:00:00", "2026-08-01 23:59:59")
    assert row["name"] == {1: "Ten off", 2: "Ten off"}


async def test_what_has_no_end_and_no_limit_has_none_in_a_record(shop: Boutique) -> None:
    number = await made(shop, valid_from=None, valid_until=None, uses=None, percent=None, amount="5", minimum="30")

    row = shop.sandbox.row("cart_rules", number)
    assert (row["date_from"], row["date_to"], row["quantity"]) == (
        "2000-01-01 00:00:00", "2099-12-31 23:59:59", "1000000",
    )  # fmt: skip
    assert (row["reduction_tax"], row["minimum_amount_tax"], row["minimum_amount_currency"]) == ("1", "1", "1")


@BOTH
async def test_changed_fields_change_and_the_others_and_other_languages_stay(version: str) -> None:
    shop = boutique(version)
    number = await made(shop)
    shop.sandbox.row("cart_rules", number)["name"] = {1: "Ten off", 2: "Dix de moins"}
    before = dict(shop.sandbox.row("cart_rules", number))

    await shop.keep("coupon", number, name="Ten percent off", uses=5, active=False)

    after = shop.sandbox.row("cart_rules", number)
    assert after["name"] == {1: "Ten percent off", 2: "Dix de moins"}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"name", "quantity", "active", "date_upd"}


async def test_an_amount_takes_the_place_of_a_percentage_and_is_with_tax(shop: Boutique) -> None:
    number = await made(shop)

    written = await shop.keep("coupon", number, amount="5")

    assert (written.state["reduction_percent"], written.state["reduction_tax"]) == ("0", True)
    assert (await shop.record("coupon", number))["percent"] is None


async def test_a_minimum_comes_with_the_coupons_currency(shop: Boutique) -> None:
    number = await made(shop)

    written = await shop.keep("coupon", number, minimum="30")

    assert (written.state["minimum_amount_currency"], written.state["minimum_amount_tax"]) == (1, True)


async def test_an_amount_in_a_currency_that_the_shop_lacks_is_refused(shop: Boutique) -> None:
    refused = await shop.in_its_words("coupon", None, **TEN | {"percent": None, "amount": "5", "currency": "XTS"})

    assert isinstance(refused, Rejected)
    assert refused.field == "currency"


async def test_a_percentage_needs_no_currency(shop: Boutique) -> None:
    written = await shop.keep("coupon", **TEN | {"currency": "XTS"})

    assert "currency XTS is not in the shop; a percentage needs none" in written.notes


async def test_a_percentage_has_two_places_and_is_one_number(shop: Boutique) -> None:
    rounded = await shop.in_its_words("coupon", None, **TEN | {"percent": "12.345"})
    refused = await shop.in_its_words("coupon", None, **TEN | {"percent": "ten"})

    assert isinstance(rounded, Resolved)
    assert rounded.state["reduction_percent"] == "12.35"
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("invalid", "percent")


async def test_a_date_that_is_none_is_none(shop: Boutique) -> None:
    number = await made(shop)
    shop.sandbox.row("cart_rules", number).update(date_from="2026-00-00 00:00:00", date_to="0000-00-00 00:00:00")

    record = await shop.record("coupon", number)

    assert (record["valid_from"], record["valid_until"]) == (None, None)


@pytest.mark.parametrize("number", [None, 1])
async def test_a_coupon_without_a_code_is_refused(shop: Boutique, number: int | None) -> None:
    await made(shop)

    refused = await shop.in_its_words("coupon", number, **TEN | {"code": None})

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("required", "code")


async def test_a_shop_with_one_language_has_one_name() -> None:
    shop = boutique()
    shop.sandbox.edit("languages", 2, active="0")

    number = await made(shop)

    assert (await shop.record("coupon", number))["name"] == "Ten off"


async def test_it_is_found_by_the_key_of_a_record(shop: Boutique) -> None:
    number = await made(shop)
    key = record_key(EntityType.COUPON, {"code": "ten"})
    assert key is not None

    found = await shop.records("coupon").find([key])

    assert [snapshot.ref.native_id for snapshot in found[key]] == [str(number)]


@BOTH
async def test_archived_means_not_active(version: str) -> None:
    shop = boutique(version)
    number = await made(shop)

    [written] = await shop.write("coupon", number, {}, removal=Removal.ARCHIVE)

    assert isinstance(written, Written)
    assert (written.gone, written.state["active"]) == (False, False)
    assert (await shop.record("coupon", number)) == TEN | {"active": False}


async def test_deleted_means_gone(shop: Boutique) -> None:
    number = await made(shop)

    [written] = await shop.write("coupon", number, {}, removal=Removal.DELETE)

    assert isinstance(written, Written)
    assert written.gone
    assert await shop.state("coupon", number) is MISSING


async def test_all_coupons_come_from_the_start_and_say_when_they_changed(shop: Boutique) -> None:
    number = await made(shop)

    pages = [page async for page in shop.records("coupon").changed_since(Cursor())]
    snapshot = await shop.state("coupon", number)

    assert [page.ids for page in pages] == [(str(number),)]
    assert isinstance(snapshot, Snapshot)
    assert snapshot.modified_at is not None


@BOTH
async def test_an_own_field_in_several_languages_changes_in_the_shops_own_and_keeps_the_others(version: str) -> None:
    shop = boutique(version, own={EntityType.COUPON: ("name",)})
    number = await made(shop)
    shop.sandbox.row("cart_rules", number)["name"] = {1: "Ten off", 2: "Dix de moins"}
    snapshot = await shop.state("coupon", number)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.state["extra:name"], snapshot.state["extra:name:2"]) == ("Ten off", "Dix de moins")

    [written] = await shop.write("coupon", number, {"extra:name": "10 %"}, base=snapshot.state)

    assert isinstance(written, Written)
    assert (written.state["extra:name"], written.state["extra:name:2"]) == ("10 %", "Dix de moins")


async def test_an_own_field_that_the_shop_keeps_itself_is_refused() -> None:
    shop = boutique(own={EntityType.COUPON: ("date_upd",)})
    number = await made(shop)

    [refused] = await shop.write("coupon", number, {"extra:date_upd": "2026-01-01 00:00:00"})

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("read_only", "extra:date_upd")
    assert shop.writes() == []
