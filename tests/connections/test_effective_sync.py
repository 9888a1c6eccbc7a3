"""What is in force on a link: the operator's settings, by entity type and field, over what its modules amount to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import effective, shop_options, stored_sync
from app.connections.held import release_taken
from app.connections.service import carry_out
from app.connections.sync_settings import Flow, LinkSync
from app.entities.base import Direction, EntityType, Side
from app.modules.registry import check_modules
from tests.connections.forms import config
from tests.connections.test_service import RING

OF_MODULES = {
    "entities": {"customer": {"create": "odoo", "on_delete": "unlink"}, "invoice": {"direction": "odoo_to_shop"}},
    "odoo": {"auto_confirm_orders": False},
    "documents": ["invoice"],
}
CRM = {"modules": {"crm": {"archive_on_delete": False}}, "reverse_sync": False}


def test_a_link_without_modules_effects_is_what_its_sync_says() -> None:
    written = {"entities": {"customer": {"direction": "odoo_to_shop"}}, "odoo": {"storable": False}}

    in_force = effective({}, written)

    assert in_force.entities == LinkSync.model_validate(written).entities
    assert in_force.odoo.storable is False
    assert in_force.documents == frozenset()


def test_the_operator_goes_before_the_modules_field_by_field() -> None:
    in_force = effective(OF_MODULES, {"entities": {"customer": {"create": True}, "order": {}}})

    customer = in_force.entity(EntityType.CUSTOMER)
    assert (customer.create, customer.on_delete) == (True, "unlink")
    assert in_force.flows(EntityType.ORDER, Direction.SHOP_TO_ODOO)
    assert not in_force.flows(EntityType.INVOICE, Direction.SHOP_TO_ODOO)
    assert in_force.documents == {EntityType.INVOICE}
    assert in_force.odoo.auto_confirm_orders is False


def test_what_a_module_switches_on_an_operator_can_switch_off() -> None:
    in_force = effective(OF_MODULES, {"entities": {"customer": {"direction": "off"}}})

    assert in_force.entity(EntityType.CUSTOMER).direction is Flow.OFF


@pytest.mark.parametrize(
    ("module_sync", "stored"),
    [
        # Written out, and the default: without it the module would say otherwise.
        (OF_MODULES, {"entities": {"customer": {"create": True}}, "odoo": {"auto_confirm_orders": True}}),
        ({}, {"entities": {"customer": {}}}),
    ],
)
def test_a_default_that_was_written_out_is_stored_where_a_module_says_otherwise(
    module_sync: dict[str, Any], stored: dict[str, Any]
) -> None:
    written = LinkSync.model_validate(
        {
            "conflict_rule": "newest_wins",
            "entities": {"customer": {"create": True, "direction": "both"}},
            "odoo": {"auto_confirm_orders": True, "storable": True},
        }
    )

    assert stored_sync(written, module_sync) == stored
    assert effective(module_sync, stored) == effective(module_sync, written)


@pytest.mark.parametrize(
    ("create", "sides"), [("true", ["odoo", "shop"]), ("false", []), ("odoo", ["odoo"]), ("shop", ["shop"])]
)
def test_records_are_created_on_the_sides_that_are_named(create: str, sides: list[str]) -> None:
    value = {"true": True, "false": False}.get(create, create)
    entity = effective({}, {"entities": {"customer": {"create": value}}}).entity(EntityType.CUSTOMER)

    assert [side.value for side in Side if entity.creates(side)] == sides


def test_the_shop_is_opened_with_what_was_worked_out_or_as_before() -> None:
    modules = {"prestashop": {"default_country": "FR"}}

    assert shop_options(modules, {}, "prestashop") == {"default_country": "FR"}
    assert shop_options(modules, None, "prestashop") == {"default_country": "FR"}
    # A switch of the module is no option of the connector.
    switched = {"woocommerce": {"sync_stock": False}}
    assert shop_options(switched, {"odoo": {"auto_confirm_orders": True}}, "woocommerce") == {}
    assert shop_options({"crm": {}}, {"shop": {"people": "users"}}, "woocommerce") == {"people": "users"}


async def test_a_file_stores_what_the_modules_amount_to_beside_what_it_says(session: AsyncSession) -> None:
    asked = config(link={**CRM, "sync": {"entities": {"customer": {"on_delete": "archive"}}}})

    changes = await carry_out(session, RING, asked, check_modules)
    again = await carry_out(session, RING, asked, check_modules)

    [row] = (await session.execute(text("SELECT modules, module_sync, sync FROM links"))).all()
    assert row.modules == {"crm": {"archive_on_delete": False}}
    assert row.module_sync["entities"]["customer"]["on_delete"] == "unlink"
    assert row.sync == {"entities": {"customer": {"on_delete": "archive"}}}
    assert "sync: customer both, lead both" in changes[2].details
    assert not any(change.changes_something for change in again)


async def test_a_modules_setting_is_told_by_what_it_does(session: AsyncSession) -> None:
    await carry_out(session, RING, config(link=CRM), check_modules)

    changes = await carry_out(
        session, RING, config(link={**CRM, "modules": {"crm": {"lead_form_enabled": False}}}), check_modules
    )

    assert "sync.entities.lead.direction: both → off" in changes[2].details
    assert "sync.entities.customer.on_delete: unlink → archive" in changes[2].details


async def test_a_link_stored_by_an_older_version_is_worked_out_at_the_next_apply(session: AsyncSession) -> None:
    asked = config(link={"modules": {"prestashop": {"default_country": "FR"}}})
    await carry_out(session, RING, asked, check_modules)
    await session.execute(text("UPDATE links SET module_sync = '{}'"))
    session.expire_all()

    changes = await carry_out(session, RING, asked, check_modules)

    assert changes[2].details == ("modules: what their settings amount to was worked out anew",)
    assert (await session.execute(text("SELECT module_sync FROM links"))).scalar_one() == {
        "shop": {"default_country": "FR"}
    }


@pytest.mark.parametrize(
    ("sync", "released"),
    [({}, 1), ({"entities": {"customer": {"direction": "odoo_to_shop"}}}, 0), ({"entities": {"customer": {}}}, 1)],
)
async def test_what_was_held_is_released_by_what_is_in_force(
    session: AsyncSession, sync: dict[str, Any], released: int
) -> None:
    await carry_out(session, RING, config(link={**CRM, "sync": sync}), check_modules)
    await session.execute(
        text(
            "INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action,"
            " payload, max_attempts, held_reason)"
            " SELECT id, 'prestashop', 'shop_to_odoo', 'customer', 'shop', '67', '67', 'updated', '{}', 3, 'off'"
            " FROM links"
        )
    )

    assert await release_taken(session) == released
