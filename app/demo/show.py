"""The show: post each example event as Odoo does, and look from outside at what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import httpx

from app.demo.events import EXAMPLES, Example
from app.demo.scene import Scene, Step
from app.demo.stage import eventually
from app.demo.window import Window

PRESSES: Final = 3
SEEN_IN: Final = {"orders": ("order_carriers", "id_order", "tracking_number")}
"""What the shop keeps of an order in another table."""


class Show:
    """The first act: Odoo's envelopes, one after the other, and the first one again."""

    def __init__(self, window: Window) -> None:
        self._window = window

    async def scenes(self) -> AsyncIterator[Scene]:
        first: Mapping[str, Any] = {}
        for example in EXAMPLES:
            accepted, operation_id = await self._accepted(example)
            steps = [accepted]
            if accepted.ok:
                operation = await self._finished(operation_id)
                first = first or operation
                steps.append(await self._written(example, operation))
                if operation.get("entity_id"):
                    steps.append(await self._echo(example, str(operation["entity_id"])))
            yield Scene(title=f"{example.title}  {example.event['event_id']}", steps=steps)
        yield Scene(title=f"{EXAMPLES[0].title} again  the very same event", steps=[await self._repeated(first)])

    async def _accepted(self, example: Example) -> tuple[Step, str]:
        """Odoo waits one second and never asks again; here a timeout is pressed again, which makes no second event."""
        for _ in range(PRESSES):
            sent = await self._window.press(example.event)
            if sent.get("status") is not None:
                break
        answer = sent.get("answer")
        body: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
        operation_id = str(body.get("operation_id") or "")
        if sent.get("status") == httpx.codes.ACCEPTED and operation_id:
            said = f"202 in {sent['elapsed_ms']} ms, operation {operation_id}"
            return Step(name="accepted", ok=True, said=said), operation_id
        reason = body.get("error") or sent.get("error") or sent.get("answer")
        return Step(name="accepted", ok=False, said=f"{sent.get('status') or 'no answer'}: {reason}"), ""

    async def _finished(self, operation_id: str) -> Mapping[str, Any]:
        async def look() -> Mapping[str, Any] | None:
            operation = await self._window.ask(f"/api/v1/operations/{operation_id}")
            return None if operation.get("status") == "processing" else operation

        return await eventually(look) or {"error_message": "it did not end in time"}

    async def _written(self, example: Example, operation: Mapping[str, Any]) -> Step:
        if operation.get("status") != "success":
            said = str(operation.get("error_message") or operation.get("detail") or operation)
            return Step(name="written", ok=False, said=said)
        entity_id = str(operation["entity_id"])
        held = await self._held(example, entity_id)
        wrong = [f"expected {name} {wanted!r}" for name, wanted in example.expected.items() if held.get(name) != wanted]
        shown = ", ".join(f"{name} {held.get(name)}" for name in example.expected)
        return Step(
            name="written",
            ok=not wrong and operation["outcome"] in {"written", "created"},
            said=f"{operation['message']}, id {entity_id} in the shop ({operation['outcome']})",
            facts=[f"the shop holds: {shown}", *operation["notes"], *wrong],
        )

    async def _held(self, example: Example, entity_id: str) -> Mapping[str, str]:
        row = await self._window.shop_row(example.resource, "id", entity_id)
        if example.resource in SEEN_IN:
            resource, key, field = SEEN_IN[example.resource]
            row |= {field: (await self._window.shop_row(resource, key, entity_id)).get(field, "")}
        return row

    async def _echo(self, example: Example, entity_id: str) -> Step:
        """The shop tells of our write like of any other; it must end as `unchanged`, after one read and no write."""
        name = "echo recognised"
        entity_type = str(example.event["entity_type"])
        if not await eventually(lambda: self._delivered(entity_type, entity_id)):
            return Step(name=name, ok=False, said="the shop's own webhook was not taken")
        jobs = await eventually(lambda: self._judged(entity_type, entity_id))
        if not jobs:
            return Step(name=name, ok=False, said="the shop's own webhook was not judged in time")
        if genuine := [job for job in jobs if not _is_echo(job)]:
            reason = genuine[0]["held_reason"] or genuine[0]["error_message"] or genuine[0]["status"]
            return Step(name=name, ok=False, said=f"taken for somebody's edit: {reason}")
        ids = ", ".join(str(job["id"]) for job in jobs)
        return Step(name=name, ok=True, said=f"the shop's own webhook came in and ended unchanged (job {ids})")

    async def _delivered(self, entity_type: str, entity_id: str) -> bool | None:
        """Every webhook the shop has sent about the record was taken; by the time of our answer it knows of all."""
        hooks = await self._window.shop_events()
        ours = [hook for hook in hooks if hook["entity_type"] == entity_type and str(hook["data"]["id"]) == entity_id]
        taken = [hook for hook in ours if httpx.codes.ACCEPTED in hook["statuses"]]
        return True if ours and len(taken) == len(ours) else None

    async def _judged(self, entity_type: str, entity_id: str) -> Sequence[Mapping[str, Any]] | None:
        jobs = await self._window.ask(
            "/api/v1/jobs", direction="shop_to_odoo", entity_type=entity_type, native_id=entity_id
        )
        items: Sequence[Mapping[str, Any]] = jobs.get("items") or []
        return items if items and all(_has_ended(job) for job in items) else None

    async def _repeated(self, first: Mapping[str, Any]) -> Step:
        before = len(await self._window.shop_writes())
        answer = await self._window.post_event(EXAMPLES[0].event, wait_s=10)
        body = answer.json()
        written = len(await self._window.shop_writes()) - before
        same = body.get("operation_id") == first.get("operation_id") and body.get("message") == first.get("message")
        return Step(
            name="answered as before",
            ok=answer.status_code == httpx.codes.OK and same and written == 0,
            said=f"{answer.status_code} {body.get('message') or body.get('error')}",
            facts=[f"operation {body.get('operation_id')}; writes the shop received for it: {written}"],
        )


def _has_ended(job: Mapping[str, Any]) -> bool:
    return job["status"] not in {"pending", "processing"} or bool(job["held_reason"])


def _is_echo(job: Mapping[str, Any]) -> bool:
    return bool(job["status"] == "completed" and job["outcome"] == "unchanged")
