"""A sandbox shop of any kind, whose events come in at our door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx

from app.connections.store import LinkView
from app.connectors.prestashop.door import parse
from app.connectors.woocommerce.webhook import is_ping, parse_delivery
from app.ingest.service import Ingest
from app.sandbox import prestashop, woocommerce
from tests.flows.offices.office import Office
from tests.flows.offices.prestashop import PrestashopOffice
from tests.flows.offices.woocommerce import TOPICS, WoocommerceOffice

SECRET: Final = "a-webhook-secret-for-tests"
Door = Callable[[], tuple[Ingest, LinkView]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """`shop` is the sandbox itself."""

    shop: Any
    office: Office
    url: str
    credentials: dict[str, str]
    hooks: httpx.AsyncClient

    async def aclose(self) -> None:
        await self.hooks.aclose()


async def open_premises(kind: str, door: Door, **sandbox: Any) -> Premises:
    """`door`: where events go, once there is a link."""
    return await (_open_woocommerce if kind == "woocommerce" else _open_prestashop)(door, **sandbox)


async def _open_prestashop(door: Door, **sandbox: Any) -> Premises:
    async def posts(request: httpx.Request) -> httpx.Response:
        ingest, link = door()
        await ingest.accept_shop(link, parse(request.content, request.headers), request.content)
        return httpx.Response(202)

    hooks = httpx.AsyncClient(transport=httpx.MockTransport(posts))
    shop = prestashop.create_sandbox(
        webhook_url="http://api.test/webhooks/prestashop/boutique", webhook_client=hooks, **sandbox
    )
    return Premises(
        shop=shop, office=PrestashopOffice(shop), url="http://shop.test", credentials={"api_key": shop.key}, hooks=hooks
    )


async def _open_woocommerce(door: Door, **sandbox: Any) -> Premises:
    async def posts(request: httpx.Request) -> httpx.Response:
        if not is_ping(request.content):
            ingest, link = door()
            await ingest.accept_shop(link, parse_delivery(request.content, request.headers), request.content)
        return httpx.Response(200)

    hooks = httpx.AsyncClient(transport=httpx.MockTransport(posts))
    shop = woocommerce.create_sandbox(webhook_client=hooks, **sandbox)
    office = WoocommerceOffice(shop)
    await shop.settled()
    for topic in TOPICS:
        url = "https://api.test/webhooks/woocommerce/boutique"
        shop.add("webhooks", name=topic, topic=topic, delivery_url=url, secret=SECRET)
    await shop.settled()
    credentials = {
        "consumer_key": shop.key,
        "consumer_secret": shop.secret,
        "username": shop.app_user,
        "application_password": shop.app_password,
    }
    return Premises(shop=shop, office=office, url="https://shop.test", credentials=credentials, hooks=hooks)
