"""What a change of the sync settings is called, and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.models import Link
from app.connections.service import carry_out
from app.connections.sync_changes import new_mappings, switched_on, sync_differences, unsynced_references
from app.connections.sync_settings import LinkSync
from app.entities.base import Direction, EntityType
from app.modules.registry import check_modules
from app.security.crypto import KeyRing
from tests.connections.forms import config

RING = KeyRing([b"k" * 32])
MAPPING = {"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}


def sync(**settings: Any) -> LinkSync:
    return LinkSync.model_validate(settings)


def customer(**settings: Any) -> LinkSync:
    return sync(entities={"customer": settings})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (customer(), customer(direction="odoo_to_shop"), ["sync.entities.customer.direction: both → odoo_to_shop"]),
        (customer(), sync(), ["sync.entities.customer.direction: both → off"]),
        (
            sync(),
            customer(on_delete="delete", owners={"email": "shop"}),
            [
                "sync.entities.customer.direction: off → both",
                'sync.entities.customer.owners: none → {"email":"shop"}',
                "sync.entities.customer.on_delete: archive → delete",
            ],
        ),
        (customer(create=True), customer(create=False), ["sync.entities.customer.create: yes → no"]),
        (customer(poll_every_s=300), customer(), []),
        (sync(), sync(conflict_rule="manual"), ["sync.conflict_rule: newest_wins → manual"]),
        (
            customer(conflict_rule="manual"),
            customer(),
            ["sync.entities.customer.conflict_rule: manual → unset"],
        ),
        (sync(), sync(odoo={"storable": False}), ["sync.odoo.storable: yes → no"]),
        (sync(), sync(mappings=[MAPPING]), ["sync.mappings.customer.ref⇄siret: unset → text, both"]),
        (
            sync(mappings=[MAPPING]),
            sync(mappings=[{**MAPPING, "direction": "odoo_to_shop"}]),
            ["sync.mappings.customer.ref⇄siret: text, both → text, odoo_to_shop"],
        ),
    ],
)
def test_a_change_is_told_by_setting(before: LinkSync, after: LinkSync, said: list[str]) -> None:
    assert list(sync_differences(before, after)) == said


def test_what_is_switched_on_is_each_new_direction() -> None:
    before = sync(entities={"customer": {"direction": "odoo_to_shop"}, "order": {}, "product": {}})
    after = sync(entities={"customer": {}, "order": {"direction": "off"}, "product": {}})

    assert switched_on(before, after) == {(EntityType.CUSTOMER, Direction.SHOP_TO_ODOO)}


def test_a_mapping_is_new_also_when_only_its_converter_changed() -> None:
    before, after = sync(mappings=[MAPPING]), sync(mappings=[MAPPING | {"converter": "integer"}])

    assert new_mappings(before, before) == ()
    assert new_mappings(before, after) == after.mappings


@pytest.mark.parametrize(
    ("entities", "missing"),
    [
        ({"address": {}}, ["every address belongs to a customer"]),
        ({"order": {}}, ["every order belongs to a customer"]),
        (
            {"variant": {}, "stock": {}, "image": {}},
            [
                "every variant belongs to a product",
                "every stock belongs to a product",
                "every image belongs to a product",
            ],
        ),
        ({"order": {}, "customer": {"direction": "off"}}, ["every order belongs to a customer"]),
        ({"order": {}, "customer": {"direction": "odoo_to_shop"}}, []),
        ({"order": {"direction": "off"}}, []),
        ({"product": {}, "category": {}}, []),
    ],
)
def test_an_entity_type_whose_owner_is_not_synced_is_warned_of(entities: dict[str, Any], missing: list[str]) -> None:
    said = list(unsynced_references(sync(entities=entities)))

    assert [each.partition(": ")[2].partition(",")[0] for each in said] == missing


async def test_applying_a_file_tells_the_change_by_setting_and_stores_no_defaults(session: AsyncSession) -> None:
    await carry_out(session, RING, config(link={"sync": {"entities": {"customer": {}}}}), check_modules)
    asked = config(link={"sync": {"entities": {"customer": {"direction": "odoo_to_shop", "create": True}}}})

    changes = await carry_out(session, RING, asked, check_modules)
    again = await carry_out(session, RING, asked, check_modules)

    assert changes[2].details == ("sync.entities.customer.direction: both → odoo_to_shop",)
    assert not any(change.changes_something for change in again)
    [link] = await session.scalars(text("SELECT sync FROM links").columns(Link.sync))
    assert link == {"entities": {"customer": {"direction": "odoo_to_shop"}}}


async def test_applying_a_file_releases_what_was_held_and_is_in_the_links_journal(session: AsyncSession) -> None:
    await carry_out(session, RING, config(), check_modules)
    held = text(
        "INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action,"
        " max_attempts, held_reason) SELECT id, 'prestashop', 'shop_to_odoo', CAST(:kind AS text), 'shop', '67', '67',"
        " 'updated', 1, 'not taken' FROM links"
    )
    for kind in ("customer", "order"):
        await session.execute(held, {"kind": kind})

    changes = await carry_out(
        session, RING, config(link={"sync": {"entities": {"customer": {}}}}), check_modules, settle=timedelta(seconds=9)
    )

    assert changes[2].details[-1] == "held events of the shop that are looked at now: 1"
    rows = await session.execute(
        text("SELECT entity_type, held_reason, scheduled_at - now() AS due_in FROM sync_queue ORDER BY id")
    )
    assert [(row.entity_type, row.held_reason, row.due_in) for row in rows] == [
        ("customer", None, timedelta(seconds=9)),
        ("order", "not taken", timedelta()),
    ]
    [line] = await session.execute(text("SELECT event, message, context FROM sync_logs"))
    assert line.event == "link.changed"
    assert line.message == "changed by shopsync apply: sync.entities.customer.direction: off → both"
    assert line.context["released"] == 1
