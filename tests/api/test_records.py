"""One record on both sides: its pair, both agreed states, what the peers hold, its timeline, and orders about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.tokens import create_token
from tests.api.both_sides import Desk, open_desk

RECORDS = "/links/boutique/records"


@pytest.fixture
async def desk(engine: AsyncEngine, database_url: str, redis_url: str) -> AsyncIterator[Desk]:
    async with open_desk(engine, database_url, redis_url) as opened:
        yield opened


async def test_a_record_shows_both_ids_and_both_agreed_states_from_either_side(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()

    record = await desk.get(f"{RECORDS}/odoo/customer/{number}")

    assert (record["odoo_id"], record["shop_id"], record["paired"]) == (str(number), str(shop_id), True)
    assert record["agreed_odoo"]["name"] == "Ada Lovelace"
    assert (record["agreed_shop"]["firstname"], record["agreed_shop"]["lastname"]) == ("Ada", "Lovelace")
    assert (record["blocked_reason"], record["gone_side"], record["live"]) == (None, None, None)
    assert await desk.get(f"{RECORDS}/shop/customer/{shop_id}") == record
    assert desk.both.line.calls == []


async def test_the_timeline_shows_deliveries_jobs_and_decisions_with_before_and_after_newest_first(desk: Desk) -> None:
    number, _ = await desk.a_customer()
    await desk.both.edit_odoo("res.partner", number, name="Ada King")
    await desk.both.work()

    timeline = (await desk.get(f"{RECORDS}/odoo/customer/{number}"))["timeline"]

    assert [each["at"] for each in timeline] == sorted((each["at"] for each in timeline), reverse=True)
    assert {each["kind"] for each in timeline} == {"delivery", "journal", "job"}
    [written] = [each for each in timeline if each["facts"].get("event") == "sync.written"]
    assert written["facts"]["context"]["changes"]["lastname"] == {"before": "Lovelace", "after": "King"}
    sides = {each["facts"]["side"] for each in timeline if each["kind"] == "delivery"}
    assert sides == {"odoo", "shop"}


async def test_the_timeline_goes_on_where_the_page_ended(desk: Desk) -> None:
    number, _ = await desk.a_customer()
    for name in ("Ada King", "Ada Byron", "Ada Noel"):
        await desk.both.edit_odoo("res.partner", number, name=name)
        await desk.both.work()
    path = f"{RECORDS}/odoo/customer/{number}"
    whole = (await desk.get(path, limit=200))["timeline"]

    paged: list[Any] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = await desk.get(path, **query)
        paged += page["timeline"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]

    assert len(whole) > 9
    assert paged == whole


@pytest.mark.parametrize("cursor", ["12", "2026-99-01T00:00:00.000000Z.job.1", "x"])
async def test_a_cursor_that_is_none_is_a_bad_request(desk: Desk, cursor: str) -> None:
    number, _ = await desk.a_customer()

    answer = await desk.api.get(f"{RECORDS}/odoo/customer/{number}", params={"cursor": cursor})

    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


async def test_live_compares_what_both_peers_hold_now(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()
    await desk.both.people.write("res.partner", [number], {"name": "Ada King"})

    live = (await desk.get(f"{RECORDS}/shop/customer/{shop_id}", live=True))["live"]

    assert live["fields"]["name"] == {"odoo": "Ada King", "shop": "Ada Lovelace", "same": False}
    assert live["fields"]["email"]["same"] is True
    assert (live["odoo"]["name"], live["shop"]["lastname"]) == ("Ada King", "Lovelace")
    assert desk.both.odoo_writes() == []
    assert desk.both.world.writes() == []


async def test_what_keeps_us_from_looking_is_said_with_a_status_of_the_document(desk: Desk) -> None:
    number, _ = await desk.a_customer()
    routes = [
        ("GET", f"{RECORDS}/odoo/customer/{number}?live=true", None),
        ("POST", f"{RECORDS}/odoo/customer/{number}/link", {"other_id": "2"}),
        ("POST", "/links/boutique/sync/prestashop/customer", {"dry_run": True}),
    ]

    async def ask() -> list[tuple[int, str]]:
        answers = [await desk.api.request(method, path, json=body) for method, path, body in routes]
        return [(each.status_code, each.json()["code"]) for each in answers]

    desk.both.world.shop.fail(status=503, times=20)
    down = await ask()
    desk.both.world.shop.faults.clear()
    for account in desk.both.odoo.accounts:
        account.api_key = "another key since"
    refused = await ask()

    assert down == [(503, "peer_down")] * 3
    assert refused == [(502, "bad_login")] * 3
    paths = (await desk.api.get("http://api.test/openapi.json")).json()["paths"]
    record = "/api/v1/links/{slug}/records/{side}/{entity}/{native_id}"
    for operation in (
        paths[record]["get"],
        paths[f"{record}/link"]["post"],
        paths["/api/v1/links/{slug}/sync/{module}/{entity}"]["post"],
        *paths["/api/v1/links/{slug}/odoo/automation"].values(),
    ):
        assert {"502", "503"} <= operation["responses"].keys()


async def test_live_shows_a_side_whose_record_is_gone_as_empty(desk: Desk) -> None:
    number, _ = await desk.a_customer()
    await desk.both.people.unlink("res.partner", [number])

    live = (await desk.get(f"{RECORDS}/odoo/customer/{number}", live=True))["live"]

    assert live["odoo"] is None
    assert live["shop"]["lastname"] == "Lovelace"


async def test_what_nothing_is_known_of_is_said(desk: Desk) -> None:
    for path in ("odoo/customer/999", "shop/order/1"):
        answer = await desk.api.get(f"{RECORDS}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_record"), path
    assert (await desk.api.get(f"{RECORDS}/odoo/ufo/1")).json()["code"] == "no_entity_type"
    assert (await desk.api.get("/links/nowhere/records/odoo/customer/1")).json()["code"] == "unknown_link"


async def test_sync_brings_an_edit_over_that_nobody_told_of(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()
    await desk.both.people.write("res.partner", [number], {"name": "Ada King"})

    answer = await desk.post(f"{RECORDS}/odoo/customer/{number}/sync")
    await desk.both.work()

    assert len(answer["jobs"]) == 1
    assert desk.names(number, shop_id) == ("Ada King", "Ada King")


async def test_an_entity_type_that_is_not_switched_on_is_refused_with_what_to_set(desk: Desk) -> None:
    answer = await desk.api.post(f"{RECORDS}/odoo/order/1/sync")

    assert (answer.status_code, answer.json()["code"]) == (409, "entity_off")
    assert "`order: {direction: both}` into its sync.entities" in answer.json()["detail"]


async def test_a_released_pair_is_synced_again(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()
    for _ in range(20):
        await desk.both.edit_odoo("res.partner", number, name="Ada Lovelace")
        await desk.both.work()
        await desk.both.edit_shop("customers", shop_id, lastname="Byron")
        await desk.both.work()
    path = f"{RECORDS}/odoo/customer/{number}"
    blocked = await desk.get(path)
    assert "times within 10 minutes" in blocked["blocked_reason"]
    assert "parked" in {job["status"] for job in blocked["jobs"]}

    answer = await desk.post(f"{path}/release")
    await desk.both.work()

    assert answer["jobs"]
    assert len(set(desk.names(number, shop_id))) == 1
    record = await desk.get(path)
    assert (record["blocked_reason"], record["jobs"]) == (None, [])
    assert "pair.released" in {each["facts"].get("event") for each in record["timeline"]}
    again = await desk.api.post(f"{path}/release")
    assert (again.status_code, again.json()["code"]) == (409, "not_blocked")


async def test_an_unlinked_pair_is_forgotten_and_found_again_by_its_name(desk: Desk) -> None:
    number, shop_id = await desk.a_customer()
    path = f"{RECORDS}/shop/customer/{shop_id}"

    await desk.post(f"{path}/unlink")

    assert await desk.both.pairs() == []
    assert (await desk.get(path))["paired"] is False
    assert (await desk.api.post(f"{path}/unlink")).json()["code"] == "not_paired"
    await desk.post(f"{path}/sync")
    await desk.both.work()
    assert [(pair.odoo_id, pair.shop_id) for pair in await desk.both.pairs()] == [(str(number), str(shop_id))]
    assert len(desk.both.partners(email="ada@example.com")) == 1


async def test_unlinking_closes_the_open_conflicts_of_the_pair(
    engine: AsyncEngine, database_url: str, redis_url: str
) -> None:
    sync = {"conflict_rule": "manual", "entities": {"customer": {"direction": "both"}}}
    async with open_desk(engine, database_url, redis_url, sync=sync) as desk:
        number, _ = await desk.a_conflict()
        assert len((await desk.get(f"{RECORDS}/odoo/customer/{number}"))["conflicts"]) == 1

        await desk.post(f"{RECORDS}/odoo/customer/{number}/unlink")

        assert (await desk.get("/conflicts", status="open"))["items"] == []


async def two_strangers(desk: Desk) -> tuple[int, int]:
    """Records that no natural key brings together, and that nobody told of."""
    [number] = await desk.both.people.create("res.partner", [{"name": "Ada King", "email": "king@example.com"}])
    shop = desk.both.world.shop
    about = {"firstname": "Ada", "lastname": "King", "email": "engines@example.com", "passwd": "a-long-password"}
    shop_id = shop.add("customers", company="Engines", active="1", **about)
    await shop.settled()
    await desk.both.world.execute("DELETE FROM sync_queue")
    return number, shop_id


@pytest.mark.parametrize("side", ["odoo", "shop"])
async def test_two_records_linked_by_hand_become_one_pair_at_first_contact(desk: Desk, side: str) -> None:
    number, shop_id = await two_strangers(desk)
    mine, other = (number, shop_id) if side == "odoo" else (shop_id, number)

    answer = await desk.post(f"{RECORDS}/{side}/customer/{mine}/link", other_id=str(other))
    await desk.both.work()

    assert len(answer["jobs"]) == 1
    assert [(pair.odoo_id, pair.shop_id) for pair in await desk.both.pairs()] == [(str(number), str(shop_id))]
    partner, row = desk.both.partner(number), desk.both.world.shop.row("customers", shop_id)
    assert partner["email"] == row["email"]
    assert (partner["company_name"], row["company"]) == ("Engines", "Engines")


async def test_linking_by_hand_needs_two_records_that_are_there_and_free(desk: Desk) -> None:
    paired, paired_with = await desk.a_customer()
    number, shop_id = await two_strangers(desk)

    cases = [
        ("odoo", 9999, shop_id, 404, "not_there"),
        ("odoo", number, 9999, 404, "not_there"),
        ("odoo", paired, shop_id, 409, "already_paired"),
        ("odoo", number, paired_with, 409, "already_paired"),
        ("shop", shop_id, paired, 409, "already_paired"),
    ]
    for side, mine, other, status, code in cases:
        answer = await desk.api.post(f"{RECORDS}/{side}/customer/{mine}/link", json={"other_id": str(other)})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert len(await desk.both.pairs()) == 1
    assert await desk.both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []


async def test_a_reader_may_look_and_not_act(desk: Desk) -> None:
    number, _ = await desk.a_customer()
    async with desk.state.sessions.begin() as session:
        token = await create_token(session, name="reader", scopes=("read",))
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{RECORDS}/odoo/customer/{number}"

    assert (await desk.api.get(path, headers=headers)).status_code == 200
    for order in ("sync", "release", "unlink", "link"):
        answer = await desk.api.post(f"{path}/{order}", json={"other_id": "1"}, headers=headers)
        assert answer.status_code == 403, order
