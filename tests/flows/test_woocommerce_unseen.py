"""What no webhook of a WooCommerce told of: found by polling where it shows a date, else by a reconciliation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connectors.woocommerce.capabilities import CAPABILITIES
from app.entities.base import EntityType
from app.sync.models import RunKind
from app.sync.poller import Poller
from app.sync.runner import Runner
from app.sync.runs import open_run
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    version: int = request.param
    async with open_two_sides(engine, kind="woocommerce", sync={}, modules={"crm": {}}, version=version) as opened:
        opened.listen()
        yield opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """By their ids in the shop."""

    customer: str
    coupon: str
    edited: str
    trashed: str
    deleted: str


async def known(both: TwoSides) -> Goods:
    """Each is known to both sides, and every cursor stands behind it."""
    office = both.office
    goods = Goods(
        customer=office.add_person(first="Ada", last="Lovelace", email="ada@example.com"),
        coupon=office.add_voucher("SAVE10", percent="10", uses=5),
        edited=office.add_thing(name="Cup", sku="CUP", price="4"),
        trashed=office.add_thing(name="Jug", sku="JUG", price="9"),
        deleted=office.add_thing(name="Pan", sku="PAN", price="20"),
    )
    await office.settled()
    await both.work()
    await look(both)
    await both.work()
    both.forget_calls()
    return goods


async def change_silently(both: TwoSides, goods: Goods) -> None:
    """People work in the shop while its webhooks are lost."""
    shop: Any = both.world.shop
    both.office.edit_person(goods.customer, last="King")
    both.office.edit_voucher(goods.coupon, percent="25")
    both.office.edit_thing(goods.edited, price="5")
    shop.remove("products", int(goods.trashed))
    shop.remove("products", int(goods.deleted), force=True)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue WHERE status <> 'completed'")


async def look(both: TwoSides) -> None:
    """Until no cursor is due."""
    await both.world.execute("UPDATE poll_cursors SET next_at = now()")
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    while await poller.look_once():
        pass


async def reconcile(both: TwoSides, entity_type: EntityType) -> None:
    async with both.world.sessions.begin() as session:
        run = await open_run(
            session,
            link_id=both.world.link.id,
            kind=RunKind.RECONCILE,
            entity_type=entity_type,
            options={"fix": True},
        )
    runner = Runner(both.world.sessions, both.world.peers, both.world.sync, holder="test", max_attempts=5)
    await runner.run_one(run.id)
    await both.work()


async def in_odoo(both: TwoSides, goods: Goods) -> dict[str, Any]:
    async def of(entity_type: str, number: str, model: str, field: str) -> Any:
        return both.row(model, (await both.pair_of(entity_type, shop=number)).odoo_id)[field]

    program = (await both.pair_of("coupon", shop=goods.coupon)).odoo_id
    [reward] = [row for row in both.odoo.tables["loyalty.reward"].values() if str(row["program_id"]) == program]
    return {
        "customer": await of("customer", goods.customer, "res.partner", "name"),
        "coupon": reward["discount"],
        "edited": await of("product", goods.edited, "product.template", "list_price"),
        "trashed": await of("product", goods.trashed, "product.template", "active"),
        "deleted": await of("product", goods.deleted, "product.template", "active"),
    }


async def test_polling_finds_what_has_a_date_and_a_reconciliation_all_the_rest(both: TwoSides) -> None:
    goods = await known(both)
    await change_silently(both, goods)

    await look(both)
    await both.work()
    polled = await in_odoo(both, goods)
    for entity_type in (EntityType.CUSTOMER, EntityType.COUPON, EntityType.PRODUCT):
        await reconcile(both, entity_type)
    mended = await in_odoo(both, goods)

    assert polled == {"customer": "Ada Lovelace", "coupon": 10.0, "edited": 5.0, "trashed": True, "deleted": True}
    assert mended == {"customer": "Ada King", "coupon": 25.0, "edited": 5.0, "trashed": False, "deleted": False}
    office = both.office
    kept = (office.person(goods.customer).last, office.voucher(goods.coupon).percent, office.thing(goods.edited).price)
    assert kept == ("King", "25", "5"), "and nothing of it is written back"
    assert not office.has_thing(goods.trashed)


async def test_an_account_that_was_deleted_unseen_archives_its_contact(both: TwoSides) -> None:
    goods = await known(both)
    partner = (await both.pair_of("customer", shop=goods.customer)).odoo_id

    both.office.remove_person(goods.customer)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue WHERE status <> 'completed'")
    await reconcile(both, EntityType.CUSTOMER)

    assert both.row("res.partner", partner)["active"] is False
    assert "ada@example.com" not in both.office.emails(), "and it is not made again"


async def test_a_deleted_user_who_was_no_customer_is_found_by_a_reconciliation(both: TwoSides) -> None:
    """WooCommerce tells of such a user being made and changed, and not of the deletion."""
    await switch_on(both, crm={})
    shop: Any = both.world.shop
    user = shop.add("users", username="ada", email="ada@example.com", password="x", roles=["author"])
    await both.office.settled()
    await both.work()
    partner = (await both.pair_of("customer", shop=user)).odoo_id

    both.office.remove_person(str(user))
    await both.office.settled()
    untold = await both.unfinished()
    await reconcile(both, EntityType.CUSTOMER)

    assert untold == []
    assert both.row("res.partner", partner)["active"] is False
    assert "ada@example.com" not in both.office.emails()


@pytest.mark.parametrize("entity_type", [EntityType.PRODUCT, EntityType.VARIANT, EntityType.ORDER, EntityType.COUPON])
def test_what_the_shop_hides_in_its_trash_is_said_to_be_unseen(entity_type: EntityType) -> None:
    [cell] = [each for each in CAPABILITIES if each.entity_type is entity_type]

    assert any("trash" in said for said in cell.unseen)
