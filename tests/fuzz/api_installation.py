"""A service whose every address leads somewhere: both kinds of shop, an Odoo, and rows of every kind in its tables."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import respx
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.state import ApiState
from app.api.tokens import create_token
from app.connections.store import seal_json
from app.entities.base import EntityType
from app.main import create_app
from app.modules.registry import check_modules
from app.sandbox.woocommerce import create_sandbox
from app.settings import Settings
from app.sync.models import RunKind
from app.sync.peers import Peers
from app.sync.runs import open_run
from tests.api.both_sides import KEY
from tests.api.builders import SHOP_CREDENTIALS, WEBHOOK_SECRET, LinkRow, execute, make_link, make_operation
from tests.flows.offices.premises import SECRET
from tests.flows.two_sides import SYNC_KEY, WHOLE_SHOP, TwoSides, open_two_sides

SECRETS = {"boutique": SECRET, "store": WEBHOOK_SECRET}
"""Webhook secret per link: `boutique` is a PrestaShop, `store` a WooCommerce."""
SYNC: dict[str, Any] = {"conflict_rule": "manual", **WHOLE_SHOP}
FORMS: dict[str, Any] = {"crm": {"lead_form_enabled": True}}
STORE: dict[str, Any] = {"woocommerce": {"sync_orders": True}, **FORMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """`tokens` by what they may do; `known`: values that lead somewhere, per name of a parameter."""

    app: FastAPI
    both: TwoSides
    tokens: dict[str, str]
    known: dict[str, list[str]]

    async def mend(self) -> None:
        """What earlier requests switched off is on again, so that later ones are not refused at the door."""
        state: ApiState = self.app.state.shopsync
        statement = "UPDATE links SET enabled = true, reverse_sync = slug = 'boutique', sync = CAST(:sync AS jsonb)"
        await execute(state.sessions, statement, sync=orjson.dumps(SYNC).decode())


@asynccontextmanager
async def open_installation(engine: AsyncEngine, database_url: str, redis_url: str) -> AsyncIterator[Installation]:
    settings = Settings(
        secret_keys=KEY,
        link_cache_s=0,
        log_level="ERROR",
        public_url="https://sync.test",
        rate_limit_anonymous=10_000_000,
        rate_limit_link=10_000_000,
    )
    async with open_two_sides(engine, sync=SYNC, modules=FORMS) as both:
        app = create_app(settings, database_url=database_url, redis_url=redis_url)
        async with LifespanManager(app), _peers(both, app):
            state: ApiState = app.state.shopsync
            known = await _fill(both, state)
            async with state.sessions.begin() as session:
                tokens = {
                    scope: await create_token(session, name=scope, scopes=(scope,)) for scope in ("read", "write")
                }
            yield Installation(app=app, both=both, tokens=tokens, known=known)


@asynccontextmanager
async def _peers(both: TwoSides, app: FastAPI) -> AsyncIterator[None]:
    """The sandboxes at their addresses, for whoever calls them."""
    state: ApiState = app.state.shopsync
    keys = SHOP_CREDENTIALS["woocommerce"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as out:
        store = create_sandbox(key=keys["consumer_key"], secret=keys["consumer_secret"], webhook_client=out)
        sandboxes: dict[str, httpx.AsyncBaseTransport] = {
            "odoo.test": both.line,
            "shop.test": httpx.ASGITransport(both.world.shop),
            "store.test": httpx.ASGITransport(store),
        }
        hosts = {"erp": "odoo.test", "erp-store": "odoo.test", "boutique": "shop.test", "store": "store.test"}
        state.peers = Peers(
            state.sessions,
            state.ring,
            timeout_s=5,
            width=4,
            ttl_s=0,
            transports={name: sandboxes[host] for name, host in hosts.items()},
        )
        with respx.mock(assert_all_called=False) as wires:
            for host, sandbox in sandboxes.items():
                wires.route(host=host).mock(side_effect=_through(sandbox))
            yield
        await state.peers.aclose()
        await store.settled()


def _through(sandbox: httpx.AsyncBaseTransport) -> Any:
    async def answer(request: httpx.Request) -> httpx.Response:
        response = await sandbox.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    return answer


async def _fill(both: TwoSides, state: ApiState) -> dict[str, list[str]]:
    """A pair with a conflict, jobs that ended in several ways, an operation, a run, a lead, a second link."""
    sessions = state.sessions
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    pair = await both.pair_of("customer", odoo=number)
    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.edit_shop("customers", int(pair.shop_id), lastname="Byron")
    await both.work()
    store = await _add_store(state)
    await both.world.odoo_sends("customer", "updated", {"id": int(pair.shop_id), "newsletter": True})
    [job] = await both.world.rows("SELECT id FROM sync_queue WHERE status = 'pending' LIMIT 1")
    operation = await make_operation(sessions, store, job.id, status="failed")
    async with sessions.begin() as session:
        run = await open_run(session, link_id=1, kind=RunKind.RECONCILE, entity_type=EntityType.PRODUCT, options={})
    return {
        "slug": ["boutique", "store"],
        "link": ["boutique", "store"],
        "name": ["boutique", "store", "erp"],
        "module": ["prestashop", "woocommerce", "crm"],
        "entity": ["customer", "product", "order", "lead"],
        "native_id": [str(number), str(pair.shop_id), "1"],
        "operation_id": [operation],
        "job_id": [str(job.id), "1"],
        "conflict_id": ["1"],
        "run_id": [str(run.id)],
        "token": list(SECRETS.values()),
        "x-webhook-secret": list(SECRETS.values()),
    }


async def _add_store(state: ApiState) -> LinkRow:
    """The second link, on the same Odoo."""
    store = await make_link(
        state.sessions, state.ring, slug="store", shop_kind="woocommerce", shop_url="https://store.test"
    )
    checked = check_modules(STORE, shop_kind="woocommerce")
    login = {"database": "odoo", "username": "sync", "api_key": SYNC_KEY}
    await execute(
        state.sessions,
        "UPDATE connections SET sealed = :sealed WHERE name = 'erp-store'",
        sealed=seal_json(state.ring, login),
    )
    await execute(
        state.sessions,
        "UPDATE links SET modules = CAST(:modules AS jsonb), module_sync = CAST(:sync AS jsonb) WHERE slug = 'store'",
        modules=orjson.dumps(dict(checked.settings)).decode(),
        sync=orjson.dumps(dict(checked.sync)).decode(),
    )
    return store
