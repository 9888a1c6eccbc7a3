"""A shop's orders come into Odoo with whom and what they are of, each made once and before them, in a fixed number of
calls per portion; totals are right to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType
from app.sandbox.woocommerce.storefront import place_order
from app.sync.models import RunKind
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides
from tests.sync.test_bulk import a_run, a_runner, carried_out, jobs_of, stored, untold

ORDERS, ACCOUNTS, GUESTS, PRODUCTS = 60, 12, 6, 8
AT_HOME = {"first_name": "Grace", "last_name": "Hopper", "address_1": "Rue de Rivoli 1", "city": "Paris",
           "postcode": "75001", "country": "FR"}  # fmt: skip
SHIPPING = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind="woocommerce", sync=WHOLE_SHOP) as opened:
        opened.know_taxes()
        yield opened


def place_orders(both: TwoSides, count: int = ORDERS) -> list[str]:
    """Of accounts and guests in turn; three things each, shipping, every other one with a coupon of 10 %."""
    shop: Any = both.world.shop
    things = [
        shop.add(
            "products", name=f"Cup {n}", type="simple", sku=f"CUP-{n}", regular_price=f"{5 + n}.90", status="publish"
        )
        for n in range(PRODUCTS)
    ]
    shop.add("coupons", code="tenoff", discount_type="percent", amount="10")
    emails = [f"grace{n}@example.com" for n in range(ACCOUNTS)]
    accounts = [
        shop.add("customers", email=email, first_name="Grace", last_name="Hopper", billing={**AT_HOME, "email": email})
        for email in emails
    ]
    people = [*zip(emails, accounts, strict=True), *((f"guest{n}@example.com", 0) for n in range(GUESTS))]
    return [
        str(
            place_order(
                shop,
                email=people[n % len(people)][0],
                customer_id=people[n % len(people)][1],
                lines=[{"product_id": things[(n + at) % PRODUCTS], "quantity": 1 + at} for at in range(3)],
                shipping=SHIPPING,
                coupon="tenoff" if n % 2 else None,
                billing=AT_HOME,
            )
        )
        for n in range(count)
    ]


async def test_orders_come_with_whom_and_what_they_are_of_each_once_and_none_is_put_back(both: TwoSides) -> None:
    orders = place_orders(both)
    await untold(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)

    await a_runner(both).run_one(run.id)

    ended = await stored(both, run)
    made = Counter(pair.entity_type for pair in await both.pairs())
    assert (ended.status, ended.done, ended.failed) == ("completed", ended.seen, 0)
    assert {(job.status, job.outcome, job.attempts) for job in await jobs_of(both, run)} == {
        ("completed", "created", 1)
    }
    assert made["order"] >= len(orders)
    jobs = await both.world.rows("SELECT entity_type, native_id, status, attempts FROM sync_queue")
    assert len({(job.entity_type, job.native_id) for job in jobs}) == len(jobs), "one job per record"
    assert {(job.status, job.attempts) for job in jobs} == {("completed", 1)}
    emails = Counter(row["email"] for row in both.partners() if row.get("email") and not row.get("parent_id"))
    assert {emails[f"grace{n}@example.com"] for n in range(ACCOUNTS)} == {1}
    assert {emails[f"guest{n}@example.com"] for n in range(GUESTS)} == {1}


async def test_orders_cost_a_few_calls_per_portion_and_two_each_to_confirm_them(both: TwoSides) -> None:
    """Odoo overwrites the date of an order that is confirmed, so that each has its own written again."""
    place_orders(both)
    await untold(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)

    await a_runner(both).run_one(run.id)

    asked = Counter(both.line.calls)
    confirming = asked.pop(("sale.order", "action_confirm")) + asked.pop(("sale.order", "write"))
    assert confirming <= 2 * (await stored(both, run)).seen
    assert asked["sale.order", "load"] == asked["sale.order.line", "load"] == 1
    assert asked["product.template", "load"] == 1
    assert asked["res.partner", "load"] == 2, "customers, then addresses"
    assert asked.total() < ORDERS + 40, asked
    assert len(both.world.shop.requests) <= 20, Counter(each.path for each in both.world.shop.requests)


async def test_their_totals_are_right_to_the_cent_and_a_second_import_writes_nothing(both: TwoSides) -> None:
    orders = place_orders(both)
    await untold(both)
    await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.ORDER))
    pairs = {pair.shop_id: int(pair.odoo_id) for pair in await both.pairs() if pair.entity_type == "order"}
    shop: Any = both.world.shop
    wanted = {number: Decimal(shop.row("orders", int(number))["total"]) for number in orders}
    totals = {number: Decimal(str(both.odoo.tables["sale.order"][pairs[number]]["amount_total"])) for number in orders}
    await untold(both)

    again = await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.ORDER))

    assert {number: round(total, 2) for number, total in totals.items()} == wanted
    assert (again.status, again.done, again.failed) == ("completed", again.seen, 0)
    assert both.odoo_writes() == []
    assert both.office.writes() == []


async def test_customers_are_listed_once_and_made_in_one_go(both: TwoSides) -> None:
    place_orders(both, 0)
    await untold(both)

    ended = await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER))

    assert (ended.status, ended.failed) == ("completed", 0)
    assert ended.done == ended.seen >= ACCOUNTS
    assert [call for call in both.odoo_writes() if call[1] == "load"] == [("res.partner", "load")]
    assert len(both.world.shop.requests) <= 6, [str(each.path) for each in both.world.shop.requests]
