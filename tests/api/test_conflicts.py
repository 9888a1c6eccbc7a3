"""Conflicts: listed with both values, decided once, carried out without anything going round in circles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.tokens import create_token
from app.connections.effective_sync import EffectiveSync
from app.entities.base import Side
from app.sync.resolution import Choice, choose
from tests.api.both_sides import MANUAL, Desk, open_desk


@pytest.fixture
async def desk(engine: AsyncEngine, database_url: str, redis_url: str) -> AsyncIterator[Desk]:
    async with open_desk(engine, database_url, redis_url, sync=MANUAL) as opened:
        yield opened


async def test_an_open_conflict_shows_both_values_and_what_was_agreed(desk: Desk) -> None:
    number, shop_id = await desk.a_conflict()

    [listed] = (await desk.get("/conflicts", link="boutique", status="open"))["items"]

    assert (listed["odoo_id"], listed["shop_id"], listed["field"]) == (str(number), str(shop_id), "name")
    assert (listed["base"], listed["odoo_value"], listed["shop_value"]) == ("Ada Lovelace", "Ada King", "Ada Byron")
    assert (listed["rule"], listed["winner"], listed["resolved_by"]) == ("manual", None, None)
    assert await desk.get(f"/conflicts/{listed['id']}") == listed
    assert (await desk.get("/conflicts", status="resolved"))["items"] == []
    assert (await desk.get("/conflicts", entity_type="order"))["items"] == []


@pytest.mark.parametrize(("winner", "name"), [("odoo", "Ada King"), ("shop", "Ada Byron")])
async def test_the_chosen_value_is_on_both_sides_after_one_write_and_nothing_is_left_open(
    desk: Desk, winner: str, name: str
) -> None:
    number, shop_id = await desk.a_conflict()
    desk.both.line.tell_of_writes = desk.both.tell

    answer = await desk.post("/conflicts/1/choose", winner=winner)
    await desk.both.work()

    assert desk.names(number, shop_id) == (name, name)
    assert len(desk.both.odoo_writes()) + len(desk.both.world.writes()) == 1
    assert (answer["chosen"], len(answer["jobs"])) == (1, 1)
    [conflict] = (await desk.get("/conflicts"))["items"]
    assert (conflict["status"], conflict["winner"], conflict["resolved_by"]) == ("resolved", winner, "operator")
    assert await desk.both.world.rows("SELECT 1 FROM sync_queue WHERE status <> 'completed'") == []


async def test_a_winner_that_has_moved_on_wins_with_what_it_holds_now(desk: Desk) -> None:
    number, shop_id = await desk.a_conflict()
    await desk.both.people.write("res.partner", [number], {"name": "Ada Augusta King"})

    await desk.post("/conflicts/1/choose", winner="odoo")
    await desk.both.work()

    assert desk.names(number, shop_id) == ("Ada Augusta King", "Ada Augusta King")


async def test_a_loser_that_has_moved_on_loses_all_the_same(desk: Desk) -> None:
    number, shop_id = await desk.a_conflict()
    desk.both.world.shop.edit("customers", shop_id, lastname="Lovelace-Byron")

    await desk.post("/conflicts/1/choose", winner="odoo")
    await desk.both.world.shop.settled()
    await desk.both.work()

    assert desk.names(number, shop_id) == ("Ada King", "Ada King")


async def test_an_event_of_the_loser_that_comes_before_the_decision_is_carried_out_does_not_overtake_it(
    desk: Desk,
) -> None:
    number, shop_id = await desk.a_customer()
    await desk.both.edit_odoo("res.partner", number, name="Ada King")
    desk.both.world.shop.edit("customers", shop_id, lastname="Byron")
    await desk.both.world.shop.settled()
    await desk.both.world.execute("UPDATE sync_queue SET scheduled_at = now() + interval '1 hour' WHERE side = 'shop'")
    await desk.both.world.work()

    await desk.post("/conflicts/1/choose", winner="odoo")
    await desk.both.world.execute(
        "UPDATE sync_queue SET scheduled_at = now(), priority = CASE side WHEN 'shop' THEN 1 ELSE 9 END"
        " WHERE status = 'pending'"
    )
    await desk.both.work()

    assert desk.names(number, shop_id) == ("Ada King", "Ada King")
    conflicts = await desk.both.world.rows("SELECT status, winner FROM conflicts")
    assert [(each.status, each.winner) for each in conflicts] == [("resolved", "odoo")]


async def test_choosing_twice_is_refused_with_words(desk: Desk) -> None:
    await desk.a_conflict()
    await desk.post("/conflicts/1/choose", winner="odoo")

    again = await desk.api.post("/conflicts/1/choose", json={"winner": "shop"})

    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    assert again.json()["detail"] == "conflict 1 is decided already: odoo wins, said operator"


async def test_many_conflicts_are_decided_by_one_filter_and_one_job_per_record(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()
    await desk.both.edit_odoo("res.partner", number, name="Ada King", website="https://odoo.example")
    await desk.both.edit_shop("customers", shop_id, lastname="Byron", website="https://shop.example")
    await desk.both.work()

    none = await desk.post("/conflicts/choose", link="boutique", field="email", winner="odoo")
    answer = await desk.post("/conflicts/choose", link="boutique", entity_type="customer", winner="shop")
    await desk.both.work()

    assert (none["chosen"], none["message"]) == (0, "no open conflict matches")
    assert (answer["chosen"], len(answer["jobs"]), answer["more"]) == (2, 1, False)
    assert desk.names(number, shop_id) == ("Ada Byron", "Ada Byron")
    assert desk.both.partner(number)["website"] == "https://shop.example"


async def test_a_decision_rings_the_bell_and_stands_in_the_journal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = await desk.a_conflict()
    rung: list[int] = []
    monkeypatch.setattr(desk.state.bell, "ring", lambda: rung.append(1))

    await desk.post("/conflicts/1/choose", winner="shop")

    assert rung == [1]
    [line] = (await desk.get("/logs", event="conflict.decided"))["items"]
    assert line["message"] == "name: shop wins, said operator"
    assert line["context"]["odoo"] == {"value": "Ada King"}
    record = await desk.get(f"/links/boutique/records/odoo/customer/{number}")
    assert record["timeline"][0]["facts"].get("event") in ("conflict.decided", None)


async def test_what_is_not_there_is_said(desk: Desk) -> None:
    assert (await desk.api.get("/conflicts/99")).status_code == 404
    assert (await desk.api.post("/conflicts/99/choose", json={"winner": "odoo"})).status_code == 404
    assert (await desk.api.get("/conflicts", params={"link": "nowhere"})).status_code == 404
    assert (await desk.api.get("/conflicts", params={"state": "open"})).status_code == 400
    assert (await desk.api.post("/conflicts/1/choose", json={"winner": "nobody"})).status_code == 400


async def test_a_reader_may_look_and_not_decide(desk: Desk) -> None:
    await desk.a_conflict()
    async with desk.state.sessions.begin() as session:
        token = await create_token(session, name="reader", scopes=("read",))
    headers = {"Authorization": f"Bearer {token}"}

    assert (await desk.api.get("/conflicts/1", headers=headers)).status_code == 200
    for path, body in (
        ("/conflicts/1/choose", {"winner": "odoo"}),
        ("/conflicts/choose", {"link": "boutique", "winner": "odoo"}),
    ):
        assert (await desk.api.post(path, json=body, headers=headers)).status_code == 403
    assert (await desk.get("/conflicts/1"))["status"] == "open"


async def test_a_winner_whose_direction_was_switched_off_meanwhile_keeps_its_value_and_nothing_is_written(
    desk: Desk,
) -> None:
    number, shop_id = await desk.a_conflict()
    terms = await desk.state.peers.terms(desk.both.world.link.id)
    one_way = EffectiveSync.model_validate({"entities": {"customer": {"direction": "odoo_to_shop"}}})

    async with desk.state.sessions.begin() as session:
        choice = Choice(winner=Side.SHOP, by="operator", max_attempts=5)
        chosen = await choose(session, replace(terms, sync=one_way), 1, choice)
    await desk.both.work()

    assert (chosen.conflicts, chosen.jobs) == ((1,), ())
    assert desk.names(number, shop_id) == ("Ada King", "Ada Byron")
    assert desk.both.odoo_writes() == []
    assert (await desk.get("/conflicts", status="open"))["items"] == []
