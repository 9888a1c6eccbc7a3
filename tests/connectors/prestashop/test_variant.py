"""Combinations, in conversation with the sandbox shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Desired, Removal, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType
from app.entities.records import FIELDS
from app.errors import Conflict, Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique
from tests.connectors.prestashop.shelf import LATER, Shelf

LARGE: dict[str, Any] = {
    "product": "1",
    "attributes": {"Size": "L", "Color": "White"},
    "sku": "SHIRT-L",
    "barcode": "4006381333931",
    "price_extra": "2.5",
    "currency": "EUR",
}


@pytest.fixture
def variants(shop: Boutique) -> Shelf:
    return Shelf(shop, EntityType.VARIANT)


async def test_a_combination_in_neutral_words_without_active(variants: Shelf) -> None:
    record = await variants.record("2")

    assert record == {
        "product": "1",
        "attributes": {"Color": "White", "Size": "M"},
        "sku": "demo_1",
        "barcode": None,
        "price_extra": "0",
        "currency": "EUR",
    }
    assert record.keys() == FIELDS[EntityType.VARIANT] - {"active", "alone", "counted"}, "the shop has no such thing"


async def test_names_are_those_of_the_shops_language() -> None:
    variants = Shelf(boutique(default_language="fr"), EntityType.VARIANT)

    assert (await variants.record("2"))["attributes"] == {"Couleur": "Blanc", "Taille": "M"}


async def test_a_shop_with_one_language_gives_plain_names(variants: Shelf) -> None:
    variants.shop.sandbox.edit("languages", 2, active="0")

    assert (await variants.record("2"))["attributes"] == {"Color": "White", "Size": "M"}


@pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
async def test_a_new_combination_has_what_was_wanted_and_a_value_that_was_not_there(version: str) -> None:
    variants = Shelf(boutique(version), EntityType.VARIANT)

    written = await variants.keep(**LARGE)

    assert await variants.record(written.ref.native_id) == LARGE
    [value] = [row for row in variants.shop.sandbox.rows("product_option_values") if row["name"] == {1: "L", 2: "L"}]
    assert value["id_attribute_group"] == "1", "the option was there"
    assert len(variants.shop.sandbox.rows("product_options")) == 4


async def test_an_option_that_is_not_there_is_made(variants: Shelf) -> None:
    written = await variants.keep(product="8", attributes={"Handle": "left"}, sku="MUG-L", price_extra="0")

    assert (await variants.record(written.ref.native_id))["attributes"] == {"Handle": "left"}
    assert variants.shop.sandbox.rows("product_options")[-1]["public_name"] == {1: "Handle", 2: "Handle"}


async def test_options_and_values_are_found_whatever_their_case(variants: Shelf) -> None:
    resolved = await variants.wanted(**{**LARGE, "attributes": {"SIZE": "s", "paper  type": "ruled"}})
    assert isinstance(resolved, Resolved)

    written = await variants.write(None, resolved.state)

    assert isinstance(written, Written)
    assert written.state["attributes"] == {"Paper Type": "Ruled", "Size": "S"}


async def test_two_of_one_batch_make_a_value_once(variants: Shelf) -> None:
    wanted = [Desired(fields={**LARGE, "attributes": {"Size": "XL", "Color": one}}) for one in ("Red", "Green")]
    states = [one.state for one in await variants.port.from_records(wanted) if isinstance(one, Resolved)]

    written = await variants.port.write([Write(ref=None, changes=state, operation_id="op") for state in states])

    assert all(isinstance(one, Written) for one in written)
    made = [row["name"] for row in variants.shop.sandbox.rows("product_option_values")][7:]
    assert sorted(str(name[1]) for name in made if isinstance(name, dict)) == ["Green", "Red", "XL"]


async def test_a_combination_is_found_by_its_attributes(variants: Shelf) -> None:
    assert await variants.found(product="1", attributes={"size": "m", "COLOR": "white"}) == ["2"]
    assert await variants.found(product="1", attributes={"Size": "M"}) == []
    assert await variants.found(product="99", attributes={"Size": "M"}) == []


async def test_the_same_attributes_are_not_given_twice(variants: Shelf) -> None:
    resolved = await variants.wanted(**{**LARGE, "attributes": {"Size": "M", "Color": "White"}})
    assert isinstance(resolved, Resolved)

    error = await variants.write(None, resolved.state)

    assert isinstance(error, Conflict)
    assert error.code == "duplicate_attributes"
    assert variants.shop.writes() == []


@pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
async def test_a_change_keeps_product_and_attributes(version: str) -> None:
    variants = Shelf(boutique(version), EntityType.VARIANT)

    written = await variants.keep("2", sku="SHIRT-M", price_extra="-1.25")

    assert written.state == {
        "id_product": 1,
        "attributes": {"Color": "White", "Size": "M"},
        "reference": "SHIRT-M",
        "ean13": None,
        "price": "-1.25",
    }


@pytest.mark.parametrize("lacking", ["product", "attributes"])
async def test_a_new_combination_needs_its_product_and_attributes(variants: Shelf, lacking: str) -> None:
    error = await variants.wanted(**{**LARGE, lacking: None})

    assert isinstance(error, Rejected)
    assert error.field == lacking


async def test_a_combination_is_deleted_or_nothing(variants: Shelf) -> None:
    refused = await variants.remove("2", Removal.ARCHIVE)
    deleted = await variants.remove("1", Removal.DELETE)

    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_archive"
    assert isinstance(deleted, Written)
    assert deleted.gone
    found = await variants.read("1", "2")
    assert found["1"] is MISSING
    assert isinstance(found["2"], Snapshot)


async def test_switching_off_is_left_out_with_a_note(variants: Shelf) -> None:
    resolved = await variants.wanted("2", active=False, sku="X")

    assert isinstance(resolved, Resolved)
    assert resolved.state == {"reference": "X"}
    assert "switch" in resolved.notes[0]


async def test_a_hundred_combinations_are_two_lists_and_two_for_all_their_names(variants: Shelf) -> None:
    sandbox = variants.shop.sandbox
    ids = [str(sandbox.add("combinations", id_product="8", reference=f"R{number}")) for number in range(100)]
    for number in ids:
        sandbox.shop.table("combinations").linked[int(number), "product_option_values"] = [{"id": "2"}, {"id": "8"}]
    await variants.read("1")

    found = await variants.read(*ids)

    assert all(isinstance(one, Snapshot) for one in found.values())
    assert variants.gets() == 4


@pytest.mark.parametrize(("held", "then"), [("standard", "combinations"), ("", "")])
async def test_the_first_combination_of_a_product_is_not_hidden_by_its_type(
    variants: Shelf, held: str, then: str
) -> None:
    product = str(variants.shop.sandbox.add("products", reference="NEW", price="1", product_type=held))

    written = await variants.keep(**{**LARGE, "product": product})

    assert variants.shop.sandbox.row("products", int(product))["product_type"] == then
    assert written.notes == ()


async def test_a_combination_is_there_though_its_products_type_cannot_be_set(variants: Shelf) -> None:
    variants.shop.sandbox.fail("PATCH", "/products/8", status=500)

    written = await variants.keep(**{**LARGE, "product": "8"})

    assert "may hide the combinations" in written.notes[0]


async def test_those_of_a_changed_product_are_shown(variants: Shelf) -> None:
    assert set(await variants.changed_ids()) == {"1", "2", "9", "18", "25", "28"}
    variants.long_ago()
    variants.shop.sandbox.edit("products", 1, price="1")

    assert await variants.changed_ids(LATER) == ["1", "2"]
