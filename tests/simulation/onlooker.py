"""What the two sides hold, looked at afresh by somebody who is not the service.

Connections of its own, straight to the sandboxes: they meet no faults, and nothing of what the engine keeps is asked.
A look is over at once, without giving way to anybody: what was saved and what it is stored as are one moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import httpx

from app.connectors.base import Cursor, RecordPort, Snapshot
from app.entities.base import EntityType, Json, Side
from app.sandbox.odoo.app import create_app
from app.security.crypto import KeyRing
from app.sync.neutral import as_compared
from app.sync.peers import LinkTerms, Peers
from tests.flows.two_sides import TwoSides

ASIDE: Final = asyncio.SelectorEventLoop()
TURNS: Final = 1000
RING: Final = KeyRing([b"k" * 32])
T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of work that waits for nobody else: it goes on in a loop of its own, while everybody stands still.

    Raises `RuntimeError` for work that would have to wait.
    """
    outer = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        task = ASIDE.create_task(work)
        for _ in range(TURNS):
            if task.done():
                return task.result()
            ASIDE.call_soon(ASIDE.stop)
            ASIDE.run_forever()
    finally:
        asyncio._set_running_loop(outer)
    task.cancel()
    raise RuntimeError(f"{work} waits for something that does not come while everybody stands still")


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    terms: LinkTerms
    peers: Peers
    ports: Mapping[tuple[Side, EntityType], RecordPort]

    def ids(self, side: Side, entity_type: EntityType) -> list[str]:
        """Of every record that the service could see there."""
        return at_once(self._listed(self.ports[side, entity_type]))

    def records(self, side: Side, entity_type: EntityType, ids: Iterable[str]) -> dict[str, dict[str, Json]]:
        """In neutral words; references are ids of that side. What is not there is not in the answer."""
        return at_once(self._read(side, entity_type, sorted(set(ids))))

    def record(self, side: Side, entity_type: EntityType, number: str) -> dict[str, Json] | None:
        return self.records(side, entity_type, [number]).get(number)

    def everything(self, side: Side, entity_type: EntityType) -> dict[str, dict[str, Json]]:
        return self.records(side, entity_type, self.ids(side, entity_type))

    async def aclose(self) -> None:
        await self.peers.aclose()

    async def _listed(self, port: RecordPort) -> list[str]:
        found: dict[str, None] = {}
        async for page in port.changed_since(Cursor()):
            found.update(dict.fromkeys(page.ids))
        return list(found)

    async def _read(self, side: Side, entity_type: EntityType, ids: list[str]) -> dict[str, dict[str, Json]]:
        port = self.ports[side, entity_type]
        held = await port.read(ids) if ids else {}
        states = {number: shot.state for number, shot in held.items() if isinstance(shot, Snapshot)}
        records = await port.to_records(list(states.values())) if states else []
        return {
            number: as_compared(record, state, terms=self.terms, entity_type=entity_type, side=side)
            for (number, state), record in zip(states.items(), records, strict=True)
        }


async def open_onlooker(both: TwoSides, entity_types: Iterable[EntityType]) -> Onlooker:
    world = both.world
    transports: dict[str, httpx.AsyncBaseTransport] = {
        "boutique": httpx.ASGITransport(world.shop),
        "erp": httpx.ASGITransport(create_app(both.odoo)),
    }
    peers = Peers(world.sessions, RING, timeout_s=30.0, width=100, ttl_s=3600, transports=transports)
    connectors = {side: await peers.get(world.link.id, side) for side in Side}
    ports = {(side, kind): cast(RecordPort, connectors[side].port(kind)) for side in Side for kind in entity_types}
    return Onlooker(terms=await peers.terms(world.link.id), peers=peers, ports=ports)
