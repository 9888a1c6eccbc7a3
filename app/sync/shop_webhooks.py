"""A link's webhooks in its shop: show, keep, remove. What is known of them, and stored, is `shop_webhook_store.py`.

The database is read first, then the shop is asked, then what was found is stored: no transaction is open during a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.connections.models import OWNER_WITHOUT_RIGHTS
from app.connectors.base import Connector
from app.connectors.hooked import MISSING_OUT, Act, Hook, Hooked, HookTarget, Step, Webhooks
from app.errors import AppError, BadPayload
from app.sync.shop_webhook_store import HookTerms, Known, Outcome, Report

SAME_MOMENT: Final = timedelta(seconds=5)
"""A link's date of change is when its transaction began: a change may be older than it looks by that much."""


NOTHING_YET: Final = "*"
"""The topic of a problem that came before any webhook was made."""


class Doing(StrEnum):
    SHOW = "show"
    KEEP = "keep"
    REMOVE = "remove"


def target_of(terms: HookTerms, public_url: str | None) -> HookTarget:
    """Raises `BadPayload` without an address."""
    if public_url is None:
        raise BadPayload(
            "where does the shop reach this service? Set PUBLIC_URL (https://sync.example.com), or give the url",
            code="no_public_url",
            field="url",
        )
    return HookTarget(
        slug=terms.slug,
        url=terms.address(public_url),
        secret=terms.secret,
        entity_types=terms.entity_types,
        renew=frozenset(topic for topic, known in terms.known.items() if _may_be_outdated(known, terms.changed_at)),
        remake=frozenset(topic for topic, known in terms.known.items() if known.problem == OWNER_WITHOUT_RIGHTS),
    )


async def manage(
    connector: Connector, terms: HookTerms, target: HookTarget, doing: Doing, *, dry_run: bool = False
) -> Report:
    """Raises what the shop raises when it cannot even be looked at."""
    hooks = _hooks(connector)
    wanted = target
    if doing is Doing.REMOVE:
        wanted = HookTarget(slug=target.slug, url=target.url, secret=target.secret, entity_types=frozenset())
    steps = await hooks.plan(wanted)
    done = doing is not Doing.SHOW and not dry_run
    answers: Sequence[Hook | AppError | None] = [step.found for step in steps]
    if done:
        answers = await hooks.carry_out(wanted, steps)
    outcomes = tuple(_outcome(step, answer, terms, target) for step, answer in zip(steps, answers, strict=True))
    missed = done and any(each.missing_out for each in outcomes)
    return Report(
        link=terms.slug,
        shop=terms.shop,
        url=target.url,
        outcomes=outcomes,
        done=done,
        notes=(*_notes(terms, doing), *(_not_looked_for(connector, terms) if missed else ())),
    )


def unreached(terms: HookTerms, target: HookTarget, error: AppError) -> Report:
    """The report where the shop could not be looked at: what is known stays, with the reason."""
    problem = f"the shop's webhooks could not be looked at: {error.message}"
    topics = list(terms.known) or [NOTHING_YET]
    outcomes = tuple(Outcome(topic=topic, act=None, why=(), hook=None, problem=problem) for topic in topics)
    return Report(link=terms.slug, shop=terms.shop, url=target.url, outcomes=outcomes, done=False)


def _outcome(step: Step, answer: Hook | AppError | None, terms: HookTerms, target: HookTarget) -> Outcome:
    if isinstance(answer, AppError):
        failed = f"{'; '.join(step.why)}, and it could not be mended: {answer.message}"
        return Outcome(topic=step.topic, act=step.act, why=step.why, hook=step.found, problem=failed)
    known = terms.known.get(step.topic)
    return Outcome(
        topic=step.topic,
        act=step.act,
        why=step.why,
        hook=answer,
        problem=_never_arrives(step, known, target.url),
        missing_out=step.act in MISSING_OUT or (step.act is Act.MAKE and known is not None and bool(known.native_id)),
    )


def _never_arrives(step: Step, known: Known | None, url: str) -> str | None:
    """Switched off again and again, with nothing arriving in between: waking it mends nothing."""
    if step.act is not Act.WAKE or step.found is None or step.found.status != "disabled":
        return None
    if known is None or not known.mended or known.checked_at is None:
        return None
    if known.last_seen_at is not None and known.last_seen_at >= known.checked_at:
        return None
    return (
        f"the shop has switched it off again, and nothing it sent has arrived since {known.checked_at:%Y-%m-%d %H:%M} "
        f"UTC: can the shop's server reach {url}?"
    )


def _notes(terms: HookTerms, doing: Doing) -> list[str]:
    if doing is Doing.REMOVE:
        return []
    said = []
    if not terms.entity_types:
        said.append(f"link {terms.slug} takes nothing out of the shop: name entity types under its `sync`")
    if not terms.enabled:
        said.append(f"link {terms.slug} is switched off: what its webhooks send is refused until it is switched on")
    return said


def _not_looked_for(connector: Connector, terms: HookTerms) -> list[str]:
    """What polling does not find."""
    undated = [
        cell.entity_type.value
        for cell in connector.capabilities
        if cell.entity_type in terms.entity_types and not cell.polled
    ]
    if not undated:
        return []
    return [
        f"{', '.join(undated)}: the shop shows no changes of these by date; the next reconciliation finds them, or "
        "`shopsync reconcile` now"
    ]


def _may_be_outdated(known: Known, changed_at: datetime) -> bool:
    """Whether the link, and its secret with it, may have changed since we last wrote or saw to this webhook."""
    if known.checked_at is None or known.problem is not None:
        return True
    return changed_at > known.checked_at - SAME_MOMENT


def _hooks(connector: Connector) -> Webhooks:
    assert isinstance(connector, Hooked)  # its `Kind` says so
    return connector.webhooks
