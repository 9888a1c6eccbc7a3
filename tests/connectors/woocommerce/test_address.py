"""Addresses of accounts, and places that stand in orders only."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.connectors.base import Cursor, Removal, Snapshot, Write, Written
from app.connectors.woocommerce.address_record import to_record
from app.entities.base import Json, State
from app.errors import AppError, Conflict, NotFound, Rejected
from tests.connectors.woocommerce.catalogue import (
    change,
    changed,
    changed_ids,
    found,
    made,
    missing,
    new,
    record,
    ref,
    refused,
    removal,
    resolved,
    state,
    written,
)
from tests.connectors.woocommerce.people import ANN, JANE, OTTO, Store, store

BILL, DELIVERY = f"{JANE}:billing", f"{JANE}:shipping"
NEW: dict[str, Json] = {
    "customer": OTTO,
    "name": "Otto Muster",
    "company": "Muster GmbH",
    "street": "Ring 5",
    "street2": "Hof",
    "postcode": "20095",
    "city": "Hamburg",
    "state": "HH",
    "country": "DE",
    "phone": "+49 40 1",
}
ELSEWHERE = {"address_1": "Rue 2", "city": "Paris", "postcode": "75001", "country": "FR", "state": ""}


async def test_an_address_in_neutral_words(shop: Store) -> None:
    assert await record(shop.addresses, BILL) == {
        "customer": JANE,
        "name": "Jane Doe",
        "company": "Doe & Sons",
        "street": "Hauptstr. 1",
        "street2": None,
        "postcode": "10115",
        "city": "Berlin",
        "state": "BE",
        "country": "DE",
        "phone": "+49 30 1234",
        "label": "billing",
    }


async def test_what_is_no_code_is_no_country_and_no_state(shop: Store) -> None:
    shop.sandbox.edit("customers", 3, billing={"country": "Germany", "state": "NOPE"})

    found_ = await record(shop.addresses, BILL)

    assert (found_["country"], found_["state"]) == (None, None)


async def test_addresses_of_many_accounts_are_read_in_one_call(shop: Store) -> None:
    numbers = [shop.account(f"p{number}@example.test", billing=ANN) for number in range(40)]
    shop.calls()

    answers = await shop.addresses.read([*(f"{one}:billing" for one in numbers), f"{OTTO}:billing", "999:billing", "x"])

    assert missing(answers) == [f"{OTTO}:billing", "999:billing", "x"]
    assert shop.calls() == ["GET customers"]


async def test_a_new_address_is_read_as_it_was_written(shop: Store) -> None:
    answer = await made(shop.addresses, **NEW)

    assert answer.ref.native_id == f"{OTTO}:billing"
    assert to_record(answer.state) == NEW | {"label": "billing"}
    assert answer.state == await state(shop.addresses, answer.ref.native_id)
    assert (await resolved(shop.addresses, answer.state, **NEW)).state == {}


async def test_the_label_says_which_place_it_takes(shop: Store) -> None:
    answer = await made(shop.addresses, **NEW, label="shipping")

    assert answer.ref.native_id == f"{OTTO}:shipping"


async def test_two_new_addresses_of_one_account_take_both_places_in_one_write(shop: Store) -> None:
    writes = [await new(shop.addresses, **NEW), await new(shop.addresses, **NEW | {"street": "Lager 9"})]
    shop.calls()

    answers = [written(one) for one in await shop.addresses.write(writes)]

    assert [one.ref.native_id for one in answers] == [f"{OTTO}:billing", f"{OTTO}:shipping"]
    assert shop.calls() == ["GET customers", "POST customers/batch"]


async def test_a_third_address_has_no_room_and_its_neighbours_have(shop: Store) -> None:
    writes = [await new(shop.addresses, **NEW | {"street": f"Ring {number}"}) for number in range(3)]

    answers = await shop.addresses.write(writes)

    assert [type(one) for one in answers] == [Written, Written, Conflict]
    assert isinstance(answers[2], AppError)
    assert answers[2].code == "no_room"


async def test_a_copy_of_the_bill_leaves_room_for_a_place_to_deliver_to(shop: Store) -> None:
    number = shop.account("copy@example.test", billing=ANN, shipping=ANN)

    answer = await made(shop.addresses, **NEW | {"customer": number})

    assert answer.ref.native_id == f"{number}:shipping"


async def test_an_address_for_both_is_one_and_is_changed_for_both(shop: Store) -> None:
    number = shop.account("copy@example.test", billing=ANN, shipping=ANN)
    shots = await shop.addresses.read([f"{number}:billing", f"{number}:shipping"])

    await changed(shop.addresses, f"{number}:billing", street="Weg 2")

    same = [shot.same_as for shot in shots.values() if isinstance(shot, Snapshot)]
    assert same == [None, f"{number}:billing"]
    assert (await record(shop.addresses, f"{number}:shipping"))["street"] == "Weg 2"


async def test_an_address_of_its_own_is_changed_alone(shop: Store) -> None:
    before = await state(shop.addresses, DELIVERY)

    await changed(shop.addresses, BILL, street="Weg 2")

    assert await state(shop.addresses, DELIVERY) == before


async def test_a_change_sends_what_differs(shop: Store) -> None:
    fields = dict(await record(shop.addresses, BILL)) | {"city": "Potsdam", "phone": None}

    await changed(shop.addresses, BILL, **fields)

    sent = json.loads(shop.sandbox.requests[-1].body)
    assert sent == {"update": [{"id": 3, "billing": {"phone": "", "city": "Potsdam"}}]}


async def test_a_state_goes_with_its_country(shop: Store) -> None:
    answer = await changed(shop.addresses, BILL, country="FR")

    assert (answer.state["country"], answer.state["state"]) == ("FR", None)


@pytest.mark.parametrize(
    ("country", "code", "kept"), [("DE", "BY", "DE-BY"), ("US", "CA", "CA"), ("JP", "13", "JP13"), ("IT", "MI", "MI")]
)
async def test_a_state_is_written_in_the_shops_code(shop: Store, country: str, code: str, kept: str) -> None:
    answer = await changed(shop.addresses, BILL, country=country, state=code)

    assert answer.state["state"] == kept
    assert (await record(shop.addresses, BILL))["state"] == code


async def test_a_state_that_the_shop_does_not_have_is_left_out_and_said(shop: Store) -> None:
    answer = await resolved(shop.addresses, await state(shop.addresses, BILL), state="XX")

    assert answer.state == {"state": None}
    assert answer.notes == ("state XX is not one of that country in the shop",)


@pytest.mark.parametrize(("options", "country"), [({}, "DE"), ({"default_country": "FR"}, "FR")])
async def test_a_new_address_without_a_country_is_in_the_shops_own(options: dict[str, Any], country: str) -> None:
    shop = store(**options)

    answer = await made(shop.addresses, customer=OTTO, street="Ring 5", city="Hamburg")

    assert answer.state["country"] == country
    assert answer.sent == frozenset({"country"})
    assert answer.notes


async def test_what_the_shop_cannot_hold_is_said(shop: Store) -> None:
    answer = await resolved(shop.addresses, None, **NEW | {"mobile": "+49 170 1", "company": "A\\B"})

    assert len(answer.notes) == 2
    assert answer.state["company"] == "AB"


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"customer": OTTO, "postcode": "1"}, "street"), ({"street": "Ring 5", "city": "Hamburg"}, "customer")],
)
async def test_an_address_needs_a_place_and_a_customer(shop: Store, fields: dict[str, Json], field: str) -> None:
    assert (await refused(shop.addresses, None, **fields)).field == field


async def test_an_address_is_not_emptied_by_a_change(shop: Store) -> None:
    error = await refused(shop.addresses, await state(shop.addresses, BILL), street=None, city=None)

    assert error.code == "required"


async def test_an_address_of_nobody_is_not_found(shop: Store) -> None:
    [answer] = await shop.addresses.write([await new(shop.addresses, **NEW | {"customer": "999"})])

    assert isinstance(answer, NotFound)
    assert answer.field == "customer"


async def test_an_address_is_found_by_its_place_however_it_is_written(shop: Store) -> None:
    there = {"customer": JANE, "street": " hauptstr.  1", "postcode": "10115", "city": "BERLIN"}

    assert await found(shop.addresses, **there) == [BILL]
    assert await found(shop.addresses, **there | {"customer": OTTO}) == []
    assert await found(shop.addresses, **there | {"street": "Lager 2", "postcode": "10117"}) == [DELIVERY]


async def test_an_address_that_is_removed_leaves_its_place_empty(shop: Store) -> None:
    write = removal(shop.addresses, BILL, Removal.DELETE)

    [answer] = await shop.addresses.write([write])

    assert written(answer).gone
    assert missing(await shop.addresses.read([BILL, DELIVERY])) == [BILL]
    assert (await made(shop.addresses, **NEW | {"customer": JANE})).ref.native_id == BILL


async def test_an_address_cannot_be_archived(shop: Store) -> None:
    [answer] = await shop.addresses.write([removal(shop.addresses, BILL, Removal.ARCHIVE)])

    assert isinstance(answer, Rejected)
    assert answer.code == "cannot_archive"


async def test_all_addresses_come_with_their_accounts(shop: Store) -> None:
    shop.account("more@example.test", billing=ANN)

    assert await changed_ids(shop.addresses, Cursor()) == [BILL, DELIVERY, "5:billing"]


async def test_a_place_of_an_order_is_read_from_the_order(shop: Store) -> None:
    order = shop.order("jane@example.test", customer=JANE, **ELSEWHERE)
    number = await _invoice_address(shop, order)
    shop.calls()

    found_ = await record(shop.addresses, number)

    assert number.startswith(f"{JANE}~")
    assert (found_["customer"], found_["street"], found_["country"], found_["label"]) == (JANE, "Rue 2", "FR", "order")
    assert shop.calls() == ["GET customers"]


async def test_places_of_many_guests_cost_no_call_when_their_orders_were_read(shop: Store) -> None:
    orders = [shop.order(f"g{number}@example.test", address_1=f"Weg {number}") for number in range(50)]
    shots = await shop.orders.read(orders)
    [*records] = await shop.orders.to_records([shot.state for shot in shots.values() if isinstance(shot, Snapshot)])
    shop.calls()

    answers = await shop.addresses.read([str(one["invoice_address"]) for one in records])

    assert missing(answers) == []
    assert shop.calls() == []


async def test_a_place_of_an_old_order_is_looked_for(shop: Store) -> None:
    order = shop.order("ann@example.test", **ELSEWHERE)
    number = await _invoice_address(shop, order)
    for _ in range(105):
        shop.order("ann@example.test", address_1="Weg 1")
    later = store(sandbox=shop.sandbox)
    shop.calls()

    answers = await later.addresses.read([number, "guest:ann@example.test~000000000000"])

    assert missing(answers) == ["guest:ann@example.test~000000000000"]
    assert shop.calls() == ["GET orders", "GET orders"]


async def test_a_place_that_became_the_accounts_own_says_so(shop: Store) -> None:
    order = shop.order("jane@example.test", customer=JANE, **ELSEWHERE)
    number = await _invoice_address(shop, order)
    shop.sandbox.edit("customers", 3, shipping=ELSEWHERE)

    shot = (await shop.addresses.read([number]))[number]

    assert isinstance(shot, Snapshot)
    assert shot.same_as == DELIVERY


async def test_a_place_of_a_guest_is_found(shop: Store) -> None:
    order = shop.order("ann@example.test", **ELSEWHERE)
    number = await _invoice_address(shop, order)

    there = {"customer": "guest:ann@example.test", "street": "rue 2", "postcode": "75001", "city": "paris"}
    assert await found(shop.addresses, **there) == [number]


async def test_a_place_of_an_order_stays_as_it_was(shop: Store) -> None:
    order = shop.order("ann@example.test", **ELSEWHERE)
    number = await _invoice_address(shop, order)
    base: State = await state(shop.addresses, number)
    answer = await resolved(shop.addresses, base, street="Rue 3")
    write = Write(ref=ref(shop.addresses, number), changes={"address_1": "Rue 3"}, base=base, operation_id="op-1")
    shop.calls()

    answers = await shop.addresses.write([write, removal(shop.addresses, number, Removal.DELETE)])

    assert (answer.state, len(answer.notes)) == ({}, 1)
    assert all(isinstance(one, Rejected) for one in answers)
    assert shop.calls() == []


async def test_a_guest_gets_no_address_but_those_of_the_orders(shop: Store) -> None:
    [answer] = await shop.addresses.write([await new(shop.addresses, **NEW | {"customer": "guest:ann@example.test"})])

    assert isinstance(answer, Rejected)
    assert answer.code == "guest"


async def test_a_call_that_fails_is_the_failure_of_each_of_its_writes(shop: Store) -> None:
    writes = [await new(shop.addresses, **NEW), await change(shop.addresses, BILL, city="Potsdam")]
    shop.sandbox.fail("POST", "/customers/batch", name="commit_then_500")

    answers = await shop.addresses.write(writes)

    assert [isinstance(one, AppError) and one.code for one in answers] == ["shop_error", "shop_error"]
    assert await found(shop.addresses, **NEW) == [f"{OTTO}:billing"]


async def _invoice_address(shop: Store, order: str) -> str:
    return str((await record(shop.orders, order))["invoice_address"])
