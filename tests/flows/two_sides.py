"""A link of a sandbox Odoo and a sandbox shop, with people who work on both, and both telling of every change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.transport import NoCookies
from app.connectors.odoo.webhook import MEANINGS
from app.entities.base import EntityType
from app.queue.requeue import rescue
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.requests import Asked, read_request
from app.sandbox.odoo.seed import seeded
from app.sync.models import RunKind
from app.sync.runner import Runner
from app.sync.runs import open_run
from tests.flows.offices.office import Office
from tests.flows.world import World, open_world

SYNC_UID = 77
SYNC_KEY = "key-of-the-sync-user"
EVERYTHING: dict[str, Any] = {
    "entities": {
        "customer": {"direction": "both"},
        "address": {"direction": "both"},
        "product": {"direction": "both"},
        "order": {"direction": "both"},
    }
}


WHOLE_SHOP: dict[str, Any] = {
    "entities": {
        name: {"direction": "both"}
        for name in ("customer", "address", "category", "product", "variant", "stock", "image", "order", "coupon")
    }
}
KINDS = ("prestashop", "woocommerce")
VERSIONS = {"prestashop": 17, "woocommerce": 19}
on_prestashop = pytest.mark.parametrize(("kind", "version"), [("prestashop", 17), ("prestashop", 19)])
on_woocommerce = pytest.mark.parametrize(("kind", "version"), [("woocommerce", 17), ("woocommerce", 19)])
SENT = ("parent_id", "type", "product_id", "product_tmpl_id", "sale_id", "program_id")
"""Fields that the rules' bodies carry besides model and id."""
_WRITES = ("write", "create", "load")
_HTML = b"<!DOCTYPE html><html><title>500 Internal Server Error</title></html>"


class Line(httpx.AsyncBaseTransport):
    """The way to Odoo: counts what is called, loses answers on demand, and hears of every write as Odoo's rules do.

    `lose`: calls whose next answer is lost. `broken`: so many next calls get a page of HTML with status 500.
    """

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app)
        self.calls: list[tuple[str, str]] = []
        self.lose: set[tuple[str, str]] = set()
        self.broken = 0
        self.tell_of_writes: Callable[..., Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = read_request(request.url.path, request.content)
        call = (asked.model, asked.method)
        if self.broken:
            self.broken -= 1
            return httpx.Response(500, content=_HTML, headers={"Content-Type": "text/html"}, request=request)
        response = await self._inner.handle_async_request(request)
        if asked.model:
            self.calls.append(call)
        await response.aread()
        await self._tell(asked, response)
        if call in self.lose:
            self.lose.discard(call)
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    async def _tell(self, asked: Asked, response: httpx.Response) -> None:
        """Odoo's rules fire before the caller has its answer."""
        if self.tell_of_writes is None or asked.model not in MEANINGS or asked.method not in _WRITES:
            return
        about = {"entity_type": "image"} if _has_image(asked) else {}
        for number in asked.ids if asked.method == "write" else _made(response):
            await self.tell_of_writes(asked.model, number, **about)


def _has_image(asked: Asked) -> bool:
    values = [*asked.args, *asked.named.values()]
    return any("image_1920" in each for each in values if isinstance(each, Mapping))


def _made(response: httpx.Response) -> Sequence[Any]:
    """Ids of what a `create` or a `load` made, over either transport."""
    answer = orjson.loads(response.content)
    if isinstance(answer, dict) and "jsonrpc" in answer:
        answer = answer.get("result")
    return (answer.get("ids") if isinstance(answer, dict) else answer) or []


@dataclass(slots=True, kw_only=True)
class TwoSides:
    """`world` is the service; `people` is a person's own session in Odoo."""

    world: World
    odoo: Database
    line: Line
    people: OdooClient

    def listen(self) -> None:
        """Odoo's rules tell of what we write as they tell of what people do."""
        self.line.tell_of_writes = self.tell

    def know_taxes(self) -> None:
        """Odoo has a tax of each percentage that the shop reckons with."""
        have = {row["amount"] for row in self.odoo.tables["account.tax"].values() if row["type_tax_use"] == "sale"}
        for rate in set(self.office.taxes) - have:
            values = {"name": f"Tax {rate:g}", "amount": rate, "amount_type": "percent", "type_tax_use": "sale"}
            self.odoo.add("account.tax", values)

    async def edit_odoo(self, model: str, number: int, **values: Any) -> None:
        await self.people.write(model, [number], values)
        about = {"entity_type": "image"} if "image_1920" in values else {}
        await self.tell(model, number, **about)

    async def add_to_odoo(self, model: str, **values: Any) -> int:
        [number] = await self.people.create(model, [values])
        await self.tell(model, number)
        return number

    async def remove_from_odoo(self, model: str, number: int) -> None:
        await self.people.unlink(model, [number])
        await self.tell(model, number, action="deleted")

    async def tell(self, model: str, number: int, *, action: str | None = None, entity_type: str | None = None) -> None:
        """What a rule in Odoo posts."""
        row = self.odoo.tables[model].get(number, {})
        more = {name: row[name] for name in SENT if name in row}
        body = orjson.dumps({"_model": model, "_id": number, "_action": "rule", "id": number, **more})
        await self.world.ingest.accept_odoo(self.world.link, body, action=action, entity_type=entity_type)

    @property
    def office(self) -> Office:
        return self.world.office

    async def add_person(self, **values: str) -> str:
        """A customer of the shop, made there."""
        number = self.office.add_person(**values)
        await self.office.settled()
        return number

    async def edit_person(self, number: str, **values: str) -> None:
        self.office.edit_person(number, **values)
        await self.office.settled()

    async def edit_shop(self, resource: str, number: int, **values: Any) -> None:
        self.world.shop.edit(resource, number, **values)
        await self.world.shop.settled()

    async def work(self) -> None:
        """Until nothing is left to do, waits included; Odoo's events of our own writes come back as well."""
        for _ in range(12):
            seen = len(self.line.calls)
            while await self.world.drainer.drain():
                await self.world.shop.settled()
            waiting = await self.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending' AND held_reason IS NULL")
            if not waiting and seen == len(self.line.calls):
                return
            await self.world.hurry()

    async def run(self, kind: RunKind, entity_type: EntityType, **options: Any) -> None:
        """As a person starts one; its jobs are worked on afterwards."""
        world = self.world
        async with world.sessions.begin() as session:
            opened = await open_run(session, link_id=1, kind=kind, entity_type=entity_type, options=options)
        runner = Runner(world.sessions, world.peers, world.sync, holder="test", max_attempts=5)
        assert await runner.run_one(opened.id)

    async def reconcile(self, entity_type: EntityType) -> None:
        """Both sides are compared, and what differs is mended."""
        await self.run(RunKind.RECONCILE, entity_type, fix=True)
        await self.work()

    async def revive(self) -> None:
        """The worker that died is missed: its leases have run out."""
        await self.world.execute("UPDATE sync_queue SET leased_until = now() WHERE status = 'processing'")
        await rescue(self.world.sessions)

    async def unfinished(self) -> list[Any]:
        """Jobs that are not done: waiting, at work, parked or given up."""
        return await self.world.rows("SELECT * FROM sync_queue WHERE status NOT IN ('completed', 'cancelled')")

    async def pair_of(self, entity_type: str, *, odoo: int | None = None, shop: int | str | None = None) -> Any:
        """The one pair of that Odoo or shop record."""
        [pair] = [
            pair
            for pair in await self.pairs()
            if pair.entity_type == entity_type and (pair.odoo_id == str(odoo) or pair.shop_id == str(shop))
        ]
        return pair

    def forget_calls(self) -> None:
        self.line.calls.clear()
        self.world.shop.requests.clear()

    def row(self, model: str, number: int | str) -> Mapping[str, Any]:
        return self.odoo.tables[model][int(number)]

    def odoo_values(self, model: str, field: str) -> list[Any]:
        """Of that field, in every record of the model."""
        return [row.get(field) for row in self.odoo.tables[model].values()]

    def shop_row(self, resource: str, number: int | str) -> Mapping[str, Any]:
        return self.world.shop.row(resource, int(number))

    def shop_rows(self, resource: str) -> Sequence[Mapping[str, Any]]:
        return self.world.shop.rows(resource)

    def variants_of(self, template: int | str) -> list[dict[str, Any]]:
        """Live ones."""
        rows = self.odoo.tables["product.product"].values()
        return [dict(row) for row in rows if str(row["product_tmpl_id"]) == str(template) and row["active"]]

    def partner(self, number: int) -> Mapping[str, Any]:
        return self.odoo.tables["res.partner"][number]

    def partners(self, **values: Any) -> list[Mapping[str, Any]]:
        rows = self.odoo.tables["res.partner"].values()
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    def odoo_writes(self) -> list[tuple[str, str]]:
        return [call for call in self.line.calls if call[1] in ("write", "create", "load", "unlink")]

    async def pairs(self) -> list[Any]:
        return await self.world.rows("SELECT * FROM entity_map WHERE odoo_id IS NOT NULL ORDER BY id")

    async def outcomes(self) -> list[tuple[str, str, str | None]]:
        rows = await self.world.rows("SELECT side, entity_type, status, outcome FROM sync_queue ORDER BY id")
        return [(f"{row.side} {row.entity_type}", row.status, row.outcome) for row in rows]


@asynccontextmanager
async def open_two_sides(
    engine: AsyncEngine, *, sync: dict[str, Any] | None = None, version: int = 17, **more: Any
) -> AsyncIterator[TwoSides]:
    db = seeded(version=version)
    db.add("res.users", {"name": "Sync", "login": "sync", "company_id": 1, "company_ids": [1]}, row_id=SYNC_UID)
    db.accounts.append(Account(uid=SYNC_UID, login="sync", password="sync", api_key=SYNC_KEY))
    app = create_app(db)
    line = Line(app)
    peer = PeerClient(
        "http://odoo.test", name="people", auth=NoCookies(), timeout_s=5.0, width=4, transport=httpx.ASGITransport(app)
    )
    people = OdooClient(peer, database="odoo", username="admin", api_key="sandbox-key")
    credentials = {"database": "odoo", "username": "sync", "api_key": SYNC_KEY}
    async with open_world(
        engine, sync=EVERYTHING if sync is None else sync, odoo=line, odoo_credentials=credentials, **more
    ) as world:
        try:
            yield TwoSides(world=world, odoo=db, line=line, people=people)
        finally:
            await peer.aclose()
