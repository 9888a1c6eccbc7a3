"""What a test sees of the shop's and of Odoo's process, and does to them: people's hands, and trouble on the way."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import httpx

from tests.processes import until

SCALE = int(os.environ.get("CHAOS_SCALE", "1"))
START_S = 30.0
SETTLE_S = 30.0 * SCALE
WRITES = ("create", "load", "write", "unlink")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopWindow:
    """What the shop holds and has seen."""

    client: httpx.AsyncClient

    async def reset(self, **how: Any) -> None:
        (await self.client.post("/_chaos/reset", json=how)).raise_for_status()

    async def hold(self, method: str, path: str) -> None:
        (await self.client.post("/_chaos/hold", json={"method": method, "path": path})).raise_for_status()

    async def release(self) -> None:
        (await self.client.post("/_chaos/release")).raise_for_status()

    async def seen(self) -> dict[str, int]:
        return dict((await self.client.get("/_chaos/seen")).json())

    async def holds_an_answer(self) -> None:
        """Returns when a call was carried out whose sender is still waiting."""

        async def held() -> int:
            return (await self.seen())["held"]

        await until(held, within_s=START_S, what="the shop has carried out the call and holds its answer")

    async def has_carried_out(self, writes: int) -> None:
        """Returns when the shop has carried out that many since it was reset."""

        async def enough() -> bool:
            return (await self.seen())["writes"] >= writes

        await until(enough, within_s=SETTLE_S, what=f"the shop has carried out {writes} writes")

    async def written_at(self, *, after: int) -> float:
        """Waits for the next write after so many: when it was carried out, as `time.monotonic()` of this machine."""
        return float((await self.client.post("/_chaos/written", json={"after": after})).raise_for_status().json())

    async def rows(self, resource: str) -> list[dict[str, Any]]:
        return list((await self.client.get(f"/_sandbox/state/{resource}")).json())

    async def row(self, resource: str, number: int) -> dict[str, Any]:
        return next(row for row in await self.rows(resource) if int(row["id"]) == number)

    async def writes(self, path: str = "/api/") -> list[dict[str, Any]]:
        """Requests that asked for a change, in the order in which the shop carried them out."""
        return [each for each in await self.requests() if each["method"] != "GET" and each["path"].startswith(path)]

    async def requests(self) -> list[dict[str, Any]]:
        """Every call of its webservice, as it was carried out."""
        return list((await self.client.get("/_sandbox/requests")).json())

    async def add(self, resource: str, **fields: str) -> int:
        """A person adds a record in the back office."""
        answer = await self.client.post("/_chaos/add", json={"resource": resource, "fields": fields})
        return int(answer.raise_for_status().json())

    async def edit(self, resource: str, number: int, **fields: str) -> None:
        wanted = {"resource": resource, "id": number, "fields": fields}
        (await self.client.post("/_sandbox/edit", json=wanted)).raise_for_status()

    async def order(self, **wanted: int) -> int:
        """A customer orders in the storefront: `customer`, `address` and `quantity` of mugs."""
        return int((await self.client.post("/_chaos/order", json=wanted)).raise_for_status().json())

    async def down(self, down: bool = True) -> None:
        """A proxy answers 503 for its webservice; the people in the back office see nothing of it."""
        (await self.client.post("/_chaos/down", json={"down": down})).raise_for_status()


@dataclass(frozen=True, slots=True, kw_only=True)
class OdooWindow:
    """What Odoo holds, and who asked it what."""

    client: httpx.AsyncClient

    async def reset(self, **how: Any) -> None:
        (await self.client.post("/_chaos/reset", json=how)).raise_for_status()

    async def fail(self, name: str, **where: Any) -> None:
        """The next calls of `model` and `method` meet that fault (`app/sandbox/odoo/trouble.py`) before or instead."""
        (await self.client.post("/_chaos/fail", json={"name": name, **where})).raise_for_status()

    async def spoil(self, how: str, model: str, method: str) -> None:
        """The next such call is carried out and committed, and its answer spoilt (`tests/chaos/odoo.py`)."""
        wanted = {"how": how, "model": model, "method": method}
        (await self.client.post("/_chaos/spoil", json=wanted)).raise_for_status()

    async def down(self, down: bool = True) -> None:
        (await self.client.post("/_chaos/down", json={"down": down})).raise_for_status()

    async def seen(self) -> dict[str, Any]:
        return dict((await self.client.get("/_chaos/seen")).json())

    async def rows(self, model: str) -> list[dict[str, Any]]:
        return list((await self.client.post("/_chaos/rows", json={"model": model})).raise_for_status().json())

    async def calls(self) -> list[dict[str, Any]]:
        """Every call over the API, in order."""
        return list((await self.client.get("/_chaos/calls")).json())

    async def writes(self, model: str) -> list[dict[str, Any]]:
        return [each for each in await self.calls() if each["model"] == model and each["method"] in WRITES]

    async def add(self, model: str, **values: Any) -> int:
        """A person saves a new record, and waits for the rules."""
        answer = await self.client.post("/_chaos/add", json={"model": model, "values": values})
        return int(answer.raise_for_status().json())

    async def edit(self, model: str, number: int, **values: Any) -> None:
        wanted = {"model": model, "id": number, "values": values}
        (await self.client.post("/_chaos/edit", json=wanted)).raise_for_status()
