"""Bulk imports, asked for as `shopsync import` does, with their progress and what they took."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from app.demo.links import SECOND
from app.demo.scene import Step
from app.demo.stage import eventually
from app.demo.store_window import StoreWindow
from app.demo.window import Window


class Bulk:
    def __init__(self, window: Window, store: StoreWindow) -> None:
        self._window = window
        self._store = store

    async def imported(self, *entity_types: str) -> list[Step]:
        """Asks for all of them at once; the worker takes one after the other."""
        asked, written = await self._store.calls(), len(await self._window.odoo_writes())
        opened = [await self._open(entity_type) for entity_type in entity_types]
        steps = list(await asyncio.gather(*(self._ended(each) for each in opened)))
        calls, writes = await self._store.calls() - asked, len(await self._window.odoo_writes()) - written
        done = all(step.ok for step in steps)
        return [*steps, Step(name="calls", ok=done, said=f"{calls} to the WooCommerce, {writes} writes to Odoo")]

    async def _open(self, entity_type: str) -> httpx.Response:
        wanted = {"kind": "import", "entity_type": entity_type}
        return await self._window.tell(f"/api/v1/links/{SECOND}/runs", wanted)

    async def _ended(self, opened: httpx.Response) -> Step:
        if opened.status_code != httpx.codes.ACCEPTED:
            return Step(name="import", ok=False, said=f"{opened.status_code} {opened.text}")
        looks: list[str] = []
        number = int(opened.json()["id"])
        run = await eventually(lambda: self._progress(number, looks))
        name = f"import {opened.json()['entity_type']}"
        if run is None:
            return Step(name=name, ok=False, said=f"run {number} has not ended: {looks}")
        return Step(
            name=name,
            ok=run["status"] == "completed" and run["done"] == run["seen"] > 0,
            said=f"{run['done']} of {run['total'] or run['seen']} done, {run['failed']} failed",
            facts=[f"progress: {', '.join(looks)}", *([run["error_message"]] if run["error_message"] else [])],
        )

    async def _progress(self, number: int, looks: list[str]) -> Mapping[str, Any] | None:
        """The run at its end; None while it is under way. `looks` grows by what it says meanwhile."""
        run = await self._window.ask(f"/api/v1/links/{SECOND}/runs/{number}")
        look = f"{run['done']}/{run['total'] or '?'}"
        if look not in looks:
            looks.append(look)
        return None if run["status"] == "running" else run
