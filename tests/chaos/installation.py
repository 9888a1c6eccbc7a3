"""A whole installation as it runs: shop, API and workers as processes, and a view into the database."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import orjson
from sqlalchemy import insert, make_url

from app.connections.models import Connection, Link
from app.connections.store import seal_json
from app.db.session import open_engine, open_sessions
from app.sandbox.prestashop.server import DEFAULT_KEY
from app.security.crypto import new_key, parse_keys
from tests.chaos.balance import Balance, Note, untold
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.windows import SETTLE_S, START_S, ShopWindow
from tests.processes import Process, Processes, listening, until, url_of

LINK = "boutique"
SECRET = "a-webhook-secret-for-chaos"
POLL_S = 0.02

Event = dict[str, Any]

_OPERATIONS = "SELECT event_id, operation_id, status FROM reverse_operations WHERE event_id = ANY($1::text[])"
# What was accepted while the fault lasted, envelopes and hints alike; parked and failed jobs have ended too.
_SETTLED_AT = """
    SELECT max(at) AS at FROM (
        SELECT finished_at AS at FROM reverse_operations WHERE created_at <= $1
        UNION ALL SELECT processed_at FROM sync_queue WHERE created_at <= $1
    ) AS ends
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooAt:
    url: str
    credentials: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopAt:
    """Where the service finds it, and as what."""

    url: str
    kind: str = "prestashop"
    credentials: dict[str, str] = field(default_factory=lambda: {"api_key": DEFAULT_KEY})
    modules: dict[str, Any] = field(
        default_factory=lambda: {"prestashop": {"order_carrier": 2, "order_module": "ps_wirepayment"}}
    )


@dataclass(slots=True, kw_only=True)
class Installation:
    """`settings` are environment variables of what is started after they are set."""

    processes: Processes
    listener: socket.socket
    database: asyncpg.Pool
    odoo: httpx.AsyncClient
    shop: ShopWindow
    settings: dict[str, str]
    note: Note
    accepted: dict[str, set[str]] = field(default_factory=dict)
    """Event id → the operation ids of its answers."""
    refused: int = 0
    """How many answers said that nothing was stored (503)."""
    fault_ended_at: datetime | None = None

    def start_api(self, **settings: str) -> Process:
        command = ["-m", "app.cli", "api", "--fd", str(self.listener.fileno())]
        return self.processes.start(
            "api", command, environment={**self.settings, **settings}, inherited=[self.listener]
        )

    def start_worker(self, name: str = "worker", **settings: str) -> Process:
        return self.processes.start(name, ["-m", "app.cli", "worker"], environment={**self.settings, **settings})

    async def start(self, *, workers: int = 1) -> list[Process]:
        """The API and then the workers, all of them ready."""
        started = [self.start_api(), *(self.start_worker(f"worker-{n}") for n in range(1, workers + 1))]
        await self.api_answers()
        for worker in started[1:]:
            await worker.says("worker.started")
        return started

    async def api_answers(self) -> None:
        async def answers() -> bool:
            try:
                return (await self.odoo.get("/webhooks/test", timeout=5)).is_success
            except httpx.TransportError:
                return False

        await until(answers, within_s=START_S, what="the API answers")

    async def post(self, event: Event, **more: Any) -> httpx.Response:
        """One webhook as Odoo sends it. An acceptance is kept in `accepted`."""
        response = await self.odoo.post(
            f"/webhooks/odoo/{LINK}",
            content=orjson.dumps(event),
            headers={"Content-Type": "application/json", "X-Webhook-Secret": SECRET, **more.pop("headers", {})},
            **more,
        )
        if response.is_success:
            self.accepted.setdefault(event["event_id"], set()).add(response.json()["operation_id"])
        return response

    async def send(self, event: Event) -> str:
        """Its operation id; anything but an acceptance fails the test."""
        response = await self.post(event)
        assert response.status_code == 202, response.text
        return str(response.json()["operation_id"])

    async def send_until_accepted(self, event: Event, *, within_s: float = START_S) -> None:
        """A sender that repeats what got no answer, or the answer that nothing was stored."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                response = await self.post(event, timeout=5)
            except httpx.TransportError:
                response = None
            if response is not None and response.is_success:
                return
            if response is not None:
                assert response.status_code == 503, response.text
                assert response.headers["content-type"] == "application/problem+json"
                self.refused += 1
            assert time.monotonic() < deadline, f"{event['event_id']} was never accepted"
            await asyncio.sleep(POLL_S)

    async def send_all(self, events: Iterable[Event], *, senders: int = 8) -> None:
        """Side by side, each event until it is accepted; events of one record one after the other."""
        lanes: dict[Any, list[Event]] = {}
        for event in events:
            lanes.setdefault(event["data"].get("id"), []).append(event)
        queue = list(lanes.values())

        async def sender() -> None:
            while queue:
                for event in queue.pop(0):
                    await self.send_until_accepted(event)

        async with asyncio.TaskGroup() as group:
            for _ in range(senders):
                group.create_task(sender())

    async def has_accepted(self, count: int) -> None:
        """Returns when that many different events were accepted."""
        await until(lambda: len(self.accepted) >= count, within_s=SETTLE_S, what=f"{count} events are accepted")

    async def rows(self, query: str, *values: Any) -> list[Any]:
        return list(await self.database.fetch(query, *values))

    async def operation(self, operation_id: str) -> Any:
        [row] = await self.rows("SELECT * FROM reverse_operations WHERE operation_id = $1::uuid", operation_id)
        return row

    async def is_settled(self) -> bool:
        [row] = await self.rows(
            "SELECT NOT EXISTS (SELECT 1 FROM reverse_operations WHERE status = 'processing')"
            " AND NOT EXISTS (SELECT 1 FROM sync_queue WHERE status = 'processing') AS settled"
        )
        return bool(row["settled"])

    async def settled(self, *, within_s: float = SETTLE_S) -> None:
        await until(self.is_settled, within_s=within_s, what="every operation is settled and no job is processing")

    def fault_ended(self) -> None:
        """From here on everything works again: recovery begins."""
        self.fault_ended_at = datetime.now(UTC)

    async def recovery_s(self) -> float | None:
        """Until the last of what came before the fault's end was settled; to be asked when all is."""
        if self.fault_ended_at is None:
            return None
        [row] = await self.rows(_SETTLED_AT, self.fault_ended_at)
        return max((row["at"] - self.fault_ended_at).total_seconds(), 0.0) if row["at"] else 0.0

    async def balance(self) -> Balance:
        """What became of every event that was accepted so far."""
        rows = await self.rows(_OPERATIONS, list(self.accepted))
        stored = {str(row["operation_id"]): row for row in rows}
        promised = set().union(*self.accepted.values())
        return Balance(
            accepted=len(self.accepted),
            settled=sum(stored[each]["status"] != "processing" for each in promised if each in stored),
            lost=len(promised - stored.keys()),
            duplicated=len(rows) - len({row["event_id"] for row in rows}) + len(promised) - len(self.accepted),
            recovery_s=await self.recovery_s(),
        )

    async def check_balance(self) -> None:
        """Every accepted event has one operation of its own, which is settled."""
        balance = await self.balance()
        self.note(balance)
        assert balance.right, balance

    async def outcomes(self) -> set[tuple[str, str | None]]:
        rows = await self.rows("SELECT DISTINCT status, outcome FROM reverse_operations")
        return {(row["status"], row["outcome"]) for row in rows}


@asynccontextmanager
async def open_installation(
    processes: Processes,
    *,
    shop_url: str,
    database_url: str,
    redis_url: str,
    note: Note = untold,
    odoo_at: OdooAt | None = None,
    shop_at: ShopAt | None = None,
    sync: Mapping[str, Any] | None = None,
) -> AsyncIterator[Installation]:
    """`odoo_at` and `sync`: where to find an Odoo and what is kept the same with it; without, nothing is. `shop_at`
    says more of the shop than `shop_url`, where the test has its hand on it."""
    key = new_key()
    shop = shop_at or ShopAt(url=shop_url)
    await _make_link(database_url, key, shop, odoo_at or OdooAt(url="http://127.0.0.1:9"), sync or {})
    dsn = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with (
        asyncpg.create_pool(dsn, min_size=1, max_size=4, server_settings={"application_name": "tests"}) as database,
        httpx.AsyncClient(base_url=shop_url, timeout=10) as hand,
    ):
        with listening() as listener:
            async with httpx.AsyncClient(base_url=url_of(listener), timeout=10, limits=_LIMITS) as odoo:
                window = ShopWindow(client=hand)
                await window.reset(customers=0)
                yield Installation(
                    processes=processes,
                    listener=listener,
                    database=database,
                    odoo=odoo,
                    shop=window,
                    settings=_settings(processes, database_url, redis_url, key),
                    note=note,
                )
                await window.release()


_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=50)


def _settings(processes: Processes, database_url: str, redis_url: str, key: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEYS": key,
        "DATA_DIR": str(processes.directory),
        "LEASE_S": "1",
        "RETRY_BASE_S": "0.1",
        "IDLE_SCAN_S": "0.5",
        "SHUTDOWN_GRACE_S": "10",
    }


async def _make_link(database_url: str, key: str, shop_at: ShopAt, odoo_at: OdooAt, sync: Mapping[str, Any]) -> None:
    ring = parse_keys(key)
    engine = open_engine(database_url, pool_size=2)
    async with open_sessions(engine).begin() as session:
        odoo = {"name": "erp", "kind": "odoo", "url": odoo_at.url, "sealed": seal_json(ring, odoo_at.credentials)}
        shop = {"name": LINK, "kind": shop_at.kind, "url": shop_at.url, "sealed": seal_json(ring, shop_at.credentials)}
        # Statements that name their columns: a database made by an older version has no others.
        ids = [
            await session.scalar(insert(Connection).values(**each).returning(Connection.id)) for each in (odoo, shop)
        ]
        link = {
            "slug": LINK,
            "odoo_connection_id": ids[0],
            "shop_connection_id": ids[1],
            "modules": shop_at.modules,
            "sync": dict(sync),
            "reverse_sync": shop_at.kind == "prestashop",
            "sealed_secrets": seal_json(ring, [SECRET]),
        }
        await session.execute(insert(Link).values(**link))
    await engine.dispose()


def event(number: int | str, entity_type: str, action_type: str, data: Mapping[str, Any]) -> Event:
    return {"event_id": f"odoo-{number}", "entity_type": entity_type, "action_type": action_type, "data": dict(data)}


def edits(count: int, *, customers: int) -> list[Event]:
    """Numbered edits that go round the customers: edit n sets `company` of its customer to "n"."""
    return [
        event(number, "customer", "updated", {"id": FIRST_CUSTOMER + number % customers, "company": str(number)})
        for number in range(count)
    ]


def last_values(events: Sequence[Event]) -> dict[int, str]:
    """Customer → the company that was accepted last."""
    return {each["data"]["id"]: each["data"]["company"] for each in events}


async def companies(shop: ShopWindow) -> dict[int, str]:
    """What the planted customers hold."""
    return {int(row["id"]): row["company"] for row in await shop.rows("customers") if int(row["id"]) >= FIRST_CUSTOMER}
