"""Somebody saves a field just after we wrote it, before we have read it back: what they saved is their edit, not what
the peer made of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType
from app.sandbox.odoo.requests import read_request
from tests.flows.two_sides import TwoSides, open_two_sides

SYNC: dict[str, Any] = {"entities": {"customer": {"direction": "both"}}}
ON_A_PRESTASHOP = pytest.mark.parametrize(("kind", "version"), [("prestashop", 17)])
"""A WooCommerce answers with what it saved and is not read again: there a later edit's own event is the first news."""


class SavedAfter:
    """The way to a shop; `person` acts once, after the shop has carried out a write of people, before we hear of it."""

    def __init__(self, both: TwoSides, person: Callable[[], object]) -> None:
        transport: Any = both.world.peers._transports["boutique"]
        self._inner, transport.app = transport.app, self
        self._person: Callable[[], object] | None = person

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._inner(scope, receive, send)
        if self._person is not None and scope["method"] != "GET" and "/customers" in scope["path"]:
            person, self._person = self._person, None
            person()


class SavedAfterInOdoo(httpx.ASGITransport):
    """The way to Odoo, likewise."""

    def __init__(self, both: TwoSides, method: str, person: Callable[[], Awaitable[object]]) -> None:
        inner: Any = both.line._inner
        super().__init__(inner.app)
        both.line._inner = self
        self._method = method
        self._person: Callable[[], Awaitable[object]] | None = person

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self._person is not None and read_request(request.url.path, request.content).method == self._method:
            await response.aread()
            person, self._person = self._person, None
            await person()
        return response


async def a_customer(both: TwoSides) -> tuple[int, str]:
    """(Odoo's id, the shop's): a customer that both sides know. From now on the shop tells of nothing."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com", company_name="Engines")
    await both.work()
    both.office.hush()
    return number, str((await both.pair_of("customer", odoo=number)).shop_id)


async def test_what_a_person_saves_in_the_shop_right_after_our_write_arrives_in_odoo_though_nobody_told_of_it(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number, shop_id = await a_customer(both)
        SavedAfter(both, lambda: both.office.edit_person(shop_id, last="Byron"))

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.work()
        await both.reconcile(EntityType.CUSTOMER)

        assert both.office.person(shop_id).last == "Byron"
        assert both.partner(number)["name"] == "Ada Byron"
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


@ON_A_PRESTASHOP
async def test_that_is_known_from_the_read_back_and_needs_no_reconciliation(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number, shop_id = await a_customer(both)
        SavedAfter(both, lambda: both.office.edit_person(shop_id, last="Byron"))

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.work()

        assert both.partner(number)["name"] == "Ada Byron"
        assert await both.world.rows("SELECT 1 FROM sync_logs WHERE sync_logs::text LIKE '%somebody saved%'") != []


@ON_A_PRESTASHOP
async def test_what_a_person_puts_back_as_it_was_before_our_write_counts_too(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number, shop_id = await a_customer(both)
        SavedAfter(both, lambda: both.office.edit_person(shop_id, last="Lovelace"))

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.work()

        assert both.partner(number)["name"] == "Ada Lovelace"


async def test_an_edit_of_a_new_customer_before_we_have_read_it_back_arrives_in_odoo(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        both.office.hush()
        known = set(both.office.emails())

        def edits_the_new_one() -> None:
            assert set(both.office.emails()) - known == {"ada@example.com"}
            rows = both.shop_rows("customers")
            [new] = [row["id"] for row in rows if row["email"] == "ada@example.com"]
            both.office.edit_person(str(new), last="Byron")

        SavedAfter(both, edits_the_new_one)

        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        await both.reconcile(EntityType.CUSTOMER)

        assert both.partner(number)["name"] == "Ada Byron"


async def test_what_a_person_saves_in_odoo_right_after_our_write_arrives_in_the_shop_though_nobody_told_of_it(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        shop_id = (await both.pair_of("customer", odoo=number)).shop_id
        SavedAfterInOdoo(both, "write", lambda: both.people.write("res.partner", [number], {"name": "Ada Lovelace"}))

        await both.edit_person(shop_id, last="King")
        await both.work()

        assert both.partner(number)["name"] == "Ada Lovelace"
        assert both.office.person(shop_id).last == "Lovelace"
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


async def test_an_edit_of_a_new_contact_before_we_have_read_it_back_arrives_in_the_shop(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        shop_id = both.office.resident

        async def edits_the_new_one() -> None:
            [new] = both.partners(email=both.office.person(shop_id).email)
            await both.people.write("res.partner", [new["id"]], {"name": "Grace Murray"})

        SavedAfterInOdoo(both, "load", edits_the_new_one)

        await both.edit_person(shop_id, first="Grace", last="Hopper")
        await both.work()

        assert both.office.person(shop_id).name == "Grace Murray"


@ON_A_PRESTASHOP
async def test_what_the_shop_makes_of_a_value_does_not_flow_back(engine: AsyncEngine, kind: str, version: int) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number, shop_id = await a_customer(both)
        SavedAfter(both, lambda: both.world.shop.row("customers", int(shop_id)).update(company="Looms &amp; Co"))

        await both.edit_odoo("res.partner", number, company_name=" Looms &  Co ")
        await both.work()
        await both.reconcile(EntityType.CUSTOMER)

        assert both.shop_row("customers", shop_id)["company"] == "Looms &amp; Co"
        assert both.partner(number)["company_name"] == " Looms &  Co "


async def test_what_odoo_makes_of_a_value_does_not_flow_back(engine: AsyncEngine, kind: str, version: int) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=SYNC) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        shop_id = (await both.pair_of("customer", odoo=number)).shop_id

        async def odoo_itself() -> None:
            both.odoo.tables["res.partner"][number]["name"] = "ADA KING"

        SavedAfterInOdoo(both, "write", odoo_itself)

        await both.edit_person(shop_id, last="King")
        await both.work()
        await both.reconcile(EntityType.CUSTOMER)

        assert both.partner(number)["name"] == "ADA KING"
        assert both.office.person(shop_id).last == "King"
