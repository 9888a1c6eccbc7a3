"""What a WooCommerce gave back, as credit notes in Odoo: made once, to the cent, told of or only found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from app.sandbox.woocommerce.storefront import place_order
from app.sync.poller import Poller
from tests.flows.two_sides import TwoSides, open_two_sides

FLAT: Final = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_shop(engine, version=request.param) as opened:
        opened.listen()
        yield opened


def open_shop(engine: AsyncEngine, **more: Any) -> Any:
    return open_two_sides(engine, **{"kind": "woocommerce", "sync": {}, **more})


async def sold(both: TwoSides, quantity: int = 2) -> int:
    """A guest's order of mugs with shipping, which Odoo has."""
    both.know_taxes()
    lines = [{"product_id": int(both.office.mug), "quantity": quantity}]
    shop: Any = both.world.shop
    number = place_order(shop, email="gerda@example.test", lines=lines, shipping=FLAT)
    await told(both)
    both.forget_calls()
    return number


async def told(both: TwoSides) -> None:
    await both.office.settled()
    await both.work()


def give_back(both: TwoSides, order: int, **body: Json) -> str:
    """By a person in the shop."""
    shop: Any = both.world.shop
    return f"{order}/{shop.add('refunds', parents=(order,), api_refund=False, **body)}"


def a_mug_of(both: TwoSides, order: int) -> dict[str, Json]:
    """One of two, with its tax."""
    [line] = both.shop_row("orders", order)["line_items"]
    halves = {one["id"]: float(one["total"]) / 2 for one in line["taxes"]}
    taxes: list[Json] = [{"id": rate, "refund_total": str(half)} for rate, half in halves.items()]
    net = float(line["total"]) / 2
    amount = net + sum(halves.values())
    piece: Json = {"id": line["id"], "quantity": 1, "refund_total": str(net), "refund_tax": taxes}
    return {"amount": f"{amount:.2f}", "line_items": [piece]}


def credit_notes(both: TwoSides) -> list[Mapping[str, Any]]:
    return [row for row in both.odoo.tables["account.move"].values() if row["move_type"] == "out_refund"]


async def test_what_was_given_back_is_one_draft_credit_note_to_whom_the_order_was_billed(both: TwoSides) -> None:
    order = await sold(both)

    number = give_back(both, order, **a_mug_of(both, order))
    await told(both)
    both.world.shop.edit("orders", order, customer_note="Thanks all the same")
    await told(both)

    [note] = credit_notes(both)
    assert (await both.pair_of("refund", shop=number)).odoo_id == str(note["id"])
    [given] = [row for row in both.shop_rows("refunds") if str(row["id"]) == number.split("/")[1]]
    assert f"{note['amount_total']:.2f}" == f"{float(given['amount']):.2f}"
    odoo_order = both.row("sale.order", (await both.pair_of("order", shop=order)).odoo_id)
    assert (note["partner_id"], note["state"]) == (odoo_order["partner_invoice_id"], "draft")
    assert both.office.writes() == []
    assert await both.unfinished() == []


async def test_two_parts_are_two_credit_notes_that_come_to_the_orders_total(both: TwoSides) -> None:
    order = await sold(both)

    give_back(both, order, **a_mug_of(both, order))
    await told(both)
    both.world.shop.edit("orders", order, status="refunded")
    await told(both)

    notes = credit_notes(both)
    assert len(notes) == 2
    given = round(sum(float(note["amount_total"]) for note in notes), 2)
    assert f"{given:.2f}" == both.shop_row("orders", order)["total"]
    state = both.row("sale.order", (await both.pair_of("order", shop=order)).odoo_id)["state"]
    assert state == "sale", "what was sold was sold"
    assert await both.unfinished() == []


async def test_a_refund_of_an_order_that_odoo_lacks_waits_for_it(both: TwoSides) -> None:
    both.know_taxes()
    shop: Any = both.world.shop
    lines = [{"product_id": int(both.office.mug), "quantity": 2}]
    order = place_order(shop, email="gerda@example.test", lines=lines, shipping=FLAT)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue")

    give_back(both, order, **a_mug_of(both, order))
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue WHERE entity_type = 'order'")
    await both.work()

    assert len(credit_notes(both)) == 1
    assert await both.pair_of("order", shop=order)
    assert await both.unfinished() == []


async def test_a_credit_note_whose_create_lost_its_answer_is_made_once(both: TwoSides) -> None:
    order = await sold(both)
    both.line.lose = {("account.move", "load")}

    give_back(both, order, **a_mug_of(both, order))
    await told(both)

    assert both.line.lose == set()
    assert len(credit_notes(both)) == 1
    assert await both.unfinished() == []


@pytest.mark.parametrize(("post", "state"), [(True, "posted"), (False, "draft")])
async def test_a_credit_note_is_posted_where_that_is_set(engine: AsyncEngine, post: bool, state: str) -> None:
    async with open_shop(engine, sync={"odoo": {"post_credit_notes": post}}) as both:
        order = await sold(both)

        give_back(both, order, **a_mug_of(both, order))
        await told(both)

        assert [note["state"] for note in credit_notes(both)] == [state]


async def test_a_refund_that_nobody_told_of_is_found_by_polling(both: TwoSides) -> None:
    order = await sold(both)
    await _look(both)

    give_back(both, order, **a_mug_of(both, order))
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue")
    assert credit_notes(both) == []
    await _look(both)
    await both.work()

    assert len(credit_notes(both)) == 1


async def _look(both: TwoSides) -> None:
    await both.world.execute("UPDATE poll_cursors SET next_at = now()")
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    while await poller.look_once():
        pass
