"""A sandbox shop with a connector to it, and the few steps of the engine that a conversation needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from app.connectors.base import (
    Desired,
    EntityPort,
    Gone,
    Patch,
    RecordPort,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import EntityType, Json, Record, State
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

    def records(self, entity_type: str) -> RecordPort:
        return cast("RecordPort", self.connector.port(EntityType(entity_type)))

    async def record(self, entity_type: str, number: int) -> Record:
        snapshot = await self.state(entity_type, number)
        assert isinstance(snapshot, Snapshot)
        [record] = await self.records(entity_type).to_records([snapshot.state])
        return record

    async def in_its_words(self, entity_type: str, number: int | None, /, **fields: Json) -> Resolved | AppError:
        base = await self._base(entity_type, number)
        [resolved] = await self.records(entity_type).from_records([Desired(fields=fields, base=base)])
        return resolved

    async def keep(self, entity_type: str, number: int | None = None, /, **fields: Json) -> Written:
        """Fields of a record, written as the engine does, and what every port promises of it: the shop then holds what
        was wanted, and the same again changes nothing."""
        base = await self._base(entity_type, number)
        resolved = await self.in_its_words(entity_type, number, **fields)
        assert isinstance(resolved, Resolved), resolved
        [written] = await self.write(entity_type, number, resolved.state, base=base)
        assert isinstance(written, Written), written
        again = await self.in_its_words(entity_type, int(written.ref.native_id), **fields)
        assert isinstance(again, Resolved)
        assert {name: value for name, value in again.state.items() if written.state.get(name) != value} == {}
        if not resolved.notes:
            record = await self.record(entity_type, int(written.ref.native_id))
            assert {name: record.get(name) for name in fields} == fields
        return Written(ref=written.ref, state=written.state, notes=resolved.notes + written.notes, sent=written.sent)

    async def write(
        self,
        entity_type: str,
        number: int | None,
        changes: State,
        *,
        base: State | None = None,
        removal: Removal | None = None,
    ) -> list[Written | AppError]:
        snapshot = await self.state(entity_type, number) if number else None
        ref = snapshot.ref if isinstance(snapshot, Snapshot) else None
        self.sandbox.requests.clear()
        write = Write(
            ref=ref,
            changes=changes,
            operation_id=OPERATION,
            base=base,
            checkpoint=None if ref else self.notes,
            removal=removal,
        )
        return await self.records(entity_type).write([write])

    async def _base(self, entity_type: str, number: int | None) -> State | None:
        if number is None:
            return None
        snapshot = await self.state(entity_type, number)
        assert isinstance(snapshot, Snapshot)
        return snapshot.state

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


def boutique(
    version: str = "8.2.1", /, *, own: dict[EntityType, tuple[str, ...]] | None = None, **options: Any
) -> Boutique:
    """`own`: an operator's own fields."""
    sandbox = create_sandbox(version=version)
    chosen = {"order_carrier": 2, "order_module": "ps_wirepayment", "order_status_map": {"shipped": 4}, **options}
    connector = PrestashopConnector(
        "http://shop.test",
        sandbox.key,
        name="boutique",
        options=PrestashopOptions.model_validate(chosen),
        transport=httpx.ASGITransport(sandbox),
        extra=own,
    )
    return Boutique(sandbox, connector)


def event(entity_type: str, action: str, /, **data: Any) -> Event:
    envelope = {"event_id": "odoo-1", "entity_type": entity_type, "action_type": action, "data": data}
    return parse_envelope(json.dumps(envelope).encode())
