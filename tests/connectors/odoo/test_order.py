"""Orders of an Odoo: reading many, finding, moving them along."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Removal, Written
from app.entities.base import Json
from app.errors import NotFound, Rejected
from app.sandbox.odoo.database import Account
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.orders import MARKER, lines_of, orders_of, sold
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])


async def _made(odoo: Erp, **changed: Json) -> str:
    return (await odoo.create(sold(**changed), MARKER)).ref.native_id


@VERSIONS
async def test_a_hundred_orders_are_a_handful_of_reads(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)
    row = odoo.db.tables["sale.order"][int(number)]
    [line, *_] = lines_of(odoo)
    copies = [odoo.db.add("sale.order", {**row}) for _ in range(99)]
    for copy in copies:
        odoo.db.add("sale.order.line", {**line, "order_id": copy})
    odoo.forget()

    found = await odoo.port.read([number, *map(str, copies), "424242"])

    assert sorted(odoo.calls()) == [
        "product.product.search_read",
        "res.partner.search_read",
        "sale.order.line.read",
        "sale.order.read",
        "stock.picking.search_read",
    ]
    assert len([shot for shot in found.values() if not isinstance(shot, str)]) == 100
    assert found["424242"] == "missing"


@VERSIONS
async def test_two_reads_of_an_unchanged_order_are_the_same_state(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)

    assert (await odoo.snapshot(number)).state == (await odoo.snapshot(number)).state


@VERSIONS
async def test_sections_notes_and_down_payments_are_no_lines(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)
    odoo.db.add("sale.order.line", {"order_id": int(number), "display_type": "line_note", "name": "gift wrap"})

    record: Any = await odoo.record(number)

    assert [line["name"] for line in record["lines"]] == ["T-Shirt (S, Red)"]


@VERSIONS
async def test_an_address_that_is_the_customer_or_another_contact_is_no_address(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, invoice_address=None)
    odoo.db.tables["sale.order"][int(number)]["partner_shipping_id"] = 8

    record = await odoo.record(number)

    assert (record["invoice_address"], record["delivery_address"]) == (None, None)


@VERSIONS
async def test_orders_are_found_by_the_shops_number_and_several_are_all_given(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, reference="Order_7")
    twin = odoo.db.add("sale.order", {"partner_id": 8, "client_order_ref": "ORDER_7"})
    odoo.db.add("sale.order", {"partner_id": 8, "client_order_ref": "OrderX7"})

    assert sorted(await odoo.found({"reference": "order_7"})) == sorted([number, str(twin)])
    assert await odoo.found({"reference": "nobody"}) == []


@VERSIONS
async def test_a_quotation_is_confirmed_and_keeps_the_date_it_was_ordered_on(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, status="draft")

    await odoo.change(number, {"status": "confirmed"})

    record = await odoo.record(number)
    assert (record["status"], record["date"]) == ("confirmed", "2026-11-20T10:11:12+00:00")
    assert len(odoo.db.tables["stock.picking"]) == 1


@VERSIONS
async def test_an_order_that_somebody_confirmed_meanwhile_is_confirmed(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, status="draft")
    base = (await odoo.snapshot(number)).state
    await odoo.change(number, {"status": "confirmed"})

    [written] = await odoo.results(odoo.update(number, {"state": "sale"}, base=base))

    assert isinstance(written, Written)
    assert written.state["state"] == "sale"
    assert len(odoo.db.tables["stock.picking"]) == 1


@VERSIONS
async def test_a_confirmed_order_is_cancelled_without_a_wizard(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)

    written = await odoo.change(number, {"status": "cancelled"})

    assert written.state["state"] == "cancel"


@VERSIONS
async def test_a_refused_button_is_told_and_the_neighbour_goes_through(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)
    neighbour = (await odoo.create(sold(reference="B", status="draft"), "boutique.order_2")).ref.native_id
    base = (await odoo.snapshot(number)).state
    odoo.db.tables["sale.order"][int(number)]["locked"] = True

    refused, written = await odoo.results(
        odoo.update(number, {"state": "cancel"}, base=base), odoo.update(neighbour, {"note": "Hi"})
    )

    assert isinstance(refused, Rejected)
    assert "cannot cancel a locked order" in refused.message
    assert isinstance(written, Written)
    assert written.state["note"] == "Hi"


@VERSIONS
async def test_a_done_order_is_locked_and_then_takes_no_note(version: int) -> None:
    odoo = erp("order", version, lock_done_orders=True)
    number = await _made(odoo)

    await odoo.change(number, {"status": "done"})

    assert (await odoo.record(number))["status"] == "done"
    resolved = await odoo.resolved({"note": "late", "reference": "NEW"}, number)
    assert resolved.state == {"client_order_ref": "NEW"}
    assert resolved.notes == ("note left out: the order is locked in Odoo",)
    written = await odoo.change(number, {"reference": "NEW"})
    assert written.state["client_order_ref"] == "NEW"


@VERSIONS
async def test_a_cancelled_order_is_opened_again_only_where_the_operator_says_so(version: int) -> None:
    closed = erp("order", version)
    number = await _made(closed, status="cancelled")
    assert (await closed.resolved({"status": "confirmed"}, number)).state == {}

    odoo = erp("order", version, db=closed.db, reopen_cancelled_orders=True)
    written = await odoo.change(number, {"status": "confirmed"})

    assert written.state["state"] == "sale"


@VERSIONS
async def test_what_was_bought_stays_bought(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)

    resolved = await odoo.resolved({"lines": [], "total": "1", "customer": "8"}, number)

    assert resolved.state == {}
    assert resolved.notes == ("left as they are: customer, lines, total",)


@VERSIONS
async def test_a_confirmed_order_is_not_deleted_and_none_is_archived(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)

    archived, deleted = await odoo.results(
        odoo.update(number, {}, removal=Removal.ARCHIVE), odoo.update(number, {}, removal=Removal.DELETE)
    )

    assert isinstance(archived, Rejected)
    assert archived.code == "cannot_archive"
    assert isinstance(deleted, Rejected)
    assert len(orders_of(odoo)) == 1


@VERSIONS
async def test_results_stand_where_their_writes_stood(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, status="draft")
    other = (await odoo.create(sold(reference="B", status="draft"), "boutique.order_2")).ref.native_id
    new = (await odoo.resolved(sold(reference="C"))).state

    changed, gone, made = await odoo.results(
        odoo.update(number, {"note": "Hi"}),
        odoo.update(other, {}, removal=Removal.DELETE),
        odoo.creation(new, "boutique.order_3"),
    )

    assert isinstance(changed, Written)
    assert changed.ref == odoo.ref(number)
    assert isinstance(gone, Written)
    assert (gone.ref, gone.gone) == (odoo.ref(other), True)
    assert isinstance(made, Written)
    assert made.state["client_order_ref"] == "C"


@VERSIONS
async def test_an_order_that_is_gone_is_not_found(version: int) -> None:
    odoo = erp("order", version)

    [error] = await odoo.results(odoo.update("424242", {"state": "sale"}))

    assert isinstance(error, NotFound)


@VERSIONS
async def test_a_user_without_settings_rights_makes_and_moves_orders(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    db.add("res.users", {"name": "Sync", "login": "sync", "company_id": 1, "company_ids": [1]}, row_id=9)
    db.accounts.append(Account(uid=9, login="sync", password="sync", api_key="sync-key", settings=False))
    odoo = erp("order", version, db=db, login={"username": "sync", "api_key": "sync-key"})

    number = await _made(odoo)
    await odoo.change(number, {"tracking": "1Z1", "note": "Hello"})

    record = await odoo.record(number)
    assert (record["status"], record["tracking"], record["note"]) == ("confirmed", "1Z1", "Hello")


async def test_an_order_is_found_by_a_number_of_any_signs() -> None:
    odoo = erp("order")
    number = await _made(odoo, reference="A_1%\\")

    assert await odoo.found({"reference": "a_1%\\"}) == [number]
    assert await odoo.found({"reference": "ab1%\\"}) == []


async def test_totals_of_a_currency_with_three_decimals_are_whole() -> None:
    odoo = erp("order")
    number = await _made(odoo)
    odoo.db.tables["sale.order"][int(number)].update(amount_total=12.345000000000001, amount_untaxed=10.288)

    record = await odoo.record(number)

    assert (record["total"], record["total_untaxed"]) == ("12.345", "10.288")
