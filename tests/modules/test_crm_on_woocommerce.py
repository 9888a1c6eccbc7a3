"""The module CRM on a WooCommerce: WordPress' users, or the shop's customers with their addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on

USA, CALIFORNIA, FRANCE = 233, 13, 75
HOME: Final = {"type": "invoice", "name": "Ada", "street": "5 Ocean Drive", "zip": "94105", "city": "San Francisco"}


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}, kind="woocommerce") as opened:
        opened.listen()
        yield opened


async def told(both: TwoSides) -> None:
    await both.office.settled()
    await both.work()


async def a_user(
    both: TwoSides, email: str, *, first: str = "Ada", last: str = "Lovelace", role: str = "author"
) -> int:
    """Made in WordPress."""
    shop: Any = both.world.shop
    names = {"first_name": first, "last_name": last}
    number: int = shop.add("users", username=email, email=email, password="x", roles=[role], **names)
    await told(both)
    return number


def users(both: TwoSides, email: str) -> list[Mapping[str, Any]]:
    return [row for row in both.shop_rows("users") if row["email"].lower() == email]


async def test_a_users_name_is_composed_and_a_contacts_is_split(both: TwoSides) -> None:
    await switch_on(both, crm={})

    user = await a_user(both, "ada@example.com", first="Ada Augusta", last="Lovelace")
    contact = await both.add_to_odoo("res.partner", name="Grace Brewster Hopper", email="grace@example.com")
    await both.work()

    [partner] = both.partners(email="ada@example.com")
    assert partner["name"] == "Ada Augusta Lovelace"
    [grace] = users(both, "grace@example.com")
    assert (grace["first_name"], grace["last_name"]) == ("Grace Brewster", "Hopper")
    await both.edit_odoo("res.partner", partner["id"], name="Ada King")
    both.office.edit_person(str(grace["id"]), last="Murray")
    await told(both)
    assert [(row["first_name"], row["last_name"]) for row in users(both, "ada@example.com")] == [("Ada", "King")]
    assert both.partner(contact)["name"] == "Grace Brewster Murray"
    assert user
    assert await both.unfinished() == []


async def test_one_e_mail_address_is_one_person_whichever_side_knew_it_first(both: TwoSides) -> None:
    user = await a_user(both, "ada@example.com")
    [contact] = await both.people.create("res.partner", [{"name": "Grace Hopper", "email": "Grace@Example.com"}])
    await both.world.execute("DELETE FROM sync_queue")
    await switch_on(both, crm={})

    adopting = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ADA@example.com")
    await both.work()
    adopted = await a_user(both, "grace@example.com", first="Grace", last="Hopper")

    assert (await both.pair_of("customer", odoo=adopting)).shop_id == str(user)
    assert (await both.pair_of("customer", shop=adopted)).odoo_id == str(contact)
    assert [len(users(both, email)) for email in ("ada@example.com", "grace@example.com")] == [1, 1]
    assert len(both.partners(email_normalized="grace@example.com", parent_id=False)) == 1
    assert await both.unfinished() == []


@pytest.mark.parametrize(("archive", "active"), [(True, False), (False, True)])
async def test_a_deleted_user_is_archived_in_odoo_or_left(both: TwoSides, archive: bool, active: bool) -> None:
    await switch_on(both, crm={"archive_on_delete": archive})
    user = await a_user(both, "ada@example.com", role="customer")

    both.office.remove_person(str(user))
    await told(both)

    [partner] = both.partners(email="ada@example.com")
    assert partner["active"] is active
    assert users(both, "ada@example.com") == []


@pytest.mark.parametrize(("create", "made"), [(True, 1), (False, 0)])
async def test_contacts_make_users_with_create_users_on_pull(both: TwoSides, create: bool, made: int) -> None:
    await switch_on(both, crm={"create_users_on_pull": create})

    await both.add_to_odoo("res.partner", name="Grace Hopper", email="grace@example.com")
    await both.work()
    await a_user(both, "ada@example.com")

    assert len(users(both, "grace@example.com")) == made
    assert len(both.partners(email="ada@example.com")) == 1


async def test_a_contact_of_somebody_with_another_role_than_sync_role_makes_no_second_user(both: TwoSides) -> None:
    await switch_on(both, crm={"sync_role": "subscriber"})
    editor = await a_user(both, "bea@example.com", role="editor")

    await both.add_to_odoo("res.partner", name="Bea Other", email="bea@example.com")
    await both.work()

    assert [row["id"] for row in users(both, "bea@example.com")] == [editor]
    assert users(both, "bea@example.com")[0]["last_name"] == "Lovelace"
    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE error_code IS NOT NULL")
    assert (job.error_code, job.side, job.entity_type) == ("duplicate_email", "odoo", "customer")


@pytest.mark.parametrize(("crm", "arrives"), [({}, True), ({"sync_users_as_contacts": False}, False)])
async def test_addresses_of_people_go_both_ways_with_the_codes_of_country_and_state(
    both: TwoSides, crm: dict[str, Any], arrives: bool
) -> None:
    await switch_on(both, crm=crm, woocommerce={})
    customer = both.office.add_person(first="Ada", last="Lovelace", email="ada@example.com")
    await told(both)
    partner = int((await both.pair_of("customer", shop=customer)).odoo_id)

    home = await both.add_to_odoo("res.partner", parent_id=partner, country_id=USA, state_id=CALIFORNIA, **HOME)
    await both.work()

    [billing] = [row["billing"] for row in both.shop_rows("customers") if str(row["id"]) == customer]
    assert (billing["country"], billing["state"]) == (("US", "CA") if arrives else ("", ""))
    if arrives:
        both.office.edit_place(f"{customer}:billing", country="FR", zip="75002", city="Paris")
        await told(both)
        row = both.partner(home)
        assert (row["country_id"], row["state_id"], row["city"]) == (FRANCE, False, "Paris")
        assert await both.unfinished() == []


async def test_with_create_users_on_pull_off_no_address_is_made_in_the_shop(both: TwoSides) -> None:
    await switch_on(both, crm={"create_users_on_pull": False}, woocommerce={})
    customer = both.office.add_person(first="Ada", last="Lovelace", email="ada@example.com")
    await told(both)
    partner = int((await both.pair_of("customer", shop=customer)).odoo_id)

    await both.add_to_odoo("res.partner", parent_id=partner, country_id=USA, state_id=CALIFORNIA, **HOME)
    await both.work()

    assert both.office.places() == [place for place in both.office.places() if place.customer != customer]
