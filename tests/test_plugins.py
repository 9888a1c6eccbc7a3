"""Plugins: what one can add, and that one that fails is named. The example is a package with an entry point."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app import hooks, metrics
from app.connections.sync_settings import LinkSync
from app.errors import ActionRequired, BadPayload, Retryable
from app.modules.registry import MODULES, check_modules
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on
from tests.plugins.installing import EXAMPLE, Install, install

__all__ = ["install"]


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}) as opened:
        yield opened


async def add_person(both: TwoSides, **values: str) -> int:
    person = {"firstname": "ADA", "lastname": "LOVELACE", "email": "ada@example.com", "active": "1", "passwd": "x"}
    number = int(both.world.shop.add("customers", **(person | values)))
    await both.world.shop.settled()
    await both.work()
    return number


def test_without_a_plugin_nothing_is_added_and_a_record_is_the_same_object() -> None:
    record = {"name": "ADA"}

    assert hooks.names() == ()
    assert hooks.map_to_odoo("crm", "customer", record) is record


def test_a_plugins_module_is_one_like_the_others(install: Install) -> None:
    install()

    checked = check_modules({"visitors": {"keep_deleted": False}}, shop_kind="prestashop", sync=LinkSync())

    assert checked.sync["entities"] == {"customer": {"direction": "shop_to_odoo", "on_delete": "archive"}}
    with pytest.raises(BadPayload, match=r"modules\.visitors\.keep is not known"):
        check_modules({"visitors": {"keep": True}}, shop_kind="prestashop")
    with pytest.raises(
        BadPayload, match=r"sync\.entities\.order: no module of this link keeps it; there are: customer"
    ):
        check_modules(
            {"visitors": {}}, shop_kind="prestashop", sync=LinkSync.model_validate({"entities": {"order": {}}})
        )


def test_a_plugin_that_is_gone_leaves_nothing_behind() -> None:
    assert "visitors" not in MODULES


async def test_a_plugins_module_and_filter_act_on_a_link(both: TwoSides, install: Install) -> None:
    install()
    await switch_on(both, visitors={})

    number = await add_person(both)

    [partner] = both.partners(email="ada@example.com")
    assert partner["name"] == "Ada Lovelace"
    assert both.shop_row("customers", number)["lastname"] == "LOVELACE"


async def test_what_a_filter_made_is_compared_with_what_it_would_make(both: TwoSides, install: Install) -> None:
    install()
    await switch_on(both, visitors={})
    number = await add_person(both)
    both.forget_calls()

    await both.edit_shop("customers", number, website="https://ada.example")
    await both.work()

    [partner] = both.partners(email="ada@example.com")
    assert (partner["name"], partner["website"]) == ("Ada Lovelace", "https://ada.example")
    assert both.odoo_writes().count(("res.partner", "write")) == 1
    assert not [call for call in both.world.writes() if "customers" in call]


async def test_who_calls_and_what_is_called_is_told(both: TwoSides, install: Install) -> None:
    install()
    await switch_on(both, visitors={})

    await add_person(both)

    calls = sys.modules["shopsync_visitors"].calls
    assert next(call for call in calls if call.startswith("boutique GET /api/customers ")).endswith(" 200")
    assert any(call.startswith("erp POST ") for call in calls)


FAILING_LISTENER = """
def api_call(peer, method, path, status, ms):
    raise OSError("nobody listens")
"""


async def test_a_listener_that_fails_breaks_no_call(both: TwoSides, install: Install) -> None:
    install("deaf", FAILING_LISTENER)
    await switch_on(both, crm={})

    await add_person(both)

    assert len(both.partners(email="ada@example.com")) == 1


FAILING_FILTER = """
def map_to_odoo(module, entity_type, record):
    if record["email"] == "ada@example.com":
        raise ValueError("no such person")
"""


async def test_a_filter_that_fails_fails_its_record_by_name_and_not_its_neighbours(
    both: TwoSides, install: Install
) -> None:
    install("picky", FAILING_FILTER)
    await switch_on(both, crm={})
    both.world.shop.add("customers", firstname="Bea", lastname="B", email="bea@example.com", active="1", passwd="x")

    await add_person(both)

    assert len(both.partners(email="bea@example.com")) == 1
    assert both.partners(email="ada@example.com") == []
    [job] = await both.unfinished()
    assert job.error_message.startswith("plugin picky: map_to_odoo of a customer failed: ValueError: no such person")


CHAIN = """
def map_to_odoo(module, entity_type, record):
    return {**record, "name": record["name"] + "!"}
"""


def test_filters_are_chained_and_what_they_are_given_is_their_own(install: Install) -> None:
    install("one", CHAIN)
    install("two", CHAIN + "\n\ndef map_from_odoo(record):\n    record['name'] = 'changed in place'\n")
    record: dict[str, Any] = {"name": "Ada"}

    assert hooks.map_to_odoo("crm", "customer", record) == {"name": "Ada!!"}
    assert hooks.map_from_odoo("crm", "customer", record) == {"name": "Ada"}
    assert record == {"name": "Ada"}


def test_a_filter_that_answers_no_record_has_failed(install: Install) -> None:
    install("liar", "def map_from_odoo(record):\n    return 'Ada'\n")

    with pytest.raises(Retryable, match="plugin liar: map_from_odoo of a lead failed: TypeError: it answered str"):
        hooks.map_from_odoo("crm", "lead", {"name": "Ada"})


def test_each_call_of_a_plugin_that_fails_is_counted_by_its_name(install: Install) -> None:
    install("tired", "def map_to_odoo(record):\n    raise OSError\n\n\ndef lead_created(lead):\n    raise OSError\n")

    with pytest.raises(Retryable):
        hooks.map_to_odoo("crm", "lead", {"name": "Ada"})
    hooks.lead_created("boutique", {"name": "Ada"})
    hooks.lead_created("boutique", {"name": "Ada"})

    counted = {
        hook: metrics.PLUGIN_FAILURES.labels("tired", hook)._value.get() for hook in ("map_to_odoo", "lead_created")
    }
    assert counted == {"map_to_odoo": 1, "lead_created": 2}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('no licence')\n", "RuntimeError: no licence"),
        ("def map_to_oddo(record):\n    return None\n", "unknown hook 'map_to_oddo'"),
        ("def map_to_odoo(entity):\n    return None\n", "Argument(s) {'entity'} are declared in the hookimpl"),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_named(install: Install, source: str, said: str) -> None:
    install("broken", source)

    with pytest.raises(ActionRequired) as caught:
        hooks.load()

    assert caught.value.message.startswith("plugin broken (shopsync_test_broken) cannot be loaded: ")
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def register_modules():\n    return ['crm']\n", "plugin own registers a str, which is no module"),
        (
            "def register_modules():\n    from app.modules import crm\n\n    return [crm.MODULE]\n",
            "plugin own registers a module crm, and there is one",
        ),
    ],
)
def test_a_module_that_is_none_or_has_a_taken_name_is_refused(install: Install, source: str, said: str) -> None:
    install("own", source)

    with pytest.raises(ActionRequired, match=said):
        MODULES["crm"]


def test_the_hooks_of_the_page_are_those_there_are() -> None:
    page = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text()
    there_are = [name for name in vars(hooks.Specs) if not name.startswith("_")]

    assert [name for name in there_are if f"| `{name}(" not in page] == []


def test_the_example_of_the_page_is_the_one_that_is_tested() -> None:
    page = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text()

    assert (EXAMPLE / "shopsync_visitors" / "__init__.py").read_text() in page
    assert (EXAMPLE / "pyproject.toml").read_text() in page
