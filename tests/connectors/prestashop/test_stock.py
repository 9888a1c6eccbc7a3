"""Stock, in conversation with the sandbox shop."""

from __future__ import annotations

import pytest

from app.connectors.base import MISSING, Removal, Resolved, Snapshot
from app.entities.base import EntityType, NaturalKey
from app.entities.records import FIELDS
from app.errors import Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique
from tests.connectors.prestashop.shelf import Shelf

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])


@pytest.fixture
def stock(shop: Boutique) -> Shelf:
    return Shelf(shop, EntityType.STOCK)


async def test_stock_in_neutral_words(stock: Shelf) -> None:
    assert await stock.record("8") == {"product": "8", "variant": None, "quantity": "300"}
    assert await stock.record("20") == {"product": "1", "variant": "1", "quantity": "300"}
    assert (await stock.record("8")).keys() == FIELDS[EntityType.STOCK]


async def test_the_sum_of_a_products_combinations_is_nobodys_stock(stock: Shelf) -> None:
    found = await stock.read("1", "20", "8")

    assert found["1"] is MISSING
    assert isinstance(found["20"], Snapshot)
    assert isinstance(found["8"], Snapshot)


@BOTH
async def test_a_quantity_is_written_and_nothing_else(version: str) -> None:
    stock = Shelf(boutique(version), EntityType.STOCK)
    before = dict(stock.shop.sandbox.row("stock_availables", 8))
    moment = stock.shop.sandbox.row("products", 8)["date_upd"]

    await stock.keep("8", quantity="17")

    assert dict(stock.shop.sandbox.row("stock_availables", 8)) == {**before, "quantity": "17"}
    assert stock.shop.sandbox.row("products", 8)["date_upd"] == moment


async def test_a_combinations_stock_moves_the_sum(stock: Shelf) -> None:
    await stock.keep("20", quantity="0")

    assert stock.shop.sandbox.row("stock_availables", 1)["quantity"] == "300"


@pytest.mark.parametrize(("wanted", "quantity"), [("-5", -5), ("3.000", 3), ("0", 0)])
async def test_whole_quantities_are_taken(stock: Shelf, wanted: str, quantity: int) -> None:
    resolved = await stock.wanted("8", quantity=wanted)

    assert isinstance(resolved, Resolved)
    assert resolved.state == {"quantity": quantity}


@pytest.mark.parametrize(("wanted", "code"), [("1.5", "not_whole"), ("many", "invalid")])
async def test_what_is_no_number_of_pieces_is_refused(stock: Shelf, wanted: str, code: str) -> None:
    error = await stock.wanted("8", quantity=wanted)

    assert isinstance(error, Rejected)
    assert (error.code, error.field) == (code, "quantity")


async def test_stock_is_found_by_product_and_combination(stock: Shelf) -> None:
    assert await stock.found(product="8", variant=None) == ["8"]
    assert await stock.found(product="1", variant="2") == ["21"]
    assert await stock.found(product="1", variant=None) == [], "the sum is not to be written"
    assert await stock.found(product="99", variant=None) == []


async def test_stock_is_never_made_nor_removed(stock: Shelf) -> None:
    created = await stock.write(None, {"quantity": 5})
    removed = [await stock.remove("8", removal) for removal in Removal]

    assert isinstance(created, Rejected)
    assert [error.code for error in removed if isinstance(error, Rejected)] == ["cannot_archive", "cannot_delete"]
    assert stock.shop.writes() == []


async def test_the_stock_of_a_hundred_products_is_found_with_two_lists(stock: Shelf) -> None:
    for number in range(100):
        stock.shop.sandbox.add("products", reference=f"R{number}", price="1")
    rows = [row for row in stock.shop.sandbox.rows("stock_availables") if int(str(row["id_product"])) > 16]
    keys = [NaturalKey(entity_type=EntityType.STOCK, name="product", value=f"{row['id_product']}|") for row in rows]
    stock.shop.sandbox.requests.clear()

    found = await stock.port.find(keys)

    assert [len(found[key]) for key in keys] == [1] * 100
    assert stock.gets() == 2


async def test_reading_a_hundred_is_two_lists_and_two_that_tell_sums_apart(stock: Shelf) -> None:
    ids = []
    for number in range(100):
        stock.shop.sandbox.add("products", reference=f"R{number}", price="1")
        ids.append(str(stock.shop.sandbox.rows("stock_availables")[-1]["id"]))

    found = await stock.read(*ids)

    assert all(isinstance(one, Snapshot) for one in found.values())
    assert stock.gets() == 4


async def test_all_stock_is_shown_for_the_shop_keeps_no_date_of_it(stock: Shelf) -> None:
    shown = await stock.changed_ids()

    assert shown == [str(row["id"]) for row in stock.shop.sandbox.rows("stock_availables")]


async def test_more_than_the_shop_can_count_is_refused_by_name(stock: Shelf) -> None:
    refused = await stock.wanted("8", quantity="2147483648")

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("too_large", "quantity")
