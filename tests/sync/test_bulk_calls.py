"""How often a bulk import asks each side: a fixed number of calls per portion, whatever the number of records."""

from __future__ import annotations

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import ASGIApp

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.transport import NoCookies
from app.entities.base import EntityType
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.seed import seeded
from app.sandbox.woocommerce import create_sandbox
from app.sync.models import RunKind
from bench.bulk_world import CATEGORIES, open_bulk_world, products

RECORDS = 500
MOST_PER_100 = 1.2
CREDENTIALS = {"database": "odoo", "username": "sync", "api_key": "key-of-sync"}
ONCE = 16
"""Calls that do not depend on how many records there are: fields, currency, settings, version."""


def an_odoo() -> Database:
    db = seeded(version=17)
    db.add("res.users", {"name": "Sync", "login": "sync", "company_id": 1, "company_ids": [1]}, row_id=77)
    db.accounts.append(Account(uid=77, login="sync", password="sync", api_key=CREDENTIALS["api_key"]))
    return db


async def test_an_import_of_products_costs_at_most_1_2_calls_per_100_records_on_each_side(engine: AsyncEngine) -> None:
    """Beyond what is asked once, and the categories they are in, which are made before them in one go."""
    shop = create_sandbox(examples=False)
    under = [shop.add("categories", name=f"Category {n}") for n in range(CATEGORIES)]
    for each in products(RECORDS, under):
        shop.add("products", **each)
    odoo = an_odoo()

    async with open_bulk_world(
        engine,
        shop=httpx.ASGITransport(shop),
        odoo=httpx.ASGITransport(create_app(odoo)),
        odoo_credentials=CREDENTIALS,
    ) as world:
        first = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)
        of_first = (world.shop.calls.copy(), world.odoo.calls.copy())
        world.shop.calls.clear()
        world.odoo.calls.clear()
        again = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)

    assert (first.status, first.total, first.done, first.failed) == ("completed", RECORDS, RECORDS, 0)
    most = MOST_PER_100 * RECORDS / 100
    assert of_first[0].total() <= most + ONCE, of_first[0]
    assert of_first[1].total() <= most + ONCE, of_first[1]
    names = {row["default_code"] for row in odoo.tables["product.product"].values()}
    assert {f"SKU-{n:05}" for n in range(RECORDS)} <= names
    assert (again.status, again.done) == ("completed", RECORDS)
    assert world.shop.calls.total() <= most + 1, world.shop.calls
    assert world.odoo.calls.total() == 0, world.odoo.calls


async def test_an_export_of_products_asks_once_writes_once_per_hundred_and_nothing_again(engine: AsyncEngine) -> None:
    shop, odoo = create_sandbox(examples=False), an_odoo()
    app = create_app(odoo)

    async with open_bulk_world(
        engine, shop=httpx.ASGITransport(shop), odoo=httpx.ASGITransport(app), odoo_credentials=CREDENTIALS
    ) as world:
        await _load(app, 250)
        run = await world.carried_out(RunKind.EXPORT, EntityType.PRODUCT)
        of_first = world.shop.calls.copy()
        world.shop.calls.clear()
        again = await world.carried_out(RunKind.EXPORT, EntityType.PRODUCT)

    portions = -(-run.seen // 100)
    assert (run.status, run.done, run.failed) == ("completed", run.total, 0)
    assert of_first["POST products/batch"] == portions
    assert of_first["GET products"] <= 2 * portions, of_first
    assert world.odoo.calls["product.template.search_read"] == 2, world.odoo.calls
    assert (again.status, again.done) == ("completed", run.seen)
    assert world.shop.calls.total() == 0, "nothing has changed: nothing is asked, nothing is written"
    assert {f"TP-{n}" for n in range(250)} <= {row["sku"] for row in shop.rows("products")}


async def _load(app: ASGIApp, count: int) -> None:
    peer = PeerClient("http://odoo.test", name="people", auth=NoCookies(), transport=httpx.ASGITransport(app))
    people = OdooClient(peer, database="odoo", username="admin", api_key="sandbox-key")
    rows = [[f"people.product_{n}", f"Teapot {n}", f"TP-{n}"] for n in range(count)]
    await people.load("product.template", ["id", "name", "default_code"], rows)
    await peer.aclose()
