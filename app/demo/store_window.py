"""The WooCommerce as it is seen and used from outside: its sandbox's window, for what people do in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from app.demo.stage import Stage
from app.demo.window import Row

REST: Final = ("/wp-json/wc/v3", "/wp-json/wp/v2")
BATCHES: Final = ("create", "update", "delete")


class StoreWindow:
    def __init__(self, stage: Stage, client: httpx.AsyncClient) -> None:
        self._base = f"{stage.store}/_sandbox"
        self._client = client

    async def rows(self, resource: str, **values: object) -> Sequence[Row]:
        rows = await self._get(f"state/{resource}")
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    async def row(self, resource: str, **values: object) -> Row:
        """Empty when there is none."""
        return next(iter(await self.rows(resource, **values)), {})

    async def edit(self, resource: str, number: int, **fields: object) -> None:
        """What a person saves in wp-admin."""
        await self._post("edit", {"resource": resource, "id": number, "fields": fields})

    async def add(self, resource: str, **fields: object) -> int:
        made = await self._post("add", {"resource": resource, "fields": fields})
        return int(made["id"])

    async def order(self, **checkout: object) -> int:
        """A customer's checkout in the storefront."""
        return int((await self._post("order", checkout))["id"])

    async def writes(self) -> list[str]:
        """What it was asked to change through REST: `PUT products/10`, `POST products/batch (2 updated)`. Its webhooks
        are no content."""
        asked = [each for each in await self._get("requests") if each["method"] not in ("GET", "HEAD")]
        return [_write(each) for each in asked if "/webhooks" not in each["path"]]

    async def calls(self) -> int:
        """Reads and writes of content through REST."""
        return len([each for each in await self._get("requests") if "/webhooks" not in each["path"]])

    async def deliveries_taken(self) -> bool:
        """Waits for those that are under way; whether all so far were taken."""
        (await self._client.post(f"{self._base}/settle")).raise_for_status()
        return all(200 <= each["status"] < 300 for each in await self._get("hooks"))

    async def _get(self, path: str) -> Any:
        return (await self._client.get(f"{self._base}/{path}")).raise_for_status().json()

    async def _post(self, path: str, body: object) -> Any:
        return (await self._client.post(f"{self._base}/{path}", json=body)).raise_for_status().json()


def _write(asked: Mapping[str, Any]) -> str:
    path = str(asked["path"])
    for root in REST:
        path = path.removeprefix(f"{root}/")
    if not path.endswith("/batch"):
        return f"{asked['method']} {path}"
    body = json.loads(asked["body"])
    counts = ", ".join(f"{len(body[name])} to {name}" for name in BATCHES if body.get(name))
    return f"{asked['method']} {path} ({counts})"
