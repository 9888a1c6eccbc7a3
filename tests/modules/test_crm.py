"""Each setting of the module CRM acts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.plan import CheckedModules
from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules.base import Effect, Place
from app.modules.composing import compose
from app.modules.crm import MODULE, CrmSettings
from app.modules.registry import check_modules
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}) as opened:
        yield opened


async def person_of_the_shop(both: TwoSides, email: str = "ada@example.com") -> int:
    number = both.world.shop.add("customers", firstname="Ada", lastname="Lovelace", email=email, active="1", passwd="x")
    await both.world.shop.settled()
    await both.work()
    return int(number)


async def contact_of_odoo(both: TwoSides, email: str = "grace@example.com") -> int:
    number = await both.add_to_odoo("res.partner", name="Grace Hopper", email=email)
    await both.work()
    return number


def emails_of_the_shop(both: TwoSides) -> set[Any]:
    return {row["email"] for row in both.shop_rows("customers")}


async def test_people_of_the_shop_and_contacts_are_kept_the_same_both_ways(both: TwoSides) -> None:
    await switch_on(both, crm={})

    await person_of_the_shop(both)
    number = await contact_of_odoo(both)

    assert len(both.partners(email="ada@example.com")) == 1
    assert "grace@example.com" in emails_of_the_shop(both)
    await both.edit_odoo("res.partner", number, name="Grace B Hopper")
    await both.work()
    [row] = [row for row in both.shop_rows("customers") if row["email"] == "grace@example.com"]
    assert (row["firstname"], row["lastname"]) == ("Grace B", "Hopper")


async def test_without_sync_users_as_contacts_neither_side_hears_of_the_others_people(both: TwoSides) -> None:
    await switch_on(both, crm={"sync_users_as_contacts": False})

    await person_of_the_shop(both)
    await contact_of_odoo(both)

    assert both.partners(email="ada@example.com") == []
    assert "grace@example.com" not in emails_of_the_shop(both)


@pytest.mark.parametrize(("archive", "left"), [(True, False), (False, True)])
async def test_a_deleted_person_is_archived_on_the_other_side_or_left(
    both: TwoSides, archive: bool, left: bool
) -> None:
    await switch_on(both, crm={"archive_on_delete": archive})
    number = await person_of_the_shop(both)

    both.world.shop.remove("customers", number)
    await both.world.shop.settled()
    await both.work()

    [partner] = both.partners(email="ada@example.com")
    assert partner["active"] is left
    assert await both.pairs() == [] or not left


async def test_without_create_users_on_pull_contacts_make_no_people_and_people_still_make_contacts(
    both: TwoSides,
) -> None:
    await switch_on(both, crm={"create_users_on_pull": False})

    await contact_of_odoo(both)
    number = await person_of_the_shop(both)

    assert "grace@example.com" not in emails_of_the_shop(both)
    [partner] = both.partners(email="ada@example.com")
    await both.edit_odoo("res.partner", partner["id"], name="Ada King")
    await both.work()
    assert both.shop_row("customers", number)["lastname"] == "King"


@pytest.mark.parametrize(("enabled", "taken"), [(True, True), (False, False)])
async def test_leads_are_taken_where_the_lead_form_is_enabled(both: TwoSides, enabled: bool, taken: bool) -> None:
    await switch_on(both, crm={"lead_form_enabled": enabled})
    await both.world.execute(
        "INSERT INTO leads (link_id, name, email) SELECT id, 'A pallet of jam', 'ada@example.com' FROM links"
    )

    await both.world.execute(
        "INSERT INTO sync_queue"
        " (link_id, module, direction, entity_type, side, native_id, lock_id, action, max_attempts)"
        " SELECT link_id, 'prestashop', 'shop_to_odoo', 'lead', 'shop', id::text, id::text, 'created', 3 FROM leads"
    )
    await both.work()

    leads = [row["name"] for row in both.odoo.tables["crm.lead"].values()]
    assert ("A pallet of jam" in leads) is taken


def check(crm: dict[str, Any], *, shop_kind: str, **others: dict[str, Any]) -> CheckedModules:
    return check_modules({"crm": crm, **others}, shop_kind=shop_kind)


def test_without_the_shops_module_a_woocommerces_people_are_wordpress_users() -> None:
    assert check({}, shop_kind="woocommerce").sync["shop"] == {"people": "users"}


def test_the_roles_are_options_of_the_connector() -> None:
    options = check({"sync_role": "subscriber", "default_user_role": "customer"}, shop_kind="woocommerce").sync["shop"]

    assert options == {"people": "users", "role": "subscriber", "new_user_role": "customer"}


@pytest.mark.parametrize("name", ["sync_role", "default_user_role"])
def test_a_role_is_refused_where_people_have_none(name: str) -> None:
    with pytest.raises(BadPayload, match=f"modules.crm.{name}: a prestashop has no roles") as caught:
        check({name: "subscriber"}, shop_kind="prestashop")

    assert caught.value.field == f"modules.crm.{name}"


def test_what_crm_says_of_customers_goes_before_what_the_shops_module_says() -> None:
    place = Place(shop_kind="woocommerce", modules=frozenset({"crm", "woocommerce"}))
    shop = Effect(entities={EntityType.CUSTOMER: {"direction": "shop_to_odoo", "poll_every_s": 60}})

    composed = compose([("woocommerce", shop), ("crm", MODULE.effect(CrmSettings(), place))])

    customer = composed.sync.entities[EntityType.CUSTOMER]
    assert (customer["direction"], customer["poll_every_s"]) == ("both", 60)
