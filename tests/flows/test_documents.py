"""Odoo's orders and invoices as documents: kept as Odoo has them, with nothing written anywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType, Json
from app.sync.models import RunKind
from app.sync.runner import Runner
from app.sync.runs import RunView, find_run, open_run
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}, version=request.param) as opened:
        await switch_on(opened, sales={})
        yield opened


async def documents(both: TwoSides, entity_type: str) -> list[Any]:
    query = "SELECT * FROM documents WHERE entity_type = :entity_type ORDER BY id"
    return await both.world.rows(query, entity_type=entity_type)


async def an_order(both: TwoSides, **values: Any) -> int:
    partner = await both.add_to_odoo("res.partner", name="Jane Doe", email="Jane@Example.com")
    [product] = await both.people.create("product.product", [{"name": "Mug", "list_price": 10.0}])
    line = {"product_id": product, "product_uom_qty": 2, "price_unit": 10.0, "name": "Mug"}
    return await both.add_to_odoo("sale.order", partner_id=partner, order_line=[[0, 0, line]], **values)


async def test_an_order_of_odoo_is_kept_with_state_total_date_partner_and_currency(both: TwoSides) -> None:
    number = await an_order(both)

    await both.work()

    [document] = await documents(both, "order")
    row = both.row("sale.order", number)
    assert (document.odoo_id, document.state, document.currency) == (str(number), "draft", "EUR")
    assert (document.partner_name, document.partner_email) == ("Jane Doe", "jane@example.com")
    assert float(document.total) == row["amount_total"]
    assert document.date.startswith(str(row["date_order"])[:10])
    assert [line["quantity"] for line in document.data["lines"]] == ["2"]
    assert (both.world.writes(), both.odoo_writes()) == ([], [])


async def test_a_document_follows_its_order_and_an_event_that_says_nothing_new_changes_nothing(both: TwoSides) -> None:
    number = await an_order(both)
    await both.work()

    await both.people.run_action("sale.order", "action_confirm", [number])
    await both.tell("sale.order", number)
    await both.work()
    await both.tell("sale.order", number)
    await both.work()

    [document] = await documents(both, "order")
    assert document.state == "sale"
    outcomes = [outcome for kind, _, outcome in await both.outcomes() if kind == "odoo order"]
    assert outcomes == ["created", "written", "unchanged"]


async def test_a_document_of_a_deleted_order_goes(both: TwoSides) -> None:
    number = await an_order(both)
    await both.work()

    await both.remove_from_odoo("sale.order", number)
    await both.work()

    assert await documents(both, "order") == []


async def test_an_invoice_is_kept_with_its_payment_state(both: TwoSides) -> None:
    partner = await both.add_to_odoo("res.partner", name="Jane Doe", email="jane@example.com")
    line = {"name": "Mug", "quantity": 1, "price_unit": 10.0}
    values = {"move_type": "out_invoice", "partner_id": partner, "invoice_line_ids": [[0, 0, line]]}
    number = await both.add_to_odoo("account.move", **values)
    await both.people.run_action("account.move", "action_post", [number])
    await both.tell("account.move", number)

    await both.work()

    [document] = await documents(both, "invoice")
    assert (document.state, document.payment_state) == ("posted", "not_paid")
    assert document.number == both.row("account.move", number)["name"]
    assert document.partner_email == "jane@example.com"


async def test_a_hundred_orders_are_one_read_of_each_model(both: TwoSides) -> None:
    partner = await both.add_to_odoo("res.partner", name="Jane Doe", email="jane@example.com")
    orders: list[dict[str, Json]] = [{"partner_id": partner} for _ in range(40)]
    numbers = await both.people.create("sale.order", orders)
    await both.work()
    both.forget_calls()

    for number in numbers:
        await both.tell("sale.order", number)
    await both.work()

    assert len(await documents(both, "order")) == 40
    reads = [call for call in both.line.calls if call[1] in ("read", "search_read")]
    assert reads.count(("sale.order", "read")) == 1
    assert reads.count(("res.partner", "read")) == 1


async def test_a_document_has_the_number_that_odoo_gave_the_order(both: TwoSides) -> None:
    number = await an_order(both, client_order_ref="a note of the customer")

    await both.work()

    [document] = await documents(both, "order")
    assert document.number == both.row("sale.order", number)["name"]


async def test_an_export_makes_documents_of_what_odoo_holds(both: TwoSides) -> None:
    [partner] = await both.people.create("res.partner", [{"name": "Jane Doe"}])
    await both.people.create("sale.order", [{"partner_id": partner}, {"partner_id": partner}])

    run = await _run(both, RunKind.EXPORT)

    assert (run.status.value, run.done, run.failed) == ("completed", run.total, 0)
    assert len(await documents(both, "order")) == run.total == 2


async def test_a_reconciliation_says_that_there_is_nothing_to_compare(both: TwoSides) -> None:
    run = await _run(both, RunKind.RECONCILE)

    assert run.status.value == "failed"
    assert "shopsync export LINK order" in str(run.error_message)


async def _run(both: TwoSides, kind: RunKind) -> RunView:
    async with both.world.sessions.begin() as session:
        link_id = both.world.link.id
        options = {"side": "odoo"} if kind is RunKind.EXPORT else {}
        opened = await open_run(session, link_id=link_id, kind=kind, entity_type=EntityType.ORDER, options=options)
    runner = Runner(both.world.sessions, both.world.peers, both.world.sync, holder="test", max_attempts=5)
    for _ in range(5):
        await runner.run_one(opened.id)
        await both.work()
    async with both.world.sessions() as session:
        run = await find_run(session, link_id=link_id, run_id=opened.id)
    assert run is not None
    return run
