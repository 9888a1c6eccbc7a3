"""A shop's customers as records: what they say, what comes back, and their removal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.connectors.base import MISSING, Cursor, Removal, Resolved, Snapshot, Written
from app.entities.base import EntityType, NaturalKey
from app.entities.records import FIELDS, record_key
from app.errors import Conflict, Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])


async def test_a_customer_in_neutral_words(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 67, email="JOHN@Example.com", company="Acme", website="https://x.test", id_lang="2")

    record = await shop.record("customer", 67)

    assert record == {
        "email": "john@example.com",
        "name": "Jon Do",
        "company": "Acme",
        "website": "https://x.test",
        "language": "fr",
        "active": True,
    }
    assert record.keys() == FIELDS[EntityType.CUSTOMER]


async def test_when_it_changed_is_said_in_utc(shop: Boutique) -> None:
    snapshot = await shop.state("customer", 67)

    assert isinstance(snapshot, Snapshot)
    assert snapshot.modified_at == datetime(2026, 11, 21, 1, 11, 55, tzinfo=UTC)


async def test_a_guest_is_a_customer_and_says_so(shop: Boutique) -> None:
    guest = shop.sandbox.add("customers", email="g@x.test", firstname="G", lastname="H", passwd="p" * 12, is_guest="1")

    snapshot = await shop.state("customer", guest)
    account = await shop.state("customer", 67)

    assert isinstance(snapshot, Snapshot)
    assert isinstance(account, Snapshot)
    assert (snapshot.state["is_guest"], account.state["is_guest"]) == (True, False)


@BOTH
async def test_a_new_customer_has_what_was_wanted_and_may_log_in(version: str) -> None:
    shop = boutique(version)

    written = await shop.keep(
        "customer", email="ana@x.test", name="Ana Maria Souza", company="Acme", website="https://x.test", language="fr",
        active=True,
    )  # fmt: skip

    row = shop.sandbox.row("customers", int(written.ref.native_id))
    assert (row["firstname"], row["lastname"], row["id_default_group"]) == ("Ana Maria", "Souza", "3")


@BOTH
async def test_changed_fields_change_and_the_others_stay(version: str) -> None:
    shop = boutique(version)
    before = dict(shop.sandbox.row("customers", 67))

    await shop.keep("customer", 67, name="John Doe", language="fr", company="Acme")

    after = shop.sandbox.row("customers", 67)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"firstname", "lastname", "id_lang", "company", "date_upd"}
    assert [request.method for request in shop.writes()] == ["PATCH" if version == "8.2.1" else "PUT"]


async def test_a_customer_with_one_name_keeps_it(shop: Boutique) -> None:
    written = await shop.keep("customer", email="m@x.test", name="Madonna")

    assert (written.state["firstname"], written.state["lastname"]) == ("Madonna", "-")


async def test_a_language_that_the_shop_lacks_is_left_out_with_a_note(shop: Boutique) -> None:
    written = await shop.keep("customer", 67, language="de", company="Acme")

    assert written.notes == ("language de is not in the shop",)
    assert (written.state["id_lang"], written.state["company"]) == (1, "Acme")


async def test_an_address_in_other_letters_is_no_change(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 67, email="JOHN@Example.com")

    resolved = await shop.in_its_words("customer", 67, email="john@example.com")

    assert resolved == Resolved(state={})


@pytest.mark.parametrize(
    ("number", "fields", "field"),
    [
        (None, {"name": "John Doe"}, "email"),
        (None, {"email": "x@x.test"}, "name"),
        (67, {"email": None}, "email"),
        (67, {"name": " "}, "name"),
    ],
)
async def test_without_an_address_or_a_name_there_is_no_customer_of_a_shop(
    shop: Boutique, number: int | None, fields: dict[str, str | None], field: str
) -> None:
    refused = await shop.in_its_words("customer", number, **fields)

    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("required", field)


async def test_one_record_that_is_refused_does_not_refuse_its_neighbours(shop: Boutique) -> None:
    await shop.keep("customer", 67, company="Acme")
    [written] = await shop.write("customer", 67, {"email": "pub@prestashop.com"})

    assert isinstance(written, Conflict)


async def test_it_is_found_by_the_key_of_a_record(shop: Boutique) -> None:
    key = record_key(EntityType.CUSTOMER, {"email": "John@Example.com"})
    assert isinstance(key, NaturalKey)

    found = await shop.records("customer").find([key])

    assert [snapshot.ref.native_id for snapshot in found[key]] == ["67"]


@BOTH
async def test_archived_means_not_active(version: str) -> None:
    shop = boutique(version)

    [written] = await shop.write("customer", 67, {}, removal=Removal.ARCHIVE)

    assert isinstance(written, Written)
    assert not written.gone
    assert written.state["active"] is False
    assert shop.sandbox.row("customers", 67)["lastname"] == "Do"


async def test_deleted_means_gone_and_deleting_it_again_is_no_error(shop: Boutique) -> None:
    snapshot = await shop.state("customer", 67)
    assert isinstance(snapshot, Snapshot)
    [written] = await shop.write("customer", 67, {}, removal=Removal.DELETE)

    assert isinstance(written, Written)
    assert (written.gone, written.state, written.ref) == (True, {}, snapshot.ref)
    assert shop.calls() == ["DELETE customers/67"]
    assert await shop.state("customer", 67) is MISSING


async def test_what_somebody_else_deleted_meanwhile_is_deleted(shop: Boutique) -> None:
    shop.sandbox.fail("DELETE", status=404)

    [written] = await shop.write("customer", 67, {}, removal=Removal.DELETE)

    assert isinstance(written, Written)
    assert written.gone


async def test_an_operators_own_fields_stand_in_the_state_and_in_no_record() -> None:
    shop = boutique(own={EntityType.CUSTOMER: ("max_payment_days", "outstanding_allow_amount", "show_public_prices")})

    [written] = await shop.write(
        "customer", 67,
        {"extra:max_payment_days": 30, "extra:outstanding_allow_amount": "12.5", "extra:show_public_prices": True},
    )  # fmt: skip

    assert isinstance(written, Written)
    own = {name: value for name, value in written.state.items() if name.startswith("extra:")}
    assert own == {
        "extra:max_payment_days": 30,
        "extra:outstanding_allow_amount": "12.5",
        "extra:show_public_prices": True,
    }
    assert (await shop.record("customer", 67)).keys() == FIELDS[EntityType.CUSTOMER]


async def test_an_own_field_that_the_shop_does_not_have_is_named() -> None:
    shop = boutique(own={EntityType.CUSTOMER: ("shoe_size",)})

    with pytest.raises(Rejected, match="shoe_size"):
        await shop.state("customer", 67)


async def test_the_shops_real_fields_are_listed_with_their_kind(shop: Boutique) -> None:
    fields = await shop.records("customer").native_fields()

    assert fields["active"] == "isBool"
    assert fields["id"] == "isUnsignedId"
    assert "groups" not in fields
    assert (await shop.records("coupon").native_fields())["name"].endswith("one per language")


async def test_all_customers_come_from_the_start(shop: Boutique) -> None:
    pages = [page async for page in shop.records("customer").changed_since(Cursor())]

    assert [page.ids for page in pages] == [("1", "2", "67")]


async def test_fifty_customers_are_read_and_put_in_neutral_words_in_one_call_each_time(shop: Boutique) -> None:
    numbers = [
        str(shop.sandbox.add("customers", email=f"c{n}@x.test", firstname="A", lastname="B", passwd="p" * 12))
        for n in range(50)
    ]
    port = shop.records("customer")

    for _ in range(2):
        found = await port.read(numbers)
        await port.to_records([snapshot.state for snapshot in found.values() if isinstance(snapshot, Snapshot)])

    assert sorted(shop.calls()) == ["GET configurations", "GET customers", "GET customers", "GET languages"]


async def test_a_guest_who_comes_back_says_who_stands_for_it(shop: Boutique) -> None:
    guests = [
        shop.sandbox.add("customers", email="g@x.test", firstname="G", lastname="H", passwd="p" * 12, is_guest="1")
        for _ in range(2)
    ]
    numbers = [str(number) for number in guests]
    first = await shop.port("customer").read([*numbers, "67"])
    account = shop.sandbox.add("customers", email="G@x.test", firstname="G", lastname="H", passwd="p" * 12)

    then = await shop.port("customer").read([*numbers, str(account)])

    assert [getattr(first[number], "same_as", "") for number in (*numbers, "67")] == [None, numbers[0], None]
    assert [getattr(shot, "same_as", "") for shot in then.values()] == [str(account), str(account), None]


async def test_customers_who_are_no_guests_cost_no_further_question(shop: Boutique) -> None:
    await shop.port("customer").read(["67", "2"])

    assert [call for call in shop.calls() if call.startswith("GET customers")] == ["GET customers"]


@BOTH
async def test_a_website_is_the_same_with_http_before_it(version: str) -> None:
    shop = boutique(version)
    shop.sandbox.edit("customers", 67, website="http://x.test")

    assert (await shop.record("customer", 67))["website"] == "x.test"
    assert await shop.in_its_words("customer", 67, website="x.test") == Resolved(state={})
    assert (await shop.keep("customer", 67, website="y.test")).state["website"] == "y.test"


async def test_a_language_is_what_is_spoken_whatever_the_shop_calls_it(shop: Boutique) -> None:
    """The shop calls the French of Canada `qc`, and the Portuguese of Brazil `br`."""
    shop.sandbox.add("languages", name="Québec", iso_code="qc", language_code="fr-ca", locale="fr-CA", active="1")
    shop.sandbox.add("languages", name="Brasil", iso_code="br", language_code="pt-br", locale="pt-BR", active="1")
    french, quebec, brazil = "2", *(str(row["id"]) for row in shop.sandbox.rows("languages")[2:])
    shop.sandbox.edit("customers", 67, id_lang=quebec)

    assert (await shop.record("customer", 67))["language"] == "fr"
    assert await shop.in_its_words("customer", 67, language="fr") == Resolved(state={"id_lang": int(quebec)})
    assert await shop.in_its_words("customer", 2, language="fr") == Resolved(state={"id_lang": int(french)})
    assert await shop.in_its_words("customer", 67, language="pt") == Resolved(state={"id_lang": int(brazil)})
