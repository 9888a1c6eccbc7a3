"""Invoices of an Odoo, which are read and never written."""

from __future__ import annotations

import pytest

from app.connectors.base import Desired, Removal
from app.errors import Rejected
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])


def _billed(version: int, **changed: object) -> tuple[Erp, str]:
    """An order of 7 and its posted invoice to 12, as recorded."""
    db = seeded(version=version, api_key=KEY)
    db.add("sale.order", {"name": "S00003", "partner_id": 7, "partner_invoice_id": 12})
    invoice = db.add(
        "account.move",
        {
            "name": "INV/2026/00001",
            "move_type": "out_invoice",
            "state": "posted",
            "payment_state": "not_paid",
            "partner_id": 12,
            "invoice_date": "2026-11-21",
            "invoice_origin": "S00003",
            "amount_untaxed": 58.0,
            "amount_total": 66.7,
            "currency_id": 126,
            **changed,
        },
    )
    return erp("invoice", version, db=db), str(invoice)


@VERSIONS
async def test_an_invoice_names_its_order_and_its_customer(version: int) -> None:
    odoo, number = _billed(version)
    [order] = odoo.db.tables["sale.order"]

    assert await odoo.record(number) == {
        "number": "INV/2026/00001",
        "order": str(order),
        "customer": "7",
        "date": "2026-11-21",
        "currency": "EUR",
        "total": "66.7",
        "total_untaxed": "58",
        "status": "posted",
        "payment_status": "not_paid",
    }


@VERSIONS
async def test_many_invoices_are_one_read_and_one_look_for_their_orders(version: int) -> None:
    odoo, number = _billed(version)
    row = odoo.db.tables["account.move"][int(number)]
    more = [str(odoo.db.add("account.move", {**row, "name": f"INV/{n}"})) for n in range(50)]
    await odoo.snapshot(number)
    odoo.forget()

    await odoo.port.read([number, *more])

    assert odoo.calls() == ["account.move.read", "sale.order.search_read"]


@VERSIONS
async def test_an_invoice_without_an_order_is_its_payers(version: int) -> None:
    odoo, number = _billed(version, invoice_origin=False, partner_id=8)

    record = await odoo.record(number)

    assert (record["order"], record["customer"]) == (None, "8")


@VERSIONS
async def test_an_order_name_that_two_have_names_neither(version: int) -> None:
    odoo, number = _billed(version)
    odoo.db.add("sale.order", {"name": "S00003", "partner_id": 8})

    assert (await odoo.record(number))["order"] is None


@VERSIONS
async def test_a_database_that_bills_without_the_sales_app_has_invoices_too(version: int) -> None:
    odoo, number = _billed(version)
    del odoo.db.models["sale.order"]

    record = await odoo.record(number)

    assert (record["order"], record["customer"]) == (None, "12")


@VERSIONS
async def test_a_credit_note_is_below_zero_and_a_draft_has_no_number(version: int) -> None:
    odoo, number = _billed(version, move_type="out_refund", name="/", state="draft", invoice_date=False)

    record = await odoo.record(number)

    assert (record["total"], record["total_untaxed"]) == ("-66.7", "-58")
    assert (record["number"], record["date"], record["status"]) == (None, None, "draft")


@VERSIONS
async def test_a_vendors_bill_is_no_invoice_here(version: int) -> None:
    odoo, number = _billed(version, move_type="in_invoice")

    assert await odoo.gone(number)
    assert await odoo.changed() == []


@VERSIONS
async def test_an_invoice_is_found_by_its_number_and_polled(version: int) -> None:
    odoo, number = _billed(version)

    assert await odoo.by("number", "inv/2026/00001") == [number]
    assert await odoo.by("number", "inv/2026/00002") == []
    assert await odoo.changed() == [number]


@VERSIONS
async def test_nothing_is_written_to_an_invoice(version: int) -> None:
    odoo, number = _billed(version)

    results = await odoo.results(
        odoo.creation({"name": "X"}, "boutique.invoice_1"),
        odoo.update(number, {"state": "draft"}),
        odoo.update(number, {}, removal=Removal.DELETE),
    )
    [resolved] = await odoo.port.from_records([Desired(fields={"status": "draft"})])

    assert [one.code for one in (*results, resolved) if isinstance(one, Rejected)] == ["read_only"] * 4
    assert odoo.calls() == []
