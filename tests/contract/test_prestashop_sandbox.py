"""Every line of what the real shop taught us holds in the sandbox, so that tests against it mean something."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import httpx
import pytest
from defusedxml.ElementTree import fromstring

from app.sandbox.prestashop import ApiKey, Sandbox, create_sandbox

from .prestashop_row import Row, Step
from .prestashop_table import ACCESS, FORMATS
from .prestashop_table_catalog import IMAGES, PRODUCTS
from .prestashop_table_lists import LISTS
from .prestashop_table_orders import MESSAGES, ORDERS, STOCK
from .prestashop_table_people import ADDRESSES, COUPONS, CUSTOMERS

ROWS = (*ACCESS, *FORMATS, *LISTS, *CUSTOMERS, *ADDRESSES, *COUPONS, *ORDERS, *MESSAGES, *STOCK, *PRODUCTS, *IMAGES)
NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)  # 12:00 in Paris
KEYS = {"full": "F" * 32, "read": "R" * 32, "inactive": "I" * 32, "unknown": "U" * 32, "short": "SHORT"}


def _sandbox(version: str) -> Sandbox:
    keys = {KEYS["read"]: ApiKey(permissions={"customers": ("GET",)}), KEYS["inactive"]: ApiKey(active=False)}
    return create_sandbox(version=version, key=KEYS["full"], keys=keys, hosts=["shop.test"], clock=lambda: NOON)


async def _send(client: httpx.AsyncClient, step: Step, key: str | None) -> httpx.Response:
    auth = (KEYS[key], "") if key else None
    path = f"/api{step.path}".replace("ws_key=FULL", f"ws_key={KEYS['full']}")
    return await client.request(step.method, path, content=step.body, headers=step.headers, auth=auth)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.recording}_{row.says}" for row in ROWS])
async def test_the_sandbox_does_as_the_shop_did(row: Row) -> None:
    sandbox = _sandbox(row.version)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://shop.test") as client:
        for step in row.before:
            assert (await _send(client, step, "full")).is_success
        sandbox.mails.clear()
        sandbox.hooks.log.clear()

        answer = await _send(client, row, row.key)

        _check_answer(row, answer)
        assert row.mails is None or [mail.subject for mail in sandbox.mails] == row.mails
        assert row.hooks is None or _told(sandbox) == row.hooks
        for address, expected in row.then.items():
            await _check_later(client, address, expected)


def test_every_quirk_has_a_name_of_its_own() -> None:
    assert len({row.says for row in ROWS}) == len(ROWS)


def test_the_table_is_wide_enough_to_stand_for_the_recordings() -> None:
    assert len({row.recording for row in ROWS}) >= 100


def _check_answer(row: Row, answer: httpx.Response) -> None:
    assert answer.status_code == row.status
    content = answer.headers.get("content-type")
    assert (content.partition(";")[0] if content else None) == row.content
    assert _codes(answer) == list(row.codes)
    if row.text is not None:
        assert answer.text == "" if row.text == "" else row.text in answer.text
    if row.ids is not None:
        assert _ids(answer) == row.ids
    if row.has or row.lacks:
        shown = _first(answer)
        assert {name: shown.get(name) for name in row.has} == dict(row.has)
        assert not shown.keys() & set(row.lacks)


async def _check_later(client: httpx.AsyncClient, address: str, expected: Mapping[str, object]) -> None:
    """`{}`: there is no such object."""
    step = Step(method="GET", path=f"{address}?display=full&output_format=JSON")
    answer = await _send(client, step, "full")
    if not expected:
        assert answer.status_code == 404
        return
    shown = _first(answer)
    assert {name: shown.get(name) for name in expected} == dict(expected)


def _told(sandbox: Sandbox) -> list[str]:
    return [f"{event.entity_type} {event.action_type} {event.data['id']}" for event in sandbox.hooks.log]


def _codes(answer: httpx.Response) -> list[int]:
    if answer.text.startswith("{"):
        return [error["code"] for error in json.loads(answer.text).get("errors", [])]
    if answer.text.startswith("<?xml"):
        return (
            [int(code.text or 0) for code in fromstring(answer.content).iter("code")]
            if "<errors>" in answer.text
            else []
        )
    return []


def _ids(answer: httpx.Response) -> list[int]:
    if answer.headers["content-type"].startswith("application/json"):
        (listed,) = json.loads(answer.text).values()
        return [one["id"] for one in listed]
    (listed,) = fromstring(answer.content)
    return [int(one.get("id") or 0) for one in listed]


def _first(answer: httpx.Response) -> dict[str, object]:
    if answer.headers["content-type"].startswith("application/json"):
        (shown,) = json.loads(answer.text).values()
        return dict(shown[0] if isinstance(shown, list) else shown)
    return {child.tag: _text(child) for child in fromstring(answer.content)[0]}


def _text(node: Element) -> object:
    languages = node.findall("language")
    if languages:
        return {one.get("id"): one.text or "" for one in languages}
    return node.text or ""
