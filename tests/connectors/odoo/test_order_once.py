"""One order in Odoo whatever is lost on the way, and none confirmed that comes to another total than in the shop."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Written
from app.errors import Parked, Rejected, Retryable
from app.sandbox.odoo.faults import OdooError
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.orders import MARKER, SHIRT, SOLD, Notes, deaf, lines_of, orders_of, sold
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import KEY, open_odoo

VERSIONS = pytest.mark.parametrize("version", [17, 19])


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
async def test_without_the_including_tax_the_cent_too_much_is_taken_off_in_a_line_of_its_own(version: int) -> None:
    odoo = erp("order", version)
    line = {**SHIRT, "quantity": "3", "price": "16.666667"}
    fields = sold(lines=[line], shipping=None, discounts=[], total="60", total_untaxed="50")

    written = await odoo.create(fields, MARKER)

    record: Any = await odoo.record(written.ref.native_id)
    assert (record["total"], record["total_untaxed"], record["status"]) == ("60", "50", "confirmed")
    assert record["discounts"] == [{"name": "Rounding", "amount": "0.01", "tax_rate": "0"}]


@VERSIONS
async def test_a_race_that_one_order_lost_is_run_again_order_by_order(version: int) -> None:
    odoo = erp("order", version)
    first, second = [(await odoo.resolved(sold(reference=name))).state for name in "AB"]
    await odoo.snapshot(await _draft(odoo))
    lost = OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update")
    odoo.db.trouble = [lost, lost]

    later, stored = await odoo.results(odoo.creation(first, "b.order_1"), odoo.creation(second, "b.order_2"))

    assert isinstance(later, Retryable)
    assert isinstance(stored, Written)


async def _draft(odoo: Erp) -> str:
    return (await odoo.create(sold(reference="C", status="draft"), "b.order_3")).ref.native_id


async def _raise_shipping(odoo: Erp, *, to: float) -> None:
    """As a person would in Odoo, where the amounts follow."""
    [line] = [one for one in lines_of(odoo) if one["is_delivery"]]
    person, _ = open_odoo(odoo.db.version, db=odoo.db)
    await person.client.write("sale.order.line", [int(str(line["id"]))], {"price_unit": to})
