"""What can be seen and done from outside: both sides through their sandboxes' windows, the service through its API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from app.demo.stage import Stage

CHANGING: Final = frozenset({"write", "create", "load", "unlink", "action_confirm"})
OPEN: Final = frozenset({"pending", "processing"})

Row = Mapping[str, Any]


class Window:
    """`client` needs no credentials of its own: each request carries what it needs."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient, token: str) -> None:
        self._stage = stage
        self._client = client
        self._operator = {"Authorization": f"Bearer {token}"}

    async def ask(self, path: str, **filters: str) -> Mapping[str, Any]:
        """The service, as an operator."""
        answer = await self._client.get(f"{self._stage.api}{path}", params=filters, headers=self._operator)
        body: Mapping[str, Any] = answer.json()
        return body

    async def tell(self, path: str, wanted: Mapping[str, object]) -> httpx.Response:
        """The service, as an operator who wants something done."""
        return await self._client.post(f"{self._stage.api}{path}", json=wanted, headers=self._operator)

    async def post_event(self, event: Mapping[str, object], *, wait_s: int) -> httpx.Response:
        """The same post as Odoo's rule makes, but waiting for the outcome."""
        headers = {"X-Webhook-Secret": self._stage.webhook_secret, "Prefer": f"wait={wait_s}"}
        return await self._client.post(self._stage.odoo_webhook, json=event, headers=headers)

    async def press(self, event: Mapping[str, object]) -> Mapping[str, Any]:
        """Odoo's rule that posts envelopes; returns what became of the post."""
        sent: Mapping[str, Any] = await self._post(f"{self._stage.odoo}/_sandbox/actions/reverse-sync", event)
        return sent

    async def shop_rows(self, resource: str) -> Sequence[Row]:
        rows: Sequence[Row] = await self._get(f"{self._stage.shop}/_sandbox/state/{resource}")
        return rows

    async def shop_row(self, resource: str, key: str, value: str) -> dict[str, str]:
        """Empty when there is none. A text in several languages is shown in the first."""
        found: Row = next((row for row in await self.shop_rows(resource) if str(row.get(key)) == value), {})
        return {name: _text(held) for name, held in found.items()}

    async def shop_events(self) -> Sequence[Row]:
        """The webhooks that the shop has sent, with what was answered to each."""
        events: Sequence[Row] = await self._get(f"{self._stage.shop}/_sandbox/hooks")
        return events

    async def shop_writes(self) -> list[str]:
        """What the shop was asked to change through its webservice: `PATCH /api/customers/8`."""
        requests = await self._get(f"{self._stage.shop}/_sandbox/requests")
        return [f"{each['method']} {each['path']}" for each in requests if each["method"] not in {"GET", "HEAD"}]

    async def odoo_rows(self, model: str, **values: object) -> list[Row]:
        rows = await self._get(f"{self._stage.odoo}/_sandbox/state/{model}")
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    async def odoo_writes(self) -> list[str]:
        """What Odoo was asked to change through its API: `res.partner write`. The rules' own making is left out."""
        requests = await self._get(f"{self._stage.odoo}/_sandbox/requests")
        return [
            f"{each['model']} {each['method']}"
            for each in requests
            if each["method"] in CHANGING and not str(each["model"]).startswith(("base.automation", "ir."))
        ]

    async def edit_shop(self, resource: str, number: int, **fields: str) -> None:
        await self._post(f"{self._stage.shop}/_sandbox/edit", {"resource": resource, "id": number, "fields": fields})

    async def add_to_shop(self, resource: str, **fields: str) -> int:
        made = await self._post(f"{self._stage.shop}/_sandbox/add", {"resource": resource, "fields": fields})
        return int(made["id"])

    async def order(self, *, customer: int, address: int, product: int, quantity: int) -> int:
        wanted = {"customer": customer, "address": address, "product": product, "quantity": quantity}
        return int((await self._post(f"{self._stage.shop}/_sandbox/order", wanted))["id"])

    async def edit_odoo(self, model: str, number: int, **values: object) -> None:
        await self.press_in_odoo(model, "write", [number], values)

    async def add_to_odoo(self, model: str, **values: object) -> int:
        [made] = await self.press_in_odoo(model, "create", [], values)
        return int(made)

    async def press_in_odoo(self, model: str, method: str, ids: Sequence[int], *args: object) -> Any:
        """What a person does with a form or a button; Odoo's rules have posted when it is answered."""
        wanted = {"model": model, "method": method, "ids": list(ids), "args": list(args)}
        return await self._post(f"{self._stage.odoo}/_sandbox/press", wanted)

    async def jobs(self, link: str) -> Mapping[int, Row]:
        """The newest 200, the oldest of them first, by id."""
        page = await self.ask("/api/v1/jobs", link=link, limit="200")
        return {int(job["id"]): job for job in reversed(page["items"])}

    async def quiet(self) -> bool | None:
        """Whether no job is left, nor an event of the shop that was not taken; None while one is."""
        if not await self._idle():
            return None
        events = await self.shop_events()
        taken = all(httpx.codes.ACCEPTED in event["statuses"] for event in events)
        return True if taken and await self._idle() else None

    async def _idle(self) -> bool:
        stats = await self.ask("/api/v1/jobs/stats")
        return not any(each["status"] in OPEN and not each["held"] for each in stats["counts"])

    async def _get(self, url: str) -> Any:
        return (await self._client.get(url)).raise_for_status().json()

    async def _post(self, url: str, body: object) -> Any:
        return (await self._client.post(url, json=body)).raise_for_status().json()


def _text(value: object) -> str:
    return str(next(iter(value.values()), "")) if isinstance(value, dict) else str(value)
