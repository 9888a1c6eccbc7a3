"""Addresses of an Odoo: the child partners that keep an address of their own."""

from __future__ import annotations

import pytest

from app.connectors.base import Removal, Written
from app.entities.base import Json
from app.errors import NotFound, Rejected
from tests.connectors.odoo.ports import erp, other

VERSIONS = pytest.mark.parametrize("version", [17, 19])
HOME: dict[str, Json] = {
    "customer": "7",
    "name": "John Doe",
    "company": None,
    "street": "12 Main Street",
    "street2": None,
    "postcode": "94105",
    "city": "San Francisco",
    "state": "CA",
    "country": "US",
    "phone": "+1 555 0101",
}


@VERSIONS
async def test_a_new_address_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = erp("address", version)

    written = await odoo.create(HOME, "boutique.address_9")

    number = written.ref.native_id
    record = await odoo.record(number)
    assert {name: record[name] for name in HOME} == HOME
    again = await odoo.resolved(HOME, number)
    assert {**written.state, **again.state} == written.state
    stored = odoo.db.tables["res.partner"][int(number)]
    assert (stored["type"], stored["parent_id"], stored["state_id"]) == ("delivery", 7, 13)
    assert written.sent == {"type"}


async def test_a_mobile_number_is_kept_where_the_version_has_one_and_said_where_not() -> None:
    seventeen, nineteen = erp("address", 17), erp("address", 19)

    assert (await seventeen.resolved({"mobile": "0611"}, 11)).state == {"mobile": "0611"}
    left_out = await nineteen.resolved({"mobile": "0611"}, 11)

    assert left_out.state == {}
    assert left_out.notes
    assert "mobile" not in await nineteen.record(11)
    assert (await seventeen.record(11))["mobile"] is None


async def test_addresses_are_of_the_type_that_the_operator_chose() -> None:
    odoo = erp("address", address_type="other")

    written = await odoo.create(HOME)

    assert written.state["type"] == "other"


async def test_a_customer_and_a_contact_are_no_addresses() -> None:
    odoo = erp("address")
    contact = odoo.db.add("res.partner", {"name": "C", "parent_id": 7, "type": "contact"})

    assert await odoo.gone(7)
    assert await odoo.gone(contact)
    assert await odoo.changed() == ["11", "12"]


async def test_an_archived_address_is_missing() -> None:
    odoo = erp("address")
    odoo.db.tables["res.partner"][11]["active"] = False

    assert await odoo.gone(11)


async def test_an_address_is_found_by_its_place_however_it_is_written() -> None:
    odoo = erp("address")
    written = await odoo.create(HOME)

    assert await odoo.found({**HOME, "street": "12  MAIN street"}) == [written.ref.native_id]
    assert await odoo.found({**HOME, "customer": "8"}) == []
    assert await odoo.found({**HOME, "city": "Oakland"}) == []


async def test_many_addresses_are_found_and_read_in_one_call() -> None:
    odoo = erp("address")
    await odoo.create(HOME)
    odoo.forget()

    await odoo.found(HOME)
    await odoo.snapshot(11)

    assert odoo.calls() == ["res.partner.search_read", "res.partner.read"]


async def test_a_country_that_odoo_lacks_is_refused_by_name() -> None:
    refused = await erp("address").refused({**HOME, "country": "ZZ"})

    assert isinstance(refused, Rejected)
    assert refused.field == "country"


@pytest.mark.parametrize("place", [{"state": "TX"}, {"country": "FR"}, {"country": None}])
async def test_a_state_that_odoo_lacks_in_that_country_is_left_out_and_the_address_is_kept(
    place: dict[str, Json],
) -> None:
    """PrestaShop takes any state with any country, and writes some otherwise than Odoo (recordings 303, 304)."""
    odoo = erp("address")
    wanted = {**HOME, **place}

    resolved = await odoo.resolved(wanted)
    written = await odoo.create(wanted)

    assert any(note.startswith("state left out: ") for note in resolved.notes)
    assert (written.state["country"], written.state["state"]) == (wanted["country"], None)
    assert (await odoo.resolved(wanted, written.ref.native_id)).state["state"] is None


async def test_the_state_of_the_former_country_goes_with_it() -> None:
    odoo = erp("address")
    written = await odoo.create(HOME)

    moved = await odoo.resolved({"country": "FR"}, written.ref.native_id)
    changed = await odoo.change(written.ref.native_id, {"country": "FR"})

    assert moved.state == {"country": "FR", "state": None}
    assert moved.notes
    assert (changed.state["country"], changed.state["state"]) == ("FR", None)


async def test_a_state_is_looked_up_in_the_country_that_stands_there() -> None:
    odoo = erp("address")
    written = await odoo.create({**HOME, "state": None})

    changed = await odoo.change(written.ref.native_id, {"state": "CA"})

    assert changed.state["state"] == "CA"


async def test_an_address_keeps_its_customer() -> None:
    odoo = erp("address")

    assert (await odoo.resolved({"customer": "8"}, 11)).state == {}


async def test_an_address_of_no_customer_or_of_one_that_is_gone_fails_alone() -> None:
    odoo = erp("address")
    state = (await odoo.resolved(HOME)).state

    without, gone, good = await odoo.results(
        odoo.creation({**state, "parent": None}, "b.address_1"),
        odoo.creation({**state, "parent": "424242"}, "b.address_2"),
        odoo.creation(state, "b.address_3"),
    )

    assert isinstance(without, Rejected)
    assert without.field == "customer"
    assert isinstance(gone, Rejected | NotFound)
    assert isinstance(good, Written)


@pytest.mark.parametrize("removal", list(Removal))
async def test_a_removed_address_is_gone_either_way(removal: Removal) -> None:
    odoo = erp("address")

    [written] = await odoo.results(odoo.update(11, {}, removal=removal))

    assert isinstance(written, Written)
    assert written.gone
    assert (11 in odoo.db.tables["res.partner"]) == (removal is Removal.ARCHIVE)


async def test_countries_and_states_are_asked_once_for_all_ports() -> None:
    odoo = erp("address")
    odoo.db.tables["res.partner"][11].update(country_id=233, state_id=13)
    await odoo.snapshot(11)
    odoo.forget()

    await odoo.record(12)
    await odoo.resolved(HOME, 11)
    await other(odoo, "customer").record(7)

    assert odoo.calls() == ["res.partner.read", "res.partner.read", "res.partner.read"]
