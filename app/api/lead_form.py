"""The lead form: the one address that strangers post to, from a page of the shop. No secret, a rate limit per address.

A lead is stored before it is answered, and its job with it: the answer means that it is on its way to Odoo.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app import hooks, metrics, tracing
from app.api.deps import State
from app.api.door import JSON, content_type, find_link, read_raw
from app.api.errors import responses
from app.api.limits import client_address
from app.api.state import ApiState
from app.connections.explain import dotted, explain
from app.connections.store import LinkView
from app.entities.base import Direction, EntityType
from app.entities.values import as_email
from app.errors import BadPayload, SwitchedOff
from app.ingest.leads import LeadForm, accept_lead

FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 64 * 1024
# A page of the shop is another origin than this service; there is no cookie here that another site could abuse.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}

router = APIRouter(prefix="/forms/{link}", tags=["portal"])


class LeadBody(BaseModel):
    """`website` is a trap: people do not see it, and who fills it in is no person."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    email: str = Field(max_length=254, examples=["jane@example.com"])
    subject: str | None = Field(None, max_length=200, examples=["A table for eight"])
    name: str | None = Field(None, max_length=200, description="Of the person.", examples=["Jane Doe"])
    phone: str | None = Field(None, max_length=64)
    company: str | None = Field(None, max_length=200)
    message: str | None = Field(None, max_length=10_000)
    website: str | None = Field(None, max_length=500, description="To be left empty; hide it on the page.")

    @field_validator("*")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("has a NUL character; remove it")
        return value or None

    @field_validator("email")
    @classmethod
    def _is_email(cls, value: str | None) -> str:
        email = as_email(value)
        if email is None:
            raise ValueError("is missing")
        return email.lower()

    def lead(self) -> LeadForm:
        return LeadForm(
            name=self.subject or f"Enquiry of {self.name or self.email}",
            email=self.email,
            contact_name=self.name,
            phone=self.phone,
            company=self.company,
            description=self.message,
        )


class LeadAnswer(BaseModel):
    success: bool = True
    message: str = Field(examples=["Thank you. We have your message."])


@router.post(
    "/lead",
    summary="A lead from a form of the shop",
    description="JSON or a plain HTML form. Needs the setting `lead_form_enabled` of the module crm.",
    status_code=HTTPStatus.ACCEPTED,
    response_model=LeadAnswer,
    responses=responses(400, 403, 404, 409, 413, 429, 500, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": LeadBody.model_json_schema()} for kind in (JSON, FORM)},
        }
    },
)
async def receive_lead(link: str, request: Request, state: State) -> Response:
    view = await find_link(request, state, link)
    await state.limiter.check_anonymous(client_address(request, state.settings))
    check_open(view)
    body = _parsed(await read_raw(request, min(MAX_BYTES, state.settings.max_body_bytes)), content_type(request))
    if body.website is None:
        await _store(state, view, body.lead())
    return JSONResponse(
        {"success": True, "message": "Thank you. We have your message."},
        status_code=HTTPStatus.ACCEPTED,
        headers=_CORS,
    )


@router.options("/lead", include_in_schema=False)
async def allow_lead(link: str) -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_CORS)


def check_open(view: LinkView) -> None:
    """Raises `SwitchedOff`."""
    if not view.enabled:
        raise SwitchedOff(f"link {view.slug} is disabled; nothing was stored")
    if not view.sync.flows(EntityType.LEAD, Direction.SHOP_TO_ODOO):
        raise SwitchedOff(
            f"link {view.slug} takes no leads; set lead_form_enabled: true of its module crm. Nothing was stored"
        )


async def _store(state: ApiState, view: LinkView, lead: LeadForm) -> None:
    async with state.sessions.begin() as session:
        accepted = await accept_lead(
            session, view, lead, max_attempts=state.settings.max_attempts, traceparent=tracing.traceparent(None)
        )
    state.bell.ring()
    if accepted.new:
        metrics.LEADS.labels(view.slug).inc()
        hooks.lead_created(view.slug, {"id": accepted.id, **lead.values()})


def _parsed(raw: bytes, kind: str) -> LeadBody:
    values = _values(raw, kind)
    try:
        return LeadBody.model_validate(values)
    except ValidationError as error:
        path, words = next(explain(error, LeadBody, values))
        where = dotted(path) or "body"
        raise BadPayload(f"{where} {words}", field=where) from None


def _values(raw: bytes, kind: str) -> Any:
    if kind == FORM:
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    if kind != JSON:
        raise BadPayload(f"Content-Type must be {JSON} or {FORM}", code="bad_content_type", field="Content-Type")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"the body is not JSON in UTF-8: {error.msg}") from error
