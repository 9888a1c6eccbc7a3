"""The webhooks of one link in WooCommerce: found by their name, made, woken, put right, removed.

WooCommerce switches a webhook off at the seventh delivery in a row that was not answered with 2xx, and what happens
then is never told of; being woken does not forget the failures, one success does. It makes any number of webhooks for
one topic, and each delivers. The secret can be written and not read (9.9.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.connectors.hooked import Act, Hook, HookTarget, Step
from app.connectors.woocommerce.client import WooClient
from app.entities.base import EntityType, Json
from app.errors import AppError

PATH: Final = "webhooks"
ACTIVE: Final = "active"
EVENTS: Final = ("created", "updated", "deleted", "restored")
TELLS_OF: Final[Mapping[str, frozenset[EntityType]]] = {
    "customer": frozenset({EntityType.CUSTOMER, EntityType.ADDRESS}),
    "product": frozenset({EntityType.PRODUCT, EntityType.VARIANT, EntityType.STOCK, EntityType.IMAGE}),
    "order": frozenset({EntityType.ORDER, EntityType.REFUND}),
    "coupon": frozenset({EntityType.COUPON}),
}
_SWITCHED_OFF: Final = {
    "disabled": "the shop switched it off, as seven deliveries in a row were not taken",
    "paused": "somebody paused it",
}


class WoocommerceWebhooks:
    """Implements `connectors.hooked.Webhooks`."""

    def __init__(self, client: WooClient) -> None:
        self._client = client

    def topics(self, entity_types: frozenset[EntityType]) -> tuple[str, ...]:
        return tuple(
            f"{resource}.{event}" for resource, kinds in TELLS_OF.items() if kinds & entity_types for event in EVENTS
        )

    async def plan(self, target: HookTarget) -> list[Step]:
        rows = await self._client.rows(PATH)
        found = [hook for hook in map(_hook, rows) if hook.name.startswith(target.prefix)]
        return list(plan_steps(target, self.topics(target.entity_types), found))

    async def carry_out(self, target: HookTarget, steps: Sequence[Step]) -> list[Hook | AppError | None]:
        answers: list[Hook | AppError | None] = []
        for step in steps:
            try:
                answers.append(await self._carry_out(target, step))
            except AppError as error:
                answers.append(error)
        return answers

    async def _carry_out(self, target: HookTarget, step: Step) -> Hook | None:
        if step.act is None or step.found is None:
            return step.found if step.act is None else await self._make(target, step.topic)
        at = f"{PATH}/{step.found.native_id}"
        if step.act is Act.REMOVE:
            await self._client.delete(at, force=True)
            return None
        if step.act is Act.REMAKE:
            made = await self._make(target, step.topic)
            await self._client.delete(at, force=True)
            return made
        return _hook(await self._client.put(at, _body(target, step.topic)))

    async def _make(self, target: HookTarget, topic: str) -> Hook:
        return _hook(await self._client.post(PATH, _body(target, topic)))


def plan_steps(target: HookTarget, topics: Sequence[str], found: Sequence[Hook]) -> Iterator[Step]:
    """What is wanted in its order, then what is too much. Pure."""
    kept: set[str] = set()
    for topic in topics:
        ours = [hook for hook in found if hook.name == f"{target.prefix}{topic}"]
        best = min(ours, key=lambda hook: _rank(hook, topic, target.url), default=None)
        if best is None:
            yield Step(topic=topic, act=Act.MAKE, why=("there is none",))
        else:
            kept.add(best.native_id)
            yield _kept(target, topic, best)
    for hook in found:
        if hook.native_id not in kept:
            twice = hook.name.removeprefix(target.prefix) in topics
            why = "there is another of the same" if twice else "nothing that goes to Odoo needs it"
            yield Step(topic=hook.topic, act=Act.REMOVE, found=hook, why=(why,))


def _kept(target: HookTarget, topic: str, hook: Hook) -> Step:
    wrong = tuple(_wrong(target, topic, hook))
    if topic in target.remake:
        return Step(topic=topic, act=Act.REMAKE, found=hook, why=("its owner may not read what it tells of",))
    if hook.status != ACTIVE:
        asleep = _SWITCHED_OFF.get(hook.status, f"its status is {hook.status}")
        return Step(topic=topic, act=Act.WAKE, found=hook, why=(asleep, *wrong))
    if wrong:
        return Step(topic=topic, act=Act.MEND, found=hook, why=wrong)
    if topic in target.renew:
        return Step(topic=topic, act=Act.RENEW, found=hook, why=("it may have an older secret",))
    return Step(topic=topic, found=hook)


def _wrong(target: HookTarget, topic: str, hook: Hook) -> Iterator[str]:
    if hook.topic != topic:
        yield f"its topic is {hook.topic}"
    if hook.url != target.url:
        yield f"it posts to {hook.url}"


def _rank(hook: Hook, topic: str, url: str) -> tuple[bool, bool, bool, int]:
    """The one that works is kept; of equals the oldest."""
    return (hook.topic != topic, hook.url != url, hook.status != ACTIVE, int(hook.native_id))


def _body(target: HookTarget, topic: str) -> dict[str, Json]:
    """All of it, whatever was wrong: who changed one thing may have changed the secret, which nobody can see."""
    return {
        "name": f"{target.prefix}{topic}",
        "topic": topic,
        "delivery_url": target.url,
        "secret": target.secret,
        "status": ACTIVE,
    }


def _hook(row: dict[str, Json]) -> Hook:
    return Hook(
        native_id=str(row["id"]),
        name=str(row.get("name") or ""),
        topic=str(row.get("topic") or ""),
        status=str(row.get("status") or ""),
        url=str(row.get("delivery_url") or ""),
    )
