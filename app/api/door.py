"""What every door for webhooks does: who may come in, how much is read, what is counted, how it is answered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from app.api.errors import responses
from app.api.limits import check_allowed, client_address
from app.api.state import ApiState
from app.connections.store import LinkView
from app.errors import AppError, BadPayload, Forbidden, NotFound, TooLarge
from app.ingest.service import Accepted, check_secret
from app.metrics import INGEST_SECONDS, WEBHOOKS

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
NOT_IN_SYNC = "not_in_sync"
REFUSED = responses(400, 403, 404, 409, 413, 429, 500, 503)
JSON = "application/json"


async def admit(request: Request, state: ApiState, slug: str, secret: str | None) -> LinkView:
    """The link, for a sender that may use it. Refusals of a known link are counted, unknown ones limited by address."""
    view = await find_link(request, state, slug)
    try:
        check_secret(view, secret)
    except Forbidden as refusal:
        raise await refused(request, state, view, refusal) from None
    await state.limiter.check_link(view.slug)
    return view


async def admit_signed(
    request: Request, state: ApiState, slug: str, verify: Callable[[bytes, LinkView], None]
) -> tuple[LinkView, bytes]:
    """As `admit`, for a sender that signs with the secret instead of sending it: the body is read first.

    `verify` raises `Forbidden`.
    """
    view = await find_link(request, state, slug)
    try:
        raw = await read_body(request, state.settings.max_body_bytes)
        verify(raw, view)
    except (BadPayload, Forbidden, TooLarge) as refusal:
        raise await refused(request, state, view, refusal) from None
    await state.limiter.check_link(view.slug)
    return view, raw


async def find_link(request: Request, state: ApiState, slug: str) -> LinkView:
    client = client_address(request, state.settings)
    check_allowed(client, state.settings)
    view = await state.links.get(slug) if SLUG.fullmatch(slug) else None
    if view is None:
        await state.limiter.check_anonymous(client)
        raise NotFound(f"there is no link {slug!r}; `shopsync apply FILE.yaml` makes one", code="unknown_link")
    return view


async def refused(request: Request, state: ApiState, view: LinkView, refusal: AppError) -> AppError:
    """Counted; raises `TooMany` instead for an address that keeps trying."""
    state.refusals.count(link_id=view.id, slug=view.slug, reason=refusal.code)
    await state.limiter.check_anonymous(client_address(request, state.settings))
    return refusal


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body, refused as soon as it is known to be too large. Raises `TooLarge`, `BadPayload`."""
    if content_type(request) != JSON:
        raise BadPayload(f"Content-Type must be {JSON}", code="bad_content_type", field="Content-Type")
    return await read_raw(request, limit)


async def read_raw(request: Request, limit: int) -> bytes:
    """Of any kind. Raises `TooLarge`, and `BadPayload` when the sender hangs up before its end."""
    if _declares_more(request.headers.get("content-length", ""), limit):
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
    except ClientDisconnect as error:
        raise BadPayload("the sender hung up before the body's end; nothing was stored", code="cut_off") from error
    return b"".join(chunks)


def _declares_more(length: str, limit: int) -> bool:
    """Whatever is no number declares nothing: what comes is counted all the same. Python reads 4,300 digits at most."""
    digits = length.lstrip("0")
    if not (digits.isascii() and digits.isdigit()):
        return False
    return len(digits) > len(str(limit)) or int(digits) > limit


def content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes (MAX_BODY_BYTES)")


def count_accepted(
    state: ApiState, view: LinkView, accepted: Accepted, started: float, *, reason: str | None = None
) -> None:
    """A hint that the link has no use for is counted with the refusals, where a person looks for what is missing.

    `reason`: why nothing was stored, if it is another.
    """
    if accepted.delivery_id is None:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=reason or NOT_IN_SYNC)
        return
    WEBHOOKS.labels(view.slug, "duplicate" if accepted.duplicate else "accepted").inc()
    INGEST_SECONDS.observe(time.perf_counter() - started)


def accepted_answer(accepted: Accepted) -> Response:
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
