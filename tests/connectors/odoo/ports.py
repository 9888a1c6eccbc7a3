"""A sandbox Odoo with the ports to it, and the few steps of the engine that a conversation needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.connectors.base import Cursor, Desired, Gone, Page, RecordPort, Resolved, Snapshot, Write, Written
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side
from app.entities.records import record_key
from app.errors import AppError
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, Recorder, open_odoo

OPERATION = "op-42"
QUIET = frozenset({"fields_get", "check_object_reference"})
"""Asked once and remembered."""


@dataclass
class Erp:
    """One entity type of one database, as the engine works on it."""

    db: Database
    recorder: Recorder
    ports: Mapping[EntityType, RecordPort]
    entity_type: EntityType

    @property
    def port(self) -> RecordPort:
        return self.ports[self.entity_type]

    async def snapshot(self, number: int | str) -> Snapshot:
        found = (await self.port.read([str(number)]))[str(number)]
        assert isinstance(found, Snapshot), f"{number} is missing"
        return found

    async def gone(self, number: int | str) -> bool:
        return isinstance((await self.port.read([str(number)]))[str(number)], Gone)

    async def record(self, number: int | str) -> Record:
        [record] = await self.port.to_records([(await self.snapshot(number)).state])
        return record

    async def found(self, record: Record) -> list[str]:
        """Native ids of the records with the natural key of this one."""
        key = record_key(self.entity_type, record)
        assert key is not None
        return [shot.ref.native_id for shot in (await self.port.find([key]))[key]]

    async def by(self, name: str, value: str) -> list[str]:
        key = NaturalKey(entity_type=self.entity_type, name=name, value=value)
        return [shot.ref.native_id for shot in (await self.port.find([key]))[key]]

    async def resolved(self, fields: Record, number: int | str | None = None) -> Resolved:
        base = None if number is None else (await self.snapshot(number)).state
        [resolved] = await self.port.from_records([Desired(fields=fields, base=base)])
        assert isinstance(resolved, Resolved), resolved
        return resolved

    async def refused(self, fields: Record, number: int | str | None = None) -> AppError:
        """The error of a record that is not even written."""
        base = None if number is None else (await self.snapshot(number)).state
        [resolved] = await self.port.from_records([Desired(fields=fields, base=base)])
        assert isinstance(resolved, AppError), resolved
        return resolved

    async def results(self, *writes: Write) -> list[Written | AppError]:
        self.recorder.requests.clear()
        return await self.port.write(list(writes))

    async def create(self, fields: Record, marker: str = "boutique.record_1", **more: Any) -> Written:
        state = (await self.resolved(fields)).state
        [written] = await self.results(self.creation(state, marker, **more))
        assert isinstance(written, Written), written
        return written

    async def change(self, number: int | str, fields: Record, **more: Any) -> Written:
        base = (await self.snapshot(number)).state
        state = (await self.resolved(fields, number)).state
        [written] = await self.results(self.update(number, state, base=base, **more))
        assert isinstance(written, Written), written
        return written

    def creation(self, state: Mapping[str, Json], marker: str | None = None, **more: Any) -> Write:
        return Write(ref=None, changes=state, operation_id=OPERATION, marker=marker, **more)

    def update(self, number: int | str, state: Mapping[str, Json], **more: Any) -> Write:
        return Write(ref=self.ref(number), changes=state, operation_id=OPERATION, **more)

    def ref(self, number: int | str) -> Ref:
        return Ref(side=Side.ODOO, entity_type=self.entity_type, native_id=str(number))

    async def pages(self, cursor: Cursor = Cursor()) -> list[Page]:  # noqa: B008 (frozen)
        return [page async for page in self.port.changed_since(cursor)]

    async def changed(self, cursor: Cursor = Cursor()) -> list[str]:  # noqa: B008 (frozen)
        return [number for page in await self.pages(cursor) for number in page.ids]

    def calls(self) -> list[str]:
        """`res.partner.read` … since the last write or `forget`, without what is asked once."""
        made = [_call(request) for request in self.recorder.requests if _call(request)]
        return [call for call in made if call.rsplit(".", 1)[1] not in QUIET]

    def contexts(self) -> Iterator[dict[str, Any]]:
        for request in self.recorder.requests:
            if _call(request):
                body = json.loads(request.content)
                yield body["context"] if "context" in body else body["params"]["args"][6]["context"]

    def forget(self) -> None:
        self.recorder.requests.clear()


def erp(
    entity_type: EntityType | str,
    version: int = 17,
    *,
    db: Database | None = None,
    extra: Sequence[str] = (),
    login: Mapping[str, str] | None = None,
    **options: Any,
) -> Erp:
    """`options` as an operator sets them; `login` as `open_odoo` takes it, the administrator's by default."""
    kind = EntityType(entity_type)
    database = db or seeded(version=version, api_key=KEY)
    connector, recorder = open_odoo(version, db=database, **(login or {}))
    ports = open_ports(connector.client, OdooOptions.model_validate(options), {kind: extra})
    return Erp(db=database, recorder=recorder, ports=ports, entity_type=kind)


def other(one: Erp, entity_type: EntityType | str) -> Erp:
    """Another entity type of the same database over the same connection."""
    return Erp(db=one.db, recorder=one.recorder, ports=one.ports, entity_type=EntityType(entity_type))


def _call(request: httpx.Request) -> str:
    parts = request.url.path.split("/")
    if request.url.path.startswith("/json/2/"):
        return f"{parts[3]}.{parts[4]}"
    params = json.loads(request.content).get("params", {}) if request.url.path == "/jsonrpc" else {}
    return f"{params['args'][3]}.{params['args'][4]}" if params.get("method") == "execute_kw" else ""
