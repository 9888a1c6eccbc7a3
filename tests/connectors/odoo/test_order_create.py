"""New orders in Odoo: what they hold, in how few calls, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Desired, Resolved, Written
from app.entities.base import Json
from app.errors import Rejected
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.orders import MARKER, SHIRT, SOLD, lines_of, orders_of, sold
from tests.connectors.odoo.ports import erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])


@VERSIONS
async def test_a_new_order_holds_what_was_sold_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = erp("order", version)

    written = await odoo.create(SOLD, MARKER)

    assert written.notes == ()
    record = await odoo.record(written.ref.native_id)
    assert record == SOLD
    assert (await odoo.resolved({"status": "confirmed", "note": SOLD["note"]}, written.ref.native_id)).state == {
        "note": SOLD["note"]
    }
    [resolved] = await odoo.port.from_records([Desired(fields=SOLD)])
    assert isinstance(resolved, Resolved)
    assert await odoo.port.to_records([resolved.state]) == [sold()]


@VERSIONS
async def test_an_address_that_is_not_given_is_the_customers_own_and_not_any_he_has(version: int) -> None:
    odoo = erp("order", version)

    written = await odoo.create(sold(invoice_address=None, delivery_address=None), MARKER)

    row = odoo.db.tables["sale.order"][int(written.ref.native_id)]
    assert (row["partner_invoice_id"], row["partner_shipping_id"]) == (7, 7)
    record = await odoo.record(written.ref.native_id)
    assert (record["invoice_address"], record["delivery_address"]) == (None, None)


@VERSIONS
async def test_without_the_delivery_app_shipping_is_told_by_its_product(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    fields: Any = db.models["sale.order.line"].fields
    del fields["is_delivery"]
    odoo = erp("order", version, db=db)

    written = await odoo.create(SOLD, MARKER)

    assert await odoo.record(written.ref.native_id) == SOLD


@VERSIONS
async def test_every_line_has_its_external_id(version: int) -> None:
    odoo = erp("order", version)

    await odoo.create(SOLD, MARKER)

    names = [name for name in odoo.db.external_ids if name.startswith("boutique.")]
    assert sorted(names) == [
        "boutique.order_1001",
        "boutique.order_1001_discount_1",
        "boutique.order_1001_line_1",
        "boutique.order_1001_shipping",
        "boutique.service_DISCOUNT",
        "boutique.service_SHIPPING",
    ]


@VERSIONS
async def test_the_services_for_costs_are_found_or_made_once(version: int) -> None:
    odoo = erp("order", version)
    before = len(odoo.db.tables["product.product"])

    await odoo.create(SOLD, MARKER)
    await odoo.create(sold(reference="B"), "boutique.order_2")
    elsewhere = erp("order", version, db=odoo.db)
    await elsewhere.create(sold(reference="C"), "boutique.order_3")

    made = list(odoo.db.tables["product.product"].values())[before:]
    assert sorted(str(row["default_code"]) for row in made) == ["DISCOUNT", "SHIPPING"]


@VERSIONS
async def test_a_service_for_costs_that_was_deleted_is_made_again(version: int) -> None:
    odoo = erp("order", version)
    await odoo.create(SOLD, MARKER)
    [shipping] = [row for row in odoo.db.tables["product.product"].values() if row["default_code"] == "SHIPPING"]
    del odoo.db.tables["product.product"][int(str(shipping["id"]))]
    del odoo.db.external_ids["boutique.service_SHIPPING"]

    written = await odoo.create(sold(reference="B"), "boutique.order_2")

    assert (await odoo.record(written.ref.native_id))["shipping"] == SOLD["shipping"]


@VERSIONS
async def test_twenty_orders_share_their_headers_lines_and_reads(version: int) -> None:
    odoo = erp("order", version)
    await odoo.create(sold(status="draft"), MARKER)
    fields = [Desired(fields=sold(reference=f"R{n}", status="draft")) for n in range(20)]
    odoo.forget()
    resolved = await odoo.port.from_records(fields)
    assert odoo.calls() == ["product.product.search_read"]

    states = [one.state for one in resolved if isinstance(one, Resolved)]
    written = await odoo.results(*(odoo.creation(state, f"boutique.order_{n}") for n, state in enumerate(states)))

    assert all(isinstance(one, Written) for one in written)
    assert odoo.calls()[:5] == [
        "ir.model.data.search_read",
        "sale.order.load",
        "sale.order.line.load",
        "sale.order.line.write",
        "sale.order.read",
    ]
    assert sorted(odoo.calls()[5:]) == [
        "product.product.search_read",
        "res.partner.search_read",
        "sale.order.line.read",
        "sale.order.read",
        "stock.picking.search_read",
    ]
    assert len(lines_of(odoo)) == 21 * 3


@VERSIONS
@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"lines": [{**SHIRT, "tax_rate": "19"}]}, "lines", "no active sale tax of 19 %"),
        ({"currency": "USD"}, "currency", "no pricelist in USD"),
        ({"currency": "XYZ"}, "currency", "no currency 'XYZ'"),
        ({"customer": None}, "customer", "without a customer"),
        ({"lines": [{**SHIRT, "product": None, "sku": "GONE"}]}, "lines", "'GONE'"),
        ({"lines": [{**SHIRT, "product": "424242"}]}, "lines", "no product for it"),
        ({"status": "lost at sea"}, "status", "no status"),
    ],
)
async def test_what_odoo_lacks_is_named_before_anything_is_made(
    version: int, changed: dict[str, Json], field: str, said: str
) -> None:
    odoo = erp("order", version)

    error = await odoo.refused(sold(**changed))

    assert isinstance(error, Rejected)
    assert error.field == field
    assert said in error.message
    assert orders_of(odoo) == []


@VERSIONS
async def test_a_line_without_a_product_stands_under_the_one_for_such_lines(version: int) -> None:
    odoo = erp("order", version, fallback_product_sku="TS-0")
    line = {**SHIRT, "product": None, "sku": "GONE", "name": "Engraving"}

    written = await odoo.create(sold(lines=[line]), MARKER)

    record: Any = await odoo.record(written.ref.native_id)
    assert (record["lines"][0]["name"], record["lines"][0]["product"]) == ("Engraving", "5")
    assert record["status"] == "confirmed"


@VERSIONS
async def test_a_line_names_its_variant_or_is_told_by_its_sku(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    blue = db.add("product.product", {"product_tmpl_id": 5, "default_code": "TS-1"})
    odoo = erp("order", version, db=db)

    by_sku = (await odoo.resolved(sold(lines=[{**SHIRT, "sku": "TS-1"}]))).state
    by_id = (await odoo.resolved(sold(lines=[{**SHIRT, "variant": str(blue), "sku": None}]))).state
    unclear = await odoo.refused(sold(lines=[{**SHIRT, "sku": None}]))

    for state in (by_sku, by_id):
        lines: Any = state["order_line"]
        assert lines[0]["product_id"] == blue
    assert isinstance(unclear, Rejected)


@VERSIONS
async def test_a_pricelist_gives_the_currency_and_an_option_names_it(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    dollars = db.add("product.pricelist", {"name": "USD", "currency_id": 1})
    other = db.add("product.pricelist", {"name": "USD retail", "currency_id": 1})
    odoo = erp("order", version, db=db)
    named = erp("order", version, db=db, pricelists={"USD": other})

    first = await odoo.create(sold(currency="USD"), MARKER)
    second = await named.create(sold(currency="USD"), "boutique.order_2")

    rows = odoo.db.tables["sale.order"]
    assert rows[int(first.ref.native_id)]["pricelist_id"] == dollars
    assert rows[int(second.ref.native_id)]["pricelist_id"] == other
    assert (await odoo.record(first.ref.native_id))["currency"] == "USD"


@VERSIONS
async def test_an_order_in_the_companys_currency_needs_no_pricelist(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    db.tables["product.pricelist"].clear()
    odoo = erp("order", version, db=db)

    written = await odoo.create(SOLD, MARKER)

    assert (await odoo.record(written.ref.native_id))["currency"] == "EUR"


@VERSIONS
@pytest.mark.parametrize(
    ("status", "options", "state", "noted"),
    [
        ("draft", {}, "draft", False),
        ("sent", {}, "sent", False),
        ("shipped", {}, "sale", True),
        ("confirmed", {"auto_confirm_orders": False}, "draft", True),
        ("cancelled", {}, "cancel", False),
    ],
)
async def test_a_new_order_gets_as_far_as_it_may(
    version: int, status: str, options: dict[str, Any], state: str, noted: bool
) -> None:
    odoo = erp("order", version, **options)
    resolved = await odoo.resolved(sold(status=status))

    [written] = await odoo.results(odoo.creation(resolved.state, MARKER))

    assert isinstance(written, Written)
    assert written.state["state"] == state
    assert written.state["date_order"] == SOLD["date"]
    assert bool(resolved.notes) is noted


@VERSIONS
async def test_the_method_of_payment_is_left_out_and_said(version: int) -> None:
    odoo = erp("order", version)

    resolved = await odoo.resolved(sold(payment="Card"))

    assert resolved.notes == ("payment left out: an order in Odoo has no method of payment",)


@VERSIONS
async def test_an_operators_own_field_is_written_with_the_order(version: int) -> None:
    odoo = erp("order", version, extra=["origin"])
    state = {**(await odoo.resolved(SOLD)).state, "extra:origin": "Boutique"}

    [written] = await odoo.results(odoo.creation(state, MARKER))

    assert isinstance(written, Written)
    assert written.state["extra:origin"] == "Boutique"
