"""The pages about modules say what the modules are."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from app import modules_docs
from app.connections.sync_settings import LinkSync
from app.entities.base import Direction, EntityType
from app.modules.matrix import can_flow
from app.modules.registry import BUILT_IN, check_modules

PAGE = modules_docs.MODULES_PAGE.read_text()


def test_both_pages_are_up_to_date() -> None:
    assert list(modules_docs.outdated()) == [], "make fmt"


def test_every_setting_is_described_and_in_the_page() -> None:
    for module in BUILT_IN:
        for name, field in module.settings.model_fields.items():
            assert field.description, f"{module.name}.{name}"
            assert f"| `{name}` |" in PAGE


def test_settings_take_no_unknown_names_and_cannot_be_changed() -> None:
    for module in BUILT_IN:
        assert module.settings.model_config.get("frozen"), module.name
        assert module.settings.model_config.get("extra") == "forbid", module.name


def test_the_example_is_valid() -> None:
    [example] = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    [link] = yaml.safe_load(example)["links"]

    check_modules(link["modules"], shop_kind="woocommerce", sync=LinkSync.model_validate(link["sync"]))


def test_the_matrix_has_a_row_for_all_that_a_module_keeps_and_none_that_cannot_be() -> None:
    for kind in ("prestashop", "woocommerce"):
        cells = modules_docs.cells(kind)

        allowed = [module for module in BUILT_IN if not module.shop_kinds or kind in module.shop_kinds]
        assert {(cell.module, cell.entity_type) for cell in cells} == {
            (module.name, entity_type) for module in allowed for entity_type in module.entity_types
        }
        for cell in cells:
            assert any(can_flow(cell.entity_type, each, shop_kind=cell.other_end) for each in Direction), cell


def test_a_row_says_how_a_change_is_noticed() -> None:
    rows = [line for line in modules_docs.matrix_page().splitlines() if line.startswith("| stock | prestashop")]

    assert rows == [
        "| stock | prestashop | Odoo ⇄ shop | as `sync` says | webhook (created, updated), poll | webhook (updated) |"
    ]
    assert EntityType.STOCK in {cell.entity_type for cell in modules_docs.cells("woocommerce")}
    assert Path(modules_docs.DOCS, "matrix.md").exists()
