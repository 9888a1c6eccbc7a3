"""Odoo's doors: envelopes and hints. Read, check, hand to `ingest/service.py`; the shops' are `shop_webhooks.py`."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response

from app import tracing
from app.api.deps import State
from app.api.door import REFUSED, accepted_answer, admit, count_accepted, read_body
from app.api.errors import problem
from app.api.state import ApiState
from app.api.webhook_bodies import (
    ENVELOPE_EXAMPLES,
    HINT_EXAMPLES,
    HINT_PARAMETERS,
    AcceptedAnswer,
    DoneAnswer,
    NativeHint,
    ReverseEnvelope,
    ShortHint,
    body_of,
)
from app.errors import AppError
from app.ingest.models import OperationStatus
from app.ingest.outcome import OperationOutcome

MAX_WAIT_S = 30.0
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])", re.ASCII)

router = APIRouter(tags=["webhooks"])


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
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **REFUSED},
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
    responses={200: {"model": DoneAnswer, "description": "The outcome (with `Prefer: wait=N`)"}, **REFUSED},
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
            traceparent=tracing.traceparent(request.headers.get("traceparent")),
        )
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    count_accepted(state, view, accepted, started)
    wait_s = _wait(prefer)
    if wait_s and accepted.operation_id is not None:
        outcome = await state.outcomes.wait(
            link_id=view.id, operation_id=accepted.operation_id, timeout_s=min(wait_s, MAX_WAIT_S)
        )
        if outcome is not None:
            return _outcome_answer(outcome)
    return accepted_answer(accepted)


def _wait(prefer: str | None) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240), 0 when absent."""
    found = _WAIT.search(prefer) if prefer else None
    return float(found.group(1)) if found else 0.0


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
