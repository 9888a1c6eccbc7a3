"""Addresses, in conversation with the sandbox shop. It checks no id of an address; this service does."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import MISSING, Resolved
from app.entities.address import alias_key
from app.errors import NotFound, Rejected, Retryable
from tests.connectors.prestashop.boutique import Boutique, boutique

WORK: dict[str, Any] = {"id_customer": 67, "alias": "Work", "address1": "1 Rue X", "city": "Paris", "postcode": "75001"}


async def test_names_come_from_the_customer_and_the_country_from_the_shop(shop: Boutique) -> None:
    written = await shop.written("address", "created", **WORK)

    assert written.state["firstname"] == shop.sandbox.row("customers", 67)["firstname"]
    assert written.state["id_country"] == 8
    assert written.notes == ("no country given: FR, the link's default, was used",)
    assert written.sent == {"firstname", "lastname", "id_country"}


async def test_the_links_option_sets_the_default_country_and_states_are_asked_for() -> None:
    shop = boutique(default_country="us")

    written = await shop.written("address", "created", **WORK)

    assert written.state["id_country"] == 21
    assert written.notes == (
        "no country given: US, the link's default, was used",
        "country US has states and none was given",
    )


async def test_country_and_state_may_be_given_by_iso_code(shop: Boutique) -> None:
    written = await shop.written("address", "created", **WORK, country="us", state="ny", lastname="Roe", firstname="R")

    assert (written.state["id_country"], written.state["id_state"]) == (21, 35)
    assert written.state["lastname"] == "Roe"
    assert written.notes == ()


async def test_the_owner_may_be_given_by_e_mail(shop: Boutique) -> None:
    data = {**WORK, "customer_email": "JOHN@example.com"}
    del data["id_customer"]

    written = await shop.written("address", "created", **data)

    assert written.state["id_customer"] == 67
    assert await shop.apply("address", "created", **data) is None, "found again by e-mail and alias"


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"country": "XX"}, "id_country", "is no country of the shop; it has DE, FR, US"),
        ({"id_country": 9999}, "id_country", "is no country of the shop"),
        ({"country": "FR", "state": "NY"}, "id_state", "is no state of that country"),
        ({"country": "FR", "id_state": 35}, "id_state", "belongs to another country"),
        ({"id_state": 9999}, "id_state", "is no state of the shop"),
    ],
)
async def test_a_place_the_shop_does_not_know_is_refused(
    shop: Boutique, data: dict[str, Any], field: str, words: str
) -> None:
    error = await shop.refused("address", "created", **WORK, **data)

    assert isinstance(error, Rejected)
    assert error.field == field
    assert words in error.message
    assert not shop.writes()


async def test_a_country_that_is_not_active_is_taken_with_a_note(shop: Boutique) -> None:
    resolved = await shop.resolved("address", "created", **WORK, country="BE")

    assert isinstance(resolved, Resolved)
    assert resolved.notes == ("country BE is not active in the shop",)


async def test_an_unknown_customer_is_not_found(shop: Boutique) -> None:
    error = await shop.refused("address", "created", **{**WORK, "id_customer": 99999})

    assert isinstance(error, NotFound)
    assert error.message == "Customer 99999 not found in the shop"
    assert error.field == "id_customer"


async def test_a_customer_known_by_e_mail_only_is_waited_for(shop: Boutique) -> None:
    error = await shop.resolved("address", customer_email="later@x.test", alias="Home", city="Paris")

    assert isinstance(error, Retryable)
    assert error.code == "customer_missing"


async def test_a_change_of_country_drops_the_state_of_the_old_one(shop: Boutique) -> None:
    await shop.written("address", "created", **WORK, country="US", state="NY")

    written = await shop.written("address", id_customer=67, alias="work", country="FR")

    assert (written.state["id_country"], written.state["id_state"]) == (8, None)
    assert written.notes == ("the state of the former country was removed",)
    assert written.sent == {"id_state"}, "what the port adds to a change is said"


async def test_a_state_of_another_country_than_the_address_has_is_refused(shop: Boutique) -> None:
    await shop.written("address", "created", **WORK, country="FR")

    error = await shop.refused("address", id_customer=67, alias="Work", id_state=35)

    assert isinstance(error, Rejected)
    assert error.field == "id_state"
    assert not shop.writes()


async def test_a_changed_address_keeps_its_customer_and_its_other_fields(shop: Boutique) -> None:
    created = await shop.written("address", "created", **WORK, phone="0102030405")

    written = await shop.written("address", id=int(created.ref.native_id), city="Lyon")

    assert dict(written.state) == {**created.state, "city": "Lyon"}


async def test_before_8_0_a_changed_address_keeps_its_customer_too(old_shop: Boutique) -> None:
    created = await old_shop.written("address", "created", **WORK, phone="0102030405")

    written = await old_shop.written("address", id=int(created.ref.native_id), city="Lyon")

    assert dict(written.state) == {**created.state, "city": "Lyon"}


async def test_a_deleted_address_is_missing_and_not_found_by_its_alias(shop: Boutique) -> None:
    shop.sandbox.edit("addresses", 7, deleted="1")
    key = alias_key(67, "My address")

    assert await shop.state("address", 7) is MISSING
    assert (await shop.port("address").find([key]))[key] == []


async def test_the_addresses_of_many_customers_are_found_in_one_list(shop: Boutique) -> None:
    keys = [alias_key(67, "My address"), alias_key(2, "My address"), alias_key(99, "X"), alias_key("no@x.test", "X")]

    found = await shop.port("address").find(keys)

    assert [len(found[key]) for key in keys] == [1, 2, 0, 0]
    assert shop.calls().count("GET addresses") == 1
