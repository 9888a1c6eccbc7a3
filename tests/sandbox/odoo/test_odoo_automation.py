"""The sandbox's rule that posts reverse-sync events, with the manners of the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from app.sandbox.odoo.__main__ import parser
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.automation import TIMEOUT_S, Automation, Manner
from app.sandbox.odoo.faults import OdooError
from app.sandbox.odoo.seed import seeded

URL = "http://sync.test/webhooks/odoo/boutique"
SECRET = "a secret/with odd?signs"
EVENT: dict[str, object] = {
    "event_id": "odoo-customer-123-1699365000",
    "entity_type": "customer",
    "action_type": "updated",
    "data": {"id": 67, "email": "john@example.com"},
}


class Receiver:
    """Accepts every post and keeps it."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return httpx.Response(202, json={"success": True})


def automation(answer: Callable[[httpx.Request], httpx.Response], *, url: str | None = URL) -> Automation:
    return Automation(webhook_url=url, webhook_secret=SECRET, transport=httpx.MockTransport(answer))


async def test_code_in_a_module_sends_the_secret_as_a_header() -> None:
    receiver = Receiver()
    rule = automation(receiver)

    sent = await rule.press(EVENT)

    assert str(receiver.seen[0].url) == URL
    assert receiver.seen[0].headers["X-Webhook-Secret"] == SECRET
    assert receiver.seen[0].headers["Content-Type"] == "application/json"
    assert receiver.seen[0].headers["User-Agent"].startswith("python-requests/")
    assert json.loads(receiver.seen[0].content) == EVENT
    assert (sent.status, sent.answer, sent.error) == (202, {"success": True}, None)


async def test_odoos_own_webhook_action_has_no_header_so_the_secret_ends_the_address() -> None:
    receiver = Receiver()
    rule = automation(receiver)

    await rule.press(EVENT, manner=Manner.TOKEN)

    assert str(receiver.seen[0].url) == f"{URL}/a%20secret%2Fwith%20odd%3Fsigns"
    assert "X-Webhook-Secret" not in receiver.seen[0].headers


async def test_a_failed_post_is_not_repeated_and_not_raised() -> None:
    for answer in (httpx.Response(500), httpx.Response(429), httpx.ReadTimeout("slow")):
        calls: list[httpx.Request] = []

        def play(
            request: httpx.Request,
            answer: httpx.Response | Exception = answer,
            calls: list[httpx.Request] = calls,
        ) -> httpx.Response:
            calls.append(request)
            if isinstance(answer, Exception):
                raise answer
            return answer

        sent = await automation(play).press(EVENT)

        assert len(calls) == 1
        assert sent.status != 202


async def test_the_receiver_gets_one_second() -> None:
    receiver = Receiver()
    rule = automation(receiver)

    await rule.press(EVENT)

    assert set(receiver.seen[0].extensions["timeout"].values()) == {TIMEOUT_S}
    assert TIMEOUT_S == 1.0


async def test_a_rule_without_an_address_breaks_the_users_own_write() -> None:
    with pytest.raises(OdooError, match="give me a URL"):
        await automation(lambda request: httpx.Response(202), url=None).press(EVENT)


async def test_the_rule_can_be_pressed_over_http_for_one_event_or_a_bulk_edit() -> None:
    receiver = Receiver()
    rule = automation(receiver)
    transport = httpx.ASGITransport(app=create_app(seeded(), rule))

    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        one = await client.post("/_sandbox/actions/reverse-sync?manner=token", json=EVENT)
        many = await client.post("/_sandbox/actions/reverse-sync", json=[EVENT, EVENT, EVENT])
        kept = await client.get("/_sandbox/actions")

    assert one.json()["status"] == 202
    assert [sent["status"] for sent in many.json()] == [202, 202, 202]
    assert [sent["manner"] for sent in kept.json()] == ["token", "header", "header", "header"]
    assert SECRET not in kept.text
    assert len(receiver.seen) == 4


async def test_pressing_a_rule_without_an_address_over_http_is_odoos_error() -> None:
    transport = httpx.ASGITransport(app=create_app(seeded()))

    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        response = await client.post("/_sandbox/actions/reverse-sync", json=EVENT)

    assert response.status_code == 422
    assert response.json()["name"] == "odoo.exceptions.UserError"


async def test_public_pages_set_a_cookie_and_the_plain_version_does_not() -> None:
    transport = httpx.ASGITransport(app=create_app(seeded(version=19)))

    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        plain = await client.get("/json/version")
        info = await client.post("/web/webclient/version_info", json={"jsonrpc": "2.0", "params": {}})

    assert plain.json()["version_info"][0] == 19
    assert "Set-Cookie" not in plain.headers
    assert info.json()["result"]["server_version"] == "19.0"
    assert "Set-Cookie" in info.headers


def test_the_command_line_listens_on_loopback_and_takes_secrets_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ODOO_API_KEY", "from-the-environment")
    monkeypatch.setenv("WEBHOOK_SECRET", "also-from-there")

    options = parser().parse_args(["--port", "18069", "--version", "19"])

    assert (options.host, options.port, options.version) == ("127.0.0.1", 18069, 19)
    assert (options.api_key, options.webhook_secret) == ("from-the-environment", "also-from-there")
