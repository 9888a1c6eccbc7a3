"""Categories of products in Odoo, below its own top one."""

from __future__ import annotations

import pytest

from app.connectors.base import Removal, Written
from app.entities.base import Json
from app.errors import Conflict, Rejected
from tests.connectors.odoo.ports import erp

VERSIONS = pytest.mark.parametrize("version", [17, 19])


@VERSIONS
async def test_odoos_own_top_category_is_the_top_and_no_record(version: int) -> None:
    odoo = erp("category", version)

    assert await odoo.gone(1)
    assert await odoo.changed() == ["2", "3", "4"]
    assert await odoo.record(2) == {"name": "Saleable", "parent": None}
    assert await odoo.record(3) == {"name": "Clothes", "parent": "2"}


async def test_another_top_or_none_can_be_chosen() -> None:
    below, none = erp("category", category_root=2), erp("category", category_root=0)

    assert await below.record(3) == {"name": "Clothes", "parent": None}
    assert await none.record(2) == {"name": "Saleable", "parent": "1"}
    assert (await none.resolved({"name": "Top", "parent": None})).state == {"name": "Top", "parent": None}
    assert await none.found({"name": "all", "parent": None}) == ["1"]


@VERSIONS
async def test_a_new_category_holds_what_was_wanted_and_is_made_once(version: int) -> None:
    odoo = erp("category", version)
    top: dict[str, Json] = {"name": "Shoes", "parent": None}
    low: dict[str, Json] = {"name": "Boots", "parent": "3"}

    first, second = await odoo.create(top, "b.category_1"), await odoo.create(low, "b.category_2")
    again = await odoo.create(top, "b.category_1")

    assert first.ref == again.ref
    assert await odoo.record(first.ref.native_id) == top
    assert await odoo.record(second.ref.native_id) == low
    assert odoo.db.tables["product.category"][int(first.ref.native_id)]["parent_id"] == 1
    resolved = await odoo.resolved(low, second.ref.native_id)
    assert {**second.state, **resolved.state} == second.state


async def test_categories_are_found_by_parent_and_name_in_one_call() -> None:
    odoo = erp("category")
    await odoo.snapshot(3)
    odoo.forget()

    found = [await odoo.found({"name": "CLOTHES", "parent": "2"})]

    assert odoo.calls() == ["product.category.search_read"]
    found += [await odoo.found({"name": "saleable", "parent": None}), await odoo.found({"name": "X", "parent": "2"})]
    assert found == [["3"], ["2"], []]


async def test_a_category_without_a_name_is_refused() -> None:
    refused = await erp("category").refused({"name": None}, 3)

    assert isinstance(refused, Rejected)
    assert refused.field == "name"


async def test_a_category_with_others_below_it_is_not_deleted_with_them() -> None:
    odoo = erp("category")

    parent, child = await odoo.results(
        odoo.update(2, {}, removal=Removal.DELETE), odoo.update(4, {}, removal=Removal.DELETE)
    )

    assert isinstance(parent, Conflict)
    assert parent.code == "has_children"
    assert isinstance(child, Written)
    assert child.gone
    assert {2, 3} <= odoo.db.tables["product.category"].keys()


async def test_a_category_cannot_be_archived() -> None:
    odoo = erp("category")

    [refused] = await odoo.results(odoo.update(4, {}, removal=Removal.ARCHIVE))

    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_archive"
