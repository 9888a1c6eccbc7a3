"""An operator's own fields: one canonical value for what both sides write differently."""

from __future__ import annotations

import pytest

from app.connections.sync_settings import FieldMapping, Flow
from app.entities.base import Direction, EntityType, Json, Side
from app.entities.converter import Converter
from app.sync.custom_fields import converted, one_way, split_custom, with_custom

REF = FieldMapping(entity=EntityType.CUSTOMER, odoo_field="ref", shop_field="siret")
BONUS = FieldMapping(
    entity=EntityType.CUSTOMER,
    odoo_field="bonus",
    shop_field="points",
    converter=Converter.DECIMAL,
    direction=Flow.ODOO_TO_SHOP,
)


@pytest.mark.parametrize(
    ("converter", "value", "canonical"),
    [
        (Converter.TEXT, " a ", "a"),
        (Converter.TEXT, False, None),
        (Converter.TEXT, 7, "7"),
        (Converter.BOOLEAN, "1", True),
        (Converter.BOOLEAN, "0", False),
        (Converter.BOOLEAN, None, False),
        (Converter.INTEGER, "7", 7),
        (Converter.INTEGER, "7.0", 7),
        (Converter.INTEGER, "seven", None),
        (Converter.DECIMAL, "7.500000", "7.5"),
        (Converter.DECIMAL, 7.5, "7.5"),
        (Converter.DECIMAL, "nan", None),
        (Converter.DATE, "2026-11-21", "2026-11-21"),
        (Converter.DATE, "yesterday", None),
        (Converter.DATE, "", None),
        (Converter.DATE, 0, None),
        (Converter.INTEGER, 0, 0),
        (Converter.INTEGER, "0", 0),
        (Converter.INTEGER, "1e999999", None),
        (Converter.DECIMAL, 0.0, "0"),
        (Converter.DECIMAL, "1e-999999", None),
        (Converter.TEXT, "a\x00b", "ab"),
    ],
)
def test_values_become_canonical(converter: Converter, value: Json, canonical: Json) -> None:
    assert converted(value, converter) == canonical


@pytest.mark.parametrize(
    ("side", "state"),
    [
        (Side.ODOO, {"extra:ref": "732", "extra:bonus": 7.5}),
        (Side.SHOP, {"extra:siret": "732", "extra:points": "7.50"}),
    ],
)
def test_both_sides_say_the_same_in_a_record(side: Side, state: dict[str, Json]) -> None:
    record = with_custom({"name": "Ada"}, state, [REF, BONUS], side)

    assert record == {"name": "Ada", "x:ref:siret": "732", "x:bonus:points": "7.5"}


def test_changes_are_split_into_the_records_own_and_the_operators() -> None:
    changes: dict[str, Json] = {"name": "Ada", "x:ref:siret": "732"}

    assert split_custom(changes, [REF, BONUS], Side.SHOP) == ({"name": "Ada"}, {"extra:siret": "732"})
    assert split_custom(changes, [REF, BONUS], Side.ODOO) == ({"name": "Ada"}, {"extra:ref": "732"})


def test_a_one_way_field_is_named_against_its_direction_only() -> None:
    assert one_way([REF, BONUS], Direction.SHOP_TO_ODOO) == {"x:bonus:points"}
    assert one_way([REF, BONUS], Direction.ODOO_TO_SHOP) == set()
