"""The sandbox shop the lines of the tables are tried on, and how each kind of key asks."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import orjson

from app.sandbox.woocommerce import ApiKey, Sandbox, create_sandbox
from app.sandbox.woocommerce.access import signature
from app.sandbox.woocommerce.people import add_person
from app.sandbox.woocommerce.state import File
from app.sandbox.woocommerce.webhooks import WEBHOOKS

from .woocommerce_row import Step

NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)  # 12:00 in Berlin
HOST = "shop.test"
KEYS = {
    "ck_admin": ApiKey(secret="cs_admin"), "ck_manager": ApiKey(secret="cs_manager", user="syncbot"),
    "ck_customer": ApiKey(secret="cs_customer", user="plaincustomer"),
    "ck_read": ApiKey(secret="cs_read", permissions="read"), "ck_write": ApiKey(secret="cs_write", permissions="write"),
}  # fmt: skip
PASSWORDS = {
    "app": ("shopadmin", "aaaa bbbb"), "app_manager": ("syncbot", "cccc dddd"), "app_wrong": ("shopadmin", "x"),
}  # fmt: skip
# In the order the recorded shop's webhooks were made: of one action the youngest is delivered first.
TOPICS = (
    "product.updated", "product.created", "customer.created", "customer.updated", "customer.deleted",
    "customer.restored", "order.created", "order.updated", "order.deleted", "order.restored", "product.deleted",
    "product.restored", "coupon.created", "coupon.updated", "coupon.deleted", "coupon.restored",
)  # fmt: skip
PICTURES = {
    "http://pictures.test/red.png": File(b"\x89PNG\r\n\x1a\n red", "image/png"),
    "http://pictures.test/bad.png": File(b"no picture", "image/png"),
}


class Clock:
    """Stands still within a request and goes on by a second after each."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def tick(self) -> None:
        self.now += timedelta(seconds=1)


def open_shop(clock: Clock, *, prices_include_tax: bool = False) -> Sandbox:
    """Users: 1 the administrator, 2 a shop manager, 3 a customer whom WordPress made. Nothing else."""
    receiver = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    sandbox = create_sandbox(
        examples=False, keys=KEYS, passwords=dict([PASSWORDS["app"], PASSWORDS["app_manager"]]),
        clock=clock, prices_include_tax=prices_include_tax, webhook_client=receiver, deliver="held",
        download_client=httpx.AsyncClient(transport=httpx.MockTransport(_picture)),
    )  # fmt: skip
    add_person(sandbox.store, email="plain@example.test", username="plaincustomer", role="customer")
    return sandbox


def subscribe(sandbox: Sandbox) -> None:
    """One webhook for each topic."""
    for topic in TOPICS:
        row_id = sandbox.store.next_id(WEBHOOKS)
        sandbox.store.put(WEBHOOKS, {
            "id": row_id, "name": topic, "status": "active", "topic": topic, "delivery_url": f"http://api.test/{topic}",
            "secret": "s", "failure_count": 0, "user_id": 1, "date_created": NOON, "date_modified": None,
        })  # fmt: skip


async def send(client: httpx.AsyncClient, clock: Clock, step: Step) -> httpx.Response:
    scheme = "https" if step.secure else "http"
    url = f"{scheme}://{HOST}/wp-json{step.path}"
    url, headers = _signed(url, step, clock)
    content = step.body if isinstance(step.body, bytes | None) else orjson.dumps(step.body)
    kind = {} if step.body is None or isinstance(step.body, bytes) else {"Content-Type": "application/json"}
    answer = await client.request(step.method, url, content=content, headers={**kind, **headers, **step.headers})
    clock.tick()
    return answer


def _signed(url: str, step: Step, clock: Clock) -> tuple[str, Mapping[str, str]]:
    if step.key is None:
        return url, {}
    name, secret = _credentials(step.key)
    if step.by == "basic":
        token = b64encode(f"{name}:{secret}".encode()).decode()
        return url, {"Authorization": f"Basic {token}"}
    join = "&" if "?" in url else "?"
    if step.by == "query":
        return f"{url}{join}consumer_key={name}&consumer_secret={secret}", {}
    given = {
        "oauth_consumer_key": name, "oauth_nonce": str(clock.now.timestamp()), "oauth_signature_method": step.by,
        "oauth_timestamp": str(int(clock.now.timestamp())),
    }  # fmt: skip
    base, _, query = url.partition("?")
    signed = signature(step.method, base, {**dict(parse_qsl(query)), **given}, secret=secret)
    return f"{url}{join}{httpx.QueryParams({**given, 'oauth_signature': signed})}", {}


def _credentials(key: str) -> tuple[str, str]:
    if key in PASSWORDS:
        return PASSWORDS[key]
    if key == "wrong":
        return "ck_admin", "cs_wrong"
    return f"ck_{key}", f"cs_{key}"


def _picture(request: httpx.Request) -> httpx.Response:
    file = PICTURES.get(str(request.url))
    if file is None:
        return httpx.Response(404, text="<html>not found</html>")
    return httpx.Response(200, content=file.content, headers={"content-type": file.content_type})


def body_of(answer: httpx.Response) -> Any:
    return answer.json() if answer.content else None
