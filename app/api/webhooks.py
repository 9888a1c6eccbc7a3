"""The doors: Odoo's reverse-sync envelopes and the shop's own events. Read, check, hand to `ingest/service.py`."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from app.api.deps import State
from app.api.errors import problem, responses
from app.api.limits import check_allowed, client_address
from app.api.state import ApiState
from app.connections.store import LinkView
from app.errors import AppError, BadPayload, Forbidden, NotFound, TooLarge
from app.ingest.models import OperationStatus
from app.ingest.outcome import OperationOutcome
from app.ingest.service import Accepted, check_secret
from app.metrics import INGEST_SECONDS, WEBHOOKS

MAX_WAIT_S = 30.0
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])", re.ASCII)

router = APIRouter(tags=["webhooks"])


class ReverseEnvelope(BaseModel):
    """One change out of Odoo, in the shop's words. `data` is partial: an absent field is left alone."""

    event_id: str = Field(max_length=200, examples=["odoo-customer-123-1699365000"])
    entity_type: str = Field(examples=["customer"], description="customer, address, order or coupon")
    action_type: str = Field(examples=["updated"], description="created or updated")
    data: dict[str, Any] = Field(examples=[{"id": 67, "email": "john@example.com", "newsletter": True}])


class ShopEnvelope(BaseModel):
    """The shop's own event: a hint, the record is read by id."""

    event_id: str
    entity_type: str
    action_type: str = Field(description="created, updated or deleted")
    data: dict[str, Any] = Field(examples=[{"id": 67}])


class AcceptedAnswer(BaseModel):
    """Stored; the outcome is at `Location`."""

    success: bool = True
    operation_id: str | None
    message: str
    notes: list[str] = []


class DoneAnswer(BaseModel):
    """The outcome, for a sender that waited."""

    success: bool = True
    entity_id: int | str | None
    message: str
    operation_id: str
    outcome: str
    notes: list[str] = []


ENVELOPE_EXAMPLES = {
    "customer": {
        "summary": "Customer: found by id, else by e-mail",
        "value": {
            "event_id": "odoo-customer-123-1699365000",
            "entity_type": "customer",
            "action_type": "updated",
            "data": {"id": 67, "email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True},
        },
    },
    "order": {
        "summary": "Order: state and tracking number",
        "value": {
            "event_id": "odoo-order-456-1699365000",
            "entity_type": "order",
            "action_type": "updated",
            "data": {"id": 1001, "current_state": 3, "tracking_number": "1Z999AA10"},
        },
    },
    "address": {
        "summary": "Address: without a country it gets the link's default",
        "value": {
            "event_id": "odoo-address-789-1699365000",
            "entity_type": "address",
            "action_type": "created",
            "data": {
                "id_customer": 67,
                "alias": "Home",
                "address1": "123 Main St",
                "city": "New York",
                "postcode": "10001",
            },
        },
    },
    "coupon": {
        "summary": "Coupon: ten percent off",
        "value": {
            "event_id": "odoo-coupon-9-1699365000",
            "entity_type": "coupon",
            "action_type": "created",
            "data": {
                "code": "WELCOME10",
                "name": "Welcome",
                "reduction_percent": 10,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
            },
        },
    },
}
_BODY_SCHEMA = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/ReverseEnvelope"},
                "examples": ENVELOPE_EXAMPLES,
            }
        },
    }
}
_SHOP_BODY_SCHEMA = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ShopEnvelope"}}},
    }
}
_REFUSED = responses(400, 403, 404, 409, 413, 429, 500, 503)


@router.get("/webhooks/test", summary="Is the service there?")
async def test_address() -> dict[str, Any]:
    """Answers without a secret, so that a sender's network path can be tried."""
    return {"success": True, "message": "odoo-shop-sync is listening for webhooks"}


@router.post(
    "/webhooks/odoo/{link}",
    summary="A change out of Odoo, to be written into the shop",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **_REFUSED},
    openapi_extra=_BODY_SCHEMA,
)
@router.post("/webhooks/odoo/{link}/", include_in_schema=False)
async def receive_odoo(
    link: str,
    request: Request,
    state: State,
    x_webhook_secret: Annotated[str | None, Header(description="The link's webhook secret")] = None,
    x_odoo_token: Annotated[str | None, Header(description="The same, under another name")] = None,
    prefer: Annotated[
        str | None, Header(description="`wait=N`: answer with the outcome, waiting up to N seconds (at most 30)")
    ] = None,
) -> Response:
    return await _reverse(request, state, link, x_webhook_secret or x_odoo_token, prefer)


@router.post(
    "/webhooks/odoo/{link}/{token}",
    summary="The same with the secret in the path, for Odoo's own webhook action, which sends no headers",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **_REFUSED},
    openapi_extra=_BODY_SCHEMA,
)
@router.post("/webhooks/odoo/{link}/{token}/", include_in_schema=False)
async def receive_odoo_with_token(
    link: str, token: str, request: Request, state: State, prefer: Annotated[str | None, Header()] = None
) -> Response:
    return await _reverse(request, state, link, token, prefer)


@router.post(
    "/webhooks/prestashop/{link}",
    summary="The shop's own event: judged, echo or genuine",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses=_REFUSED,
    openapi_extra=_SHOP_BODY_SCHEMA,
)
@router.post("/webhooks/prestashop/{link}/", include_in_schema=False)
async def receive_prestashop(
    link: str, request: Request, state: State, x_webhook_secret: Annotated[str | None, Header()] = None
) -> Response:
    started = time.perf_counter()
    view = await admit(request, state, link, x_webhook_secret)
    try:
        raw = await read_body(request, state.settings.max_body_bytes)
        accepted = await state.ingest.accept_shop(view, raw, traceparent=request.headers.get("traceparent"))
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    _count(view, accepted, started)
    return JSONResponse(
        {"success": True, "operation_id": None, "message": "Accepted", "notes": []}, status_code=HTTPStatus.ACCEPTED
    )


async def _reverse(request: Request, state: ApiState, slug: str, secret: str | None, prefer: str | None) -> Response:
    started = time.perf_counter()
    view = await admit(request, state, slug, secret)
    try:
        raw = await read_body(request, state.settings.max_body_bytes)
        accepted = await state.ingest.accept_reverse(view, raw, traceparent=request.headers.get("traceparent"))
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    _count(view, accepted, started)
    wait_s = _wait(prefer)
    if wait_s:
        assert accepted.operation_id is not None
        outcome = await state.outcomes.wait(
            link_id=view.id, operation_id=accepted.operation_id, timeout_s=min(wait_s, MAX_WAIT_S)
        )
        if outcome is not None:
            return _outcome_answer(outcome)
    return _accepted_answer(accepted)


async def admit(request: Request, state: ApiState, slug: str, secret: str | None) -> LinkView:
    """The link, for a sender that may use it. Refusals of a known link are counted, unknown ones limited by address."""
    client = client_address(request, state.settings)
    check_allowed(client, state.settings)
    view = await state.links.get(slug) if SLUG.fullmatch(slug) else None
    if view is None:
        await state.limiter.check_anonymous(client)
        raise NotFound(f"there is no link {slug!r}; `shopsync apply FILE.yaml` makes one", code="unknown_link")
    try:
        check_secret(view, secret)
    except Forbidden:
        state.refusals.count(link_id=view.id, slug=view.slug, reason="forbidden")
        await state.limiter.check_anonymous(client)
        raise
    await state.limiter.check_link(view.slug)
    return view


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body, refused as soon as it is known to be too large. Raises `TooLarge`, `BadPayload`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadPayload("Content-Type must be application/json", code="bad_content_type", field="Content-Type")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes (MAX_BODY_BYTES)")


def _count(view: LinkView, accepted: Accepted, started: float) -> None:
    WEBHOOKS.labels(view.slug, "duplicate" if accepted.duplicate else "accepted").inc()
    INGEST_SECONDS.observe(time.perf_counter() - started)


def _wait(prefer: str | None) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240), 0 when absent."""
    found = _WAIT.search(prefer) if prefer else None
    return float(found.group(1)) if found else 0.0


def _accepted_answer(accepted: Accepted) -> Response:
    return JSONResponse(
        {
            "success": True,
            "operation_id": str(accepted.operation_id),
            "message": "Accepted",
            "notes": list(accepted.notes),
        },
        status_code=HTTPStatus.ACCEPTED,
        headers={"Location": f"/api/v1/operations/{accepted.operation_id}"},
    )


def _outcome_answer(outcome: OperationOutcome) -> Response:
    operation_id = str(outcome.operation_id)
    headers = {"Location": f"/api/v1/operations/{operation_id}", "Preference-Applied": "wait"}
    if outcome.status is OperationStatus.FAILED:
        return problem(
            outcome.error_status or HTTPStatus.INTERNAL_SERVER_ERROR,
            outcome.error_message or "the operation failed",
            code=outcome.error_code or "failed",
            headers=headers,
            operation_id=operation_id,
            entity_id=_entity_id(outcome.entity_id),
        )
    return JSONResponse(
        {
            "success": True,
            "entity_id": _entity_id(outcome.entity_id),
            "message": outcome.message,
            "operation_id": operation_id,
            "outcome": outcome.outcome,
            "notes": list(outcome.notes),
        },
        headers=headers,
    )


def _entity_id(text: str | None) -> int | str | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else text
