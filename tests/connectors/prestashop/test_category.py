"""Categories, in conversation with the sandbox shop."""

from __future__ import annotations

import pytest

from app.connectors.base import MISSING, Removal, Resolved, Snapshot, Written
from app.entities.base import EntityType
from app.entities.records import FIELDS
from app.errors import Conflict, Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique
from tests.connectors.prestashop.shelf import LATER, Shelf

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])


@pytest.fixture
def categories(shop: Boutique) -> Shelf:
    return Shelf(shop, EntityType.CATEGORY)


async def test_a_category_in_neutral_words(categories: Shelf) -> None:
    assert await categories.record("7") == {"name": "Stationery", "parent": "6", "active": True}
    assert await categories.record("3") == {"name": "Clothes", "parent": None, "active": True}
    assert (await categories.record("3")).keys() == FIELDS[EntityType.CATEGORY]


async def test_root_and_home_are_the_shop_itself(categories: Shelf) -> None:
    found = await categories.read("1", "2", "3")

    assert (found["1"], found["2"]) == (MISSING, MISSING)
    assert isinstance(found["3"], Snapshot)
    assert await categories.found(name="Home", parent=None) == []


@BOTH
async def test_a_new_category_is_named_in_every_language_and_stands_in_home(version: str) -> None:
    categories = Shelf(boutique(version), EntityType.CATEGORY)

    written = await categories.keep(name="Café & Thé", parent=None, active=True)

    row = categories.shop.sandbox.row("categories", int(written.ref.native_id))
    assert (row["id_parent"], row["name"]) == ("2", {1: "Café & Thé", 2: "Café & Thé"})
    assert row["link_rewrite"] == {1: "cafe-the", 2: "cafe-the"}
    assert written.sent == {"name:2"}


@BOTH
async def test_another_name_or_place_leaves_the_rest(version: str) -> None:
    """Before 8.0 the whole category is put back, without what the shop shows and does not take."""
    categories = Shelf(boutique(version), EntityType.CATEGORY)

    written = await categories.keep("7", name="Paper", parent="3")

    row = categories.shop.sandbox.row("categories", 7)
    assert row["name"] == {1: "Paper", 2: "Papeterie"}
    assert row["link_rewrite"] == {1: "stationery", 2: "papeterie"}, "links from elsewhere keep working"
    assert written.state["id_parent"] == 3


async def test_a_category_is_found_by_name_and_place(categories: Shelf) -> None:
    await categories.read("3")

    assert await categories.found(name="STATIONERY", parent="6") == ["7"]
    assert categories.gets() == 1
    assert await categories.found(name="Clothes", parent=None) == ["3"]
    assert await categories.found(name="Clothes", parent="6") == []


async def test_a_name_is_not_given_twice_in_one_place(categories: Shelf) -> None:
    resolved = await categories.wanted(name="clothes", parent=None, active=True)
    assert isinstance(resolved, Resolved)

    error = await categories.write(None, resolved.state)

    assert isinstance(error, Conflict)
    assert error.code == "duplicate_name"
    assert categories.shop.writes() == []


async def test_a_category_needs_a_name(categories: Shelf) -> None:
    error = await categories.wanted(name=None, parent=None)

    assert isinstance(error, Rejected)
    assert error.field == "name"


async def test_a_category_is_switched_off_or_deleted_where_nothing_stands_below(categories: Shelf) -> None:
    archived = await categories.remove("3", Removal.ARCHIVE)
    refused = await categories.remove("6", Removal.DELETE)
    deleted = await categories.remove("7", Removal.DELETE)

    assert isinstance(archived, Written)
    assert archived.state["active"] is False
    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_delete"
    assert isinstance(deleted, Written)
    assert deleted.gone


async def test_changes_are_seen_by_date(categories: Shelf) -> None:
    categories.long_ago()
    categories.shop.sandbox.edit("categories", 7, active="0")

    assert await categories.changed_ids(LATER) == ["7"]


async def test_the_shop_says_which_fields_there_are(categories: Shelf) -> None:
    assert (await categories.port.native_fields())["level_depth"] == "isUnsignedInt, read only"
