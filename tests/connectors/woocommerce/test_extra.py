"""An operator's own fields: meta data by key."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Write
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.extra import META, NativeFields, OwnFields
from app.entities.base import EntityType, Json
from tests.connectors.woocommerce.catalogue import ref, state, written
from tests.connectors.woocommerce.people import JANE, store


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ("77", "77"),
        (5, 5),
        (2.50, "2.5"),
        (True, True),
        ("", None),
        (None, None),
        ([1, {"a": 2.0}], [1, {"a": "2"}]),
    ],
)
def test_a_value_is_canonical(held: Any, expected: Json) -> None:
    row: Row = {"id": 1, "meta_data": [{"id": 9, "key": "odoo_id", "value": held}]}

    assert OwnFields(["odoo_id"]).state(row) == {"extra:odoo_id": expected}


def test_only_what_was_named_is_read_and_of_two_the_later() -> None:
    listed: list[Json] = [
        {"key": "default_password_nag", "value": "1"},
        {"key": "level", "value": "old"},
        {"key": "level", "value": "new"},
    ]

    assert OwnFields(["level", "none"]).state({"meta_data": listed}) == {"extra:level": "new", "extra:none": None}
    assert OwnFields().state({"meta_data": listed}) == {}


def test_a_field_of_the_row_itself_is_read_where_no_meta_data_has_its_name() -> None:
    row: Row = {"username": "jane", "slug": "a", "meta_data": [{"key": "slug", "value": "b"}]}

    assert OwnFields(["username", "slug"]).state(row) == {"extra:username": "jane", "extra:slug": "b"}


async def test_what_is_written_is_what_is_read_and_none_takes_it_away() -> None:
    shop = store(extra={EntityType.CUSTOMER: ("level", "flag")})
    port = shop.people

    async def write(**values: Json) -> None:
        changes = {f"extra:{name}": value for name, value in values.items()}
        [answer] = await port.write([Write(ref=ref(port, JANE), changes=changes, operation_id="op-1")])
        assert {name: written(answer).state[name] for name in changes} == await shown()

    async def shown() -> dict[str, Json]:
        return {name: value for name, value in (await state(port, JANE)).items() if name.startswith("extra:")}

    await write(level="gold", flag=True)
    assert await shown() == {"extra:level": "gold", "extra:flag": "1"}
    await write(level=None, flag=5)
    assert await shown() == {"extra:level": None, "extra:flag": "5"}


async def test_any_key_can_be_mapped_but_for_people_no_hidden_one() -> None:
    people = await store().people.native_fields()
    goods = NativeFields({"name": "text"})

    assert (people["level"], people["email"], people.get("_hidden")) == (META, "text", None)
    assert (goods["_hidden"], goods["name"], goods.get("")) == (META, "text", None)
    assert list(goods) == ["name"]
