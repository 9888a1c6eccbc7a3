"""What a module switches on is looked for and shown like what an operator names, and what is kept here as well."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.link_trouble import read_troubles
from app.connections.opening import Timing, load_link_peers, load_uses
from app.sync.poller import Poller
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import RING, switch_on


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}) as opened:
        yield opened


async def look(both: TwoSides) -> None:
    await both.world.execute("UPDATE poll_cursors SET next_at = now()")
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    while await poller.look_once():
        pass


async def test_a_link_with_modules_and_nothing_under_sync_is_polled(both: TwoSides) -> None:
    await switch_on(both, crm={}, sales={"import_products": False})
    await look(both)

    await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])
    await look(both)
    await both.work()

    assert "ada@example.com" in {row["email"] for row in both.shop_rows("customers")}
    cursors = await both.world.rows("SELECT side, entity_type FROM poll_cursors WHERE side = 'odoo' ORDER BY 2")
    assert [row.entity_type for row in cursors] == ["customer", "invoice", "lead", "order"]


async def test_an_operators_setting_over_a_modules_decides_how_often(both: TwoSides) -> None:
    await switch_on(both, crm={}, sync={"entities": {"customer": {"poll_every_s": 0}}})

    await look(both)

    assert {row.entity_type for row in await both.world.rows("SELECT entity_type FROM poll_cursors")} == {"lead"}


async def test_late_looks_of_what_a_module_switched_on_are_seen(both: TwoSides) -> None:
    await switch_on(both, crm={})
    await look(both)

    async with both.world.sessions() as session:
        trouble = (await read_troubles(session))[both.world.link.id]

    assert {str(watch) for watch in trouble.watches} >= {"customer of odoo", "customer of shop", "lead of odoo"}


async def test_both_ends_are_opened_for_what_is_in_force(both: TwoSides) -> None:
    await switch_on(both, crm={}, prestashop={"default_country": "FR"})

    async with both.world.sessions() as session:
        peers = await load_link_peers(session, RING, "boutique", Timing(timeout_s=5))
        [use] = await load_uses(session, "boutique")

    assert {side.value: sorted(peer.entity_types or ()) for side, peer in peers.items()} == {
        "odoo": ["address", "customer", "lead"],
        "shop": ["address", "customer", "lead"],
    }
    assert {peer.name: dict(peer.options) for peer in peers.values()}["boutique"] == {"default_country": "FR"}
    assert sorted(use.sync.entities) == ["address", "customer", "lead"]
