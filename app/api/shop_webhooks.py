"""The shops' own doors, one per kind of shop, as its connector describes it (`connectors/door.py`). What comes in is a
hint: the record is read by id."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app import tracing
from app.api.deps import State
from app.api.door import (
    REFUSED,
    accepted_answer,
    admit,
    admit_signed,
    content_type,
    count_accepted,
    find_link,
    read_body,
    read_raw,
    refused,
)
from app.api.limits import client_address
from app.api.state import ApiState
from app.api.webhook_bodies import AcceptedAnswer, PingAnswer, body_of
from app.connections.store import LinkView
from app.connectors.door import Door
from app.connectors.hint import Delivery
from app.connectors.registry import SHOPS
from app.errors import AppError, BadPayload, Conflict

FORM = "application/x-www-form-urlencoded"
SECRET = "x-webhook-secret"
MAX_PING_BYTES = 1024
PINGED: dict[int | str, dict[str, Any]] = {200: {"model": PingAnswer, "description": "The test delivery"}}

router = APIRouter(tags=["webhooks"])


def receiver(kind: str, door: Door) -> Callable[[str, Request, State], Awaitable[Response]]:
    async def receive(link: str, request: Request, state: State) -> Response:
        started = time.perf_counter()
        signed = door.signature in request.headers
        if door.is_ping is not None and not signed and content_type(request) == FORM:
            return await _answer_ping(request, state, link, door.is_ping)
        view, raw = await _admit(request, state, link, door, signed=signed)
        try:
            _check_kind(view, kind)
            if raw is None:
                raw = await read_body(request, state.settings.max_body_bytes)
            delivery = door.parse(raw, request.headers)
            traceparent = tracing.traceparent(request.headers.get("traceparent"))
            accepted = await state.ingest.accept_shop(view, delivery, raw, traceparent=traceparent)
        except AppError as error:
            state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
            raise
        _note_seen(state, view, delivery)
        count_accepted(state, view, accepted, started, reason=delivery.fault)
        return accepted_answer(accepted)

    return receive


async def _admit(
    request: Request, state: ApiState, slug: str, door: Door, *, signed: bool
) -> tuple[LinkView, bytes | None]:
    """With the body, as far as it was read to know who sends it."""
    if door.takes_secret and (SECRET in request.headers or not signed):
        return await admit(request, state, slug, request.headers.get(SECRET)), None
    return await admit_signed(request, state, slug, lambda raw, view: door.verify(raw, request.headers, view.secrets))


async def _answer_ping(request: Request, state: ApiState, slug: str, is_ping: Callable[[bytes], bool]) -> Response:
    """Unsigned, so it counts as anybody's; the shop does not look at the answer."""
    view = await find_link(request, state, slug)
    await state.limiter.check_anonymous(client_address(request, state.settings))
    if not is_ping(await read_raw(request, MAX_PING_BYTES)):
        refusal = BadPayload("Content-Type must be application/json", code="bad_content_type", field="Content-Type")
        raise await refused(request, state, view, refusal)
    return JSONResponse({"success": True, "message": f"link {view.slug} is listening"})


def _check_kind(view: LinkView, kind: str) -> None:
    if view.shop_kind != kind:
        address = f"/webhooks/{view.shop_kind}/{view.slug}"
        raise Conflict(f"link {view.slug} is with a {view.shop_kind}: it posts to {address}", code="wrong_shop")


def _note_seen(state: ApiState, view: LinkView, delivery: Delivery) -> None:
    if delivery.topic is not None:
        state.sightings.note(link_id=view.id, topic=delivery.topic, no_right=delivery.no_right)


def _open(kind: str, door: Door) -> None:
    path, endpoint = f"/webhooks/{kind}/{{link}}", receiver(kind, door)
    header: dict[str, Any] = {"in": "header", "schema": {"type": "string"}}
    router.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        name=f"receive_{kind}",
        summary=door.summary,
        description=door.description,
        status_code=HTTPStatus.ACCEPTED,
        response_model=AcceptedAnswer,
        responses={**(PINGED if door.is_ping else {}), **REFUSED},
        openapi_extra=body_of(
            door.body,
            examples=door.examples,
            parameters=[{**header, "name": name, "description": said} for name, said in door.headers.items()],
        ),
    )
    router.add_api_route(f"{path}/", endpoint, methods=["POST"], include_in_schema=False)


for _name, _shop in SHOPS.items():
    if _shop.door is not None:
        _open(_name, _shop.door)
