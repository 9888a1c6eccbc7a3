"""Variations of a WooCommerce's products, over the wire against the sandbox."""

from __future__ import annotations

import pytest

from app.connectors.base import Cursor, Removal, Snapshot, Write
from app.entities.base import Json
from app.errors import Conflict, NotFound, Rejected, Retryable, Snoozed
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


@pytest.fixture
def shop() -> Catalogue:
    return catalogue()


def variant(product: str, size: str, **fields: Json) -> dict[str, Json]:
    return {
        "product": product,
        "attributes": {"Size": size},
        "sku": f"T-{size}",
        "barcode": None,
        "price_extra": "0",
        "currency": "EUR",
        "active": True,
        **fields,
    }


async def test_the_variants_of_a_template_make_a_simple_product_variable_in_one_batch(shop: Catalogue) -> None:
    port = shop.variants()
    number = shop.product(name="Shirt", regular_price="19.90", manage_stock=True, stock_quantity=7)
    wanted = [variant(number, size, price_extra=extra) for size, extra in (("S", "0"), ("M", "0"), ("L", "2.5"))]
    writes = [await new(port, **one) for one in wanted]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]

    assert shop.calls() == [
        "GET products",
        "GET products/attributes",
        "POST products/batch",
        f"POST products/{number}/variations/batch",
    ]
    assert await port.to_records([one.state for one in answers]) == wanted
    assert [await record(port, one.ref.native_id) for one in answers] == wanted
    parent = shop.sandbox.row("products", int(number))
    assert (parent["type"], parent["manage_stock"], parent["attributes"][0]["options"]) == (
        "variable",
        False,
        ["S", "M", "L"],
    )
    assert (await record(shop.products(), number))["price"] == "19.9"


async def test_products_of_one_batch_are_prepared_together(shop: Catalogue) -> None:
    port = shop.variants()
    numbers = [shop.product(name=name, regular_price="5") for name in ("Shirt", "Hat", "Sock")]
    writes = [
        await new(port, **variant(number, size, sku=f"{number}-{size}")) for number in numbers for size in ("S", "M")
    ]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]

    calls = shop.calls()
    assert (calls.count("POST products/batch"), len(calls)) == (1, 3 + len(numbers))
    assert [one.ref.native_id.partition("/")[0] for one in answers] == [one for one in numbers for _ in "SM"]


async def test_an_attribute_of_the_whole_shop_is_used_where_there_is_one(shop: Catalogue) -> None:
    port = shop.variants()
    colour = shop.sandbox.add("attributes", name="Colour")
    number = shop.product(name="Shirt", regular_price="5")
    wanted = variant(number, "S", attributes={"colour": "Red & Blue", "Size": "S"})

    answer = await made(port, **wanted)

    assert answer.state["attributes"] == {"Colour": "Red & Blue", "Size": "S"}
    listed = {one["name"]: one["id"] for one in shop.sandbox.row("products", int(number))["attributes"]}
    assert (listed["Colour"], listed["Size"]) == (colour, 0)
    assert await found(port, product=number, attributes={"Colour": "red & blue", "size": "s"}) == [answer.ref.native_id]


async def test_a_further_option_joins_those_there_are_and_other_attributes_stay(shop: Catalogue) -> None:
    port = shop.variants()
    number, _ = shop.shirt("S", "M")
    attributes = shop.sandbox.row("products", int(number))["attributes"]
    care = {"name": "Care", "visible": True, "variation": False, "options": ["30°"]}
    shop.sandbox.edit("products", int(number), attributes=[*attributes, care])

    await made(port, **variant(number, "L"))

    listed = {one["name"]: one for one in shop.sandbox.row("products", int(number))["attributes"]}
    assert listed["Size"]["options"] == ["S", "M", "L"]
    assert (listed["Care"]["options"], listed["Care"]["variation"]) == (["30°"], False)


async def test_the_same_attributes_twice_are_refused_though_the_shop_takes_them(shop: Catalogue) -> None:
    port = shop.variants()
    number, [small] = shop.shirt("S")

    same, unknown = await port.write(
        [await new(port, **variant(number, "s")), await new(port, **variant("999", "S", sku="X"))]
    )

    assert isinstance(same, Conflict)
    assert small in same.message
    assert isinstance(unknown, NotFound)


async def test_what_a_variation_adds_is_told_from_the_price_of_its_product(shop: Catalogue) -> None:
    port = shop.variants()
    number, [small, large] = shop.shirt("S", "L")
    shop.sandbox.edit("variations", int(large.partition("/")[2]), regular_price="12.50")

    assert (await record(shop.products(), number))["price"] == "10"
    assert [(await record(port, one))["price_extra"] for one in (small, large)] == ["0", "2.5"]
    answer = await changed(port, small, price_extra="-1")

    assert answer.state["price_extra"] == "-1"
    assert shop.sandbox.row("variations", int(small.partition("/")[2]))["regular_price"] == "9"
    assert (await record(port, large))["price_extra"] == "2.5", "lowering the cheapest one must not move the others"
    assert (await record(shop.products(), number))["price"] == "10"


async def test_another_price_of_the_product_moves_all_its_variations(shop: Catalogue) -> None:
    products, port = shop.products(), shop.variants()
    number, [small, large] = shop.shirt("S", "L")
    shop.sandbox.edit("variations", int(large.partition("/")[2]), regular_price="12.50")
    before = [await state(port, one) for one in (small, large)]
    write = await change(products, number, price="15")
    shop.calls()

    [answer] = await products.write([write])

    assert written(answer).state["regular_price"] == "15"
    assert [await state(port, one) for one in (small, large)] == before
    prices = [shop.sandbox.row("variations", int(one.partition("/")[2]))["regular_price"] for one in (small, large)]
    assert prices == ["15", "17.5"]


async def test_a_price_that_was_cut_off_half_way_is_finished_and_not_raised_twice(shop: Catalogue) -> None:
    products, port = shop.products(), shop.variants()
    number, sizes = shop.shirt("S", "L")
    await changed(products, number, price="12")
    shop.sandbox.fail("POST", "/products/batch", drop=True)

    [failed] = await products.write([await change(products, number, price="15")])
    assert not hasattr(failed, "state")
    assert (await record(products, number))["price"] == "12"
    assert [(await record(port, one))["price_extra"] for one in sizes] == ["0", "0"]
    await changed(products, number, price="15")

    prices = [shop.sandbox.row("variations", int(one.partition("/")[2]))["regular_price"] for one in sizes]
    assert prices == ["15", "15"]
    assert [(await record(port, one))["price_extra"] for one in sizes] == ["0", "0"]


async def test_prices_with_tax_in_them_add_up_to_the_last_digit() -> None:
    shop = catalogue(prices_include_tax=True)
    products, port = shop.products(), shop.variants()
    made_one = await made(products, name="Shirt", price="16.8", currency="EUR", active=True)
    number = made_one.ref.native_id

    answer = await made(port, **variant(number, "L", price_extra="2.1"))
    await changed(products, number, price="16.85")

    assert (await record(products, number))["price"] == "16.85"
    assert (await record(port, answer.ref.native_id))["price_extra"] == "2.1"


async def test_a_variation_without_an_sku_of_its_own_has_none(shop: Catalogue) -> None:
    port = shop.variants()
    number, _ = shop.shirt("S", sku="SHIRT")
    [answer] = await port.write([await new(port, **variant(number, "M", sku=None))])

    assert written(answer).state["sku"] is None
    number = written(answer).ref.native_id
    assert (await changed(port, number, sku="OWN")).state["sku"] == "OWN"
    parents = await changed(port, number, sku="shirt")
    assert parents.state["sku"] is None
    assert "its product has it" in parents.notes[0]


async def test_a_variation_in_the_trash_with_the_sku_is_taken_out_of_it(shop: Catalogue) -> None:
    port = shop.variants()
    number, [small, _] = shop.shirt("S", "M")
    [gone] = await port.write([removal(port, small, Removal.DELETE)])
    assert written(gone).gone
    assert missing(await port.read([small])) == [small]

    answer = await made(port, **variant(number, "S", sku="S-S", price_extra="1"))

    assert answer.ref.native_id == small
    assert "trash" in answer.notes[-1]
    assert await record(port, small) == variant(number, "S", sku="S-S", price_extra="1")


async def test_an_sku_that_another_product_has_is_refused(shop: Catalogue) -> None:
    port = shop.variants()
    shop.product(name="Mug", sku="MUG")
    number, _ = shop.shirt("S")

    [answer] = await port.write([await new(port, **variant(number, "M", sku="mug"))])

    assert isinstance(answer, Rejected)
    assert answer.field == "sku"


async def test_archiving_switches_a_variation_off(shop: Catalogue) -> None:
    port = shop.variants()
    _, [small] = shop.shirt("S")

    [answer] = await port.write([removal(port, small, Removal.ARCHIVE)])

    assert written(answer).state["status"] == "private"
    assert (await record(port, small))["active"] is False
    assert (await changed(port, small, active=True)).state["status"] == "publish"


async def test_a_variation_for_any_size_is_none_of_ours(shop: Catalogue) -> None:
    number, [small] = shop.shirt("S")
    anyone = shop.sandbox.add("variations", parents=(int(number),), regular_price="1", attributes=[])

    assert missing(await shop.variants().read([small, f"{number}/{anyone}"])) == [f"{number}/{anyone}"]


async def test_variations_of_a_product_in_the_trash_are_gone(shop: Catalogue) -> None:
    number, [small] = shop.shirt("S")
    shop.sandbox.remove("products", int(number))

    assert missing(await shop.variants().read([small, "1", "x/y", f"{number}/999"])) == [
        small,
        "1",
        "x/y",
        f"{number}/999",
    ]


async def test_many_variations_cost_two_reads_and_a_write_per_product(shop: Catalogue) -> None:
    port = shop.variants()
    number, sizes = shop.shirt(*[f"s{one}" for one in range(50)])
    keys = [key_of(port, product=number, attributes={"Size": f"s{one}"}) for one in range(50)]
    shop.calls()

    assert [shots[0].ref.native_id for shots in (await port.find(keys)).values()] == sizes
    assert shop.calls() == ["GET products", f"GET products/{number}/variations"]
    read = await port.read(sizes)
    assert shop.calls() == ["GET products", f"GET products/{number}/variations"]
    shots = [shot for shot in read.values() if isinstance(shot, Snapshot)]
    writes = [Write(ref=one.ref, changes={"status": "private"}, base=one.state, operation_id="op") for one in shots]
    assert {written(one).state["status"] for one in await port.write(writes)} == {"private"}

    assert shop.calls() == [
        "GET products",
        f"GET products/{number}/variations",
        f"POST products/{number}/variations/batch",
    ]


async def test_a_change_of_a_product_shows_its_variations(shop: Catalogue) -> None:
    port = shop.variants()
    _, sizes = shop.shirt("S", "M")
    shop.product(name="Mug")
    shop.calls()

    assert await changed_ids(port, Cursor()) == sizes
    assert shop.calls() == ["GET products", "GET products"]


async def test_a_new_variation_needs_its_product_and_attributes(shop: Catalogue) -> None:
    port = shop.variants()
    number = shop.product(name="Shirt", type="grouped")

    [foreign] = await port.write([await new(port, **variant(number, "S"))])

    assert isinstance(foreign, Rejected)
    assert foreign.code == "not_ours"
    assert (await resolved(port, **variant("1", "S", currency="USD", price_extra="3"))).notes


async def test_a_price_difference_of_a_product_without_a_price_is_the_price(shop: Catalogue) -> None:
    port = shop.variants()
    number = shop.product(name="Shirt")

    answer = await made(port, **variant(number, "S", price_extra="1.5"))
    unpriced = await resolved(port, **variant(number, "L", currency="USD"))
    [without] = await port.write([Write(ref=None, changes=unpriced.state, operation_id="op")])

    assert answer.state["price_extra"] == "1.5"
    assert (await record(shop.products(), number))["price"] == "0"
    assert written(without).ref


async def test_a_shop_that_asks_to_slow_down_is_given_time(shop: Catalogue) -> None:
    port = shop.variants()
    numbers = [shop.shirt(name)[0] for name in ("S", "M", "L")]
    shop.sandbox.fail("GET", "/variations", status=429, headers={"Retry-After": "5"}, times=1)

    with pytest.raises(Snoozed):
        await port.find([key_of(port, product=number, attributes={"Size": "S"}) for number in numbers])


async def test_a_shop_that_is_away_fails_nothing_for_good(shop: Catalogue) -> None:
    port = shop.variants()
    number, _ = shop.shirt("S")
    write = await new(port, **variant(number, "XL"))
    shop.sandbox.fail("GET", "/wp-json/wc/v3/products", status=503)

    [answer] = await port.write([write])

    assert isinstance(answer, Retryable)
