"""States, races and time in the two-way sync: what must not be lost, overwritten unseen, made twice or left stuck."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType
from app.sync.models import RunKind
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    """With a PrestaShop: what is about its commands, and about people that a shop can switch off."""
    async with open_two_sides(engine) as opened:
        yield opened


def customers(**settings: Any) -> dict[str, Any]:
    rule = settings.pop("rule", "newest_wins")
    return {"conflict_rule": rule, "entities": {"customer": {"direction": "both", **settings}}}


async def a_customer(both: TwoSides, name: str = "Ada Lovelace", email: str = "ada@example.com") -> tuple[int, str]:
    """(Odoo's id, the shop's): a customer that both sides know."""
    number = await both.add_to_odoo("res.partner", name=name, email=email)
    await both.work()
    pair = await both.pair_of("customer", odoo=number)
    both.forget_calls()
    return number, str(pair.shop_id)


async def a_commanded_customer(both: TwoSides) -> int:
    """A customer of the shop that a command has touched before the two-way sync looked at it."""
    shop = both.world.shop
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, reason, until) VALUES (1, 'shop_to_odoo', '', now() + interval '1 h')"
    )
    values = {"firstname": "Ada", "lastname": "Lovelace", "email": "ada@example.com", "company": "Engines"}
    shop_id = shop.add("customers", **values, active="1", passwd="$2y$10$x")
    await both.world.odoo_sends("customer", "updated", {"id": shop_id, "birthday": "1815-12-10"})
    await both.world.work()
    await both.world.execute("DELETE FROM sync_queue WHERE status = 'pending'")
    await both.world.execute("DELETE FROM pauses")
    assert [row.odoo_id for row in await both.world.rows("SELECT * FROM entity_map")] == [None]
    return shop_id


async def test_what_odoo_lacks_does_not_erase_what_a_command_has_touched_in_the_shop(both: TwoSides) -> None:
    """Reverse sync has agreed on the whole row of the shop; about Odoo's side nothing is agreed yet."""
    shop_id = await a_commanded_customer(both)

    await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()

    assert both.shop_row("customers", shop_id)["company"] == "Engines"
    [partner] = both.partners(email="ada@example.com")
    assert partner["company_name"] == "Engines"


async def test_what_a_command_has_touched_in_the_shop_fills_what_odoo_lacks(both: TwoSides) -> None:
    shop_id = await a_commanded_customer(both)
    await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])

    await both.edit_shop("customers", shop_id)
    await both.work()

    [partner] = both.partners(email="ada@example.com")
    assert partner["company_name"] == "Engines"


async def test_a_write_whose_answer_was_lost_is_no_edit_of_odoos_own_user(engine: AsyncEngine, kind: str) -> None:
    """Odoo's rules may be silent about our own writes: nobody tells of it."""
    async with open_two_sides(engine, kind=kind, sync=customers(rule="odoo_wins")) as both:
        number, shop_id = await a_customer(both)
        both.line.lose = {("res.partner", "write")}
        await both.edit_person(shop_id, last="King")
        await both.work()
        assert both.partner(number)["name"] == "Ada King"

        await both.edit_person(shop_id, last="Byron")
        await both.work()

        assert both.partner(number)["name"] == "Ada Byron"
        assert both.office.person(shop_id).last == "Byron"
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


async def test_a_reference_to_what_is_not_synced_is_erased_on_neither_side(engine: AsyncEngine, kind: str) -> None:
    sync = {"entities": {"category": {"direction": "off"}, "product": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        [category] = await both.people.create("product.category", [{"name": "Crockery"}])
        mug, sku = both.office.mug, both.office.mug_sku
        both.office.edit_thing(mug, category=both.office.add_category("Cups"))
        before = both.office.thing(mug).category
        number = await both.add_to_odoo(
            "product.template", name="Mug", default_code=sku, list_price=11.9, categ_id=category
        )

        await both.work()
        await both.edit_odoo("product.template", number, list_price=12.5)
        await both.work()

        assert both.office.thing(mug).category == before
        assert both.row("product.template", number)["categ_id"] == category
        assert both.office.thing(mug).price == "12.5"


async def test_a_peer_that_is_hidden_for_a_moment_is_not_taken_for_deleted(engine: AsyncEngine, kind: str) -> None:
    sync = {"entities": {"product": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        number = await both.add_to_odoo("product.template", name="Pot", default_code="POT", list_price=5.0)
        await both.work()
        shop_id = (await both.pair_of("product", odoo=number)).shop_id
        row = both.odoo.tables["product.template"].pop(number)

        both.office.edit_thing(shop_id, name="Jar")
        await both.office.settled()
        await both.world.drainer.drain()
        both.odoo.tables["product.template"][number] = row
        await both.work()

        assert both.office.thing(shop_id).live
        assert both.row("product.template", number)["name"] == "Jar"


async def test_an_edit_of_a_record_whose_peer_was_hidden_arrives_when_it_is_seen_again(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=customers(rule="shop_wins")) as both:
        number, shop_id = await a_customer(both)
        row = both.odoo.tables["res.partner"].pop(number)
        await both.edit_shop("customers", int(shop_id), lastname="King")
        await both.work()
        assert both.shop_row("customers", shop_id)["active"] == "0"

        both.odoo.tables["res.partner"][number] = row
        await both.tell("res.partner", number)
        await both.work()

        assert both.shop_row("customers", shop_id)["active"] == "1"
        assert both.partner(number)["name"] == "Ada King"
        assert both.shop_row("customers", shop_id)["lastname"] == "King"


async def test_a_mass_disappearance_removes_no_more_than_allowed_and_says_so(engine: AsyncEngine) -> None:
    """Somebody takes a right away: every read comes back empty."""
    async with open_two_sides(engine, sync=customers(removals_per_day=2)) as both:
        known = [await a_customer(both, f"Ada {one}", f"{one}@example.com") for one in "abcdef"]
        hidden = {number: both.odoo.tables["res.partner"].pop(number) for number, _ in known}

        for _, shop_id in known:
            await both.edit_shop("customers", int(shop_id), company="Engines")
        await both.work()

        def switched_off() -> int:
            return sum(both.shop_row("customers", shop_id)["active"] == "0" for _, shop_id in known)

        assert switched_off() == 2
        [pause] = await both.world.rows("SELECT * FROM pauses")
        assert (pause.direction, pause.entity_type) == ("odoo_to_shop", "customer")
        assert "removals_per_day" in pause.reason

        both.odoo.tables["res.partner"].update(hidden)
        await both.work()

        assert switched_off() == 2
        assert await both.unfinished() == []
        seen_again = [number for number, shop_id in known if both.shop_row("customers", shop_id)["active"] == "1"]
        assert [both.partner(number)["company_name"] for number in seen_again] == ["Engines"] * 4
        for number, _ in known:
            await both.tell("res.partner", number)
        await both.work()
        assert switched_off() == 0
        assert await both.world.rows("SELECT * FROM pauses") == []


async def test_what_was_hidden_and_is_seen_again_is_found_by_a_reconciliation(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    row = both.odoo.tables["res.partner"].pop(number)
    await both.edit_shop("customers", int(shop_id), company="Engines")
    await both.work()
    both.odoo.tables["res.partner"][number] = row

    await both.run(RunKind.RECONCILE, EntityType.CUSTOMER, fix=True)
    await both.work()

    assert both.shop_row("customers", shop_id)["active"] == "1"
    assert both.partner(number)["company_name"] == "Engines"


async def test_a_run_is_not_held_up_by_jobs_that_wait_for_a_person(both: TwoSides) -> None:
    await both.world.execute(
        "INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, priority,"
        " max_attempts, scheduled_at) SELECT 1, 'prestashop', 'shop_to_odoo', 'order', 'shop', n, n, 'updated', 9, 12,"
        " now() + interval '1 minute' FROM generate_series(5001, 6000) AS n"
    )

    async with asyncio.timeout(10):
        await both.run(RunKind.RECONCILE, EntityType.CUSTOMER, fix=True)

    [done] = await both.world.rows("SELECT * FROM runs")
    assert (done.status, done.queued > 0) == ("completed", True)


async def test_an_order_takes_its_customer_out_of_the_line_of_a_bulk_sync(both: TwoSides) -> None:
    shop = both.world.shop
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
        " SELECT 1, 'shop_to_odoo', unnest(ARRAY['customer', 'address']), '', now() + interval '1 h'"
    )
    customer = shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
    await shop.settled()
    await both.world.execute("UPDATE sync_queue SET priority = 9, attempts = 2 WHERE entity_type = 'customer'")
    shop.add(
        "addresses", id_customer=str(customer), id_country="8", alias="Home", address1="1 Rue", city="Paris",
        firstname="Grace", lastname="Hopper", postcode="75001",
    )  # fmt: skip
    await shop.settled()

    await both.world.execute("DELETE FROM pauses WHERE entity_type = 'address'")
    await both.world.drainer.drain()

    [waiting] = await both.world.rows("SELECT * FROM sync_queue WHERE entity_type = 'customer'")
    assert (waiting.status, waiting.priority, waiting.attempts) == ("pending", 2, 2)


async def test_a_category_whose_other_side_was_deleted_does_not_hold_up_its_products(
    engine: AsyncEngine, kind: str
) -> None:
    async with open_two_sides(engine, kind=kind, sync=WHOLE_SHOP) as both:
        category = await both.add_to_odoo("product.category", name="Crockery")
        await both.work()
        shop_category = (await both.pair_of("category", odoo=category)).shop_id
        number = await both.add_to_odoo("product.template", name="Pot", default_code="POT", categ_id=category)
        await both.work()
        shop_id = (await both.pair_of("product", odoo=number)).shop_id
        await both.world.execute(
            "UPDATE entity_map SET gone_side = 'shop' WHERE entity_type = 'category' AND shop_id = :id",
            id=shop_category,
        )

        await both.edit_odoo("product.template", number, list_price=12.5)
        await both.work()

        thing = both.office.thing(shop_id)
        assert (thing.price, thing.category) == ("12.5", shop_category)
        assert await both.unfinished() == []


class Interrupted(httpx.ASGITransport):
    """The way to a peer; `between` runs once, after the peer has answered a call and before the caller hears of it."""

    def __init__(self, inner: httpx.ASGITransport, call: bytes, between: Callable[[], Awaitable[object]]) -> None:
        super().__init__(inner.app)
        self._call = call
        self._between: Callable[[], Awaitable[object]] | None = between

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self._between is not None and self._call in request.content:
            await response.aread()
            between, self._between = self._between, None
            await between()
        return response


async def test_what_is_paired_by_the_other_sides_job_while_we_look_is_looked_at_anew(
    engine: AsyncEngine, kind: str
) -> None:
    """Both sides have the customer, both events come at once: our picture of Odoo is from before the shop's job."""
    async with open_two_sides(engine, kind=kind, sync=customers(rule="shop_wins")) as both:
        await both.add_to_odoo("res.partner", name="Grace Hopper", email="grace@example.com")
        await both.world.execute("UPDATE sync_queue SET priority = 1")

        async def the_shops_event() -> None:
            await both.add_person(first="Grace", last="Murray", email="grace@example.com")
            await both.world.drainer.drain()

        both.line._inner = Interrupted(both.line._inner, b'"read"', the_shops_event)
        await both.work()

        [pair] = await both.pairs()
        assert both.partner(int(pair.odoo_id))["name"] == "Grace Murray"
        assert len(await both.world.rows("SELECT 1 FROM conflicts")) == 1
        assert await both.unfinished() == []


async def test_a_create_that_is_cut_off_is_not_looked_for_while_it_may_still_run(
    engine: AsyncEngine, kind: str
) -> None:
    """The event said "updated", as Odoo's do; whoever looked at once would not find it yet, and make it again."""
    answer = asyncio.Event()

    async def hold(seconds: float) -> None:
        await answer.wait()

    async with open_two_sides(engine, kind=kind) as both:
        both.world.shop._sleep = hold
        both.world.shop.fail("POST", "/customers", delay_s=60)
        await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        both.world.drainer.start()
        async with asyncio.timeout(10):
            while not await both.world.rows("SELECT 1 FROM create_intents"):
                await asyncio.sleep(0.01)

        await both.world.drainer.stop(grace_s=0.05)

        [job] = await both.world.rows("SELECT status, scheduled_at > now() + interval '30 s' AS later FROM sync_queue")
        answer.set()
        assert (job.status, job.later) == ("pending", True)


async def test_an_edit_that_came_as_a_command_too_does_not_overwrite_what_the_shop_made_of_it(
    engine: AsyncEngine,
) -> None:
    """Odoo tells of one edit twice: by a command, and by the rule whose job comes later than the shop's next edit."""
    async with open_two_sides(engine, sync=customers(rule="odoo_wins")) as both:
        number, shop_id = await a_customer(both)
        await both.people.write("res.partner", [number], {"name": "Ada King"})
        await both.world.odoo_sends("customer", "updated", {"id": int(shop_id), "lastname": "King"})
        await both.work()

        await both.world.execute(
            "INSERT INTO pauses (link_id, direction, reason, until) VALUES (1, 'shop_to_odoo', '', now() + '1 h')"
        )
        await both.edit_shop("customers", int(shop_id), lastname="Byron")
        await both.tell("res.partner", number)
        await both.world.drainer.drain()
        await both.work()

        assert both.shop_row("customers", shop_id)["lastname"] == "Byron"
        assert both.partner(number)["name"] == "Ada Byron"
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


async def test_what_a_command_has_written_is_no_edit_that_odoo_makes_against_the_shop(engine: AsyncEngine) -> None:
    """The command was all that Odoo told; the shop's later edit is newer than that."""
    async with open_two_sides(engine, sync=customers(rule="odoo_wins")) as both:
        number, shop_id = await a_customer(both)
        await both.people.write("res.partner", [number], {"name": "Ada King"})
        await both.world.odoo_sends("customer", "updated", {"id": int(shop_id), "lastname": "King"})
        await both.work()

        await both.edit_shop("customers", int(shop_id), lastname="Byron")
        await both.work()

        assert both.partner(number)["name"] == "Ada Byron"
        assert both.shop_row("customers", shop_id)["lastname"] == "Byron"


async def test_two_products_of_one_sku_looked_at_at_once_do_not_both_become_one(engine: AsyncEngine, kind: str) -> None:
    """Two workers find the same product of Odoo, which neither holds: what they hold is the shop's.

    A WooCommerce has no two of one SKU: the first gives it away."""
    sync = {"conflict_rule": "shop_wins", "entities": {"product": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        [number] = await both.people.create("product.template", [{"name": "Mug", "default_code": "POT"}])
        first = both.office.add_thing(name="Jar", sku="POT", price="5")

        async def the_other_product() -> None:
            if both.office.kind == "woocommerce":
                both.office.edit_thing(first, sku="JAR")
            both.office.add_thing(name="Pot", sku="POT", price="5")
            await both.office.settled()
            await both.world.drainer.drain()

        both.line._inner = Interrupted(both.line._inner, b'"write"', the_other_product)
        await both.office.settled()
        await both.work()

        assert both.row("product.template", number)["name"] == "Jar"
        assert [job.error_code for job in await both.unfinished()] == ["already_linked"]
        assert await both.world.rows("SELECT 1 FROM sync_logs WHERE message LIKE '%could not be stored%'") == []
