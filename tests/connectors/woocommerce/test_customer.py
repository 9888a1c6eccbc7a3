"""People as WooCommerce has them: accounts with a role and an e-mail address."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.connectors.base import Cursor, Desired, Patch, Removal, Snapshot, Write, Written
from app.connectors.woocommerce.customer_record import to_record
from app.entities.base import EntityType, Json, NaturalKey
from app.errors import ActionRequired, AppError, Conflict, NotFound, Rejected, Retryable
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
from tests.connectors.woocommerce.people import JANE, OTTO, Store, store

PEER = {"email": "peer@example.test", "name": "Peer Gynt"}


async def test_an_account_in_neutral_words(shop: Store) -> None:
    assert await record(shop.people, JANE) == {"email": "jane@example.test", "name": "Jane Doe"}


async def test_foreign_meta_data_and_dates_are_no_part_of_the_state(shop: Store) -> None:
    before = await state(shop.people, JANE)
    shop.sandbox.edit("customers", 3, meta_data=[{"key": "plugin", "value": "x"}], billing={"phone": "5"})

    assert await state(shop.people, JANE) == before


async def test_many_accounts_are_read_in_one_call(shop: Store) -> None:
    numbers = [shop.account(f"p{number}@example.test") for number in range(60)]
    shop.calls()

    answers = await shop.people.read([*numbers, "99999", "no-number"])

    assert missing(answers) == ["99999", "no-number"]
    assert shop.calls() == ["GET customers"]


async def test_a_new_account_is_read_as_it_was_written(shop: Store) -> None:
    answer = await made(shop.people, **PEER)

    assert await record(shop.people, answer.ref.native_id) == PEER
    assert "random password" in answer.notes[0]
    assert (await resolved(shop.people, answer.state, **PEER)).state == {}


async def test_a_change_sends_what_differs_and_the_second_time_nothing(shop: Store) -> None:
    answer = await changed(shop.people, JANE, email="Jane@Example.test", name="Jane Miller")

    sent = json.loads(shop.sandbox.requests[-1].body)
    assert sent == {"update": [{"id": 3, "first_name": "Jane", "last_name": "Miller"}]}
    assert to_record(answer.state) == {"email": "jane@example.test", "name": "Jane Miller"}


async def test_many_writes_go_in_one_call_and_one_failure_stays_alone(shop: Store) -> None:
    port = shop.people
    taken = await change(port, OTTO, email="jane@example.test")
    writes = [await new(port, email=f"n{number}@example.test", name=f"N {number}") for number in range(20)]
    writes += [taken, await change(port, JANE, name="Jane Miller")]
    shop.calls()

    answers = await port.write(writes)

    assert [type(one) for one in answers] == [*[Written] * 20, Rejected, Written]
    assert isinstance(answers[20], Rejected)
    assert answers[20].code == "email_refused"
    assert shop.calls() == ["POST customers/batch"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": "Ann"}, "email"), ({"email": "a@example.test"}, "name"), ({"email": "a@b.test", "name": " "}, "name")],
)
async def test_an_account_needs_an_address_and_a_name(shop: Store, fields: dict[str, Json], field: str) -> None:
    error = await refused(shop.people, None, **fields)

    assert (error.code, error.field) == ("required", field)


async def test_neither_can_be_emptied(shop: Store) -> None:
    base = await state(shop.people, JANE)

    assert (await refused(shop.people, base, email=None)).field == "email"
    assert (await refused(shop.people, base, name=None)).field == "name"


async def test_an_address_that_the_shop_takes_for_none_is_refused_by_it(shop: Store) -> None:
    [answer] = await shop.people.write([await new(shop.people, email="jürgen@exämple", name="Jürgen")])

    assert isinstance(answer, Rejected)
    assert answer.field == "email"


async def test_backslashes_are_left_out_and_said(shop: Store) -> None:
    answer = await resolved(shop.people, None, email="a@example.test", name="A\\B <i>C</i> & D")

    assert answer.notes == ('name: the shop takes "AB <i>C</i> & D" only',)
    [one] = await shop.people.write([Write(ref=None, changes=answer.state, operation_id="op-1")])
    assert to_record(written(one).state)["name"] == "AB <i>C</i> & D"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"billing": {"first_name": "Bill", "last_name": "Payer"}}, "Bill Payer"),
        ({}, "nameless@example.test"),
    ],
)
async def test_who_has_no_name_is_called_by_what_is_known(shop: Store, fields: dict[str, Any], name: str) -> None:
    number = shop.account("nameless@example.test", **fields)

    assert (await record(shop.people, number))["name"] == name
    assert (await resolved(shop.people, await state(shop.people, number), name=name)).state == {}
    assert to_record((await changed(shop.people, number, name="Nora Named")).state)["name"] == "Nora Named"


async def test_accounts_are_found_by_address_in_any_case(shop: Store) -> None:
    assert await found(shop.people, email="JANE@example.test") == [JANE]
    assert await found(shop.people, email="nobody@example.test") == []
    assert await found(shop.people, email="no address") == []


async def test_many_addresses_cost_a_list_and_not_a_call_each(shop: Store) -> None:
    numbers = [shop.account(f"p{number}@example.test") for number in range(150)]
    keys = [_key(f"p{number}@example.test") for number in range(90)]
    shop.calls()

    answers = await shop.people.find([*keys, _key("nobody@example.test")])

    assert [shot.ref.native_id for key in keys for shot in answers[key]] == numbers[:90]
    assert len(shop.calls()) == 4
    late = shop.account("late@example.test")
    again = await shop.people.find([*keys[:50], _key("late@example.test")])
    assert [shot.ref.native_id for shot in again[_key("late@example.test")]] == [late]
    assert len(shop.calls()) == 2


async def test_an_address_that_changed_since_the_list_finds_nobody(shop: Store) -> None:
    numbers = [shop.account(f"p{number}@example.test") for number in range(20)]
    keys = [_key(f"p{number}@example.test") for number in range(20)]
    await shop.people.find(keys)
    shop.sandbox.edit("customers", int(numbers[0]), email="moved@example.test")
    shop.sandbox.remove("customers", int(numbers[1]), force=True)

    answers = await shop.people.find(keys)

    assert answers[keys[0]] == answers[keys[1]] == []
    assert len(answers[keys[2]]) == 1


async def test_in_a_shop_with_many_accounts_a_few_are_asked_one_by_one(shop: Store) -> None:
    for number in range(1200):
        shop.account(f"p{number}@example.test")
    shop.calls()

    await shop.people.find([_key(f"p{number}@example.test") for number in range(7)])

    assert len(shop.calls()) == 8


async def test_somebody_who_registered_meanwhile_is_changed_by_the_retry(shop: Store) -> None:
    write = await new(shop.people, **PEER)
    shop.account("peer@example.test")

    [answer] = await shop.people.write([write])

    assert isinstance(answer, Retryable)
    assert (answer.code, answer.field) == ("appeared", "email")
    assert len(await found(shop.people, email="peer@example.test")) == 1


async def test_a_create_whose_answer_was_lost_is_found(shop: Store) -> None:
    shop.sandbox.fail("POST", "/customers/batch", name="commit_then_drop")
    [lost] = await shop.people.write([await new(shop.people, **PEER)])

    assert isinstance(lost, Retryable)
    assert len(await found(shop.people, email="peer@example.test")) == 1


async def test_only_customers_are_kept_the_same_and_an_address_of_others_is_told_as_taken(shop: Store) -> None:
    editor = shop.user("eve@example.test", "editor")

    assert missing(await shop.people.read([editor, "1", JANE])) == [editor, "1"]
    assert editor not in await changed_ids(shop.people, Cursor())
    assert await found(shop.people, email="eve@example.test") == []
    [answer] = await shop.people.write([await new(shop.people, email="eve@example.test", name="Eve")])
    assert isinstance(answer, Conflict)
    assert "role editor" in answer.message


async def test_whoever_bought_is_shown_whatever_the_role(shop: Store) -> None:
    editor = shop.user("eve@example.test", "editor")
    shop.order("eve@example.test", customer=editor)

    assert missing(await shop.people.read([editor])) == []
    assert await found(shop.people, email="eve@example.test") == [editor]


async def test_the_option_role_says_whom(shop: Store) -> None:
    whole = store(role="subscriber")
    number = whole.user("sue@example.test", "subscriber")

    assert await changed_ids(whole.people, Cursor()) == [number]
    assert missing(await whole.people.read([number, OTTO])) == [OTTO]
    assert await whole.people.count() == 1  # type: ignore[attr-defined]


async def test_new_people_get_the_role_of_the_option(shop: Store) -> None:
    whole = store(new_user_role="subscriber", role="subscriber")

    answer = await made(whole.people, **PEER)

    assert whole.sandbox.row("users", int(answer.ref.native_id))["role"] == "subscriber"
    assert answer.state == await state(whole.people, answer.ref.native_id)


async def test_another_role_than_customer_needs_an_application_password() -> None:
    shop = store(new_user_role="subscriber", user=False)

    answers = await shop.people.write([await new(shop.people, **PEER), await change(shop.people, JANE, name="Jane M")])

    assert isinstance(answers[0], ActionRequired)
    assert isinstance(answers[1], Written)
    assert await found(shop.people, email="peer@example.test") == []


async def test_the_address_of_somebody_who_works_in_the_shop_stays(shop: Store) -> None:
    shop.order("shopadmin@example.test", customer="1")
    base = await state(shop.people, "1")

    answer = await resolved(shop.people, base, email="mine@example.test", name="Ad Min")

    assert answer.state == {"first_name": "Ad", "last_name": "Min"}
    assert "changed in WordPress only" in answer.notes[0]


async def test_an_account_is_deleted_for_good_and_once(shop: Store) -> None:
    order = shop.order("otto@example.test", customer=OTTO)

    for _ in range(2):
        [answer] = await shop.people.write([removal(shop.people, OTTO, Removal.DELETE)])
        assert written(answer).gone

    assert missing(await shop.people.read([OTTO])) == [OTTO]
    assert shop.sandbox.row("orders", int(order))["customer_id"] == 0


async def test_nobody_who_works_in_the_shop_is_deleted_from_outside(shop: Store) -> None:
    shop.order("shopadmin@example.test", customer="1")

    answers = await shop.people.write([removal(shop.people, number, Removal.DELETE) for number in ("2", OTTO)])

    assert isinstance(answers[0], Rejected)
    assert answers[0].code == "cannot_delete"
    assert written(answers[1]).gone
    assert shop.sandbox.row("users", 2)["email"] == "syncbot@example.test"


async def test_an_account_cannot_be_archived(shop: Store) -> None:
    [answer] = await shop.people.write([removal(shop.people, OTTO, Removal.ARCHIVE)])

    assert isinstance(answer, Rejected)
    assert answer.code == "cannot_archive"
    assert missing(await shop.people.read([OTTO])) == []


async def test_a_change_of_somebody_who_is_gone_is_not_found(shop: Store) -> None:
    write = await change(shop.people, OTTO, name="Otto Normal")
    shop.sandbox.remove("customers", 4, force=True)

    [answer] = await shop.people.write([write])

    assert isinstance(answer, NotFound)


async def test_all_accounts_come_by_id_with_content_or_without(shop: Store) -> None:
    pages = [page async for page in shop.people.listed(Cursor())]  # type: ignore[attr-defined]

    assert await changed_ids(shop.people, Cursor()) == [JANE, OTTO]
    assert [shot.state["email"] for page in pages for shot in page.snapshots] == [
        "jane@example.test",
        "otto@example.test",
    ]


async def test_an_own_field_travels_with_the_account() -> None:
    shop = store(extra={EntityType.CUSTOMER: ("odoo_id",)})
    shop.sandbox.edit("customers", 3, meta_data=[{"key": "odoo_id", "value": "77"}])

    assert (await state(shop.people, JANE))["extra:odoo_id"] == "77"


async def test_a_call_that_fails_is_the_failure_of_each_of_its_writes(shop: Store) -> None:
    writes = [await new(shop.people, **PEER), await change(shop.people, JANE, name="Jane M")]
    shop.sandbox.fail("POST", "/customers/batch", name="maintenance")

    answers = await shop.people.write(writes)

    assert all(isinstance(one, AppError) and one.code == "peer_down" for one in answers)


async def test_events_of_a_reverse_sync_are_not_taken(shop: Store) -> None:
    [answer] = await shop.people.resolve([Patch(fields={"email": "a@example.test"})])

    assert isinstance(answer, Rejected)


async def test_a_part_of_a_state_is_a_part_of_a_record(shop: Store) -> None:
    [record_] = await shop.people.to_records([{"email": "A@Example.test"}])
    [answer] = await shop.people.from_records([Desired(fields={}, base=await state(shop.people, JANE))])

    assert record_ == {"email": "a@example.test"}
    assert not isinstance(answer, AppError)
    assert answer.state == {}


async def test_a_date_of_change_is_given_where_the_shop_has_one(shop: Store) -> None:
    user = shop.user("made@example.test", "customer")

    shots = await shop.people.read([JANE, user])

    dates = [shot.modified_at for shot in shots.values() if isinstance(shot, Snapshot)]
    assert [date is not None for date in dates] == [True, False]
    assert ref(shop.people, JANE) == shots[JANE].ref  # type: ignore[union-attr]


def _key(email: str) -> NaturalKey:
    return NaturalKey(entity_type=EntityType.CUSTOMER, name="email", value=email)
