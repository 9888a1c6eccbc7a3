"""The stage of the demonstration: every part a real process on loopback, in a directory of its own."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.tokens import Scope, create_token
from app.cli.environment import Urls
from app.cli.serve import address_of, api_programs, worker_programs
from app.cli.supervisor import Program
from app.connections.config_file import parse_yaml
from app.connections.schemas import Config
from app.connections.service import carry_out
from app.connectors.odoo.automation import Doing
from app.db.child import free_port
from app.db.migrate import upgrade
from app.db.session import open_engine, open_sessions
from app.demo.links import FIRST_SHOP, LINK, MODULES, SECOND, SECOND_SHOP, SYNC
from app.errors import Retryable
from app.ingest.automation import Report, load_terms, manage
from app.modules.registry import check_modules
from app.sandbox.odoo import SYNC_LOGIN
from app.sandbox.woocommerce.server import DEFAULT_PASSWORD, DEFAULT_USER
from app.security.crypto import new_key, parse_keys

PATIENCE_S = 30.0
LOOK_S = 0.04

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where everything is, and the secrets between the parts, made anew for each demonstration.

    `shop` is the PrestaShop of the first two acts, `store` the WooCommerce of the third.
    """

    data_dir: Path
    urls: Urls
    listener: socket.socket
    shop_port: int = field(default_factory=free_port)
    store_port: int = field(default_factory=free_port)
    odoo_port: int = field(default_factory=free_port)
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    odoo_key: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)
    shop_key: str = field(default_factory=lambda: secrets.token_hex(16).upper(), repr=False)
    store_key: str = field(default_factory=lambda: f"ck_{secrets.token_hex(20)}", repr=False)
    store_secret: str = field(default_factory=lambda: f"cs_{secrets.token_hex(20)}", repr=False)
    store_webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    sealing_key: str = field(default_factory=new_key, repr=False)

    @property
    def api(self) -> str:
        return address_of(self.listener)

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.shop_port}"

    @property
    def store(self) -> str:
        return f"http://127.0.0.1:{self.store_port}"

    @property
    def odoo(self) -> str:
        return f"http://127.0.0.1:{self.odoo_port}"

    @property
    def odoo_webhook(self) -> str:
        return f"{self.api}/webhooks/odoo/{LINK}"

    @property
    def shop_webhook(self) -> str:
        return f"{self.api}/webhooks/prestashop/{LINK}"

    def log_of(self, part: str) -> Path:
        return self.data_dir / f"{part}.log"

    def programs(self) -> list[Program]:
        """Each logs into its own file. What the user's own environment says about addresses must not reach them."""
        ours = {
            "ENVIRONMENT": "development",
            "DATA_DIR": str(self.data_dir),
            "SECRET_KEYS": self.sealing_key,
            "ALLOWED_IPS": "",
            "TRUSTED_PROXIES": "",
            "WORKER_METRICS_PORT": "",
            "LINK_CACHE_S": "0",
            "PUBLIC_URL": self.api,
            "SHUTDOWN_GRACE_S": "5",
        }
        service = [*api_programs(self.urls, self.listener, count=1), *worker_programs(self.urls, count=1)]
        service = [replace(each, environment={**each.environment, **ours}) for each in service]
        parts = [self._shop_program(), self._store_program(), self._odoo_program(), *service]
        return [replace(each, log=self.log_of(each.name)) for each in parts]

    def _shop_program(self) -> Program:
        options = ["--port", str(self.shop_port), "--key", self.shop_key, "--log-level", "warning"]
        options += ["--webhook-url", self.shop_webhook, "--webhook-secret", self.webhook_secret]
        return Program(name="shop", arguments=["-m", "app.sandbox.prestashop", *options])

    def _store_program(self) -> Program:
        options = ["--port", str(self.store_port), "--key", self.store_key, "--secret", self.store_secret]
        arguments = ["-m", "app.sandbox.woocommerce", *options, "--log-level", "warning"]
        return Program(name="store", arguments=arguments)

    def _odoo_program(self) -> Program:
        environment = {
            "ODOO_SYNC_KEY": self.odoo_key,
            "WEBHOOK_URL": self.odoo_webhook,
            "WEBHOOK_SECRET": self.webhook_secret,
        }
        arguments = ["-m", "app.sandbox.odoo", "--port", str(self.odoo_port)]
        return Program(name="odoo", arguments=arguments, environment=environment)

    async def prepare_database(self) -> str:
        """Tables, connections, the link. Returns an operator's token."""
        await upgrade(self.urls.database_url)
        await self._apply(FIRST_SHOP)
        async with self._session() as session:
            return await create_token(session, "demonstration", [Scope.WRITE])

    async def switch_two_way_on(self) -> Report:
        """What `shopsync apply` and then `shopsync odoo install` do."""
        await self._apply(FIRST_SHOP + SYNC)
        return await self._install(LINK, Doing.INSTALL)

    async def add_second_shop(self) -> None:
        await self._apply(SECOND_SHOP + MODULES)

    async def listen_for_both(self) -> Report:
        """`shopsync odoo install` for both. Returns how Odoo's rules for the second shop are.

        What we write for one shop is news to the other: the rules of the first may not leave it out any more.
        """
        await self._install(LINK, Doing.REPAIR)
        return await self._install(SECOND, Doing.INSTALL)

    async def _apply(self, written: str) -> None:
        async with self._session() as session:
            await carry_out(session, parse_keys(self.sealing_key), self._config(written), check_modules)

    async def _install(self, link: str, doing: Doing) -> Report:
        async with self._session() as session:
            terms = await load_terms(session, parse_keys(self.sealing_key), link)
        return await manage(terms, doing, public_url=self.api)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        engine = open_engine(self.urls.database_url, pool_size=2)
        try:
            async with open_sessions(engine).begin() as session:
                yield session
        finally:
            await engine.dispose()

    def _config(self, written: str) -> Config:
        variables = {
            "ODOO_URL": self.odoo,
            "ODOO_USER": SYNC_LOGIN,
            "ODOO_API_KEY": self.odoo_key,
            "SHOP_URL": self.shop,
            "PRESTASHOP_KEY": self.shop_key,
            "WEBHOOK_SECRET": self.webhook_secret,
            "STORE_URL": self.store,
            "STORE_KEY": self.store_key,
            "STORE_SECRET": self.store_secret,
            "STORE_USER": DEFAULT_USER,
            "STORE_PASSWORD": DEFAULT_PASSWORD,
            "STORE_WEBHOOK_SECRET": self.store_webhook_secret,
        }
        return Config.read(parse_yaml(written, variables, source="demo.yaml"), source="demo.yaml")

    async def wait_until_ready(self, client: httpx.AsyncClient) -> None:
        """Raises `Retryable` naming the part that does not answer. The worker shows itself by its work."""
        doors = {
            "shop": f"{self.shop}/_sandbox/mails",
            "store": f"{self.store}/_sandbox/hooks",
            "odoo": f"{self.odoo}/web/health",
            "api-1": f"{self.api}/livez",
        }
        for part, url in doors.items():
            await self._answers(client, part, url)

    async def _answers(self, client: httpx.AsyncClient, part: str, url: str) -> None:
        async def ask() -> bool | None:
            try:
                return (await client.get(url)).is_success or None
            except httpx.HTTPError:
                return None

        if await eventually(ask) is None:
            raise Retryable(f"{part} did not become ready; see {self.log_of(part)}")


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T | None:
    """What `look` finds, as soon as it finds something; None when patience is over."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := await look()) is None and time.monotonic() < deadline:  # noqa: ASYNC110 - in another process
        await asyncio.sleep(LOOK_S)
    return found
