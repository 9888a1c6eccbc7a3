"""Products, in conversation with the sandbox shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Desired, Removal, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType
from app.entities.records import FIELDS
from app.errors import Conflict, Rejected, Retryable
from tests.connectors.prestashop.boutique import Boutique, boutique
from tests.connectors.prestashop.shelf import LATER, Shelf

CHAIR: dict[str, Any] = {
    "name": "Oak & Chair",
    "sku": "ODOO-1",
    "barcode": "4006381333931",
    "price": "12.5",
    "currency": "EUR",
    "active": True,
    "description": "Sturdy.\n\nMade of <oak>,\nby hand.",
    "weight": "4.2",
    "category": "3",
    "type": "goods",
}
BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])


@pytest.fixture
def products(shop: Boutique) -> Shelf:
    return Shelf(shop, EntityType.PRODUCT)


async def test_a_product_in_neutral_words(products: Shelf) -> None:
    products.shop.sandbox.edit("products", 8, ean13="4006381333931")

    record = await products.record("8")

    assert record == {
        "name": "Mug Today is a good day",
        "sku": "demo_13",
        "barcode": "4006381333931",
        "price": "11.9",
        "currency": "EUR",
        "active": True,
        "description": None,
        "weight": "0.3",
        "category": "8",
        "type": "goods",
    }
    assert record.keys() == FIELDS[EntityType.PRODUCT] - {"counted"}


@BOTH
async def test_a_new_product_has_what_was_wanted(version: str) -> None:
    products = Shelf(boutique(version), EntityType.PRODUCT)

    written = await products.keep(**CHAIR)

    assert await products.record(written.ref.native_id) == CHAIR


async def test_a_new_product_is_found_seen_and_sold_in_every_language(products: Shelf) -> None:
    written = await products.keep(**CHAIR)

    row = products.shop.sandbox.row("products", int(written.ref.native_id))
    assert (row["state"], row["visibility"], row["available_for_order"], row["show_price"]) == ("1", "both", "1", "1")
    assert (row["minimal_quantity"], row["link_rewrite"]) == ("1", {1: "oak-chair", 2: "oak-chair"})
    assert row["name"] == {1: "Oak & Chair", 2: "Oak & Chair"}
    assert row["product_type"] == "", "or combinations made later would be hidden in the back office"
    assert written.state["categories"] == [2, 3]
    assert written.sent == {"name:2", "description:2", "categories"}


async def test_a_new_product_is_taxed_as_most_are_and_says_so(products: Shelf) -> None:
    written = await products.keep(**CHAIR)

    assert products.shop.sandbox.row("products", int(written.ref.native_id))["id_tax_rules_group"] == "1"
    assert written.notes == ("tax rules group 1 was taken, as most products of the shop have it",)


async def test_a_product_needs_a_name(products: Shelf) -> None:
    error = await products.wanted(**{**CHAIR, "name": None})

    assert isinstance(error, Rejected)
    assert error.field == "name"


async def test_a_name_of_other_letters_still_gets_a_slug(products: Shelf) -> None:
    written = await products.keep(**{**CHAIR, "name": "椅子"})

    assert products.shop.sandbox.row("products", int(written.ref.native_id))["link_rewrite"] == {
        1: "odoo-1",
        2: "odoo-1",
    }


@BOTH
async def test_another_name_is_one_of_the_default_language_and_the_others_stay(version: str) -> None:
    products = Shelf(boutique(version), EntityType.PRODUCT)

    written = await products.keep("1", name="T-shirt & more")

    assert written.state["name:1"] == "T-shirt & more"
    assert written.state["name:2"] == "T-shirt imprimé colibri"


@BOTH
async def test_a_change_touches_nothing_else(version: str) -> None:
    """Before 8.0 the whole product is put back, without what the shop shows and does not take (recordings 622, 623)."""
    products = Shelf(boutique(version), EntityType.PRODUCT)
    before = dict(products.shop.sandbox.row("products", 8))

    await products.keep("8", price="13.75")

    after = products.shop.sandbox.row("products", 8)
    reckoned = {"new", "id_default_combination"}
    assert {name for name in before if before[name] != after[name]} - reckoned == {"price", "date_upd"}
    assert after["price"] == "13.750000"
    assert (await products.state("8"))["categories"] == [2, 6, 8]


async def test_characters_of_xml_arrive_as_they_are(products: Shelf) -> None:
    written = await products.keep("8", name="Mug & \"Saucer\" 'XL' ]]", description="a < b & c")

    assert (await products.record(written.ref.native_id))["name"] == "Mug & \"Saucer\" 'XL' ]]"
    assert (await products.record(written.ref.native_id))["description"] == "a < b & c"


@pytest.mark.parametrize(("field", "value", "blamed"), [("name", "M4 <x>", "name"), ("price", "1,5", "price")])
async def test_what_the_shop_does_not_take_is_refused_by_field(
    products: Shelf, field: str, value: str, blamed: str
) -> None:
    resolved = await products.wanted("8", **{field: value})
    error = await products.write("8", resolved.state) if isinstance(resolved, Resolved) else resolved

    assert isinstance(error, Rejected)
    assert error.field == blamed


async def test_an_unchanged_description_keeps_its_markup(products: Shelf) -> None:
    html = "<h2>Mug</h2>\n<ul>\n  <li><b>White</b></li>\n  <li>325 ml</li>\n</ul>"
    products.shop.sandbox.edit("products", 8, description={1: html, 2: "<p>Tasse</p>"})
    plain = (await products.record("8"))["description"]

    written = await products.keep("8", description=plain, price="12")

    assert plain == "Mug\n\nWhite\n325 ml"
    assert (written.state["description:1"], written.state["description:2"]) == (html, "<p>Tasse</p>")


async def test_another_description_leaves_the_other_languages(products: Shelf) -> None:
    products.shop.sandbox.edit("products", 8, description={1: "<p>Mug</p>", 2: "<p>Tasse</p>"})

    written = await products.keep("8", description="Cup\nof tea")

    assert (written.state["description:1"], written.state["description:2"]) == (
        "<p>Cup<br />of tea</p>",
        "<p>Tasse</p>",
    )


async def test_a_shop_with_one_language_gives_plain_texts(products: Shelf) -> None:
    products.shop.sandbox.edit("languages", 2, active="0")

    written = await products.keep("1", name="Shirt")

    assert written.state["name:1"] == "Shirt"
    assert "name:2" not in written.state


async def test_another_default_category_is_one_that_the_product_stands_in(products: Shelf) -> None:
    written = await products.keep("8", category="3")

    assert written.state["categories"] == [2, 3, 6, 8]
    assert written.sent == {"categories"}, "that is our doing, not a person's"


async def test_home_is_no_category(products: Shelf) -> None:
    written = await products.keep("8", category=None)

    assert written.state["id_category_default"] == 2
    assert (await products.record("8"))["category"] is None


async def test_a_barcode_that_the_shop_cannot_hold_is_left_out_with_a_note(products: Shelf) -> None:
    products.shop.sandbox.edit("products", 8, ean13="4006381333931")

    written = await products.keep("8", barcode="ABC-14-CHARS")
    resolved = await products.wanted("8", barcode="ABC-14-CHARS")

    assert written.state["ean13"] is None, "no barcode is better than the wrong one"
    assert isinstance(resolved, Resolved)
    assert "up to 13 digits" in resolved.notes[0]


async def test_prices_have_six_decimals(products: Shelf) -> None:
    resolved = await products.wanted("8", price="10.12345678901")

    assert isinstance(resolved, Resolved)
    assert resolved.state == {"price": "10.123457"}


async def test_a_service_is_a_virtual_product(products: Shelf) -> None:
    written = await products.keep(**{**CHAIR, "type": "service"})

    assert products.shop.sandbox.row("products", int(written.ref.native_id))["is_virtual"] == "1"


@BOTH
async def test_a_product_becomes_a_service_and_goods_again(version: str) -> None:
    """Put back as a whole, the flag beside the type would win over it."""
    products = Shelf(boutique(version), EntityType.PRODUCT)

    service = await products.keep("8", type="service")
    goods = await products.keep("8", type="goods")

    assert (service.state["type"], goods.state["type"]) == ("virtual", "simple")


async def test_a_pack_has_no_type_and_stays_one(products: Shelf) -> None:
    products.shop.sandbox.edit("products", 8, type="pack")

    resolved = await products.wanted("8", type="service", price="9")

    assert "type" not in await products.record("8")
    assert isinstance(resolved, Resolved)
    assert resolved.state == {"price": "9"}
    assert resolved.notes == ("type service was left out: the shop keeps pack",)


async def test_a_product_with_combinations_keeps_a_reference_of_its_own(products: Shelf) -> None:
    written = await products.keep("1", sku="SHIRT")

    assert written.state["reference"] == "SHIRT"
    assert products.shop.sandbox.row("combinations", 1)["reference"] == "demo_1"


async def test_all_products_of_a_reference_are_found_whatever_its_case(products: Shelf) -> None:
    products.shop.sandbox.edit("products", 10, reference="Demo_13")
    await products.read("8")

    assert await products.found(sku="DEMO_13") == ["8", "10"]
    assert products.gets() == 1
    assert await products.found(sku="demo") == []


async def test_a_reference_is_not_given_twice(products: Shelf) -> None:
    resolved = await products.wanted(**{**CHAIR, "sku": "DEMO_13"})
    assert isinstance(resolved, Resolved)

    error = await products.write(None, resolved.state)

    assert isinstance(error, Conflict)
    assert error.code == "duplicate_sku"
    assert products.shop.writes() == []


async def test_two_new_products_of_one_batch_do_not_get_one_reference(products: Shelf) -> None:
    resolved = await products.port.from_records([Desired(fields=CHAIR), Desired(fields={**CHAIR, "sku": "odoo-1"})])
    states = [one.state for one in resolved if isinstance(one, Resolved)]

    first, second = await products.port.write([Write(ref=None, changes=one, operation_id="op") for one in states])

    assert isinstance(first, Written)
    assert isinstance(second, Retryable)
    assert len(products.shop.sandbox.rows("products")) == 8


async def test_a_shop_without_tax_rules_is_told_that_a_new_product_has_none(products: Shelf) -> None:
    for row in products.shop.sandbox.rows("products"):
        row["id_tax_rules_group"] = "0"

    written = await products.keep(**CHAIR)

    assert "no tax rules" in written.notes[0]


async def test_removal_is_switching_off_or_deleting(products: Shelf) -> None:
    archived = await products.remove("8", Removal.ARCHIVE)
    deleted = await products.remove("10", Removal.DELETE)

    assert isinstance(archived, Written)
    assert archived.state["active"] is False
    assert isinstance(deleted, Written)
    assert deleted.gone
    assert (await products.read("10"))["10"] is MISSING


async def test_a_hundred_products_are_two_lists(products: Shelf) -> None:
    ids = [str(products.shop.sandbox.add("products", reference=f"R{number}", price="1")) for number in range(100)]
    await products.read("8")

    found = await products.read(*ids)

    assert all(isinstance(one, Snapshot) for one in found.values())
    assert products.gets() == 2


async def test_a_hundred_new_products_look_for_their_references_in_two_lists(products: Shelf) -> None:
    await products.read("8")
    wanted = [Desired(fields={**CHAIR, "sku": f"R{number}"}) for number in range(100)]
    states = [one.state for one in await products.port.from_records(wanted) if isinstance(one, Resolved)]
    products.shop.sandbox.requests.clear()

    written = await products.port.write([Write(ref=None, changes=state, operation_id="op") for state in states])

    assert all(isinstance(one, Written) for one in written)
    lists = [request for request in products.shop.sandbox.requests if "/products" in request.path]
    assert sum(request.method == "GET" for request in lists) == 2 + 1 + 2, "references, tax rules, read-back"


async def test_a_refused_product_does_not_fail_its_neighbours(products: Shelf) -> None:
    resolved = await products.port.from_records(
        [Desired(fields={**CHAIR, "sku": "A", "name": "Bad <x>"}), Desired(fields={**CHAIR, "sku": "B"})]
    )
    states = [one.state for one in resolved if isinstance(one, Resolved)]

    bad, good = await products.port.write([Write(ref=None, changes=one, operation_id="op") for one in states])

    assert isinstance(bad, Rejected)
    assert isinstance(good, Written)


async def test_changes_are_seen_by_date_and_stock_moves_none(products: Shelf) -> None:
    assert set(await products.changed_ids()) == {"1", "2", "4", "6", "8", "10", "16"}
    products.long_ago()
    products.shop.sandbox.edit("products", 8, price="1")
    products.shop.sandbox.edit("stock_availables", 4, quantity="1")

    assert await products.changed_ids(LATER) == ["8"]


async def test_the_shop_says_which_fields_there_are(products: Shelf) -> None:
    native = await products.port.native_fields()

    assert native["price"] == "isPrice"
    assert native["meta_title"].startswith("isGenericName")


async def test_a_field_of_the_operators_own_is_in_the_state_and_in_no_record() -> None:
    shop = boutique(own={EntityType.PRODUCT: ("isbn",)})
    products = Shelf(shop, EntityType.PRODUCT)

    written = await products.write("8", {"extra:isbn": "978-3"})

    assert isinstance(written, Written)
    assert written.state["extra:isbn"] == "978-3"
    assert (await products.record("8")).keys() == FIELDS[EntityType.PRODUCT] - {"counted"}
