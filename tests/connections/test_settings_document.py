"""The page about a link's settings names each of them, with its default, and its examples are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from app.connections.sync_settings import ConflictRule, EntitySync, FieldMapping, Flow, LinkSync, OnDelete
from app.connectors.odoo.options import OdooOptions
from app.entities.base import EntityType
from app.entities.converter import Converter

PAGE = (Path(__file__).parents[2] / "docs" / "settings-of-a-link.md").read_text()


@pytest.mark.parametrize("model", [LinkSync, EntitySync, FieldMapping])
def test_every_setting_has_a_row(model: type[BaseModel]) -> None:
    assert [name for name in model.model_fields if f"| `{name}` |" not in PAGE] == []


@pytest.mark.parametrize("choice", [ConflictRule, Flow, OnDelete, Converter])
def test_every_choice_is_named(choice: type[ConflictRule | Flow | OnDelete | Converter]) -> None:
    assert [each.value for each in choice if f"`{each.value}`" not in PAGE] == []


@pytest.mark.parametrize("name", ["direction", "on_delete", "removals_per_day", "create", "poll_every_s"])
def test_the_defaults_are_those_of_the_code(name: str) -> None:
    default = EntitySync.model_fields[name].default
    shown = str(default).lower() if isinstance(default, bool) else str(default)

    assert f"| `{name}` | `{shown}` |" in PAGE


def test_the_examples_are_valid() -> None:
    examples = [yaml.safe_load(each) for each in re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)]
    assert len(examples) == 3
    whole, owned, mapped = examples

    LinkSync.model_validate(whole["sync"])
    EntitySync.model_validate(owned["customer"])
    assert {LinkSync.model_validate(mapped).mappings[0].entity} == {EntityType.CUSTOMER}


def test_the_options_of_odoo_are_listed() -> None:
    assert options_table() in PAGE, f"put this between the markers:\n{options_table()}"


def options_table() -> str:
    rows = [
        f"| `{name}` | {_shown(field.get_default(call_default_factory=True))} | {field.description} |"
        for name, field in OdooOptions.model_fields.items()
    ]
    return "\n".join(["| option | default | |", "|---|---|---|", *rows])


def _shown(value: object) -> str:
    if value in (None, {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
