"""A peer as the conformance suite sees it: a sandbox behind its ports, and the few steps of the engine.

What every port promises is in `app/connectors/base.py`; `conformance_cases.py` says with which values it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import httpx

from app.connectors.base import Cursor, Desired, Page, RecordPort, Resolved, Snapshot, Write, Written
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.connectors.prestashop.connector import PrestashopConnector
from app.entities.base import EntityType, Json, Record, State
from app.entities.records import REFERENCES, record_key
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.rules import recompute
from app.sandbox.odoo.seed import seeded
from app.sandbox.prestashop import Sandbox, create_sandbox
from tests.connectors.odoo.servers import KEY, Recorder

ODOO, SHOP = "odoo", "prestashop"
PEERS = ("odoo 17", "odoo 19", "prestashop 8.2.1", "prestashop 1.7.8.11")
MADE = "made"
"""In a case's fields: a record of the kind that the field refers to is made first, and its id stands here."""


@dataclass
class Notes:
    """A checkpoint that outlives attempts, as an intent row does."""

    saved: dict[str, Json] = field(default_factory=dict)

    async def save(self, **values: Json) -> None:
        self.saved.update(values)


@dataclass
class Peer:
    kind: str
    ports: Mapping[EntityType, RecordPort]
    gate: Gateway
    lock_out: Callable[[], None]
    """Our key is taken away."""
    odoo: Database | None = None
    shop: Sandbox | None = None
    made: int = 0
    notes: Notes = field(default_factory=Notes)

    async def new(self, entity_type: EntityType, fields: Record, content: bytes | None = None) -> Written:
        """A new record as the engine makes one; stock, which is there with its product, is found and set."""
        fields = await self.with_parents(entity_type, fields)
        if entity_type is EntityType.STOCK:
            shot = await self.found(entity_type, fields)
            return await self.change(entity_type, shot.ref.native_id, {"quantity": fields["quantity"]})
        resolved = await self.words(entity_type, fields)
        return await self.write(entity_type, None, resolved.state, content=content)

    async def with_parents(self, entity_type: EntityType, fields: Record) -> dict[str, Json]:
        """The fields with the ids of what they refer to, one new record each."""
        ids: dict[str, Json] = {}
        for name, kind in REFERENCES.get(entity_type, {}).items():
            if fields.get(name) == MADE:
                ids[name] = (await self.new(kind, self.parent(kind))).ref.native_id
        return {**fields, **ids}

    def parent(self, kind: EntityType) -> Record:
        self.made += 1
        if kind is EntityType.CUSTOMER:
            return {"name": "Ada Byron", "email": f"ada{self.made}@x.test"}
        return {"name": f"Of number {chr(64 + self.made)}"}

    async def change(
        self, entity_type: EntityType, number: str, fields: Record, content: bytes | None = None
    ) -> Written:
        """What differs of the fields, written; nothing where nothing does."""
        shot = await self.snapshot(entity_type, number)
        resolved = await self.words(entity_type, fields, base=shot.state)
        changes = {name: value for name, value in resolved.state.items() if shot.state.get(name) != value}
        if not changes:
            return Written(ref=shot.ref, state=shot.state, notes=resolved.notes)
        return await self.write(entity_type, shot, changes, content=content)

    async def words(self, entity_type: EntityType, fields: Record, base: State | None = None) -> Resolved:
        [resolved] = await self.ports[entity_type].from_records([Desired(fields=fields, base=base)])
        assert isinstance(resolved, Resolved), resolved
        return resolved

    async def write(
        self, entity_type: EntityType, there: Snapshot | None, changes: State, *, content: bytes | None = None
    ) -> Written:
        self.made += 1
        write = Write(
            ref=there.ref if there else None,
            changes=changes,
            operation_id="op-1",
            base=there.state if there else None,
            checkpoint=None if there else Notes(),
            marker=None if there else f"boutique.{entity_type}_{self.made}",
            content=content,
        )
        [written] = await self.ports[entity_type].write([write])
        assert isinstance(written, Written), written
        return written

    async def snapshot(self, entity_type: EntityType, number: str) -> Snapshot:
        shot = (await self.ports[entity_type].read([number]))[number]
        assert isinstance(shot, Snapshot), f"{entity_type} {number} is missing"
        return shot

    async def record(self, entity_type: EntityType, number: str) -> Record:
        [record] = await self.ports[entity_type].to_records([(await self.snapshot(entity_type, number)).state])
        return record

    async def found(self, entity_type: EntityType, fields: Record) -> Snapshot:
        key = record_key(entity_type, fields)
        assert key is not None
        [shot] = (await self.ports[entity_type].find([key]))[key]
        return shot

    async def left_to_write(self, entity_type: EntityType, number: str, fields: Record) -> dict[str, Json]:
        state = (await self.snapshot(entity_type, number)).state
        resolved = await self.words(entity_type, fields, base=state)
        return {name: value for name, value in resolved.state.items() if state.get(name) != value}

    def plant_customer(self, email: str) -> None:
        """Put into the peer's own tables."""
        if self.odoo is not None:
            number = self.odoo.add("res.partner", {"name": "Many", "email": email})
            recompute(self.odoo, "res.partner", number)
        if self.shop is not None:
            more = {"id_shop": "1", "id_shop_group": "1", "id_lang": "1", "active": "1", "deleted": "0"}
            self.shop.shop.insert("customers", {"email": email, "firstname": "Many", "lastname": "More", **more})

    async def pages(self, entity_type: EntityType, cursor: Cursor) -> list[Page]:
        return [page async for page in self.ports[entity_type].changed_since(cursor)]


def open_peer(name: str) -> Peer:
    """`odoo 17`, `prestashop 8.2.1`; each is new, with the sandbox's own few records."""
    kind, version = name.split()
    return _odoo(int(version)) if kind == ODOO else _shop(version)


def plain_values(value: Json) -> bool:
    """No floats and nothing but JSON: what a fingerprint is made of."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain_values(one) for key, one in value.items())
    if isinstance(value, list):
        return all(plain_values(one) for one in value)
    return value is None or isinstance(value, bool | int | str)


class Gateway(httpx.AsyncBaseTransport):
    """What stands between us and the sandbox. With a `status` it lets nothing through; `forgets`: the first answer to
    each call that makes something is lost, after the peer did it."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.status: int | None = None
        self.requests: list[httpx.Request] = []
        self.forgets = False
        self._lost: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.status is not None:
            return httpx.Response(self.status, headers={"Retry-After": "1"}, request=request)
        response = await self._inner.handle_async_request(request)
        call = making(request)
        if self.forgets and call and call not in self._lost:
            self._lost.add(call)
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response


def making(request: httpx.Request) -> str | None:
    """The call's name if it makes something new."""
    if request.url.path.startswith("/api/"):
        return request.url.path if request.method == "POST" else None
    call = odoo_call(request)
    return call if call and call.endswith((".load", ".create")) else None


def odoo_call(request: httpx.Request) -> str | None:
    """`res.partner.read`; None for a login."""
    parts = request.url.path.split("/")
    if request.url.path.startswith("/json/2/"):
        return f"{parts[3]}.{parts[4]}"
    params = json.loads(request.content).get("params", {}) if request.url.path == "/jsonrpc" else {}
    return f"{params['args'][3]}.{params['args'][4]}" if params.get("method") == "execute_kw" else None


def _odoo(version: int) -> Peer:
    db = seeded(version=version, api_key=KEY, languages=("en_US", "fr_FR"))
    gate = Gateway(Recorder(db))
    connector = OdooConnector("http://odoo.test", "odoo", "admin", KEY, name="erp", transport=gate)

    def lock_out() -> None:
        db.accounts = [replace(one, password="another", api_key="another") for one in db.accounts]

    return Peer(ODOO, open_ports(connector.client, OdooOptions(), {}), gate, lock_out, odoo=db)


def _shop(version: str) -> Peer:
    sandbox = create_sandbox(version=version)
    gate = Gateway(httpx.ASGITransport(sandbox))
    connector = PrestashopConnector("http://shop.test", sandbox.key, name="boutique", transport=gate)
    kinds = [capability.entity_type for capability in connector.capabilities]
    ports = {kind: cast("RecordPort", connector.port(kind)) for kind in kinds}
    return Peer(SHOP, ports, gate, sandbox.service.keys.clear, shop=sandbox)
