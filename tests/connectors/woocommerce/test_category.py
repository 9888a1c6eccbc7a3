"""Categories of a WooCommerce, over the wire against the sandbox."""

from __future__ import annotations

import pytest

from app.connectors.base import Cursor, Removal
from app.errors import Conflict, Rejected
from tests.connectors.woocommerce.catalogue import (
    Catalogue,
    catalogue,
    changed,
    changed_ids,
    found,
    made,
    missing,
    new,
    record,
    refused,
    removal,
    resolved,
    written,
)

UNCATEGORIZED = "15"


@pytest.fixture
def shop() -> Catalogue:
    return catalogue()


async def test_a_category_below_another_is_read_back_and_found_there(shop: Catalogue) -> None:
    port = shop.categories()
    top = await made(port, name="Salt & Pepper", parent=None)
    below = await made(port, name="Mills", parent=top.ref.native_id)

    assert await record(port, top.ref.native_id) == {"name": "Salt & Pepper", "parent": None}
    assert await record(port, below.ref.native_id) == {"name": "Mills", "parent": top.ref.native_id}
    assert await found(port, name="salt & pepper", parent=None) == [top.ref.native_id]
    assert await found(port, name="mills", parent=top.ref.native_id) == [below.ref.native_id]
    assert await found(port, name="mills", parent=None) == []


async def test_the_default_category_is_not_there(shop: Catalogue) -> None:
    port = shop.categories()

    assert missing(await port.read([UNCATEGORIZED])) == [UNCATEGORIZED]
    assert await found(port, name="uncategorized", parent=None) == []


async def test_many_are_made_in_one_call_after_one_look(shop: Catalogue) -> None:
    port = shop.categories()
    writes = [await new(port, name=f"Category {one}", parent=None) for one in range(60)]

    answers = [written(one) for one in await port.write(writes)]

    assert shop.calls() == ["GET products/categories", "POST products/categories/batch"]
    assert len({one.ref.native_id for one in answers}) == 60


async def test_a_name_that_is_taken_in_the_same_place_is_refused_by_number(shop: Catalogue) -> None:
    port = shop.categories()
    there = str(shop.sandbox.add("categories", name="Mugs"))
    top = str(shop.sandbox.add("categories", name="Kitchen"))

    same, other = await port.write(
        [await new(port, name="mugs", parent=None), await new(port, name="Mugs", parent=top)]
    )

    assert isinstance(same, Conflict)
    assert there in same.message
    assert written(other).state["parent"] == int(top)


async def test_a_category_gets_another_name_and_place(shop: Catalogue) -> None:
    port = shop.categories()
    top, number = (str(shop.sandbox.add("categories", name=name)) for name in ("Kitchen", "Mugs"))

    answer = await changed(port, number, name="Cups", parent=top)
    assert answer.state == {"name": "Cups", "parent": int(top)}

    assert (await changed(port, number, parent=None)).state["parent"] is None


async def test_a_category_with_others_below_it_is_not_deleted(shop: Catalogue) -> None:
    port = shop.categories()
    top = shop.sandbox.add("categories", name="Kitchen")
    below = str(shop.sandbox.add("categories", name="Mugs", parent=top))

    writes = [removal(port, number, Removal.DELETE) for number in (str(top), below, "999")]
    kept, gone, never = await port.write(writes)

    assert isinstance(kept, Rejected)
    assert kept.code == "cannot_delete"
    assert written(gone).gone
    assert written(never).gone
    assert missing(await port.read([str(top), below])) == [below]


async def test_a_category_cannot_be_switched_off(shop: Catalogue) -> None:
    port = shop.categories()
    number = str(shop.sandbox.add("categories", name="Mugs"))

    [answer] = await port.write([removal(port, number, Removal.ARCHIVE)])

    assert isinstance(answer, Rejected)
    assert answer.code == "cannot_archive"
    assert (await resolved(port, name="Mugs", active=False)).notes
    assert (await refused(port, name=" ")).field == "name"
    assert (await refused(port, name="Mugs", parent="x")).field == "parent"


async def test_all_categories_are_shown_each_time(shop: Catalogue) -> None:
    port = shop.categories()
    numbers = [str(shop.sandbox.add("categories", name=name)) for name in "AB"]

    listed = [shot.ref.native_id async for page in port.listed(Cursor()) for shot in page.snapshots]

    assert await changed_ids(port, Cursor()) == [UNCATEGORIZED, *numbers]
    assert listed == numbers
