"""Customers, in conversation with the sandbox shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Snapshot, Write, Written
from app.entities.customer import email_key
from app.errors import Conflict, Rejected, Retryable
from tests.connectors.prestashop.boutique import OPERATION, Boutique


async def test_only_what_differs_is_sent_and_what_is_stored_comes_back(shop: Boutique) -> None:
    written = await shop.written("customer", id=67, email="john@example.com", firstname="John", newsletter=True)

    assert written.state["firstname"] == "John"
    assert shop.calls() == ["PATCH customers/67", "GET customers"]
    [patch] = shop.writes()
    assert "<firstname>John</firstname>" in patch.body
    assert "<id>67</id>" in patch.body
    assert "<email>" not in patch.body
    assert patch.operation == OPERATION


async def test_the_same_event_again_differs_in_nothing(shop: Boutique) -> None:
    data: dict[str, Any] = {
        "id": 67,
        "firstname": "John",
        "note": "two\r\nlines & <b>",
        "birthday": "1980-05-06",
        "groups": [3],
    }
    await shop.written("customer", **data)

    assert await shop.apply("customer", **data) is None


async def test_before_8_0_the_whole_record_is_put_back_and_nothing_else_is_lost(old_shop: Boutique) -> None:
    before = dict(old_shop.sandbox.row("customers", 2))

    await old_shop.written("customer", id=2, company="Doe & Sons")

    after = dict(old_shop.sandbox.row("customers", 2))
    assert [request.method for request in old_shop.writes()] == ["PUT"]
    changed = {name for name in before if before[name] != after[name]} - {"date_upd"}
    assert changed == {"company"}
    assert after["company"] == "Doe & Sons"


async def test_a_new_customer_is_active_in_a_group_and_has_a_language(shop: Boutique) -> None:
    written = await shop.written("customer", "created", email="new@example.com", firstname="Ne", lastname="Wu")

    assert written.state["active"] is True
    assert written.state["id_default_group"] == 3
    assert written.state["groups"] == [3]
    assert written.state["id_lang"] == 1
    assert "random password" in written.notes[0]
    assert written.sent == {"active", "groups", "id_default_group", "id_lang"}


async def test_what_a_new_customer_is_given_wins_over_the_defaults(shop: Boutique) -> None:
    written = await shop.written(
        "customer",
        "created",
        email="new@example.com",
        firstname="Ne",
        lastname="Wu",
        active=False,
        groups=[1, 3],
        id_default_group=3,
        id_lang="FR",
        birthday="1990-01-02",
    )

    assert written.state["active"] is False
    assert written.state["groups"] == [1, 3]
    assert written.state["id_lang"] == 2
    assert written.state["birthday"] == "1990-01-02"


async def test_a_create_whose_answer_was_lost_is_found_again_by_its_e_mail(shop: Boutique) -> None:
    data = {"email": "new@example.com", "firstname": "Ne", "lastname": "Wu"}
    shop.sandbox.fail("POST", "/customers", name="commit_then_drop")
    lost = await shop.refused("customer", "created", **data)

    again = await shop.apply("customer", "created", **data)

    assert isinstance(lost, Retryable)
    assert again is None, "the lookup before the create finds it, with nothing left to write"
    assert [row["email"] for row in shop.sandbox.rows("customers")].count("new@example.com") == 1


async def test_an_e_mail_registered_since_the_lookup_is_found_by_the_retry_and_not_doubled(shop: Boutique) -> None:
    data = {"email": "John@example.com", "firstname": "Johnny", "lastname": "Doe"}
    shop.sandbox.fail("GET", "/customers.*email", status=200, body="[]", content_type="application/json")
    first = await shop.refused("customer", "created", **data)
    before = shop.sandbox.row("customers", 67)["firstname"]

    written = await shop.written("customer", "created", **data)

    assert isinstance(first, Retryable)
    assert before != "Johnny", "changed by the attempt that looked it up, and not before"
    assert (written.ref.native_id, written.state["firstname"]) == ("67", "Johnny")


async def test_an_e_mail_of_a_deleted_account_is_a_clear_conflict(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 67, deleted="1")

    error = await shop.refused("customer", "created", email="john@example.com", firstname="J", lastname="D")

    assert isinstance(error, Conflict)
    assert error.code == "duplicate_email"
    assert error.field == "email"


async def test_an_e_mail_of_somebody_else_is_a_conflict_and_no_retry(shop: Boutique) -> None:
    error = await shop.refused("customer", id=67, email="pub@prestashop.com")

    assert isinstance(error, Conflict)
    assert "another customer" in error.message


async def test_the_shops_own_rule_for_names_names_the_field(shop: Boutique) -> None:
    error = await shop.refused("customer", id=67, firstname="R2D2")

    assert isinstance(error, Rejected)
    assert error.field == "firstname"
    assert "Customer->firstname is not valid" in error.message


async def test_a_control_character_is_refused_by_field_before_it_reaches_the_shop(shop: Boutique) -> None:
    error = await shop.refused("customer", id=67, company="a\x0bb")

    assert isinstance(error, Rejected)
    assert error.field == "company"
    assert not shop.writes()


@pytest.mark.parametrize(
    ("data", "field"),
    [({"id_lang": "es"}, "id_lang"), ({"groups": [99]}, "groups"), ({"id_default_group": 99}, "id_default_group")],
)
async def test_a_language_or_group_the_shop_does_not_have_is_refused(
    shop: Boutique, data: dict[str, Any], field: str
) -> None:
    error = await shop.resolved("customer", id=67, **data)

    assert isinstance(error, Rejected)
    assert error.field == field


async def test_the_answer_to_an_unknown_language_lists_those_there_are(shop: Boutique) -> None:
    error = await shop.resolved("customer", id=67, id_lang="es")

    assert isinstance(error, Rejected)
    assert error.message == "id_lang es is no language of the shop; it has EN, FR"


async def test_many_are_read_in_one_call_and_what_lists_hide_one_by_one(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 2, id_shop="0")

    found = await shop.port("customer").read(["67", "2", "999"])

    assert isinstance(found["67"], Snapshot)
    assert isinstance(found["2"], Snapshot), "id_shop 0 hides it from lists only"
    assert found["999"] is MISSING
    assert shop.calls() == ["GET customers", "GET customers/2", "GET customers/999", "GET configurations"]
    shop.sandbox.requests.clear()
    await shop.port("customer").read(["67"])
    assert shop.calls() == ["GET customers"], "the shop's time zone is known by now"


async def test_no_password_hash_is_ever_asked_for(shop: Boutique) -> None:
    await shop.state("customer", 67)

    assert all("passwd" not in request.query for request in shop.sandbox.requests)


async def test_a_deleted_account_is_missing(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 67, deleted="1")

    assert await shop.state("customer", 67) is MISSING


async def test_an_account_is_preferred_to_guests_of_the_same_e_mail(shop: Boutique) -> None:
    for guest in ("1", "1", "0"):
        shop.sandbox.add(
            "customers", email="g@x.test", firstname="G", lastname="H", passwd="p" * 12, is_guest=guest, id_shop="1"
        )
    key = email_key("G@x.test")

    found = await shop.port("customer").find([key])

    assert [snapshot.ref.native_id for snapshot in found[key]] == ["70"]


async def test_many_e_mails_are_looked_up_in_one_call_and_odd_ones_by_themselves(shop: Boutique) -> None:
    shop.sandbox.add("customers", email="a|b@x.test", firstname="A", lastname="B", passwd="p" * 12, id_shop="1")
    keys = [email_key(text) for text in ("JOHN@example.com", "pub@prestashop.com", "a|b@x.test", "no@x.test")]

    found = await shop.port("customer").find(keys)

    assert [len(found[key]) for key in keys] == [1, 1, 1, 0]
    assert shop.calls().count("GET customers") == 2


async def test_one_bad_item_does_not_fail_its_neighbours(shop: Boutique) -> None:
    port = shop.port("customer")
    snapshots = await port.read(["67", "2"])
    refs = [snapshot.ref for snapshot in snapshots.values() if isinstance(snapshot, Snapshot)]
    writes = [
        Write(ref=refs[0], changes={"firstname": "R2D2"}, operation_id="op-a"),
        Write(ref=refs[1], changes={"firstname": "Jane"}, operation_id="op-b"),
    ]

    bad, good = await port.write(writes)

    assert isinstance(bad, Rejected)
    assert isinstance(good, Written)
    assert {request.operation for request in shop.writes()} == {"op-a", "op-b"}
