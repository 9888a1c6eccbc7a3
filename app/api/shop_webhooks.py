"""The shops' own doors: a PrestaShop's module, WooCommerce's webhooks. Hints both; the record is read by id."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response

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
from app.api.webhook_bodies import (
    WOOCOMMERCE_EXAMPLES,
    AcceptedAnswer,
    PingAnswer,
    ShopEnvelope,
    WoocommerceRecord,
    body_of,
)
from app.connections.models import ConnectionKind
from app.connections.store import LinkView
from app.connectors.woocommerce.webhook import Delivery, Fault, is_ping, parse_delivery
from app.errors import AppError, BadPayload, Conflict
from app.security.signatures import verify_hmac, verify_standard_webhook

FORM = "application/x-www-form-urlencoded"
MAX_PING_BYTES = 1024

router = APIRouter(tags=["webhooks"])


@router.post(
    "/webhooks/prestashop/{link}",
    summary="The shop's own event: judged, echo or genuine",
    description="With the secret in `X-Webhook-Secret`, or signed with it as Standard Webhooks says.",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses=REFUSED,
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
        view, raw = await admit_signed(
            request, state, link, lambda body, view: verify_standard_webhook(body, request.headers, view.secrets)
        )
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
    count_accepted(state, view, accepted, started)
    return accepted_answer(accepted)


@router.post(
    "/webhooks/woocommerce/{link}",
    summary="WooCommerce's own webhook",
    description="Signed with the link's secret in `X-WC-Webhook-Signature`. What it tells of is read by id. The test "
    "delivery that a new webhook sends (a form, unsigned) is answered and stores nothing.",
    status_code=HTTPStatus.ACCEPTED,
    response_model=AcceptedAnswer,
    responses={200: {"model": PingAnswer, "description": "The test delivery"}, **REFUSED},
    openapi_extra=body_of(WoocommerceRecord, examples=WOOCOMMERCE_EXAMPLES),
)
@router.post("/webhooks/woocommerce/{link}/", include_in_schema=False)
async def receive_woocommerce(
    link: str,
    request: Request,
    state: State,
    x_wc_webhook_topic: Annotated[str | None, Header(description="`product.updated` and the like")] = None,
    x_wc_webhook_signature: Annotated[str | None, Header(description="HMAC-SHA256 of the body in base64")] = None,
) -> Response:
    started = time.perf_counter()
    if content_type(request) == FORM and x_wc_webhook_signature is None:
        return await _answer_ping(request, state, link)
    view, raw = await admit_signed(
        request, state, link, lambda body, view: verify_hmac(body, x_wc_webhook_signature, view.secrets)
    )
    try:
        _check_kind(view)
        delivery = parse_delivery(raw, request.headers)
        accepted = await state.ingest.accept_delivery(
            view, delivery, raw, traceparent=request.headers.get("traceparent")
        )
    except AppError as error:
        state.refusals.count(link_id=view.id, slug=view.slug, reason=error.code)
        raise
    _note_seen(state, view, delivery)
    count_accepted(state, view, accepted, started, reason=delivery.fault)
    return accepted_answer(accepted)


async def _answer_ping(request: Request, state: ApiState, slug: str) -> Response:
    """Unsigned, so it counts as anybody's; WooCommerce does not look at the answer."""
    view = await find_link(request, state, slug)
    await state.limiter.check_anonymous(client_address(request, state.settings))
    if not is_ping(await read_raw(request, MAX_PING_BYTES)):
        refusal = BadPayload("Content-Type must be application/json", code="bad_content_type", field="Content-Type")
        raise await refused(request, state, view, refusal)
    return JSONResponse({"success": True, "message": f"link {view.slug} is listening"})


def _check_kind(view: LinkView) -> None:
    if view.shop_kind is not ConnectionKind.WOOCOMMERCE:
        address = f"/webhooks/{view.shop_kind}/{view.slug}"
        raise Conflict(f"link {view.slug} is with a {view.shop_kind}: it posts to {address}", code="wrong_shop")


def _note_seen(state: ApiState, view: LinkView, delivery: Delivery) -> None:
    if delivery.topic is not None:
        state.sightings.note(link_id=view.id, topic=delivery.topic, no_right=delivery.fault is Fault.NO_RIGHT)
