"""People of a WooCommerce who are none of those that are kept the same: WordPress tells of everybody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides

CUSTOMERS: dict[str, Any] = {"entities": {"customer": {"direction": "both"}}}


@pytest.fixture(params=["customers", "users"])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    """People are WooCommerce's customers, or WordPress' users with that role."""
    options = {} if request.param == "customers" else {"people": "users", "role": "customer"}
    async with open_two_sides(engine, kind="woocommerce", sync=CUSTOMERS, options=options) as opened:
        yield opened


async def set_role(both: TwoSides, number: str, role: str) -> None:
    both.world.shop.row("customers", int(number))["role"] = role
    await both.edit_person(number, first="Bea")


async def test_somebody_with_another_role_is_looked_at_once_and_left_alone(both: TwoSides) -> None:
    shop: Any = both.world.shop
    shop.add("users", username="bea", email="bea@example.com", password="long-enough-1", roles=["editor"])
    await shop.settled()
    both.forget_calls()

    await both.work()

    jobs = [job for job in await both.world.jobs("shop_to_odoo") if job.entity_type == "customer"]
    assert {(job.status, job.outcome, job.attempts) for job in jobs} == {("completed", "unchanged", 1)}
    assert both.partners(email="bea@example.com") == []
    assert (both.odoo_writes(), both.office.writes()) == ([], [])


async def test_a_synced_customer_whose_role_changes_is_looked_for_three_times_before_the_contact_is_archived(
    both: TwoSides,
) -> None:
    number = await both.add_person(first="Bea", last="Baker", email="bea@example.com")
    await both.work()
    [partner] = both.partners(email="bea@example.com")

    await set_role(both, number, "editor")
    await both.work()

    *_, job = await both.world.jobs("shop_to_odoo")
    assert (job.outcome, job.attempts) == ("deleted", 3)
    assert both.partner(partner["id"])["active"] is False


async def test_somebody_whose_role_becomes_one_that_is_kept_becomes_a_contact(both: TwoSides) -> None:
    shop: Any = both.world.shop
    made = shop.add("users", username="bea", email="bea@example.com", password="long-enough-1", roles=["editor"])
    await shop.settled()
    await both.work()

    await set_role(both, str(made), "customer")
    await both.work()

    assert len(both.partners(email="bea@example.com")) == 1
    assert await both.unfinished() == []
