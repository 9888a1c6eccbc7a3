"""What a key must be allowed to do to keep each entity type the same, and how the connection test says it."""

from __future__ import annotations

import re

import httpx
import pytest

from app.connectors.prestashop import permissions
from app.connectors.prestashop.capabilities import CAPABILITIES
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.permissions import CHANGE, KEPT_SAME
from app.entities.base import Direction
from app.sandbox.prestashop import ApiKey, create_sandbox
from app.settings_docs import ROOT

RESTRICTED = "RESTRICTEDRESTRICTEDRESTRICTED01"


def test_the_document_lists_what_each_entity_type_needs_in_each_direction() -> None:
    text = (ROOT / "docs" / "prestashop.md").read_text()
    block = text.split("<!-- rights:begin -->")[1].split("<!-- rights:end -->")[0]
    listed = {}
    for line in block.strip().splitlines()[2:]:
        entity_type, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
        listed[entity_type] = [_rights(cell) for cell in cells]

    assert listed == {
        entity_type.value: [
            {
                resource: {"PATCH" if method == CHANGE else method for method in methods}
                for resource, methods in directions.get(direction, {}).items()
            }
            for direction in (Direction.SHOP_TO_ODOO, Direction.ODOO_TO_SHOP)
        ]
        for entity_type, directions in KEPT_SAME.items()
    }


def _rights(cell: str) -> dict[str, set[str]]:
    """`customers` GET, POST; `groups` GET"""
    found = {}
    for part in filter(None, cell.split(";")):
        match = re.fullmatch(r"\s*`([a-z_]+)` ([A-Z, ]+?)\s*", part)
        assert match, part
        found[match[1]] = set(match[2].split(", "))
    return found


@pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
async def test_a_key_that_suffices_for_events_but_not_for_orders_as_records_is_fit_and_says_what_it_lacks(
    version: str,
) -> None:
    methods = ("GET", "POST", "PATCH", "PUT", "DELETE")
    allowed = dict.fromkeys([*permissions.NEEDED, permissions.SETTINGS], methods)
    others = {resource for cells in KEPT_SAME.values() for rights in cells.values() for resource in rights}
    allowed |= dict.fromkeys(others - {"order_cart_rules"}, methods)
    sandbox = create_sandbox(version=version, keys={RESTRICTED: ApiKey(permissions=allowed)})
    connector = PrestashopConnector(
        "http://shop.test", RESTRICTED, name="boutique", transport=httpx.ASGITransport(sandbox)
    )

    report = await connector.test()

    assert report.ok
    assert report.details["not_allowed"] == {
        "order shop_to_odoo": "order_cart_rules: GET",
        "order odoo_to_shop": "order_cart_rules: GET",
    }


def test_every_cell_with_a_direction_has_its_rights() -> None:
    for cell in CAPABILITIES:
        assert KEPT_SAME[cell.entity_type].keys() == cell.directions
