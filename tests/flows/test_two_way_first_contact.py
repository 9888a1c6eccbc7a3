"""Two filled systems meet: linked by name, nothing made twice, nothing asked of the peers per record."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides

MANY = 100
WRITES = {"prestashop": MANY, "woocommerce": 2}
"""Requests for as many edits: a PrestaShop takes them one by one, a WooCommerce fifty at once."""


@pytest.fixture
async def both(engine: AsyncEngine, kind: str, version: int) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind=kind, version=version, sync=WHOLE_SHOP, batch_size=MANY) as opened:
        yield opened


@contextmanager
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """What the database was asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def customers(both: TwoSides, count: int) -> list[int]:
    """As many paired customers; (Odoo's ids)."""
    numbers = [
        await both.add_to_odoo("res.partner", name=f"Ada {n}x", email=f"ada{n}@example.com") for n in range(count)
    ]
    await both.work()
    both.forget_calls()
    return numbers


async def test_two_filled_systems_are_linked_and_only_what_is_missing_is_made(both: TwoSides) -> None:
    for n in range(20):
        await both.people.create("res.partner", [{"name": f"Same {n}x", "email": f"Same{n}@Example.com"}])
        both.office.add_person(first="Same", last="Xx", email=f"same{n}@example.com")
    both.office.add_person(first="Only", last="Here", email="here@example.com")
    await both.add_to_odoo("res.partner", name="Only There", email="there@example.com")
    await both.office.settled()

    await both.work()

    emails = Counter(email.lower() for email in both.office.emails())
    theirs = Counter(str(row["email"]).lower() for row in both.partners())
    for email in [f"same{n}@example.com" for n in range(20)] + ["here@example.com", "there@example.com"]:
        assert (emails[email], theirs[email]) == (1, 1), email
    assert len([pair for pair in await both.pairs() if pair.entity_type == "customer"]) == 22
    assert await both.unfinished() == []


async def test_a_hundred_edits_in_the_shop_are_a_few_calls_and_a_few_statements(both: TwoSides) -> None:
    await customers(both, MANY)
    pairs = await both.pairs()
    for pair in pairs:
        both.office.edit_person(pair.shop_id, last="King")
    await both.office.settled()
    both.forget_calls()

    with statements(both.world.engine) as seen:
        await both.world.drainer.drain()

    assert {row["name"] for row in both.partners() if str(row["email"]).startswith("ada")} == {"Ada King"}
    assert Counter(both.line.calls) == {("res.partner", "read"): 2, ("res.partner", "write"): 1}
    assert len(both.world.shop.requests) <= 2 + MANY / 25, [each.path for each in both.world.shop.requests]
    assert len(seen) <= MANY / 2, Counter(each.split()[0] for each in seen)


async def test_a_hundred_edits_in_odoo_are_one_read_there_and_statements_do_not_grow_with_them(both: TwoSides) -> None:
    numbers = await customers(both, MANY)
    for at, number in enumerate(numbers):
        await both.people.write("res.partner", [number], {"name": f"Ada {'abcdefghij'[at % 10]}"})
        await both.tell("res.partner", number)
    both.office.hush()
    both.forget_calls()

    with statements(both.world.engine) as seen:
        await both.world.drainer.drain()

    assert both.office.writes() == ["update customer"] * MANY
    assert len(both.world.writes()) == WRITES[both.office.kind]
    assert Counter(both.line.calls)[("res.partner", "read")] <= 2
    assert len(seen) <= MANY / 2, Counter(each.split()[0] for each in seen)


async def test_a_hundred_new_customers_are_one_load_in_odoo(both: TwoSides) -> None:
    for n in range(MANY):
        both.office.add_person(first="Grace", last="Hopper", email=f"grace{n}@example.com")
    await both.office.settled()

    with statements(both.world.engine) as seen:
        await both.world.drainer.drain()

    assert len([row for row in both.partners() if str(row["email"]).startswith("grace")]) == MANY
    calls = Counter(both.line.calls)
    assert (calls[("res.partner", "load")], calls[("res.partner", "read")]) == (1, 1)
    assert len(both.line.calls) <= 8, calls
    assert len(seen) <= MANY / 2, Counter(each.split()[0] for each in seen)


async def test_a_hundred_echoes_are_one_read(both: TwoSides) -> None:
    numbers = await customers(both, MANY)
    for number in numbers:
        await both.tell("res.partner", number)

    with statements(both.world.engine) as seen:
        await both.world.drainer.drain()

    assert both.line.calls == [("res.partner", "read")]
    assert list(both.world.shop.requests) == []
    assert len(seen) <= MANY / 2, Counter(each.split()[0] for each in seen)
