"""Who buys without an account is known by an e-mail address, and by what their orders say."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from app.connectors.base import Removal, Snapshot, Write
from app.connectors.woocommerce.customer_record import to_record
from app.connectors.woocommerce.guests import Buyers
from app.entities.base import Json
from app.errors import Rejected
from tests.connectors.woocommerce.catalogue import missing, record, ref, removal, resolved, state
from tests.connectors.woocommerce.people import ANN, JANE, Store
from tests.connectors.woocommerce.test_client import client_of

GUEST = "guest:ann@example.test"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_guest_in_neutral_words(shop: Store) -> None:
    shop.order("Ann@Example.test", first_name="Ann", last_name="Gast")

    assert await record(shop.people, GUEST) == {"email": "ann@example.test", "name": "Ann Gast"}


async def test_the_newest_order_says_who_a_guest_is(shop: Store) -> None:
    _order_at(shop, 0, first_name="Ann", last_name="Old")
    _order_at(shop, 2, first_name="Ann", last_name="New")
    _order_at(shop, 1, first_name="Ann", last_name="Middle")

    assert (await record(shop.people, GUEST))["name"] == "Ann New"


async def test_who_did_not_buy_is_no_guest(shop: Store) -> None:
    shop.order("ann@example.test.example", first_name="Other")
    trashed = shop.order("ann@example.test")
    shop.sandbox.remove("orders", int(trashed))

    assert missing(await shop.people.read([GUEST, "guest:"])) == [GUEST, "guest:"]


async def test_an_account_with_the_address_stands_for_the_guest(shop: Store) -> None:
    shop.order("jane@example.test")
    shop.order("ann@example.test")

    shots = await shop.people.read(["guest:jane@example.test", GUEST])

    assert [shot.same_as for shot in shots.values() if isinstance(shot, Snapshot)] == [JANE, None]


async def test_an_account_that_is_not_kept_stands_for_nobody(shop: Store) -> None:
    shop.user("ann@example.test", "editor")
    shop.order("ann@example.test")

    shot = (await shop.people.read([GUEST]))[GUEST]

    assert isinstance(shot, Snapshot)
    assert shot.same_as is None


async def test_the_guests_of_orders_that_were_just_read_cost_no_search(shop: Store) -> None:
    orders = [shop.order(f"g{number}@example.test", first_name=f"G{number}") for number in range(50)]
    guests = [f"guest:g{number}@example.test" for number in range(50)]
    await shop.orders.read(orders)
    shop.calls()

    shots = await shop.people.read(guests)

    assert missing(shots) == []
    assert [shot.state["first_name"] for shot in shots.values() if isinstance(shot, Snapshot)][:2] == ["G0", "G1"]
    assert shop.calls() == ["GET customers", "GET customers"]


async def test_what_an_order_says_after_a_change_is_what_counts(shop: Store) -> None:
    order = shop.order("ann@example.test", first_name="An", last_name="Gast")
    await shop.orders.read([order])
    shop.sandbox.edit("orders", int(order), billing={"first_name": "Ann"})
    await shop.orders.read([order])

    assert (await record(shop.people, GUEST))["name"] == "Ann Gast"


async def test_nothing_is_written_to_a_guest(shop: Store) -> None:
    shop.order("ann@example.test", **ANN)
    base = await state(shop.people, GUEST)
    answer = await resolved(shop.people, base, name="Ann Other", email="other@example.test")
    changes: dict[str, Json] = {"first_name": "Other"}
    write = Write(ref=ref(shop.people, GUEST), changes=changes, base=base, operation_id="op-1")
    shop.calls()

    answers = await shop.people.write([write, removal(shop.people, GUEST, Removal.DELETE)])

    assert (answer.state, len(answer.notes)) == ({}, 1)
    assert [cast(Rejected, one).code for one in answers] == ["guest", "cannot_delete"]
    assert shop.calls() == []


async def test_what_was_read_is_forgotten_after_a_while_and_when_there_is_too_much(shop: Store) -> None:
    clock = Clock()
    buyers = Buyers(client_of(shop.sandbox), clock=clock, most=2)
    for name in ("ann", "ben", "cleo"):
        shop.order(f"{name}@example.test")
    orders = await client_of(shop.sandbox).rows("orders")
    buyers.note(orders)
    shop.calls()

    assert len(await buyers.newest(["guest:ben@example.test", "guest:cleo@example.test"])) == 2
    assert shop.calls() == []
    await buyers.newest([GUEST])
    assert shop.calls() == ["GET orders"]
    clock.now = 301.0
    await buyers.newest([GUEST])
    assert shop.calls() == ["GET orders"]


async def test_orders_that_are_not_sent_off_say_nothing(shop: Store) -> None:
    order = shop.order("ann@example.test")
    shop.sandbox.row("orders", int(order))["status"] = "checkout-draft"

    assert missing(await shop.people.read([GUEST])) == [GUEST]


@pytest.mark.parametrize("status", ["pending", "failed", "cancelled", "completed"])
async def test_an_order_of_any_other_status_says_who_bought(shop: Store, status: str) -> None:
    order = shop.order("ann@example.test", first_name="Ann", last_name="Gast")
    shop.sandbox.edit("orders", int(order), status=status)

    assert to_record(await state(shop.people, GUEST))["name"] == "Ann Gast"


def _order_at(shop: Store, minutes: int, **billing: str) -> None:
    number = int(shop.order("ann@example.test", **billing))
    row = shop.sandbox.row("orders", number)
    row["date_created"] += timedelta(minutes=minutes)
