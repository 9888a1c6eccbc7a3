"""Each promise is kept by a run without faults, and broken by hand it is reported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType, Side
from tests.flows.two_sides import KINDS, VERSIONS, TwoSides, open_two_sides
from tests.simulation.hands import Hands
from tests.simulation.ledger import Ledger
from tests.simulation.onlooker import at_once
from tests.simulation.people import People
from tests.simulation.promises import broken
from tests.simulation.sent import SentWrite
from tests.simulation.vocabulary import kept, sync

CUSTOMER = EntityType.CUSTOMER
CUSTOMERS = {"conflict_rule": "odoo_wins", "entities": {"customer": {"direction": "both"}}}


@dataclass(kw_only=True)
class Traffic:
    writes: list[SentWrite] = field(default_factory=list)


@dataclass(kw_only=True)
class Scene:
    """Ada, whom both sides know: `odoo` and `shop` are her ids. `check` is what was promised and did not hold."""

    both: TwoSides
    hands: Hands
    traffic: Traffic = field(default_factory=Traffic)
    odoo: str = ""
    shop: str = ""

    async def check(self) -> list[str]:
        return await broken(self.both.world, self.hands.ledger, self.traffic)

    async def add(self, last: str) -> str:
        make = self.both.office.add_person
        number = self.hands.make_in_shop([CUSTOMER], lambda: make(first="Ada", last=last, email=f"{last}@x.test"))
        await self.work()
        return number

    async def edit(self, side: Side, name: str) -> None:
        """The name of Ada is saved. Nobody is told yet."""
        if side is Side.SHOP:
            self.hands.edit_shop(CUSTOMER, self.shop, {"last": name})
        else:
            for post in self.hands.edit_odoo(CUSTOMER, self.odoo, {"name": f"Ada {name}"}):
                await self.both.tell(post.model, post.number)

    async def work(self) -> None:
        await self.both.office.settled()
        await self.both.work()

    def write_unseen(self, side: Side, name: str) -> None:
        """By nobody, for nobody: neither people nor the service do that."""
        if side is Side.SHOP:
            self.both.world.shop.row("customers", int(self.shop))["lastname"] = name
        else:
            self.both.odoo.tables["res.partner"][int(self.odoo)]["name"] = f"Ada {name}"


@pytest.fixture
async def scene(engine: AsyncEngine) -> AsyncIterator[Scene]:
    async with open_two_sides(engine, sync=CUSTOMERS) as both:
        ledger = Ledger(now=lambda: 0.0)
        await People(rng=Random(1), both=both, ledger=ledger).prepare()
        assert ledger.onlooker is not None
        opened = Scene(both=both, hands=Hands(both=both, ledger=ledger, onlooker=ledger.onlooker))
        opened.shop = await opened.add("Lovelace")
        opened.odoo = (await both.pair_of("customer", shop=opened.shop)).odoo_id
        assert await opened.check() == []
        yield opened
        await ledger.onlooker.aclose()


@pytest.mark.parametrize("kind", KINDS)
async def test_people_without_faults_break_no_promise(engine: AsyncEngine, kind: str) -> None:
    rng = Random(f"calm {kind}")
    async with open_two_sides(engine, kind=kind, version=VERSIONS[kind], sync=sync(rng)) as both:
        ledger = Ledger(now=lambda: 0.0)
        people = People(rng=rng, both=both, ledger=ledger)
        await people.prepare()

        for _ in range(12):
            await people.act()
            await both.world.drainer.drain()
        await both.office.settled()
        await both.work()
        for entity_type in kept(both.world.link.sync):
            await both.reconcile(entity_type)

        assert await broken(both.world, ledger, Traffic()) == []
        assert len(ledger.edits) > 10
        assert ledger.onlooker is not None
        await ledger.onlooker.aclose()


async def test_a_field_that_differs_is_reported(scene: Scene) -> None:
    scene.write_unseen(Side.SHOP, "King")

    [said, *_] = await scene.check()

    assert said.startswith("the sides differ: name of customer")
    assert "'Ada Lovelace' in Odoo and 'Ada King' in the shop" in said


@pytest.mark.parametrize("side", Side)
async def test_an_edit_that_is_lost_on_both_sides_is_reported(scene: Scene, side: Side) -> None:
    await scene.edit(side, "King")
    await scene.work()
    assert await scene.check() == []

    for each in Side:
        scene.write_unseen(each, "Lovelace")

    [said] = await scene.check()
    assert said.startswith("an edit is missing")
    assert f"name of {side} customer" in said
    assert "'Ada Lovelace' → 'Ada King'" in said


async def test_an_edit_that_another_one_met_is_not_missing(scene: Scene) -> None:
    await scene.edit(Side.SHOP, "King")
    await scene.edit(Side.ODOO, "Byron")
    await scene.work()

    assert await scene.check() == []
    assert scene.both.partner(int(scene.odoo))["name"] == "Ada Byron"


async def test_an_edit_over_what_its_own_people_had_seen_is_missing_if_the_old_value_stands(scene: Scene) -> None:
    await scene.edit(Side.ODOO, "Byron")
    await scene.work()
    await scene.edit(Side.SHOP, "King")
    await scene.work()
    assert await scene.check() == []

    for each in Side:
        scene.write_unseen(each, "Byron")

    [said] = await scene.check()
    assert "'Ada Byron' → 'Ada King'" in said


async def test_a_value_that_nobody_saved_is_reported(scene: Scene) -> None:
    await scene.edit(Side.SHOP, "King")
    await scene.edit(Side.ODOO, "Byron")
    await scene.work()

    for each in Side:
        scene.write_unseen(each, "Nobody")

    assert any(said.startswith("an edit is missing") for said in await scene.check())


async def test_a_record_that_was_made_twice_is_reported(scene: Scene) -> None:
    number = scene.both.office.add_person(first="Ada", last="Lovelace", email="lovelace2@x.test")
    scene.both.world.shop.row("customers", int(number))["email"] = "lovelace@x.test"

    said = await scene.check()

    assert f"shop customer {number} was made by the service and belongs to no record of the other side" in said
    assert f"shop has 2 of customer lovelace@x.test: {scene.shop}, {number}" in said


async def test_a_record_that_did_not_cross_is_reported(scene: Scene) -> None:
    values = {"name": "Grace Hopper", "email": "grace@x.test"}
    [posted] = scene.hands.add_to_odoo(CUSTOMER, values)

    [said] = await scene.check()
    assert said.startswith(f"odoo customer {posted.number} has no counterpart")

    await scene.both.tell(posted.model, posted.number)
    await scene.work()
    assert await scene.check() == []


async def test_a_removed_record_whose_other_side_stays_is_reported(scene: Scene) -> None:
    scene.both.office.hush()
    scene.hands.remove(Side.SHOP, CUSTOMER, scene.shop)

    [said] = await scene.check()

    assert "one of them is gone, and the other side of it is there" in said


async def test_more_writes_than_reasons_are_reported_but_for_those_that_were_not_answered(scene: Scene) -> None:
    write = {"peer": Side.SHOP, "entity_type": "customer", "fields": ("lastname",), "at": 0.0}
    update = {**write, "record": scene.shop, "creates": False}
    scene.traffic.writes = [_write(update, answered=True), _write(update, answered=True)]
    assert await scene.check() == []

    scene.traffic.writes.append(_write(update, answered=False))
    assert await scene.check() == []

    scene.traffic.writes.append(_write(update, answered=True))
    [said] = await scene.check()
    assert said.startswith(f"4 updates of customer {scene.shop} were sent to shop")

    scene.traffic.writes = [_write({**write, "record": "", "creates": True}, answered=True)]
    [said] = await scene.check()
    assert said.startswith("1 creates of customer were sent to shop, for 0 records")


async def test_a_swallowed_event_is_reported(scene: Scene) -> None:
    await scene.both.world.execute("DELETE FROM sync_queue")

    said = await scene.check()

    assert any(f"no job saw to customer {scene.shop}" in each for each in said)


async def test_a_command_that_never_ended_or_did_nothing_is_reported(scene: Scene) -> None:
    born = "1815-12-10"
    accepted = await scene.both.world.odoo_sends("customer", "updated", {"id": int(scene.shop), "birthday": born})
    scene.hands.ledger.note_command(scene.shop, "birthday", born)
    waiting = await scene.check()
    await scene.work()
    assert await scene.check() == []
    scene.both.world.shop.row("customers", int(scene.shop))["birthday"] = "1900-01-01"

    assert any(f"operation {accepted.operation_id}" in said and "never ended" in said for said in waiting)
    [said] = await scene.check()
    assert said.startswith("a command is missing: birthday")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("status = 'pending', outcome = NULL, processed_at = NULL", "is still pending"),
        ("status = 'failed', error_code = 'internal', error_message = 'no'", "was left failed (internal"),
        ("outcome = 'rejected', error_code = 'invalid', error_message = 'no'", "was left completed (invalid"),
        ("status = 'parked', error_code = 'ambiguous', error_message = NULL", "was left parked (ambiguous"),
        (
            "status = 'processing', leased_until = now(), lease_token = gen_random_uuid(), leased_by = 'nobody'",
            "is still processing",
        ),
    ],
)
async def test_a_job_that_is_left_lying_about_is_reported(scene: Scene, change: str, words: str) -> None:
    of_the_shop = " WHERE id = (SELECT max(id) FROM sync_queue WHERE side = 'shop')"
    await scene.both.world.execute("UPDATE sync_queue SET " + change + of_the_shop)  # noqa: S608 (from this file)

    said = await scene.check()

    assert any(words in each for each in said)


async def test_an_intent_that_is_left_open_is_reported(scene: Scene) -> None:
    await scene.both.world.execute(
        "UPDATE create_intents SET closed_at = NULL WHERE natural_key = 'email:lovelace@x.test'"
    )

    [said] = await scene.check()

    assert said.startswith("intent ")
    assert said.endswith("is still open: customer email:lovelace@x.test on odoo")


async def test_a_look_goes_on_alone_and_waits_for_nobody() -> None:
    order: list[str] = []

    async def look() -> None:
        await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
        order.append("look")

    other = asyncio.create_task(asyncio.sleep(0))
    other.add_done_callback(lambda _: order.append("other"))
    at_once(look())
    await other
    await asyncio.sleep(0)

    assert order == ["look", "other"]
    with pytest.raises(RuntimeError, match="stands still"):
        at_once(asyncio.sleep(60))


def _write(values: dict[str, Any], *, answered: bool) -> SentWrite:
    return SentWrite(**values, answered=answered)
