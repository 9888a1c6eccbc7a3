"""Leads: from a form of the shop into Odoo's pipeline, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ingest.leads import AcceptedLead, LeadForm, accept_lead
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on

TABLE_FOR_EIGHT = LeadForm(
    name="A table for eight",
    email="jane@example.com",
    contact_name="Jane Doe",
    phone="+49 30 1",
    description="Oak, please.",
)


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}) as opened:
        await switch_on(opened, crm={})
        opened.line.tell_of_writes = opened.tell
        yield opened


async def posted(both: TwoSides, form: LeadForm = TABLE_FOR_EIGHT) -> AcceptedLead:
    async with both.world.sessions.begin() as session:
        return await accept_lead(session, both.world.link, form, max_attempts=5)


async def kept(both: TwoSides) -> list[Any]:
    return await both.world.rows("SELECT * FROM leads ORDER BY id")


def leads_of_odoo(both: TwoSides, name: str = "A table for eight") -> list[Any]:
    return [row for row in both.odoo.tables["crm.lead"].values() if row["name"] == name]


async def test_a_lead_of_the_form_is_one_lead_in_odoo(both: TwoSides) -> None:
    await posted(both)

    await both.work()

    [lead] = leads_of_odoo(both)
    assert (lead["email_from"], lead["contact_name"], lead["phone"]) == ("jane@example.com", "Jane Doe", "+49 30 1")
    assert "Oak, please." in str(lead["description"])
    assert await both.unfinished() == []


async def test_a_form_that_is_sent_twice_is_one_lead(both: TwoSides) -> None:
    first, second = await posted(both), await posted(both)

    await both.work()

    assert (first.new, second.new, second.id) == (True, False, first.id)
    [row] = await kept(both)
    assert row.description == "Oak, please."
    assert len(leads_of_odoo(both)) == 1


async def test_who_writes_again_about_the_same_matter_goes_on_with_the_lead(both: TwoSides) -> None:
    await posted(both)
    await both.work()

    await posted(both, LeadForm(name="a table for eight", email="jane@example.com", description="Or beech?"))
    await both.work()

    [lead] = leads_of_odoo(both)
    assert "Oak, please." in str(lead["description"])
    assert "Or beech?" in str(lead["description"])
    assert lead["phone"] == "+49 30 1", "what was not written again stays"
    assert len(await kept(both)) == 1


async def test_another_matter_of_the_same_person_is_another_lead(both: TwoSides) -> None:
    await posted(both)
    await posted(both, LeadForm(name="Eight chairs", email="jane@example.com"))

    await both.work()

    assert len(leads_of_odoo(both)) == len(leads_of_odoo(both, "Eight chairs")) == 1


async def test_what_a_salesperson_changes_in_odoo_comes_back(both: TwoSides) -> None:
    await posted(both)
    await both.work()
    [lead] = leads_of_odoo(both)

    await both.edit_odoo("crm.lead", lead["id"], phone="+49 30 2")
    await both.work()

    [row] = await kept(both)
    assert row.phone == "+49 30 2"
    assert await both.unfinished() == []


async def test_a_lost_lead_is_closed_here(both: TwoSides) -> None:
    await posted(both)
    await both.work()
    [lead] = leads_of_odoo(both)

    await both.people.run_action("crm.lead", "action_set_lost", [lead["id"]])
    await both.tell("crm.lead", lead["id"])
    await both.work()

    [row] = await kept(both)
    assert row.active is False


async def test_a_lead_made_in_odoo_is_kept_here_and_makes_none_back(both: TwoSides) -> None:
    await both.add_to_odoo("crm.lead", name="A bench", email_from="otto@example.com")

    await both.work()

    [row] = await kept(both)
    assert (row.name, row.email, row.source) == ("A bench", "otto@example.com", "odoo")
    assert len(leads_of_odoo(both, "A bench")) == 1
    assert await both.unfinished() == []


async def test_a_create_whose_answer_was_lost_makes_one_lead(both: TwoSides) -> None:
    both.line.lose = {("crm.lead", "load")}
    await posted(both)

    await both.work()

    assert len(leads_of_odoo(both)) == 1
    assert await both.unfinished() == []
