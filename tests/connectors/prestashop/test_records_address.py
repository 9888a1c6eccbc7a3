"""A shop's addresses as records: what they say, what comes back, how they are found and removed."""

from __future__ import annotations

import pytest

from app.connectors.base import MISSING, Cursor, Removal, Resolved, Snapshot, Written
from app.entities.address import alias_key
from app.entities.base import EntityType, Json, NaturalKey
from app.entities.records import FIELDS, record_key
from app.errors import Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
HOME: dict[str, Json] = {
    "customer": "67",
    "name": "Jon Do",
    "company": "Acme",
    "street": "5 Rue de Rivoli",
    "street2": "2nd floor",
    "postcode": "75001",
    "city": "Paris",
    "state": None,
    "country": "FR",
    "phone": "+33 1 02 03 04 05",
    "mobile": "06 01 02 03 04",
    "label": "Home",
}


def key_of(**fields: Json) -> NaturalKey:
    key = record_key(EntityType.ADDRESS, fields)
    assert key is not None
    return key


async def test_an_address_in_neutral_words(shop: Boutique) -> None:
    record = await shop.record("address", 7)

    assert record == {
        "customer": "67",
        "name": "Jon Do",
        "company": None,
        "street": "1 Main Street",
        "street2": None,
        "postcode": "10001",
        "city": "New York",
        "state": "NY",
        "country": "US",
        "phone": "+1 555 0100",
        "mobile": None,
        "label": "My address",
    }
    assert record.keys() == FIELDS[EntityType.ADDRESS]


async def test_the_address_of_a_brand_is_none_of_a_customers(shop: Boutique) -> None:
    assert await shop.state("address", 6) is MISSING


async def test_an_address_that_lost_its_owner_has_none(shop: Boutique) -> None:
    shop.sandbox.row("addresses", 7)["id_customer"] = "0"

    assert (await shop.record("address", 7))["customer"] is None


@BOTH
async def test_a_new_address_has_what_was_wanted(version: str) -> None:
    shop = boutique(version)

    written = await shop.keep("address", **HOME)

    assert shop.sandbox.row("addresses", int(written.ref.native_id))["id_country"] == "8"


@BOTH
async def test_changed_fields_change_and_the_others_stay(version: str) -> None:
    shop = boutique(version)
    before = dict(shop.sandbox.row("addresses", 7))

    await shop.keep("address", 7, street="2 Main Street", mobile="0601", state="CA")

    after = shop.sandbox.row("addresses", 7)
    assert {name for name in before if before[name] != after[name]} <= {
        "address1", "phone_mobile", "id_state", "date_upd",
    }  # fmt: skip


async def test_a_new_address_without_a_label_is_named_by_its_city(shop: Boutique) -> None:
    written = await shop.keep("address", customer="67", street="1 Main Street", city="Berlin", country="DE")

    assert written.state["alias"] == "Berlin"


async def test_a_label_is_cut_to_what_the_shop_holds(shop: Boutique) -> None:
    resolved = await shop.in_its_words("address", None, **HOME | {"label": "<b>" + 40 * "x"})

    assert isinstance(resolved, Resolved)
    assert resolved.state["alias"] == "b " + 30 * "x"


@pytest.mark.parametrize(
    ("number", "fields", "field"),
    [
        (None, HOME | {"street": None}, "street"),
        (None, HOME | {"city": ""}, "city"),
        (None, HOME | {"customer": None}, "customer"),
        (7, {"street": None}, "street"),
    ],
)
async def test_what_an_address_cannot_be_without_is_asked_for(
    shop: Boutique, number: int | None, fields: dict[str, Json], field: str
) -> None:
    refused = await shop.in_its_words("address", number, **fields)

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("required", field)


async def test_a_country_that_the_shop_lacks_is_refused_by_name(shop: Boutique) -> None:
    refused = await shop.in_its_words("address", None, **HOME | {"country": "XX"})

    assert isinstance(refused, Rejected)
    assert refused.field == "country"
    assert "XX" in refused.message


async def test_a_state_that_the_shop_lacks_is_left_out_with_a_note(shop: Boutique) -> None:
    written = await shop.keep("address", **HOME | {"state": "IDF"})

    assert written.notes == ("state IDF is not one of that country in the shop",)
    assert written.state["id_state"] is None


async def test_the_state_goes_with_its_country(shop: Boutique) -> None:
    written = await shop.keep("address", 7, country="FR", postcode="75001", city="Paris")

    assert written.state["id_state"] is None
    assert "id_state" in written.sent


async def test_words_in_a_phone_number_are_left_out_with_a_note(shop: Boutique) -> None:
    written = await shop.keep("address", 7, phone="+1 555 0100 ext. 5")

    assert written.state["phone"] == "+1 555 0100 . 5"
    assert written.notes == ('phone: the shop takes "+1 555 0100 . 5" only',)


async def test_it_is_found_by_its_place_however_that_is_written(shop: Boutique) -> None:
    here = key_of(customer="67", street="1  MAIN street", postcode="10001", city="New York")
    elsewhere = key_of(customer="67", street="2 Main Street", postcode="10001", city="New York")
    other = key_of(customer="2", street="16, Main street", postcode="75002", city="Paris")
    by_alias = alias_key(67, "My address")

    found = await shop.records("address").find([here, elsewhere, other, by_alias])

    ids = {key: [snapshot.ref.native_id for snapshot in snapshots] for key, snapshots in found.items()}
    assert ids == {here: ["7"], elsewhere: [], other: ["2"], by_alias: ["7"]}
    assert shop.calls().count("GET addresses") == 1


async def test_a_deleted_address_is_not_found_by_its_place(shop: Boutique) -> None:
    shop.sandbox.edit("addresses", 7, deleted="1")
    key = key_of(customer="67", street="1 Main Street", postcode="10001", city="New York")

    assert await shop.records("address").find([key]) == {key: []}


async def test_an_address_cannot_be_archived(shop: Boutique) -> None:
    [refused] = await shop.write("address", 7, {}, removal=Removal.ARCHIVE)

    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_archive"
    assert shop.writes() == []


@pytest.mark.parametrize("number", [2, 7])
async def test_deleted_means_gone_also_where_an_order_still_needs_it(shop: Boutique, number: int) -> None:
    [written] = await shop.write("address", number, {}, removal=Removal.DELETE)

    assert isinstance(written, Written)
    assert written.gone
    assert await shop.state("address", number) is MISSING


async def test_all_addresses_come_from_the_start_and_say_when_they_changed(shop: Boutique) -> None:
    pages = [page async for page in shop.records("address").changed_since(Cursor())]

    assert [page.ids for page in pages] == [("2", "5", "6", "7")]
    snapshot = await shop.state("address", 7)
    assert isinstance(snapshot, Snapshot)
    assert str(snapshot.modified_at) == "2026-11-21 01:11:55+00:00"


async def test_an_operators_own_field_is_written_with_a_new_address_too() -> None:
    shop = boutique(own={EntityType.ADDRESS: ("dni",)})
    resolved = await shop.in_its_words("address", None, **HOME)
    assert isinstance(resolved, Resolved)

    [written] = await shop.write("address", None, {**resolved.state, "extra:dni": "X-1"})

    assert isinstance(written, Written)
    assert written.state["extra:dni"] == "X-1"
