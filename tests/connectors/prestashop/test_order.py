"""What can be done to an order that exists, in conversation with the sandbox shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Resolved, Snapshot, Write
from app.entities.order import reference_key
from app.errors import NotFound, Parked, Rejected, Retryable
from tests.connectors.prestashop.boutique import Boutique, boutique


async def test_the_example_event_sets_state_and_tracking_number_and_mails_nobody(shop: Boutique) -> None:
    written = await shop.written("order", id=1001, current_state=3, tracking_number="1Z999AA10")

    assert written.state["current_state"] == 3
    assert written.state["tracking_number"] == "1Z999AA10"
    assert shop.sandbox.mails == []


async def test_the_same_event_again_writes_no_history_row(shop: Boutique) -> None:
    data: dict[str, Any] = {"current_state": 3, "tracking_number": "1Z999AA10", "note": "n", "message": "hello"}
    await shop.written("order", id=1001, **data)
    rows = len(shop.sandbox.rows("order_histories"))

    assert await shop.apply("order", id=1001, **data) is None
    assert len(shop.sandbox.rows("order_histories")) == rows


async def test_the_tracking_number_is_there_before_the_state_is_told(shop: Boutique) -> None:
    await shop.written("order", id=1001, current_state=4, tracking_number="T-1")

    paths = [request.path for request in shop.writes()]
    assert paths == ["/api/order_carriers/1001", "/api/order_histories"]


async def test_a_state_set_by_somebody_else_meanwhile_is_not_set_again(shop: Boutique) -> None:
    before = await shop.state("order", 1001)
    assert isinstance(before, Snapshot)
    shop.sandbox.edit("orders", 1001, current_state="4")
    rows = len(shop.sandbox.rows("order_histories"))

    write = Write(ref=before.ref, changes={"current_state": 4}, base=before.state, operation_id="op")
    await shop.port("order").write([write])

    assert len(shop.sandbox.rows("order_histories")) == rows


async def test_the_customer_is_mailed_only_if_the_link_says_so() -> None:
    shop = boutique(status_email=True)

    await shop.written("order", id=1001, current_state="shipped")

    assert len(shop.sandbox.mails) == 1
    assert shop.writes()[0].query == "sendemail=1"


async def test_a_state_may_be_named_as_the_link_names_it(shop: Boutique) -> None:
    resolved = await shop.resolved("order", id=1001, current_state="Shipped")

    assert isinstance(resolved, Resolved)
    assert resolved.state == {"current_state": 4}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("lost", "not in the option order_status_map (known: shipped)"),
        (999, "is no order state of the shop; it has 1, 2"),
    ],
)
async def test_an_unknown_state_is_refused_before_the_shop_fails_on_it(
    shop: Boutique, state: object, words: str
) -> None:
    error = await shop.resolved("order", id=1001, current_state=state)

    assert isinstance(error, Rejected)
    assert error.field == "current_state"
    assert words in error.message


async def test_a_state_change_whose_answer_was_a_fatal_error_is_looked_at(shop: Boutique) -> None:
    shop.sandbox.fail("POST", "/order_histories", name="commit_then_500")

    written = await shop.written("order", id=1001, current_state=3)

    assert written.state["current_state"] == 3


async def test_a_state_change_that_did_not_happen_is_tried_again_later(shop: Boutique) -> None:
    shop.sandbox.fail("POST", "/order_histories", status=500)

    error = await shop.refused("order", id=1001, current_state=3)

    assert isinstance(error, Retryable)


async def test_a_message_is_posted_once_private_by_default(shop: Boutique) -> None:
    await shop.written("order", id=1001, message="Left at the door")
    again = await shop.apply("order", id=1001, message="Left at the door")
    public = await shop.written("order", id=1001, message="Left at the door", message_private=False)

    assert again is None
    rows = [row for row in shop.sandbox.rows("messages") if row["id_order"] == "1001"]
    assert [row["private"] for row in rows] == ["1", "0"]
    assert sum(1 for key in public.state if key.startswith("message:")) == 2


async def test_a_note_is_the_private_note_of_the_order(shop: Boutique) -> None:
    written = await shop.written("order", id=1001, note="fragile & <b>big</b>")

    assert written.state["note"] == "fragile & <b>big</b>"


async def test_before_8_0_a_note_is_put_back_with_the_whole_order(old_shop: Boutique) -> None:
    before = dict(old_shop.sandbox.row("orders", 1001))

    await old_shop.written("order", id=1001, note="fragile", tracking_number="T-1")

    after = dict(old_shop.sandbox.row("orders", 1001))
    changed = {name for name in before if before[name] != after[name]} - {"date_upd", "shipping_number"}
    assert changed == {"note"}


async def test_before_1_7_8_there_is_no_note_and_it_is_not_asked_for() -> None:
    shop = boutique("1.7.7.0")

    error = await shop.refused("order", id=1001, note="fragile")

    assert isinstance(error, Rejected)
    assert error.field == "note"
    assert all("note" not in request.query for request in shop.sandbox.requests)


async def test_an_order_without_a_carrier_cannot_be_tracked(shop: Boutique) -> None:
    shop.sandbox.remove("order_carriers", 1001)

    error = await shop.refused("order", id=1001, tracking_number="T-1")

    assert isinstance(error, Rejected)
    assert error.field == "tracking_number"


async def test_what_can_be_known_is_looked_at_before_anything_is_written(shop: Boutique) -> None:
    shop.sandbox.remove("order_carriers", 1001)

    await shop.refused("order", id=1001, tracking_number="T-1", message="hello", note="n")

    assert not shop.writes()


async def test_messages_come_first_and_the_state_last(shop: Boutique) -> None:
    await shop.written("order", id=1001, current_state=4, tracking_number="T-1", note="n", message="hello")

    paths = [request.path.removeprefix("/api/") for request in shop.writes()]
    assert paths == ["messages", "order_carriers/1001", "orders/1001", "order_histories"]


async def test_a_change_refused_half_way_says_what_is_in_the_shop_already(shop: Boutique) -> None:
    shop.sandbox.fail("POST", "/order_histories", status=403)

    error = await shop.refused("order", id=1001, current_state=4, tracking_number="T-1", message="hello")

    assert isinstance(error, Parked)
    assert (error.code, error.native_id, error.field) == ("changed_in_part", "1001", "current_state")
    assert "changed in part (message, tracking_number), but current_state was refused" in error.message


async def test_an_order_is_found_by_its_reference(shop: Boutique) -> None:
    reference = shop.sandbox.row("orders", 1001)["reference"]
    key = reference_key(str(reference))

    found = await shop.port("order").find([key, reference_key("NOSUCHREF")])

    assert [snapshot.ref.native_id for snapshot in found[key]] == ["1001"]
    assert found[reference_key("NOSUCHREF")] == []


async def test_an_order_that_does_not_exist_is_missing(shop: Boutique) -> None:
    assert await shop.state("order", 9999) is MISSING


async def test_an_order_deleted_since_it_was_read_is_not_found(shop: Boutique) -> None:
    before = await shop.state("order", 1001)
    assert isinstance(before, Snapshot)
    shop.sandbox.remove("orders", 1001)

    [error] = await shop.port("order").write([Write(ref=before.ref, changes={"current_state": 4}, operation_id="op")])

    assert isinstance(error, NotFound)
