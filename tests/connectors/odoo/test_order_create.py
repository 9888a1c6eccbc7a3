"""New orders in Odoo: what they hold, and that there is one of each whatever is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Desired, Resolved, Written
from app.entities.base import Json
from app.errors import Parked, Rejected, Retryable
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.orders import MARKER, SHIRT, SOLD, Notes, deaf, lines_of, orders_of, sold
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import KEY, open_odoo

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
async def test_a_bad_order_does_not_take_its_neighbours_along(version: int) -> None:
    odoo = erp("order", version)
    good = (await odoo.resolved(sold(reference="A"))).state
    bad = (await odoo.resolved(sold(reference="B"))).state

    results = await odoo.results(
        odoo.creation(good, "boutique.order_1"),
        odoo.creation({**bad, "partner_id": 424242}, "boutique.order_2"),
        odoo.creation({**good, "client_order_ref": "C"}, "boutique.order_3"),
    )

    assert [type(one).__name__ for one in results] == ["Written", results[1].__class__.__name__, "Written"]
    assert isinstance(results[1], Rejected)
    assert len(orders_of(odoo)) == 2
    assert len(lines_of(odoo)) == 6


@VERSIONS
@pytest.mark.parametrize(
    "losing",
    [
        ["sale.order.load"],
        ["sale.order.line.load"],
        ["sale.order.line.write"],
        ["sale.order.action_confirm"],
        ["sale.order.write"],
        ["product.product.load"],
        ["sale.order.load", "sale.order.line.load", "sale.order.action_confirm", "sale.order.write"],
    ],
)
async def test_whatever_answer_is_lost_there_is_one_order_with_its_lines_in_the_end(
    version: int, losing: list[str]
) -> None:
    odoo = deaf(version, losing)
    state = (await odoo.resolved(SOLD)).state
    notes = Notes()

    attempts = 0
    result: Any = None
    while not isinstance(result, Written) and attempts < 6:
        [result] = await odoo.results(odoo.creation(state, MARKER, checkpoint=notes))
        assert isinstance(result, Written | Retryable), result
        attempts += 1

    assert attempts == len(losing) + 1
    assert len(orders_of(odoo)) == 1
    assert len(lines_of(odoo)) == 3
    assert len(odoo.db.tables["stock.picking"]) == 1
    assert await odoo.record(result.ref.native_id) == SOLD


@VERSIONS
async def test_without_a_checkpoint_a_retry_makes_no_second_order_either(version: int) -> None:
    odoo = deaf(version, ["sale.order.load", "sale.order.line.load"])
    state = (await odoo.resolved(SOLD)).state

    for _ in range(3):
        [result] = await odoo.results(odoo.creation(state, MARKER))

    assert isinstance(result, Written)
    assert (len(orders_of(odoo)), len(lines_of(odoo))) == (1, 3)


@VERSIONS
async def test_an_order_that_comes_to_another_total_is_parked_as_a_quotation(version: int) -> None:
    odoo = erp("order", version)
    state = (await odoo.resolved(sold(total="48.01"))).state

    [parked] = await odoo.results(odoo.creation(state, MARKER))

    assert isinstance(parked, Parked)
    assert (parked.code, parked.field) == ("total_differs", "total")
    assert "48.01 in the shop, 48.00 in Odoo" in parked.message
    [order] = orders_of(odoo)
    assert parked.native_id == str(order["id"])
    assert order["state"] == "draft"
    assert odoo.db.tables["stock.picking"] == {}


@VERSIONS
async def test_a_parked_order_that_a_person_mended_is_confirmed_as_it_is_now(version: int) -> None:
    odoo = erp("order", version)
    write = odoo.creation((await odoo.resolved(sold(total="54", total_untaxed="45"))).state, MARKER, checkpoint=Notes())
    [parked] = await odoo.results(write)
    assert isinstance(parked, Parked)
    await _raise_shipping(odoo, to=10.0)

    [written] = await odoo.results(write)

    assert isinstance(written, Written)
    assert (written.state["amount_total"], written.state["state"]) == ("54", "sale")
    assert len(lines_of(odoo)) == 3


@VERSIONS
async def test_a_parked_order_that_a_person_confirmed_is_accepted(version: int) -> None:
    odoo = erp("order", version)
    write = odoo.creation((await odoo.resolved(sold(total="50"))).state, MARKER, checkpoint=Notes())
    [parked] = await odoo.results(write)
    assert isinstance(parked, Parked)
    orders_of(odoo)[0]["state"] = "sale"

    [written] = await odoo.results(write)

    assert isinstance(written, Written)
    assert written.state["amount_total"] == "48"


@VERSIONS
async def test_prices_that_were_set_with_tax_keep_their_total_where_odoo_has_the_including_tax(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    db.add("account.tax", {"name": "20% incl.", "amount": 20.0, "price_include": True, "company_id": 1})
    odoo = erp("order", version, db=db)
    line = {**SHIRT, "quantity": "3", "price": "16.666667"}

    written = await odoo.create(sold(lines=[line], shipping=None, discounts=[], total="60", total_untaxed="50"), MARKER)

    record: Any = await odoo.record(written.ref.native_id)
    assert (record["total"], record["total_untaxed"], record["status"]) == ("60", "50", "confirmed")
    assert record["lines"] == [line]


@VERSIONS
async def test_without_the_including_tax_such_an_order_waits_for_a_person(version: int) -> None:
    odoo = erp("order", version)
    line = {**SHIRT, "quantity": "3", "price": "16.666667"}
    fields = sold(lines=[line], shipping=None, discounts=[], total="60", total_untaxed="50")

    [parked] = await odoo.results(odoo.creation((await odoo.resolved(fields)).state, MARKER))

    assert isinstance(parked, Parked)
    assert "60.00 in the shop, 60.01 in Odoo" in parked.message


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


async def _raise_shipping(odoo: Erp, *, to: float) -> None:
    """As a person would in Odoo, where the amounts follow."""
    [line] = [one for one in lines_of(odoo) if one["is_delivery"]]
    person, _ = open_odoo(odoo.db.version, db=odoo.db)
    await person.client.write("sale.order.line", [int(str(line["id"]))], {"price_unit": to})
