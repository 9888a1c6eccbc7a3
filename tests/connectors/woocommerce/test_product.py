"""Products of a WooCommerce, over the wire against the sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.connectors.base import Cursor, Removal, Snapshot
from app.entities.base import Json
from app.errors import Conflict, Retryable
from tests.connectors.woocommerce.catalogue import (
    Catalogue,
    catalogue,
    change,
    changed,
    changed_ids,
    found,
    key_of,
    made,
    missing,
    new,
    record,
    removal,
    resolved,
    state,
    written,
)

MUG: dict[str, Json] = {
    "name": "Mug",
    "sku": "MUG",
    "barcode": "4006381333931",
    "price": "12.5",
    "currency": "EUR",
    "active": True,
    "description": "A mug.",
    "weight": "0.35",
    "category": None,
    "type": "goods",
}


@pytest.fixture
def shop() -> Catalogue:
    return catalogue()


async def test_a_new_product_is_read_back_as_it_was_wanted(shop: Catalogue) -> None:
    port = shop.products()

    answer = await made(port, **MUG)

    assert await record(port, answer.ref.native_id) == MUG
    assert (await port.to_records([answer.state]))[0] == MUG


async def test_a_hundred_products_are_made_in_one_call_and_read_in_one(shop: Catalogue) -> None:
    port = shop.products()
    writes = [await new(port, **{**MUG, "sku": f"M-{one}", "barcode": None}) for one in range(100)]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]
    assert shop.calls() == ["POST products/batch"]
    read = await port.read([one.ref.native_id for one in answers])

    assert shop.calls() == ["GET products"]
    assert [shot.state for shot in read.values() if isinstance(shot, Snapshot)] == [one.state for one in answers]


async def test_a_change_sends_only_what_differs(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Mug", sku="MUG", regular_price="12.50")
    write = await change(port, number, price="13")
    shop.bodies()

    [answer] = await port.write([write])

    assert shop.bodies() == [{"update": [{"id": int(number), "regular_price": "13"}]}]
    assert written(answer).state["regular_price"] == "13"


async def test_a_price_edit_of_a_product_whose_stock_is_not_counted_leaves_it_in_stock(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Poster", sku="P", regular_price="9.00")

    await changed(port, number, price="10")

    row = shop.sandbox.row("products", int(number))
    assert (row["manage_stock"], row["stock_status"], row["stock_quantity"]) == (False, "instock", None)


async def test_several_skus_are_found_in_one_call_whatever_their_case(shop: Catalogue) -> None:
    port = shop.products()
    mug, cup = shop.product(name="Mug", sku="MUG-1"), shop.product(name="Cup", sku="Cup-2")
    shop.calls()

    assert (await found(port, sku="mug-1"), await found(port, sku="CUP-2")) == ([mug], [cup])
    shop.calls()
    keys = [key_of(port, sku=sku) for sku in ("mug-1", "cup-2", "none")]
    answer = await port.find(keys)

    assert shop.calls() == ["GET products"]
    assert [[shot.ref.native_id for shot in answer[key]] for key in keys] == [[mug], [cup], []]


async def test_the_sku_of_a_variation_finds_no_product(shop: Catalogue) -> None:
    shop.shirt("S", sku="SHIRT")

    assert await found(shop.products(), sku="S-S") == []


async def test_a_product_whose_sku_is_in_the_trash_is_taken_out_of_it(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Old mug", sku="MUG", regular_price="5")
    shop.sandbox.remove("products", int(number))

    answer = await made(port, **MUG)

    assert answer.ref.native_id == number
    assert await record(port, number) == MUG
    assert "trash" in answer.notes[0]
    assert len(shop.sandbox.rows("products")) == 1


async def test_one_of_a_batch_in_the_trash_does_not_touch_its_neighbours(shop: Catalogue) -> None:
    port = shop.products()
    trashed = shop.product(name="Old mug", sku="MUG")
    shop.sandbox.remove("products", int(trashed))
    writes = [await new(port, **{**MUG, "sku": sku, "barcode": None}) for sku in ("A", "MUG", "B")]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]

    assert [one.state["sku"] for one in answers] == ["A", "MUG", "B"]
    assert answers[1].ref.native_id == trashed
    assert shop.calls() == ["POST products/batch", "GET products", "GET products", "POST products/batch"]


async def test_a_product_that_appeared_with_the_sku_is_left_to_the_retry(shop: Catalogue) -> None:
    port = shop.products()
    write = await new(port, **MUG)
    shop.product(name="Mug by hand", sku="mug")

    [answer] = await port.write([write])

    assert isinstance(answer, Retryable)
    assert answer.code == "appeared"
    assert len(shop.sandbox.rows("products")) == 1


async def test_an_sku_of_a_variation_is_refused_by_name(shop: Catalogue) -> None:
    _, [small] = shop.shirt("S")

    [answer] = await shop.products().write([await new(shop.products(), **{**MUG, "sku": "S-S"})])

    assert isinstance(answer, Conflict)
    assert small in answer.message


async def test_what_is_in_the_trash_is_not_there(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Mug", sku="MUG")
    shop.sandbox.remove("products", int(number))

    assert missing(await port.read([number, "999", "x"])) == [number, "999", "x"]
    assert await found(port, sku="MUG") == []


async def test_archiving_hides_and_deleting_puts_into_the_trash_only(shop: Catalogue) -> None:
    port = shop.products()
    hidden, gone = shop.product(name="A", sku="A"), shop.product(name="B", sku="B")

    writes = [removal(port, hidden, Removal.ARCHIVE), removal(port, gone, Removal.DELETE)]
    archived, deleted = [written(one) for one in await port.write(writes)]

    assert archived.state["status"] == "draft"
    assert deleted.gone
    assert shop.sandbox.row("products", int(gone))["status"] == "trash"
    [again] = await port.write([removal(port, gone, Removal.DELETE)])
    assert written(again).gone


@pytest.mark.parametrize("status", ["draft", "pending", "private"])
async def test_what_is_hidden_stays_hidden_as_it_is(shop: Catalogue, status: str) -> None:
    port = shop.products()
    number = shop.product(name="Mug", sku="MUG", status=status)

    assert (await record(port, number))["active"] is False
    assert (await changed(port, number, active=False)).state["status"] == status
    assert (await changed(port, number, active=True)).state["status"] == "publish"


async def test_names_and_descriptions_come_back_as_they_were_written(shop: Catalogue) -> None:
    port = shop.products()
    words = {"name": 'Salt & <b>Pepper</b> "5" \\ ½ 😀 &amp;', "description": "Fine & dry: 3 < 4 \\ 5\n\nSecond\nline"}

    answer = await made(port, **{**MUG, **words})

    held = await record(port, answer.ref.native_id)
    assert {name: held[name] for name in words} == words


async def test_the_shops_markup_stays_while_the_words_are_the_same(shop: Catalogue) -> None:
    port = shop.products()
    html = "<h2>Fine</h2>\n<ul><li>dry</li></ul>"
    number = shop.product(name="Salt", sku="S", description=html)
    held = await record(port, number)

    await changed(port, number, name="Sea salt", description=held["description"])

    assert held["description"] == "Fine\n\ndry"
    assert shop.sandbox.row("products", int(number))["description"] == html


async def test_line_ends_of_a_description_without_markup_count(shop: Catalogue) -> None:
    number = shop.product(name="Salt", sku="S", description="Fine\ndry\n\nFrom the sea")

    assert (await record(shop.products(), number))["description"] == "Fine\ndry\n\nFrom the sea"


async def test_the_sale_price_is_the_shops_own(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Mug", sku="MUG", regular_price="20", sale_price="15")

    assert (await record(port, number))["price"] == "20"
    await changed(port, number, price="22.123456")

    row = shop.sandbox.row("products", int(number))
    assert (row["regular_price"], row["sale_price"]) == ("22.123456", "15")


async def test_a_service_is_virtual_and_its_stock_is_not_counted(shop: Catalogue) -> None:
    service = await made(shop.products(), **{**MUG, "type": "service"})
    goods = await made(shop.products(), **{**MUG, "sku": "G", "barcode": None})
    free = await made(shop.products(manage_stock=False), **{**MUG, "sku": "F", "barcode": None})

    rows = [shop.sandbox.row("products", int(one.ref.native_id)) for one in (service, goods, free)]
    assert [(row["virtual"], row["manage_stock"]) for row in rows] == [(True, False), (False, True), (False, False)]


async def test_a_grouped_product_is_left_alone_with_a_note(shop: Catalogue) -> None:
    port = shop.products()
    number = shop.product(name="Set", sku="SET", type="grouped")
    held = await record(port, number)

    answer = await changed(port, number, name="Another", price="5", active=False)

    assert "type" not in held
    assert "price" not in held
    assert (answer.state["name"], answer.state["status"]) == ("Set", "draft")


async def test_the_price_of_another_currency_is_left_out_and_said_so(shop: Catalogue) -> None:
    port = shop.products()

    answer = await resolved(port, **{**MUG, "currency": "USD"})

    assert "regular_price" not in answer.state
    assert "USD" in answer.notes[0]


async def test_prices_with_tax_in_them_are_without_it_in_records() -> None:
    shop = catalogue(prices_include_tax=True)
    port = shop.products()
    number = shop.product(name="Mug", sku="MUG", regular_price="19.99")
    reduced = shop.product(name="Book", sku="BOOK", regular_price="10.70", tax_class="reduced-rate")
    free = shop.product(name="Stamp", sku="STAMP", regular_price="1.00", tax_status="none")

    prices = [(await record(port, one))["price"] for one in (number, reduced, free)]
    answer = await changed(port, number, price="16.81")

    assert prices == ["16.8", "10", "1"]
    assert (await port.to_records([answer.state]))[0]["price"] == "16.81"


async def test_a_product_moves_to_another_category_and_stays_in_its_others(shop: Catalogue) -> None:
    port = shop.products()
    first, second, third = (shop.sandbox.add("categories", name=name) for name in ("A", "B", "C"))
    number = shop.product(name="Mug", sku="MUG", categories=[{"id": first}, {"id": second}])
    assert (await record(port, number))["category"] == str(first)

    answer = await changed(port, number, category=str(third))

    assert (await port.to_records([answer.state]))[0]["category"] == str(third)
    assert shop.sandbox.row("products", int(number))["category_ids"] == [second, third]
    nowhere = await changed(port, number, category=None)
    assert (await port.to_records([nowhere.state]))[0]["category"] is None


async def test_a_product_in_uncategorized_has_no_category(shop: Catalogue) -> None:
    number = shop.product(name="Mug", sku="MUG")

    assert (await record(shop.products(), number))["category"] is None


async def test_an_operators_own_field_is_a_note_of_the_product(shop: Catalogue) -> None:
    port = shop.products(extra=["_shelf"])
    number = shop.product(name="Mug", sku="MUG", meta_data=[{"key": "_shelf", "value": "A4"}])
    write = await change(port, number)
    held = write.base
    assert held is not None
    assert held["extra:_shelf"] == "A4"

    [answer] = await port.write([replace(write, changes={"extra:_shelf": "B1"})])

    assert written(answer).state["extra:_shelf"] == "B1"


async def test_a_refused_product_says_why_and_its_neighbours_go_through(shop: Catalogue) -> None:
    port = shop.products()
    await made(port, **MUG)
    writes = [await new(port, **{**MUG, "sku": "TWIN"}), await new(port, **{**MUG, "sku": "B", "barcode": None})]

    twin, other = await port.write(writes)

    assert isinstance(twin, Conflict)
    assert twin.field == "barcode"
    assert written(other).state["sku"] == "B"


async def test_every_product_is_counted_listed_and_shown_as_changed(shop: Catalogue) -> None:
    port = shop.products()
    numbers = [shop.product(name=name, sku=name) for name in "ABC"]
    shop.sandbox.remove("products", int(numbers[2]))

    listed = [shot.ref.native_id async for page in port.listed(Cursor()) for shot in page.snapshots]

    assert await port.count() == 2
    assert listed == numbers[:2]
    assert sorted(await changed_ids(port, Cursor())) == numbers[:2]


async def test_a_state_is_the_same_however_it_was_read(shop: Catalogue) -> None:
    port = shop.products()
    answer = await made(port, **MUG)
    shop.sandbox.edit("products", int(answer.ref.native_id), short_description="Shop's own")

    assert await state(port, answer.ref.native_id) == answer.state
