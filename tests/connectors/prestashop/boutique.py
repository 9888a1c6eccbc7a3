"""A sandbox shop with a connector to it, and the few steps of the engine that a conversation needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.connectors.base import EntityPort, Gone, Patch, Resolved, Snapshot, Write, Written
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import Json
from app.errors import AppError
from app.ingest.schemas import ENTITY_TYPES, Event, parse_envelope
from app.sandbox.prestashop import Logged, Sandbox, create_sandbox

OPERATION = "op-42"


@dataclass
class Notes:
    """A checkpoint that outlives attempts, as an intent row does."""

    saved: dict[str, Json] = field(default_factory=dict)

    async def save(self, **values: Json) -> None:
        self.saved.update(values)


@dataclass
class Boutique:
    sandbox: Sandbox
    connector: PrestashopConnector
    notes: Notes = field(default_factory=Notes)

    async def resolved(self, entity_type: str, action: str = "updated", /, **data: Any) -> Resolved | AppError:
        found = event(entity_type, action, **data)
        [resolved] = await self.port(entity_type).resolve([Patch(fields=found.fields)])
        return resolved

    async def apply(self, entity_type: str, action: str = "updated", /, **data: Any) -> Written | AppError | None:
        """Resolve, look up, compare, write. None: nothing differs."""
        found = event(entity_type, action, **data)
        port = self.port(entity_type)
        [resolved] = await port.resolve([Patch(fields=found.fields)])
        if isinstance(resolved, AppError):
            return resolved
        there = await self._there(port, found)
        changes = {
            name: value for name, value in resolved.state.items() if there is None or there.state.get(name) != value
        }
        if not changes:
            return None
        write = Write(
            ref=there.ref if there else None,
            changes=changes,
            operation_id=OPERATION,
            base=there.state if there else None,
            checkpoint=None if there else self.notes,
        )
        self.sandbox.requests.clear()
        [written] = await port.write([write])
        return written

    async def written(self, entity_type: str, action: str = "updated", /, **data: Any) -> Written:
        """Like `apply`, for a write that goes through."""
        result = await self.apply(entity_type, action, **data)
        assert isinstance(result, Written), result
        return result

    async def refused(self, entity_type: str, action: str = "updated", /, **data: Any) -> AppError:
        result = await self.apply(entity_type, action, **data)
        assert isinstance(result, AppError), result
        return result

    async def state(self, entity_type: str, number: int) -> Snapshot | Gone:
        return (await self.port(entity_type).read([str(number)]))[str(number)]

    def port(self, entity_type: str) -> EntityPort:
        return self.connector.port(ENTITY_TYPES[entity_type])

    def writes(self) -> list[Logged]:
        """What the last `apply` sent that changes something."""
        return [request for request in self.sandbox.requests if request.method != "GET"]

    def calls(self) -> list[str]:
        return [f"{request.method} {request.path.removeprefix('/api/')}" for request in self.sandbox.requests]

    async def _there(self, port: EntityPort, found: Event) -> Snapshot | None:
        if found.native_id is not None:
            snapshot = (await port.read([found.native_id]))[found.native_id]
            assert isinstance(snapshot, Snapshot), f"{found.native_id} is missing"
            return snapshot
        assert found.natural_key is not None
        snapshots = (await port.find([found.natural_key]))[found.natural_key]
        return snapshots[0] if snapshots else None


def boutique(version: str = "8.2.1", /, **options: Any) -> Boutique:
    sandbox = create_sandbox(version=version)
    chosen = {"order_carrier": 2, "order_module": "ps_wirepayment", "order_status_map": {"shipped": 4}, **options}
    connector = PrestashopConnector(
        "http://shop.test",
        sandbox.key,
        name="boutique",
        options=PrestashopOptions.model_validate(chosen),
        transport=httpx.ASGITransport(sandbox),
    )
    return Boutique(sandbox, connector)


def event(entity_type: str, action: str, /, **data: Any) -> Event:
    envelope = {"event_id": "odoo-1", "entity_type": entity_type, "action_type": action, "data": data}
    return parse_envelope(json.dumps(envelope).encode())
