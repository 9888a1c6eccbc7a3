"""Stock of a WooCommerce, over the wire against the sandbox."""

from __future__ import annotations

import pytest

from app.connectors.base import Cursor, Removal, Snapshot, Write
from app.errors import Rejected
from tests.connectors.woocommerce.catalogue import (
    Catalogue,
    catalogue,
    change,
    changed,
    changed_ids,
    found,
    missing,
    record,
    refused,
    removal,
    resolved,
    state,
    written,
)


@pytest.fixture
def shop() -> Catalogue:
    return catalogue()


def counted(shop: Catalogue, quantity: int = 5, **fields: object) -> str:
    return shop.product(name="Mug", manage_stock=True, stock_quantity=quantity, **fields)


async def test_the_right_variation_moves_and_the_product_has_no_stock_of_its_own(shop: Catalogue) -> None:
    port = shop.stock()
    number, [small, large] = shop.shirt("S", "L")

    answer = await changed(port, large, quantity="8")

    assert missing(await port.read([number])) == [number]
    assert await port.to_records([answer.state]) == [{"product": number, "variant": large, "quantity": "8"}]
    assert [(await record(port, one))["quantity"] for one in (small, large)] == ["3", "8"]


async def test_stock_is_found_by_product_and_variation(shop: Catalogue) -> None:
    port = shop.stock()
    mug = counted(shop)
    number, [small, _] = shop.shirt("S", "L")

    assert await found(port, product=mug, variant=None) == [mug]
    assert await found(port, product=number, variant=small) == [small]
    assert await found(port, product=number, variant=None) == []


async def test_what_is_not_counted_has_no_stock_and_gets_none(shop: Catalogue) -> None:
    port = shop.stock()
    number = shop.product(name="Poster")
    write = Write(ref=None, changes={"quantity": 5}, operation_id="op")

    assert missing(await port.read([number])) == [number]
    [answer] = await port.write([write])

    assert isinstance(answer, Rejected)
    assert answer.code == "stock_not_managed"
    assert shop.sandbox.row("products", int(number))["manage_stock"] is False


async def test_with_the_option_the_shop_starts_to_count(shop: Catalogue) -> None:
    port = shop.stock(start_counting=True)
    number = shop.product(name="Poster")
    course = shop.product(name="Course", virtual=True)

    assert (await record(port, number))["quantity"] is None
    answer = await changed(port, number, quantity="0")

    row = shop.sandbox.row("products", int(number))
    assert (answer.state["quantity"], row["manage_stock"], row["stock_status"]) == (0, True, "outofstock")
    assert missing(await port.read([course])) == [course]


async def test_counting_that_was_switched_off_meanwhile_is_noticed(shop: Catalogue) -> None:
    port = shop.stock()
    number = counted(shop)
    write = await change(port, number, quantity="9")
    shop.sandbox.edit("products", int(number), manage_stock=False)

    [answer] = await port.write([write])

    assert isinstance(answer, Rejected)
    assert answer.code == "stock_not_managed"


async def test_nothing_but_the_quantity_is_sent_and_backorders_stay(shop: Catalogue) -> None:
    port = shop.stock()
    number = counted(shop, backorders="notify")
    write = await change(port, number, quantity="-2")
    shop.bodies()

    await port.write([write])

    assert shop.bodies() == [{"update": [{"id": int(number), "stock_quantity": -2}]}]
    assert shop.sandbox.row("products", int(number))["backorders"] == "notify"


async def test_half_a_piece_cannot_be_sold_and_it_is_said(shop: Catalogue) -> None:
    port = shop.stock()
    number = counted(shop)
    base = await state(port, number)

    half = await resolved(port, base, quantity="2.5")
    less = await resolved(port, base, quantity="-0.5")

    assert (half.state, less.state) == ({"quantity": 2}, {"quantity": -1})
    assert "2.5" in half.notes[0]
    assert (await refused(port, base, quantity="many")).field == "quantity"
    assert (await refused(port, base, quantity="3000000000")).field == "quantity"


async def test_many_stocks_are_written_in_one_call_and_one_per_product_with_variations(shop: Catalogue) -> None:
    port = shop.stock()
    plain = [counted(shop) for _ in range(30)]
    number, sizes = shop.shirt("S", "M", "L")
    read = await port.read([*plain, *sizes])
    shots = [shot for shot in read.values() if isinstance(shot, Snapshot)]
    writes = [Write(ref=one.ref, changes={"quantity": 7}, base=one.state, operation_id="op") for one in shots]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]

    assert sorted(shop.calls()) == [f"POST products/{number}/variations/batch", "POST products/batch"]
    assert [one.ref.native_id for one in answers] == [*plain, *sizes]
    assert {one.state["quantity"] for one in answers} == {7}


async def test_one_that_is_gone_does_not_keep_its_neighbours_from_their_stock(shop: Catalogue) -> None:
    port = shop.stock()
    gone, there = counted(shop), counted(shop)
    writes = [await change(port, one, quantity="4") for one in (gone, there)]
    shop.sandbox.remove("products", int(gone), force=True)

    lost, kept = await port.write(writes)

    assert isinstance(lost, Rejected)
    assert written(kept).state["quantity"] == 4


async def test_a_change_of_a_product_shows_its_stock_and_that_of_its_variations(shop: Catalogue) -> None:
    mug = counted(shop)
    _, sizes = shop.shirt("S", "M")

    assert sorted(await changed_ids(shop.stock(), Cursor())) == sorted([mug, *sizes])


async def test_stock_is_not_removed(shop: Catalogue) -> None:
    port = shop.stock()

    [answer] = await port.write([removal(port, counted(shop), Removal.DELETE)])

    assert isinstance(answer, Rejected)
    assert answer.code == "cannot_delete"
