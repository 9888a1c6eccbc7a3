"""The doors: Odoo's envelopes and hints, and the shop's own events. Read, check, hand to `ingest/service.py`."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response

from app.api.deps import State
from app.api.errors import problem, responses
from app.api.limits import check_allowed, client_address
from app.api.state import ApiState
from app.api.webhook_bodies import (
    ENVELOPE_EXAMPLES,
    HINT_EXAMPLES,
    HINT_PARAMETERS,
    AcceptedAnswer,
    DoneAnswer,
    NativeHint,
    ReverseEnvelope,
    ShopEnvelope,
    ShortHint,
    body_of,
)
from app.connections.store import LinkView
from app.errors import AppError, BadPayload, Forbidden, NotFound, TooLarge
from app.ingest.models import OperationStatus
from app.ingest.outcome import OperationOutcome
from app.ingest.service import Accepted, check_secret
from app.metrics import INGEST_SECONDS, WEBHOOKS
from app.security.signatures import verify_standard_webhook

MAX_WAIT_S = 30.0
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
NOT_IN_SYNC = "not_in_sync"
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])", re.ASCII)

router = APIRouter(tags=["webhooks"])
_REFUSED = responses(400, 403, 404, 409, 413, 429, 500, 503)


@router.get("/webhooks/test", summary="Is the service there?")
async def test_address() -> dict[str, Any]:
    """Answers without a secret, so that a sender's network path can be tried."""
    return {"success": True, "message": "odoo-shop-sync is listening for webhooks"}


@router.post(
    "/webhooks/odoo/{link}",
    summary="A change out of Odoo, to be written into the shop",
    description="Takes an envelope (applied as it is) or a hint (the record is read); hints: see the next address.",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **_REFUSED},
    openapi_extra=body_of(ReverseEnvelope, examples=ENVELOPE_EXAMPLES, parameters=HINT_PARAMETERS),
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
    return await _from_odoo(request, state, link, x_webhook_secret or x_odoo_token, prefer)


@router.post(
    "/webhooks/odoo/{link}/{token}",
    summary="The same with the secret in the path, for Odoo's own webhook action, which sends no headers",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **_REFUSED},
    openapi_extra=body_of(NativeHint, ShortHint, ReverseEnvelope, examples=HINT_EXAMPLES, parameters=HINT_PARAMETERS),
)
@router.post("/webhooks/odoo/{link}/{token}/", include_in_schema=False)
async def receive_odoo_with_token(
    link: str,
    token: str,
    request: Request,
    state: State,
    prefer: Annotated[str | None, Header()] = None,
) -> Response:
    return await _from_odoo(request, state, link, token, prefer)


@router.post(
    "/webhooks/prestashop/{link}",
    summary="The shop's own event: judged, echo or genuine",
    description="With the secret in `X-Webhook-Secret`, or signed with it as Standard Webhooks says.",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses=_REFUSED,
    openapi_extra=body_of(ShopEnvelope),
)
@router.post("/webhooks/prestashop/{link}/", include_in_schema=False)
async def receive_prestashop(
    link: str,
    request: Request,
    state: State,
    x_webhook_secret: Annotated[str | None, Header(description="The link's webhook secret")] = None,
    webhook_id: Annotated[str | None, Header(description="Standard Webhooks: the event's id")] = None,
    webhook_timestamp: Annotated[str | None, Header(description="Unix time, within 5 minutes of ours")] = None,
    webhook_signature: Annotated[str | None, Header(description="`v1,` and the HMAC-SHA256 in base64")] = None,
) -> Response:
    started = time.perf_counter()
    if x_webhook_secret is None and webhook_signature is not None:
        view, raw = await _admit_signed(request, state, link)
    else:
        view, raw, webhook_id = await admit(request, state, link, x_webhook_secret), None, None
    try:
        if raw is None:
            raw = await read_body(request, state.settings.max_body_bytes)
        accepted = await state.ingest.accept_shop(
            view, raw, webhook_id=webhook_id, traceparent=request.headers.get("traceparent")
        )
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    _count(state, view, accepted, started)
    return _accepted_answer(accepted)


async def _from_odoo(request: Request, state: ApiState, slug: str, secret: str | None, prefer: str | None) -> Response:
    started = time.perf_counter()
    view = await admit(request, state, slug, secret)
    try:
        raw = await read_body(request, state.settings.max_body_bytes)
        accepted = await state.ingest.accept_odoo(
            view,
            raw,
            action=request.query_params.get("action"),
            entity_type=request.query_params.get("entity_type"),
            traceparent=request.headers.get("traceparent"),
        )
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    _count(state, view, accepted, started)
    wait_s = _wait(prefer)
    if wait_s and accepted.operation_id is not None:
        outcome = await state.outcomes.wait(
            link_id=view.id, operation_id=accepted.operation_id, timeout_s=min(wait_s, MAX_WAIT_S)
        )
        if outcome is not None:
            return _outcome_answer(outcome)
    return _accepted_answer(accepted)


async def admit(request: Request, state: ApiState, slug: str, secret: str | None) -> LinkView:
    """The link, for a sender that may use it. Refusals of a known link are counted, unknown ones limited by address."""
    view = await _find_link(request, state, slug)
    try:
        check_secret(view, secret)
    except Forbidden as refusal:
        raise await _refused(request, state, view, refusal) from None
    await state.limiter.check_link(view.slug)
    return view


async def _admit_signed(request: Request, state: ApiState, slug: str) -> tuple[LinkView, bytes]:
    """As `admit`, for a sender that signs with the secret instead of sending it: the body is read first."""
    view = await _find_link(request, state, slug)
    try:
        raw = await read_body(request, state.settings.max_body_bytes)
        verify_standard_webhook(raw, request.headers, view.secrets)
    except (BadPayload, Forbidden, TooLarge) as refusal:
        raise await _refused(request, state, view, refusal) from None
    await state.limiter.check_link(view.slug)
    return view, raw


async def _find_link(request: Request, state: ApiState, slug: str) -> LinkView:
    client = client_address(request, state.settings)
    check_allowed(client, state.settings)
    view = await state.links.get(slug) if SLUG.fullmatch(slug) else None
    if view is None:
        await state.limiter.check_anonymous(client)
        raise NotFound(f"there is no link {slug!r}; `shopsync apply FILE.yaml` makes one", code="unknown_link")
    return view


async def _refused(request: Request, state: ApiState, view: LinkView, refusal: AppError) -> AppError:
    """Counted; raises `TooMany` instead for an address that keeps trying."""
    state.refusals.count(link_id=view.id, slug=view.slug, reason=refusal.code)
    await state.limiter.check_anonymous(client_address(request, state.settings))
    return refusal


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


def _count(state: ApiState, view: LinkView, accepted: Accepted, started: float) -> None:
    """A hint that the link has no use for is counted with the refusals, where a person looks for what is missing."""
    if accepted.delivery_id is None:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=NOT_IN_SYNC)
        return
    WEBHOOKS.labels(view.slug, "duplicate" if accepted.duplicate else "accepted").inc()
    INGEST_SECONDS.observe(time.perf_counter() - started)


def _wait(prefer: str | None) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240), 0 when absent."""
    found = _WAIT.search(prefer) if prefer else None
    return float(found.group(1)) if found else 0.0


def _accepted_answer(accepted: Accepted) -> Response:
    operation_id = None if accepted.operation_id is None else str(accepted.operation_id)
    return JSONResponse(
        {
            "success": True,
            "operation_id": operation_id,
            "message": "Accepted",
            "notes": list(accepted.notes),
        },
        status_code=HTTPStatus.ACCEPTED,
        headers={} if operation_id is None else {"Location": f"/api/v1/operations/{operation_id}"},
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
