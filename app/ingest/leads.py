"""A lead from a shop's form: stored together with the job that takes it to Odoo, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.store import LinkView
from app.entities.base import Action, Direction, EntityType, Json, Side
from app.portal.leads import add_lead, change_lead, continued, find_same
from app.queue.store import NewJob, enqueue

FORM = "form"
PRIORITY = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadForm:
    """What a person wrote; `email` in lower case."""

    name: str
    email: str
    contact_name: str | None = None
    phone: str | None = None
    company: str | None = None
    description: str | None = None

    def values(self) -> dict[str, Json]:
        return {
            "name": self.name,
            "email": self.email,
            "contact_name": self.contact_name,
            "phone": self.phone,
            "company": self.company,
            "description": self.description,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedLead:
    id: int
    new: bool


async def accept_lead(
    session: AsyncSession, link: LinkView, form: LeadForm, *, max_attempts: int, traceparent: str | None = None
) -> AcceptedLead:
    """In the caller's transaction. Who writes again about the same matter goes on with the lead there is: two of one
    person and one name could not be told apart in Odoo. The same message again adds nothing."""
    before = await find_same(session, link_id=link.id, email=form.email, name=form.name)
    if before is None:
        number = await add_lead(session, link_id=link.id, values=form.values(), source=FORM)
    else:
        number = before.id
        await change_lead(session, link_id=link.id, lead_id=number, values=_more(form, before.values))
    action = Action.CREATED if before is None else Action.UPDATED
    await enqueue(session, [_job(link, number, action, max_attempts, traceparent)])
    return AcceptedLead(id=number, new=before is None)


def _more(form: LeadForm, before: Mapping[str, Json]) -> str:
    written = form.values().items()
    given: dict[str, Json] = {name: value for name, value in written if value and name not in ("name", "email")}
    now = datetime.now(UTC)
    given["description"] = continued(_text(before.get("description")), form.description, now=now)
    return orjson.dumps(given).decode()


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


def _job(link: LinkView, number: int, action: Action, max_attempts: int, traceparent: str | None) -> NewJob:
    return NewJob(
        link_id=link.id,
        module=link.shop_kind,
        direction=Direction.SHOP_TO_ODOO,
        entity_type=EntityType.LEAD,
        side=Side.SHOP,
        native_id=str(number),
        action=action,
        payload={},
        priority=PRIORITY,
        max_attempts=max_attempts,
        traceparent=traceparent,
    )
