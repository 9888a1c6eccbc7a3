"""An installation whose every secret is a canary, and whose Odoo and shops fail and repeat all they were told."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import orjson
import structlog
from asgi_lifespan import LifespanManager
from sqlalchemy.engine import make_url

from app.api.state import ApiState
from app.api.tokens import create_token
from app.db.session import SessionMaker
from app.log import configure_logging
from app.main import create_app
from app.settings import Settings
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import RetryPolicy
from app.sync.engine import Engine
from app.sync.poller import Poller
from tests.api.builders import execute, make_connection
from tests.security.canaries import Canaries
from tests.security.echoing_peer import EchoingPeer

ENTITIES = ("customer", "product", "order", "coupon", "stock")
SYNC: dict[str, Any] = {"entities": {name: {"direction": "both"} for name in ENTITIES}}
_LINK = """
    INSERT INTO links (slug, odoo_connection_id, shop_connection_id, modules, sync, reverse_sync, enabled,
                       sealed_secrets)
    VALUES (:slug, :odoo, :shop, CAST(:modules AS jsonb), CAST(:sync AS jsonb), :reverse, true, :secrets)
"""


@dataclass(slots=True, kw_only=True)
class House:
    """`api` asks as an operator; `logs` has both forms of every line."""

    canaries: Canaries
    api: httpx.AsyncClient
    state: ApiState
    drainer: Drainer
    poller: Poller
    logs: tuple[io.StringIO, io.StringIO]

    @property
    def sessions(self) -> SessionMaker:
        return self.state.sessions

    async def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = await self.api.request(method, path, **more)
        self.canaries.look(f"{method} {path}", answer.content + str(answer.headers).encode())
        return answer

    async def work(self) -> None:
        """All that waits is tried now."""
        await execute(self.sessions, "DELETE FROM pauses")
        await execute(self.sessions, "UPDATE sync_queue SET scheduled_at = now() WHERE status = 'pending'")
        await execute(self.sessions, "UPDATE poll_cursors SET next_at = now()")
        while await self.drainer.drain():
            pass
        for _ in range(4):
            await self.poller.look_once()


@contextmanager
def _logs() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """DEBUG, as JSON and for people at once."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    machine, people = io.StringIO(), io.StringIO()
    configure_logging("DEBUG", json=True, stream=machine)
    first = [each for each in root.handlers if each not in handlers]
    configure_logging("DEBUG", json=False, stream=people)
    root.handlers.extend(first)
    try:
        yield machine, people
    finally:
        configure_logging("WARNING")  # the libraries are quiet again
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)


@asynccontextmanager
async def open_house(peer: EchoingPeer, database_url: str, redis_url: str) -> AsyncIterator[House]:
    canaries = Canaries()
    key = canaries.plant("SECRET_KEYS", base64.b64encode(b"canary-of-the-key-ring-32-bytes!").decode())
    for name, url in (("DATABASE_URL", database_url), ("REDIS_URL", redis_url)):
        canaries.plant(name, str(make_url(url).password))
    settings = Settings(secret_keys=key, link_cache_s=0, log_level="WARNING", public_url="https://sync.test")
    app = create_app(settings, database_url=database_url, redis_url=redis_url)
    async with LifespanManager(app):
        with _logs() as logs:
            state: ApiState = app.state.shopsync
            await _plant(canaries, state, peer.url)
            async with state.sessions.begin() as session:
                token = canaries.plant("operator", await create_token(session, name="operator", scopes=("write",)))
            engine = Engine(state.sessions, state.peers, RetryPolicy(base_s=0.01, cap_s=0.02))
            options = DrainerOptions(name="test", slots=2, batch_size=10, lease=timedelta(seconds=60), idle_scan_s=0.05)
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://api.test",
                headers={"Authorization": f"Bearer {token}"},
            ) as api:
                yield House(
                    canaries=canaries,
                    api=api,
                    state=state,
                    drainer=Drainer(state.sessions, engine, options),
                    poller=Poller(state.sessions, state.peers, max_attempts=3, idle_s=1.0),
                    logs=logs,
                )


async def _plant(canaries: Canaries, state: ApiState, url: str) -> None:
    sessions, ring = state.sessions, state.ring
    odoo = await make_connection(
        sessions, ring, name="erp", kind="odoo", url=url, database="odoo", username="admin",
        api_key=canaries.plant("odoo", "canary/of+Odoo:key==0001"),
    )  # fmt: skip
    await execute(sessions, """UPDATE connections SET options = '{"transport": "jsonrpc"}'""")
    shops = {
        "prestashop": {"api_key": canaries.plant("prestashop", "CANARYOFTHEPRESTASHOPKEY00000001")},
        "woocommerce": {
            "consumer_key": canaries.plant("consumer_key", "ck_canary0of0the0consumer0key00001"),
            "consumer_secret": canaries.plant("consumer_secret", "cs_canary0of0the0consumer0secret01"),
            "username": "wp",
            "application_password": canaries.plant("application_password", "cana Ryof thea pppa sswo rd01"),
        },
    }
    for kind, credentials in shops.items():
        shop = await make_connection(sessions, ring, name=kind, kind=kind, url=url, **credentials)
        secrets = [
            canaries.plant(f"{kind} {age}", f"canary of the {age} webhook/secret of {kind}") for age in ("new", "old")
        ]
        await execute(
            sessions, _LINK, slug=kind, odoo=odoo, shop=shop, modules=orjson.dumps({kind: {}, "crm": {}}).decode(),
            sync=orjson.dumps(SYNC).decode(), reverse=kind == "prestashop", secrets=ring.seal(orjson.dumps(secrets)),
        )  # fmt: skip
