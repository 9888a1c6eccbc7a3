"""The way of an Odoo event through store, queue and engine into the shop, and of the echo that comes back."""

from __future__ import annotations

import asyncio

import pytest

from app.connectors.prestashop.fields import from_shop
from tests.flows.world import World

JOHN = {"id": 67, "email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True}


async def test_a_customer_is_updated_and_its_echo_ends_without_a_write(world: World) -> None:
    accepted = await world.odoo_sends("customer", "updated", JOHN)

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome, operation.entity_id) == ("success", "written", "67")
    assert operation.message == "Customer updated successfully"
    assert world.shop.row("customers", 67)["firstname"] == "John"
    assert world.writes() == ["PATCH /api/customers/67"]
    [echo] = await world.jobs("shop_to_odoo")
    assert (echo.status, echo.outcome) == ("completed", "unchanged")
    assert len(await world.rows("SELECT 1 FROM sync_logs WHERE event = 'echo.dropped'")) == 1


async def test_every_shop_call_carries_the_operation_id(world: World) -> None:
    world.shop.hooks.url = None
    accepted = await world.odoo_sends("customer", "updated", JOHN)

    await world.drainer.drain()

    assert {each.operation for each in world.shop.requests} == {str(accepted.operation_id)}


async def test_the_same_event_later_is_the_first_one_and_writes_nothing(world: World) -> None:
    first = await world.odoo_sends("customer", "updated", JOHN, event_id="e1")
    await world.work()

    second = await world.odoo_sends("customer", "updated", JOHN, event_id="e1")
    await world.work()

    assert second.duplicate
    assert second.operation_id == first.operation_id
    assert world.writes() == ["PATCH /api/customers/67"]


async def test_the_same_event_a_hundred_times_at_once_is_one_operation_and_one_write(world: World) -> None:
    answers = await asyncio.gather(*[world.odoo_sends("customer", "updated", JOHN, event_id="e1") for _ in range(100)])
    await world.work()

    assert len({answer.operation_id for answer in answers}) == 1
    assert sum(not answer.duplicate for answer in answers) == 1
    assert len(await world.rows("SELECT 1 FROM reverse_operations")) == 1
    assert world.writes() == ["PATCH /api/customers/67"]


async def test_the_same_event_id_with_another_body_is_a_second_event(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "One"}, event_id="e1")
    await world.work()

    second = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Two"}, event_id="e1")
    await world.work()

    assert not second.duplicate
    assert world.shop.row("customers", 67)["firstname"] == "Two"
    assert len(await world.rows("SELECT 1 FROM reverse_operations WHERE status = 'success'")) == 2


async def test_another_event_of_equal_content_is_unchanged_and_writes_nothing(world: World) -> None:
    await world.odoo_sends("customer", "updated", JOHN)
    await world.work()

    again = await world.odoo_sends("customer", "updated", JOHN)
    await world.work()

    assert (await world.operation(again)).outcome == "unchanged"
    assert world.writes() == ["PATCH /api/customers/67"]


async def test_a_customer_without_id_is_found_by_email(world: World) -> None:
    accepted = await world.odoo_sends("customer", "updated", {"email": "JOHN@example.com", "firstname": "Johnny"})

    await world.work()

    assert (await world.operation(accepted)).entity_id == "67"
    assert world.shop.row("customers", 67)["firstname"] == "Johnny"


async def test_a_new_customer_is_created_once_and_its_echo_is_recognised(world: World) -> None:
    data = {"email": "new@example.com", "firstname": "New", "lastname": "Person"}
    accepted = await world.odoo_sends("customer", "created", data)
    again = await world.odoo_sends("customer", "created", data | {"company": "Acme"})

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "created")
    assert (await world.operation(again)).entity_id == operation.entity_id
    row = world.shop.row("customers", int(operation.entity_id))
    assert (row["active"], row["company"]) == ("1", "Acme")
    assert [job.outcome for job in await world.jobs("shop_to_odoo")] == ["unchanged"]


async def test_a_customer_that_does_not_exist_is_not_found(world: World) -> None:
    accepted = await world.odoo_sends("customer", "updated", {"id": 999, "firstname": "X"})

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.error_status) == ("failed", 404)
    assert operation.error_message.startswith("Customer not found")
    assert [(job.status, job.outcome) for job in await world.jobs()] == [("completed", "rejected")]


async def test_a_duplicate_email_is_a_clear_rejection_and_not_a_retry(world: World) -> None:
    accepted = await world.odoo_sends("customer", "updated", {"id": 67, "email": "pub@prestashop.com"})

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.error_status, operation.error_code) == ("failed", 409, "duplicate_email")
    [job] = await world.jobs()
    assert (job.status, job.outcome, job.attempts) == ("completed", "rejected", 1)


async def test_a_good_edit_that_was_merged_with_a_bad_one_is_still_applied(world: World) -> None:
    good = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Good"})
    bad = await world.odoo_sends("customer", "updated", {"id": 67, "email": "pub@prestashop.com"})
    later = await world.odoo_sends("customer", "updated", {"id": 67, "lastname": "Later"})

    await world.work()

    statuses = [(await world.operation(each)).status for each in (good, bad, later)]
    assert statuses == ["success", "failed", "success"]
    row = world.shop.row("customers", 67)
    assert (row["firstname"], row["lastname"], row["email"]) == ("Good", "Later", "john@example.com")


async def test_an_address_without_country_gets_the_default_and_says_so(world: World) -> None:
    data = {"id_customer": 67, "alias": "Home", "address1": "123 Main St", "city": "New York", "postcode": "10001"}
    accepted = await world.odoo_sends("address", "created", data)

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "created")
    row = world.shop.row("addresses", int(operation.entity_id))
    assert (row["id_country"], row["firstname"], row["lastname"]) == ("8", "Jon", "Do")
    assert any("default country" in note for note in operation.notes)


async def test_an_order_gets_its_state_and_tracking_once_and_nobody_is_mailed(world: World) -> None:
    data = {"id": 1001, "current_state": 3, "tracking_number": "1Z999AA10"}
    await world.odoo_sends("order", "updated", data)
    await world.work()
    histories = len(world.shop.rows("order_histories"))

    again = await world.odoo_sends("order", "updated", data)
    await world.work()

    assert world.shop.row("orders", 1001)["current_state"] == "3"
    assert (await world.operation(again)).outcome == "unchanged"
    assert len(world.shop.rows("order_histories")) == histories
    assert world.shop.mails == []


async def test_two_messages_sent_while_the_worker_slept_are_both_posted_in_order(world: World) -> None:
    await world.odoo_sends("order", "updated", {"id": 1001, "message": "first"})
    await world.odoo_sends("order", "updated", {"id": 1001, "message": "second"})

    await world.work()

    assert [row["message"] for row in world.shop.rows("messages")] == ["first", "second"]


async def test_a_coupon_is_created_and_a_duplicate_code_is_found_before_it_is_made(world: World) -> None:
    data = {
        "code": "WELCOME10",
        "name": "Welcome",
        "reduction_percent": 10,
        "date_from": "2026-01-01",
        "date_to": "2026-12-31",
    }
    accepted = await world.odoo_sends("coupon", "created", data)
    await world.work()

    again = await world.odoo_sends("coupon", "created", data | {"code": "welcome10", "reduction_percent": 15})
    await world.work()

    assert (await world.operation(accepted)).outcome == "created"
    assert (await world.operation(again)).outcome == "written"
    [rule] = world.shop.rows("cart_rules")
    assert float(str(rule["reduction_percent"])) == 15


async def test_an_edit_in_the_shop_is_genuine_and_kept_in_the_queue(world: World) -> None:
    await world.odoo_sends("customer", "updated", JOHN)
    await world.work()

    world.shop.edit("customers", 67, lastname="Changed-In-Shop")
    await world.shop.settled()
    await world.work()

    held = [job for job in await world.jobs("shop_to_odoo") if job.status == "pending"]
    assert len(held) == 1
    assert "lastname" in held[0].held_reason
    assert await world.drainer.drain() == 0


async def test_an_edit_in_the_shop_that_we_have_not_seen_is_never_marked_as_seen(world: World) -> None:
    await world.odoo_sends("customer", "updated", JOHN)
    await world.work()
    world.shop.hooks.url = None
    world.shop.edit("customers", 67, company="Edited By Shop")

    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Odoo"})
    world.shop.hooks.url = "http://api.test/webhooks/prestashop/boutique"
    await world.work()

    held = [job for job in await world.jobs("shop_to_odoo") if job.status == "pending"]
    assert len(held) == 1
    assert "company" in held[0].held_reason
    assert "firstname" not in held[0].held_reason


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"status": 503, "body": "<html>down</html>"}, 503),
        ({"status": 500}, 500),
        ({"drop": True}, 0),
        ({"status": 200, "body": "<!doctype html><html>back soon</html>"}, 200),
    ],
)
async def test_a_shop_that_is_down_or_answers_html_is_tried_again_and_nothing_is_lost(
    world: World, fault: dict[str, object], status: int
) -> None:
    world.shop.fail(times=3, **fault)  # type: ignore[arg-type]
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    for _ in range(6):
        await world.work()
        await world.hurry()

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "written")


async def test_after_a_429_the_calls_behind_it_are_not_sent(world: World) -> None:
    world.shop.fail(status=429, headers={"Retry-After": "7"})
    for number in range(5):
        await world.odoo_sends("customer", "created", {"email": f"c{number}@a.bc", "firstname": "A", "lastname": "B"})
        await world.odoo_sends("coupon", "updated", {"code": f"C{number}", "active": False})

    await world.work()

    assert len(world.shop.requests) == 1


async def test_a_create_that_names_an_id_the_shop_does_not_have_gets_the_shops_own_id(world: World) -> None:
    data = {"id": 999, "email": "new@example.com", "firstname": "New", "lastname": "Person"}
    accepted = await world.odoo_sends("customer", "created", data)

    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "created")
    assert operation.entity_id != "999"
    assert any("999" in note for note in operation.notes)


async def test_a_429_is_waited_out_and_costs_no_attempt(world: World) -> None:
    world.shop.fail(status=429, headers={"Retry-After": "7"})
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    await world.work()
    [job] = await world.rows(
        "SELECT attempts, status, scheduled_at > now() + interval '5 seconds' AS later FROM sync_queue"
    )
    assert (job.attempts, job.status, job.later) == (0, "pending", True)

    await world.peers.aclose()
    await world.hurry()
    await world.work()

    assert (await world.operation(accepted)).status == "success"


async def test_a_refused_key_pauses_the_direction_and_the_work_goes_on_when_it_is_mended(world: World) -> None:
    world.shop.fail(times=50, status=401, body="", content_type="text/xml")
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    await world.work()
    [pause] = await world.rows("SELECT direction, reason FROM pauses")
    assert pause.direction == "odoo_to_shop"
    assert (await world.operation(accepted)).status == "processing"

    world.shop.faults.clear()
    await world.hurry()
    await world.work()

    assert (await world.operation(accepted)).status == "success"
    assert await world.rows("SELECT 1 FROM pauses") == []


async def test_a_job_out_of_attempts_fails_answers_its_operation_and_stays(world: World) -> None:
    world.shop.fail(times=500, status=500)
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    for _ in range(6):
        await world.work()
        await world.hurry()

    operation = await world.operation(accepted)
    assert (operation.status, operation.error_status) == ("failed", 500)
    [job] = await world.jobs()
    assert (job.status, job.attempts) == ("failed", 5)


async def test_a_shop_that_is_down_for_long_uses_up_no_attempts(world: World) -> None:
    world.shop.fail(times=1000, status=503)
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    for _ in range(20):
        await world.work()
        await world.hurry()
    [job] = await world.jobs()
    assert (job.status, job.attempts) == ("pending", 0)
    assert len(await world.rows("SELECT 1 FROM pauses WHERE reason LIKE '%503%'")) == 1

    world.shop.faults.clear()
    await world.work()

    assert (await world.operation(accepted)).status == "success"
    assert await world.rows("SELECT 1 FROM pauses") == []


async def test_a_permission_that_is_missing_pauses_its_entity_type_only(world: World) -> None:
    world.shop.fail(path="/cart_rules", times=100, status=405, content_type="text/xml")
    coupon = await world.odoo_sends("coupon", "updated", {"code": "X", "active": False})
    await world.work()
    customer = await world.odoo_sends("customer", "updated", JOHN)

    await world.work()

    assert [row.entity_type for row in await world.rows("SELECT entity_type FROM pauses")] == ["coupon"]
    assert (await world.operation(coupon)).status == "processing"
    assert (await world.operation(customer)).status == "success"


async def test_a_disabled_link_rests_and_goes_on_when_it_is_enabled(world: World) -> None:
    accepted = await world.odoo_sends("customer", "updated", JOHN)
    await world.execute("UPDATE links SET enabled = false")
    await world.work()
    assert (await world.operation(accepted)).status == "processing"

    await world.execute("UPDATE links SET enabled = true")
    await world.work()

    assert (await world.operation(accepted)).status == "success"


@pytest.mark.parametrize("answer", ["commit_then_drop", "commit_then_500"])
async def test_a_create_whose_answer_was_lost_makes_one_customer(world: World, answer: str) -> None:
    world.shop.fail("POST", "/customers", name=answer)
    data = {"email": "once@example.com", "firstname": "On", "lastname": "Ce"}
    accepted = await world.odoo_sends("customer", "created", data)
    for _ in range(3):
        await world.work()
        await world.hurry()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "created")
    assert [row["email"] for row in world.shop.rows("customers")].count("once@example.com") == 1
    assert {job.outcome for job in await world.jobs("shop_to_odoo")} == {"unchanged"}


async def test_events_of_one_record_reach_the_shop_in_order(world: World) -> None:
    for number in range(10):
        await world.odoo_sends("customer", "updated", {"id": 67, "company": f"Company {number}"})
        if number % 3 == 0:
            await world.work()

    await world.work()

    assert world.shop.row("customers", 67)["company"] == "Company 9"
    assert len(await world.rows("SELECT 1 FROM reverse_operations WHERE status = 'success'")) == 10


async def test_a_batch_is_read_in_one_call(world: World) -> None:
    ids = [
        world.shop.add("customers", email=f"c{n}@example.com", firstname="A", lastname="B", passwd="x")
        for n in range(20)
    ]
    await world.shop.settled()
    await world.execute("DELETE FROM sync_queue")
    world.shop.requests.clear()
    world.shop.hooks.url = None
    for customer in ids:
        await world.odoo_sends("customer", "updated", {"id": customer, "firstname": "Changed"})

    await world.drainer.drain()

    lists = [each for each in world.reads() if each.startswith("/api/customers?")]
    assert len(lists) == 2
    assert len(world.writes()) == 20


async def test_an_answer_that_cannot_be_stored_does_not_hold_up_its_neighbours(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(row: dict[str, object], fields: object) -> dict[str, object]:
        state = from_shop(row, fields)  # type: ignore[arg-type]
        return {**state, "company": "\x00"} if state["email"] == "john@example.com" else {**state}

    monkeypatch.setattr("app.connectors.prestashop.customer.from_shop", poisoned)
    bad = await world.odoo_sends("customer", "updated", JOHN)
    good = await world.odoo_sends("customer", "updated", {"id": 2, "firstname": "Good"})

    for _ in range(6):
        await world.work()
        await world.hurry()

    assert (await world.operation(good)).status == "success"
    assert (await world.operation(bad)).status == "failed"
