"""Credit notes of an Odoo, made of what a shop gave back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.connectors.base import Removal, Write
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.entities.base import EntityType, Json
from app.errors import Parked, Rejected
from app.sandbox.odoo.call import linked
from app.sandbox.odoo.database import Database, Row
from tests.connectors.odoo.orders import MARKER as ORDER_MARKER
from tests.connectors.odoo.orders import Deaf, sold
from tests.connectors.odoo.ports import Erp, erp, other
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])
MARKER = "boutique.refund_40_71"
SHIRT: Mapping[str, Json] = {
    "product": "5",
    "variant": None,
    "sku": "TS-0",
    "name": "T-Shirt (S, Red)",
    "quantity": "1",
    "price": "18.5",
    "tax_rate": "20",
}
GIVEN_BACK: Mapping[str, Json] = {
    "reference": "1001-71",
    "customer": "7",
    "date": "2026-11-21",
    "currency": "EUR",
    "lines": [dict(SHIRT)],
    "shipping": {"name": "DPD", "price": "5", "tax_rate": "20"},
    "total": "28.2",
    "total_untaxed": "23.5",
    "reason": "Too small\nsorry",
}


async def _sold(version: int, **options: Any) -> tuple[Erp, str]:
    """A confirmed order of 7, billed to 12."""
    odoo = erp("refund", version, **options)
    made = await other(odoo, "order").create(sold(), ORDER_MARKER)
    return odoo, made.ref.native_id


def _moves(odoo: Erp) -> list[Row]:
    return list(odoo.db.tables["account.move"].values())


def _lines(odoo: Erp) -> list[Row]:
    return list(odoo.db.tables["account.move.line"].values())


def _given_back(order: str, **changed: Json) -> dict[str, Json]:
    return {**GIVEN_BACK, "order": order, **changed}


def _invoice(db: Database, order: str, **changed: object) -> int:
    row = db.tables["sale.order"][int(order)]
    made = db.add(
        "account.move",
        {"move_type": "out_invoice", "state": "posted", "name": "INV/2026/00001", "partner_id": 12, **changed},
    )
    row["invoice_ids"] = [*linked(row, "invoice_ids"), made]
    return made


@VERSIONS
async def test_what_was_given_back_is_a_draft_credit_note_that_reads_as_the_shop_says(version: int) -> None:
    odoo, order = await _sold(version)
    wanted = _given_back(order)

    written = await odoo.create(wanted, MARKER)

    assert await odoo.record(written.ref.native_id) == wanted
    [move] = _moves(odoo)
    assert (move["move_type"], move["state"], move["ref"]) == ("out_refund", "draft", "1001-71")
    assert (move["partner_id"], move["invoice_origin"]) == (12, odoo.db.tables["sale.order"][int(order)]["name"])


@VERSIONS
async def test_a_credit_note_with_its_lines_is_one_load(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order))).state

    await odoo.results(odoo.creation(state, MARKER))

    assert [call for call in odoo.calls() if not call.endswith("read")] == ["account.move.load"]


@VERSIONS
async def test_fifty_refunds_are_made_in_the_calls_of_one(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order))).state
    await odoo.results(odoo.creation(state, MARKER))
    once = len(odoo.calls())

    many = [odoo.creation({**state, "ref": f"1001-{n}"}, f"boutique.refund_40_{n}") for n in range(100, 150)]
    results = await odoo.results(*many)

    assert all(not isinstance(one, Exception) for one in results)
    assert len(_moves(odoo)) == 51
    # One more: of many markers it is asked by a search, of one by name.
    assert len(odoo.calls()) <= once + 1


@VERSIONS
async def test_a_second_create_is_the_first(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order))).state
    first = await odoo.results(odoo.creation(state, MARKER))

    again = await odoo.results(odoo.creation(state, MARKER))

    assert first == again
    assert (len(_moves(odoo)), len(_lines(odoo))) == (1, 2)


@VERSIONS
async def test_a_create_whose_answer_is_lost_is_one_credit_note(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order))).state
    lossy = _over(odoo, Deaf(odoo.db, ["account.move.load"]))

    [lost] = await lossy.results(lossy.creation(state, MARKER))
    [written] = await lossy.results(lossy.creation(state, MARKER))

    assert isinstance(lost, Exception)
    assert not isinstance(written, Exception)
    assert (len(_moves(odoo)), len(_lines(odoo))) == (1, 2)


@VERSIONS
async def test_posting_is_an_option(version: int) -> None:
    odoo, order = await _sold(version, post_credit_notes=True)

    await odoo.create(_given_back(order), MARKER)

    [move] = _moves(odoo)
    assert (move["state"], str(move["name"])[:5]) == ("posted", "RINV/")


@VERSIONS
async def test_another_total_than_the_shops_is_parked_and_never_posted(version: int) -> None:
    odoo, order = await _sold(version, post_credit_notes=True)
    state = (await odoo.resolved(_given_back(order, total="28.21"))).state

    [parked] = await odoo.results(odoo.creation(state, MARKER))

    assert isinstance(parked, Parked)
    assert "28.21 in the shop, 28.20 in Odoo" in parked.message
    assert [move["state"] for move in _moves(odoo)] == ["draft"]


@VERSIONS
async def test_a_draft_that_a_person_mended_goes_through_on_the_retry(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order, total="28.21"))).state
    await odoo.results(odoo.creation(state, MARKER))
    _moves(odoo)[0]["amount_total"] = 28.21

    [written] = await odoo.results(odoo.creation(state, MARKER))

    assert not isinstance(written, Exception)
    assert len(_lines(odoo)) == 2


@VERSIONS
@pytest.mark.parametrize(
    ("invoices", "named"),
    [
        ([{}], True),
        ([{"state": "draft"}], False),
        ([{}, {"name": "INV/2026/00002"}], False),
        ([{"move_type": "out_refund"}], False),
    ],
    ids=["one posted", "a draft", "two", "a credit note"],
)
async def test_the_invoice_it_takes_back_is_named_where_only_one_can_be_meant(
    version: int, invoices: list[dict[str, object]], named: bool
) -> None:
    odoo, order = await _sold(version)
    made = [_invoice(odoo.db, order, **one) for one in invoices]

    written = await odoo.create(_given_back(order), MARKER)

    move = odoo.db.tables["account.move"][int(written.ref.native_id)]
    assert move["reversed_entry_id"] == (made[0] if named else False)


@VERSIONS
async def test_pieces_whose_price_has_no_whole_cents_come_to_the_amount(version: int) -> None:
    odoo, order = await _sold(version)
    line = {**SHIRT, "quantity": "3", "price": "8.406667"}
    wanted = _given_back(order, lines=[line], shipping=None, total="30.26", total_untaxed="25.22")

    await odoo.create(wanted, MARKER)

    [made] = _lines(odoo)
    assert (made["quantity"], made["price_unit"], made["name"]) == (1.0, 25.22, "3 x T-Shirt (S, Red)")


@VERSIONS
async def test_an_amount_without_goods_stands_under_no_product(version: int) -> None:
    odoo, order = await _sold(version)
    line = {**SHIRT, "product": None, "sku": None, "name": "Refund", "price": "10", "tax_rate": "0"}

    written = await odoo.create(_given_back(order, lines=[line], shipping=None, total="10", total_untaxed="10"), MARKER)

    assert (await odoo.record(written.ref.native_id))["lines"] == [line]
    assert _lines(odoo)[0]["product_id"] is False


@VERSIONS
async def test_shipping_stands_under_the_service_that_orders_have_it_under(version: int) -> None:
    odoo, order = await _sold(version)

    await odoo.create(_given_back(order), MARKER)

    sold_as = {row["product_id"] for row in odoo.db.tables["sale.order.line"].values() if row["name"] == "DPD"}
    assert {row["product_id"] for row in _lines(odoo) if row["name"] == "DPD"} == sold_as


@VERSIONS
async def test_a_translation_makes_nothing_in_odoo(version: int) -> None:
    odoo, order = await _sold(version, shipping_product_sku="PARCEL")
    for row in [one for one in odoo.db.tables["product.product"].values() if one["default_code"] == "PARCEL"]:
        row["default_code"] = "GONE"
    products = len(odoo.db.tables["product.product"])

    await odoo.resolved(_given_back(order))

    assert len(odoo.db.tables["product.product"]) == products


@VERSIONS
async def test_a_service_for_shipping_that_somebody_deleted_is_made_again(version: int) -> None:
    odoo, order = await _sold(version)
    await odoo.create(_given_back(order), MARKER)
    products = odoo.db.tables["product.product"]
    for number in [number for number, row in products.items() if row["default_code"] == "SHIPPING"]:
        del products[number]

    written = await odoo.create(_given_back(order, reference="1001-72"), "boutique.refund_40_72")

    assert (await odoo.record(written.ref.native_id))["shipping"] == GIVEN_BACK["shipping"]


@VERSIONS
async def test_cents_that_odoo_rounds_away_are_a_line_of_their_own(version: int) -> None:
    odoo, order = await _sold(version)
    line = {**SHIRT, "quantity": "1", "price": "8.335"}
    wanted = _given_back(order, lines=[line], shipping=None, total="10", total_untaxed="8.33")

    written = await odoo.create(wanted, MARKER)

    assert written.state["amount_total"] == "10"
    assert [row["name"] for row in _lines(odoo)] == ["T-Shirt (S, Red)", "Rounding"]


@VERSIONS
async def test_a_rate_that_odoo_lacks_is_refused_by_name(version: int) -> None:
    odoo, order = await _sold(version)

    refused = await odoo.refused(_given_back(order, lines=[{**SHIRT, "tax_rate": "13"}]))

    assert (refused.code, refused.field) == ("no_tax", "lines")


@VERSIONS
async def test_a_refund_of_an_order_that_is_not_there_is_refused(version: int) -> None:
    odoo, _ = await _sold(version)

    assert (await odoo.refused(_given_back("999"))).code == "no_order"


@VERSIONS
async def test_one_bad_refund_does_not_fail_its_neighbours(version: int) -> None:
    odoo, order = await _sold(version)
    state = (await odoo.resolved(_given_back(order))).state
    bad = {**state, "partner_id": 99999}

    good, refused = await odoo.results(odoo.creation(state, MARKER), odoo.creation(bad, "boutique.refund_40_72"))

    assert not isinstance(good, Exception)
    assert isinstance(refused, Rejected)


@VERSIONS
async def test_it_is_found_by_the_shops_reference_in_any_case(version: int) -> None:
    odoo, order = await _sold(version)
    written = await odoo.create(_given_back(order, reference="Abc-71"), MARKER)
    _invoice(odoo.db, order, ref="ABC-71")

    assert await odoo.by("reference", "abc-71") == [written.ref.native_id]
    assert await odoo.by("reference", "abc-72") == []


@VERSIONS
async def test_an_invoice_is_no_refund(version: int) -> None:
    odoo, order = await _sold(version)

    assert await odoo.gone(_invoice(odoo.db, order))


@VERSIONS
async def test_what_is_booked_stays(version: int) -> None:
    odoo, order = await _sold(version)
    written = await odoo.create(_given_back(order), MARKER)

    resolved = await odoo.resolved({"total": "1"}, written.ref.native_id)

    assert resolved.state == {}
    assert resolved.notes == ("left as they are: total",)


@VERSIONS
async def test_a_draft_of_a_refund_that_is_gone_can_be_deleted_and_a_posted_one_not(version: int) -> None:
    odoo, order = await _sold(version)
    draft = await odoo.create(_given_back(order), MARKER)
    posted = await odoo.create(_given_back(order, reference="1001-72"), "boutique.refund_40_72")
    odoo.db.tables["account.move"][int(posted.ref.native_id)]["state"] = "posted"

    first, second = await odoo.results(*(_deletion(odoo, one.ref.native_id) for one in (draft, posted)))

    assert getattr(first, "gone", False)
    assert isinstance(second, Rejected)
    assert [str(number) for number in odoo.db.tables["account.move"]] == [posted.ref.native_id]


@VERSIONS
async def test_a_new_credit_note_is_shown_by_date_and_an_invoice_is_not(version: int) -> None:
    odoo, order = await _sold(version)
    written = await odoo.create(_given_back(order), MARKER)
    _invoice(odoo.db, order)

    assert await odoo.changed() == [written.ref.native_id]


def _deletion(odoo: Erp, number: str) -> Write:
    return Write(ref=odoo.ref(number), changes={}, operation_id="op-42", removal=Removal.DELETE)


def _over(odoo: Erp, recorder: Deaf) -> Erp:
    """The same database, over a line that loses an answer."""
    connector = OdooConnector("http://odoo.test", "odoo", "admin", KEY, name="erp", transport=recorder)
    ports = open_ports(connector.client, OdooOptions(), {})
    return Erp(db=odoo.db, recorder=recorder, ports=ports, entity_type=EntityType.REFUND)
