"""Customers of an Odoo: reading, finding and writing the partners that people buy as."""

from __future__ import annotations

import pytest

from app.connectors.base import Gone, Removal, Snapshot, Written
from app.entities.base import Json, Ref, Side
from app.errors import NotFound, Rejected
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])
JOHN: dict[str, Json] = {
    "email": "john@x.test",
    "name": "John Doe",
    "company": "Doe & Sons",
    "language": "fr",
    "active": True,
}


@VERSIONS
async def test_a_customer_reads_in_words_that_need_no_look_up(version: int) -> None:
    odoo = erp("customer", version)

    record = await odoo.record(7)

    assert record == {
        "email": "acme@example.com",
        "name": "Acme Inc",
        "company": None,
        "website": None,
        "language": None,
        "active": True,
    }


@VERSIONS
async def test_a_hundred_customers_are_one_read(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    ids = [str(db.add("res.partner", {"name": f"C{n}", "email": f"c{n}@x.test"})) for n in range(99)]
    odoo = erp("customer", version, db=db)
    await odoo.snapshot(7)
    odoo.forget()

    found = await odoo.port.read([*ids, "424242"])

    assert odoo.calls() == ["res.partner.read"]
    assert isinstance(found["424242"], Gone)
    assert all(isinstance(found[number], Snapshot) for number in ids)


@VERSIONS
async def test_a_new_customer_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = erp("customer", version)
    odoo.db.tables["res.lang"][2]["active"] = True

    written = await odoo.create(JOHN, "boutique.customer_67")

    number = written.ref.native_id
    record = await odoo.record(number)
    assert {name: record[name] for name in JOHN} == JOHN
    again = await odoo.resolved(JOHN, number)
    assert {**written.state, **again.state} == written.state
    assert odoo.db.external_ids["boutique.customer_67"] == ("res.partner", int(number))
    assert odoo.db.tables["res.partner"][int(number)]["customer_rank"] == 1


@VERSIONS
async def test_a_create_that_is_made_twice_is_one_customer(version: int) -> None:
    odoo = erp("customer", version)

    first = await odoo.create(JOHN, "boutique.customer_67")
    second = await odoo.create(JOHN, "boutique.customer_67")

    assert first.ref == second.ref
    assert len([row for row in odoo.db.tables["res.partner"].values() if row["email"] == "john@x.test"]) == 1


@VERSIONS
async def test_a_hundred_creates_are_one_load_and_one_read(version: int) -> None:
    odoo = erp("customer", version)
    await odoo.snapshot(7)
    writes = [odoo.creation({"name": f"C{n}", "email": f"c{n}@x.test"}, f"b.customer_{n}") for n in range(100)]

    results = await odoo.results(*writes)

    assert odoo.calls() == ["res.partner.load", "res.partner.read"]
    assert [one.state["email"] for one in results if isinstance(one, Written)] == [f"c{n}@x.test" for n in range(100)]


@VERSIONS
async def test_one_refused_customer_does_not_fail_its_neighbours(version: int) -> None:
    odoo = erp("customer", version)
    good = odoo.creation({"name": "Good", "email": "good@x.test"}, "b.customer_1")
    bad = odoo.creation({"name": None, "email": "bad@x.test"}, "b.customer_2")

    stored, refused, other = await odoo.results(good, bad, odoo.update(8, {"website": "https://one.test"}))

    assert isinstance(stored, Written)
    assert isinstance(refused, Rejected)
    assert isinstance(other, Written)
    assert other.state["website"] == "https://one.test"


async def test_one_refused_among_many_is_found_by_halves() -> None:
    odoo = erp("customer")
    await odoo.snapshot(7)
    names = [None if n == 37 else f"C{n}" for n in range(64)]

    results = await odoo.results(
        *[odoo.creation({"name": name, "email": f"c{n}@x.test"}, f"b.customer_{n}") for n, name in enumerate(names)]
    )

    assert [n for n, one in enumerate(results) if not isinstance(one, Written)] == [37]
    assert odoo.calls().count("res.partner.load") == 13


async def test_a_customer_that_is_gone_fails_alone() -> None:
    odoo = erp("customer")

    here, missing = await odoo.results(odoo.update(8, {"active": False}), odoo.update(424242, {"active": False}))

    assert isinstance(here, Written)
    assert isinstance(missing, NotFound)


async def test_the_same_values_for_several_customers_are_one_write() -> None:
    odoo = erp("customer")
    await odoo.snapshot(7)

    await odoo.results(odoo.update(8, {"active": False}), odoo.update(18, {"active": False}), odoo.update(7, {}))

    assert sorted(odoo.calls()) == ["res.partner.read", "res.partner.write"]


async def test_a_write_names_its_operation_to_odoo() -> None:
    odoo = erp("customer")

    await odoo.change(8, {"website": "https://one.test"})

    assert next(one["sync_origin"] for one in odoo.contexts()) == "op-42"


async def test_a_customer_is_found_without_regard_to_case_and_two_are_both_given() -> None:
    odoo = erp("customer")

    assert await odoo.by("email", "acme@example.com") == ["7"]
    assert await odoo.by("email", "dup@example.com") == ["18", "19"]
    assert await odoo.by("email", "nobody@x.test") == []


async def test_many_customers_are_found_in_one_call() -> None:
    odoo = erp("customer")
    await odoo.snapshot(7)
    odoo.forget()

    await odoo.by("email", "acme@example.com")

    assert odoo.calls() == ["res.partner.search_read"]


async def test_an_archived_customer_and_one_inside_a_company_are_found_where_nothing_better_is() -> None:
    odoo = erp("customer")
    odoo.db.tables["res.partner"][18]["active"] = False
    inside = odoo.db.add("res.partner", {"name": "In", "email": "in@x.test", "email_normalized": "in@x.test"})
    odoo.db.tables["res.partner"][inside].update(parent_id=7)

    assert await odoo.by("email", "dup@example.com") == ["19"]
    odoo.db.tables["res.partner"][19]["active"] = False
    assert await odoo.by("email", "dup@example.com") == ["18", "19"]
    assert await odoo.by("email", "in@x.test") == [str(inside)]


async def test_an_address_is_no_customer_to_find() -> None:
    odoo = erp("customer")
    odoo.db.tables["res.partner"][11].update(email="ship@x.test", email_normalized="ship@x.test")

    assert await odoo.by("email", "ship@x.test") == []
    assert await odoo.gone(11)


async def test_a_language_that_is_not_installed_is_left_out_and_said() -> None:
    odoo = erp("customer")

    resolved = await odoo.resolved({"language": "zu"}, 8)

    assert resolved.state == {}
    assert "zu" in resolved.notes[0]


async def test_the_present_language_stays_when_it_is_of_the_wanted_kind() -> None:
    odoo = erp("customer")
    odoo.db.add("res.lang", {"name": "French (BE)", "code": "fr_BE", "iso_code": "fr_BE", "active": True})
    odoo.db.tables["res.lang"][2]["active"] = True
    odoo.db.tables["res.partner"][8]["lang"] = "fr_BE"

    assert (await odoo.resolved({"language": "fr"}, 8)).state == {"lang": "fr_BE"}
    assert (await odoo.resolved({"language": "fr"}, 7)).state == {"lang": "fr_FR"}


async def test_the_company_of_a_contact_inside_one_is_left_alone() -> None:
    odoo = erp("customer")
    odoo.db.tables["res.partner"][8]["parent_id"] = 7

    resolved = await odoo.resolved({"company": "Another"}, 8)

    assert resolved.state == {}
    assert resolved.notes


async def test_a_removed_customer_is_archived_or_deleted_and_may_be_gone_already() -> None:
    odoo = erp("customer")

    archived, deleted, gone = await odoo.results(
        odoo.update(8, {}, removal=Removal.ARCHIVE),
        odoo.update(18, {}, removal=Removal.DELETE),
        odoo.update(424242, {}, removal=Removal.DELETE),
    )

    assert isinstance(archived, Written)
    assert (archived.gone, archived.state["active"]) == (False, False)
    assert isinstance(deleted, Written)
    assert isinstance(gone, Written)
    assert (deleted.gone, gone.gone) == (True, True)
    assert 18 not in odoo.db.tables["res.partner"]


async def test_an_operators_own_fields_are_read_and_written_in_canonical_values() -> None:
    odoo = erp("customer", extra=["vat", "country_id", "customer_rank"])

    before = (await odoo.snapshot(7)).state
    changes: dict[str, Json] = {"extra:vat": "FR1", "extra:country_id": 75}
    [written] = await odoo.results(odoo.update(7, changes))

    assert before["extra:country_id"] == 233
    assert isinstance(written, Written)
    assert {name: written.state[name] for name in changes} == changes
    assert written.state["extra:customer_rank"] == 0


async def test_polling_offers_customers_and_neither_addresses_nor_contacts_without_an_email() -> None:
    odoo = erp("customer")

    assert await odoo.changed() == ["3", "7", "8", "18", "19"]


async def test_polling_can_be_limited_to_what_odoo_counts_as_customers() -> None:
    odoo = erp("customer", only_customers=True)
    odoo.db.tables["res.partner"][8]["customer_rank"] = 2

    assert await odoo.changed() == ["8"]


@VERSIONS
async def test_a_user_with_few_rights_reads_and_is_told_what_it_lacks(version: int) -> None:
    login = {"username": "limited", "api_key": f"{KEY}-limited"}
    odoo = erp("customer", version, login=login)

    assert (await odoo.record(7))["name"] == "Acme Inc"
    [refused] = await odoo.results(odoo.update(7, {"name": "X"}))

    assert not isinstance(refused, Written)
    assert refused.code == "not_permitted"


async def test_what_is_no_odoo_id_is_missing() -> None:
    odoo = erp("customer")

    assert await odoo.gone("x7")
    assert (await odoo.snapshot("7")).ref == Ref(side=Side.ODOO, entity_type=odoo.entity_type, native_id="7")


@VERSIONS
async def test_a_website_without_a_scheme_is_no_difference_to_the_one_that_odoo_stores(version: int) -> None:
    odoo = erp("customer", version)

    written = await odoo.create({**JOHN, "website": "x.test/shop"})
    number = written.ref.native_id

    assert written.state["website"] == "http://x.test/shop"
    assert (await odoo.record(number))["website"] == "x.test/shop"
    assert (await odoo.resolved({"website": "x.test/shop"}, number)).state["website"] == written.state["website"]
