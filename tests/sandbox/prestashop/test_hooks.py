"""What the shop's module tells of a write: once per object, with the secret, after the answer, tried again."""

import httpx
import pytest

from app.sandbox.prestashop import Sandbox

from .conftest import SECRET, Make, Receiver, client_of

RENAME = b"<prestashop><customer><id>67</id><firstname>Jane</firstname></customer></prestashop>"
TO_SHIPPED = b"<prestashop><order><id>1001</id><current_state>4</current_state></order></prestashop>"
OPERATION = {"X-Reverse-Sync-Operation": "op-1"}


async def test_a_write_is_told_with_the_secret_in_the_agreed_envelope(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await shop.patch("/api/customers/67", content=RENAME)
    await sandbox.settled()

    (body,) = receiver.bodies
    assert body["event_id"]
    assert (body["entity_type"], body["action_type"]) == ("customer", "updated")
    assert body["data"]["id"] == 67
    assert body["data"]["firstname"] == "Jane"
    assert receiver.headers[0]["x-webhook-secret"] == SECRET


async def test_passwords_and_keys_are_never_told(sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver) -> None:
    await shop.patch("/api/customers/67", content=RENAME)
    await sandbox.settled()

    assert not receiver.bodies[0]["data"].keys() & {"passwd", "secure_key", "reset_password_token"}


async def test_a_state_change_of_many_hooks_is_one_webhook(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await shop.patch("/api/orders/1001", content=TO_SHIPPED)
    await sandbox.settled()

    assert [(body["entity_type"], body["data"]["current_state"]) for body in receiver.bodies] == [("order", "4")]


async def test_our_own_write_comes_back_with_its_operation_as_an_echo(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await shop.patch("/api/customers/67", content=RENAME, headers=OPERATION)
    await sandbox.settled()

    assert receiver.headers[0]["x-reverse-sync-operation"] == "op-1"
    assert sandbox.requests[-1].operation == "op-1"


async def test_a_silent_module_keeps_quiet_about_our_own_writes_only(make: Make, receiver: Receiver) -> None:
    sandbox = make(silent_on_reverse_sync=True)

    async with client_of(sandbox) as shop:
        await shop.patch("/api/customers/67", content=RENAME, headers=OPERATION)
        await shop.patch("/api/customers/67", content=RENAME)
    await sandbox.settled()

    assert len(receiver.bodies) == 1


async def test_a_person_in_the_back_office_is_told_without_an_operation(sandbox: Sandbox, receiver: Receiver) -> None:
    sandbox.edit("customers", 67, firstname="Janet")
    await sandbox.settled()

    assert receiver.bodies[0]["data"]["firstname"] == "Janet"
    assert "x-reverse-sync-operation" not in receiver.headers[0]


async def test_an_edit_of_the_state_in_the_back_office_mails_and_writes_history(sandbox: Sandbox) -> None:
    sandbox.edit("orders", 1001, current_state="3")

    assert [mail.subject for mail in sandbox.mails] == ["[RealShop] Processing in progress"]
    assert [row["id_order_state"] for row in sandbox.rows("order_histories") if row["id_order"] == "1001"] == ["2", "3"]


async def test_people_add_and_remove_records_too(sandbox: Sandbox, receiver: Receiver) -> None:
    added = sandbox.add("customers", email="new@example.com", firstname="New", lastname="One", passwd="x")
    sandbox.remove("customers", added)
    await sandbox.settled()

    assert [body["action_type"] for body in receiver.bodies] == ["created", "deleted"]
    assert receiver.bodies[1]["data"] == {"id": added}


async def test_a_webhook_that_fails_is_tried_again(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, pauses: list[float]
) -> None:
    receiver.answers = [503, 0]

    answer = await shop.patch("/api/customers/67", content=RENAME)
    await sandbox.settled()

    assert answer.status_code == 200
    assert sandbox.hooks.log[0].statuses == [503, 0, 202]
    assert len({body["event_id"] for body in receiver.bodies}) == 1
    assert pauses == [0.2, 1.0]


async def test_a_refused_webhook_is_not_tried_again(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    receiver.answers = [403]

    await shop.patch("/api/customers/67", content=RENAME)
    await sandbox.settled()

    assert sandbox.hooks.log[0].statuses == [403]


async def test_a_webhook_is_given_up_after_a_few_tries(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.answers = [500] * 9

    sandbox.edit("customers", 67, firstname="Janet")
    await sandbox.settled()

    assert sandbox.hooks.log[0].statuses == [500] * 4


@pytest.mark.parametrize("resource", ["product_options", "carts"])
async def test_the_module_is_silent_on_what_has_no_entity_type(sandbox: Sandbox, resource: str) -> None:
    row = sandbox.rows(resource)[0]

    sandbox.edit(resource, int(str(row["id"])))

    assert sandbox.hooks.log == []


def test_an_edit_without_a_loop_waits_to_be_sent(sandbox: Sandbox) -> None:
    sandbox.edit("customers", 67, firstname="Janet")

    assert [event.entity_type for event in sandbox.hooks.log] == ["customer"]


def test_an_edit_of_what_is_not_there_says_so(sandbox: Sandbox) -> None:
    with pytest.raises(KeyError, match="customers 999"):
        sandbox.edit("customers", 999, firstname="Nobody")
