"""What all ports of an Odoo share: polling without a hole, values of an operator's own fields, writing in batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.base import Cursor, Page, Written
from app.connectors.odoo import polling
from app.connectors.odoo.capabilities import CAPABILITIES
from app.connectors.odoo.records import from_odoo, to_odoo
from app.entities.base import Json
from app.errors import AppError, BadPayload, PeerDown, Retryable
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.faults import OdooError
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import Erp, erp, other
from tests.connectors.odoo.servers import KEY, open_odoo

VERSIONS = pytest.mark.parametrize("version", [17, 19])
NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def planted(version: int, *moments: timedelta) -> tuple[Database, list[str]]:
    """A category per moment after noon, written then."""
    db = seeded(version=version, api_key=KEY)
    db.tables["product.category"].clear()
    ids: list[str] = []
    for moment in moments:
        number = db.add("product.category", {"name": f"C{len(ids)}"})
        db.tables["product.category"][number]["write_date"] = f"{NOON + moment:%Y-%m-%d %H:%M:%S.%f}"
        ids.append(str(number))
    return db, ids


async def polled(db: Database, cursor: Cursor, *, overlap_s: int = 0, limit: int = 3) -> list[Page]:
    connector, _ = open_odoo(db.version, db=db)
    pages = polling.changed_since(connector.client, "product.category", (), cursor, overlap_s=overlap_s, limit=limit)
    return [page async for page in pages]


def ids_of(pages: list[Page]) -> list[str]:
    return [number for page in pages for number in page.ids]


@VERSIONS
async def test_polling_shows_every_row_once_over_pages_and_seconds(version: int) -> None:
    moments = [timedelta(seconds=n // 2, microseconds=500_000 - n) for n in range(20)]
    db, ids = planted(version, *moments)

    pages = await polled(db, Cursor())

    assert sorted(ids_of(pages), key=int) == ids
    assert pages[-1].cursor.moment == "2026-11-21 12:00:09"


@VERSIONS
async def test_an_import_of_many_rows_in_one_moment_is_shown_whole(version: int) -> None:
    db, ids = planted(version, *[timedelta(microseconds=7)] * 10, timedelta(seconds=5))

    assert ids_of(await polled(db, Cursor())) == ids


@VERSIONS
async def test_rows_of_the_cursors_own_second_are_shown_again_rather_than_lost(version: int) -> None:
    db, ids = planted(version, timedelta(0), timedelta(seconds=1, microseconds=1), timedelta(seconds=1, microseconds=9))
    cursor = Cursor(moment="2026-11-21 12:00:01", native_id=ids[1])

    assert ids_of(await polled(db, cursor)) == ids[1:]


@VERSIONS
async def test_a_slow_transaction_that_committed_behind_the_cursor_is_seen(version: int) -> None:
    db, ids = planted(version, timedelta(seconds=-500), timedelta(seconds=-700))
    cursor = Cursor(moment="2026-11-21 12:00:00", native_id="99")

    pages = await polled(db, cursor, overlap_s=600)

    assert ids_of(pages) == [ids[0]]
    assert pages[-1].cursor == cursor


async def test_nothing_new_moves_no_cursor() -> None:
    db, _ = planted(17, timedelta(0))

    assert await polled(db, Cursor(moment="2026-11-22 12:00:00")) == []


async def test_the_first_run_shows_rows_without_a_date_as_well() -> None:
    db, ids = planted(17, timedelta(0), timedelta(seconds=1))
    db.tables["product.category"][int(ids[1])]["write_date"] = False

    assert ids_of(await polled(db, Cursor())) == [ids[1], ids[0]]
    assert ids_of(await polled(db, Cursor(moment="2026-11-21 12:00:00"))) == [ids[0]]


@VERSIONS
async def test_archived_records_are_polled_too(version: int) -> None:
    odoo = erp("customer", version)
    odoo.db.tables["res.partner"][8]["active"] = False

    assert "8" in await odoo.changed()


@pytest.mark.parametrize(
    ("kind", "value", "canonical", "written"),
    [
        ("char", False, None, False),
        ("char", " A ", "A", "A"),
        ("html", "<p>A</p>", "<p>A</p>", "<p>A</p>"),
        ("boolean", False, False, False),
        ("integer", 0, 0, 0),
        ("float", 19.990000000000002, "19.99", 19.99),
        ("monetary", 0.0, "0", 0.0),
        ("many2one", [75, "France"], 75, 75),
        ("many2one", False, None, False),
        ("many2many", [3, 1], [1, 3], [[6, 0, [1, 3]]]),
        ("date", "2026-01-02", "2026-01-02", "2026-01-02"),
        ("datetime", False, None, False),
        ("selection", "draft", "draft", "draft"),
    ],
)
def test_a_field_of_an_operators_own_has_a_canonical_value_by_its_type(
    kind: str, value: Json, canonical: Json, written: Json
) -> None:
    assert from_odoo(kind, value) == canonical
    assert to_odoo(kind, canonical) == written
    assert from_odoo(kind, written if not kind.endswith("2many") else value) == canonical


def test_a_relation_given_as_a_name_is_refused_before_odoo_makes_it_null() -> None:
    with pytest.raises(BadPayload):
        to_odoo("many2one", "France")


@VERSIONS
async def test_a_new_record_takes_operators_fields_of_every_type(version: int) -> None:
    odoo = erp("customer", version, extra=["category_id", "country_id", "credit_limit", "comment"])
    given: dict[str, Json] = {"extra:category_id": [1, 2], "extra:country_id": 75, "extra:comment": "<p>Hi</p>"}

    [written] = await odoo.results(odoo.creation({"name": "N", "email": "n@x.test", **given}, "b.customer_1"))

    assert isinstance(written, Written)
    assert {name: written.state[name] for name in given} == given


async def test_an_operators_field_that_this_odoo_lacks_is_not_read() -> None:
    odoo = erp("customer", 19, extra=["mobile"])

    assert "extra:mobile" not in (await odoo.snapshot(7)).state


@VERSIONS
async def test_the_peers_own_fields_are_told_with_their_types(version: int) -> None:
    fields = await erp("customer", version).port.native_fields()

    assert fields["country_id"] == "many2one"
    assert fields["active"] == "boolean"


@VERSIONS
async def test_a_race_that_one_row_lost_is_run_again_row_by_row(version: int) -> None:
    odoo = erp("customer", version)
    await odoo.snapshot(7)
    lost = OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update")
    odoo.db.trouble = [lost, lost]

    later, stored = await odoo.results(
        odoo.creation({"name": "A", "email": "a@x.test"}, "b.customer_1"),
        odoo.creation({"name": "B", "email": "b@x.test"}, "b.customer_2"),
    )

    assert isinstance(later, Retryable)
    assert later.code == "busy"
    assert isinstance(stored, Written)
    assert odoo.calls() == ["res.partner.load"] * 3 + ["res.partner.read"]


async def test_an_error_that_nobody_expected_is_one_of_its_item() -> None:
    odoo = erp("customer", extra=["vat"])

    broken, fine = await odoo.results(
        odoo.update(7, {"name": object()}),  # type: ignore[dict-item]
        odoo.update(8, {"name": "Fine"}),
    )

    assert isinstance(broken, AppError)
    assert isinstance(fine, Written)


async def test_a_silent_odoo_fails_every_item_without_asking_once_per_item() -> None:
    odoo: Erp = erp("customer")
    await odoo.snapshot(7)
    await odoo.port.native_fields()
    odoo.db.trouble = ["html"] * 50

    results = await odoo.results(*[odoo.creation({"name": f"{n}"}, f"b.customer_{n}") for n in range(20)])

    assert len(odoo.recorder.requests) == 1
    assert all(isinstance(one, Retryable) and not isinstance(one, PeerDown) for one in results)


@VERSIONS
async def test_a_user_without_settings_rights_makes_every_kind_of_record(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    db.accounts[1].admin, db.accounts[1].settings = True, False
    login = {"username": "limited", "api_key": f"{KEY}-limited"}
    odoo = erp("customer", version, db=db, login=login)

    def port(kind: str) -> Erp:
        return other(odoo, kind)

    person = await odoo.create({"name": "Jo", "email": "jo@x.test"}, "shopsync_b.customer_1")
    home = await port("address").create({"customer": person.ref.native_id, "street": "1 Main", "country": "FR"})
    group = await port("category").create({"name": "Hats", "parent": None}, "shopsync_b.category_1")
    hat: dict[str, Json] = {"name": "Hat", "price": "5", "category": group.ref.native_id}
    product = (await port("product").create(hat, "shopsync_b.product_1")).ref.native_id
    sizes: dict[str, Json] = {"product": product, "attributes": {"Size": "M"}, "sku": "H-M"}
    size = (await port("variant").create(sizes, "shopsync_b.variant_1")).ref.native_id
    stock = await port("stock").create({"product": product, "variant": size, "quantity": "3"})
    picture: dict[str, Json] = {"product": product, "content": "sha1:0", "cover": True}
    image = await port("image").create(picture, content=b"\x89PNG\r\n\x1a\n")

    assert home.state["parent"] == person.ref.native_id
    assert (stock.ref.native_id, stock.state["quantity"]) == (size, "3")
    assert image.ref.native_id == product


def test_every_port_says_what_it_can_do_and_what_it_does_not_see() -> None:
    odoo = erp("customer")

    assert {one.entity_type for one in CAPABILITIES} == odoo.ports.keys()
    assert all(port.entity_type == kind for kind, port in odoo.ports.items())
    assert all(one.unseen for one in CAPABILITIES)
