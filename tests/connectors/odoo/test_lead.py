"""Leads of an Odoo: making, finding, changing and losing them."""

from __future__ import annotations

import pytest

from app.connectors.base import Removal, Written
from app.entities.base import Json
from app.errors import Rejected
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])
BOB: dict[str, Json] = {
    "name": "Hundred mugs",
    "contact_name": "Bob",
    "email": "bob@example.com",
    "phone": "+33 1 23",
    "company": "Bob & Co",
    "description": "By Christmas?\n<b>Please</b>",
    "active": True,
}


@VERSIONS
async def test_a_new_lead_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = erp("lead", version)

    written = await odoo.create(BOB, "boutique.lead_1")

    number = written.ref.native_id
    assert await odoo.record(number) == BOB
    assert odoo.db.tables["crm.lead"][int(number)]["type"] == "lead"
    assert (await odoo.resolved(BOB, number)).state == written.state


@VERSIONS
async def test_the_same_marker_makes_one_lead(version: int) -> None:
    odoo = erp("lead", version, lead_type="opportunity")

    first = await odoo.create(BOB, "boutique.lead_1")
    second = await odoo.create(BOB, "boutique.lead_1")

    assert first.ref == second.ref
    [row] = odoo.db.tables["crm.lead"].values()
    assert row["type"] == "opportunity"


@VERSIONS
async def test_fifty_leads_are_one_load_and_one_read(version: int) -> None:
    odoo = erp("lead", version)
    states = [(await odoo.resolved({**BOB, "name": f"Lead {n}"})).state for n in range(50)]

    written = await odoo.results(*(odoo.creation(state, f"boutique.lead_{n}") for n, state in enumerate(states)))

    assert all(isinstance(one, Written) for one in written)
    assert odoo.calls() == ["crm.lead.load", "crm.lead.read"]


@VERSIONS
async def test_a_lead_is_found_by_its_email_and_name_even_when_it_is_lost(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    mine = db.add("crm.lead", {"name": "Mugs", "email_from": "Bob@X.test", "email_normalized": "bob@x.test"})
    db.add("crm.lead", {"name": "Cups", "email_from": "bob@x.test", "email_normalized": "bob@x.test"})
    odoo = erp("lead", version, db=db)

    assert await odoo.found({"name": "mugs", "email": "BOB@x.test"}) == [str(mine)]
    db.tables["crm.lead"][mine]["active"] = False
    assert await odoo.found({"name": "Mugs", "email": "bob@x.test"}) == [str(mine)]
    assert await odoo.found({"name": "Plates", "email": "bob@x.test"}) == []


@VERSIONS
async def test_a_lead_is_lost_by_its_button_and_can_come_back(version: int) -> None:
    odoo = erp("lead", version)
    number = (await odoo.create(BOB, "boutique.lead_1")).ref.native_id

    lost = await odoo.change(number, {"active": False, "phone": "5"})

    assert (lost.state["active"], lost.state["phone"]) == (False, "5")
    assert "crm.lead.action_set_lost" in odoo.calls()
    back = await odoo.change(number, {"active": True})
    assert back.state["active"] is True


@VERSIONS
async def test_archiving_a_lead_loses_it_and_deleting_deletes_it(version: int) -> None:
    odoo = erp("lead", version)
    first = (await odoo.create(BOB, "boutique.lead_1")).ref.native_id
    second = (await odoo.create({**BOB, "name": "Cups"}, "boutique.lead_2")).ref.native_id

    archived, deleted = await odoo.results(
        odoo.update(first, {}, removal=Removal.ARCHIVE), odoo.update(second, {}, removal=Removal.DELETE)
    )

    assert isinstance(archived, Written)
    assert archived.state["active"] is False
    assert isinstance(deleted, Written)
    assert deleted.gone
    assert await odoo.gone(second)


@VERSIONS
async def test_a_lead_without_a_name_is_refused(version: int) -> None:
    odoo = erp("lead", version)

    error = await odoo.refused({**BOB, "name": None})

    assert isinstance(error, Rejected)
    assert error.field == "name"


@VERSIONS
async def test_lost_leads_are_polled_too(version: int) -> None:
    odoo = erp("lead", version)
    number = (await odoo.create(BOB, "boutique.lead_1")).ref.native_id
    await odoo.change(number, {"active": False})

    assert await odoo.changed() == [number]
