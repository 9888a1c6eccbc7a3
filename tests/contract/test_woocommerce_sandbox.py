"""Every line of what the real shop taught us holds in the sandbox, so that tests against it mean something."""

from collections.abc import Mapping

import httpx
import pytest

from app.sandbox.woocommerce.hooks import topics

from .woocommerce_row import MISSING, Row, Step, place
from .woocommerce_shop import Clock, body_of, open_shop, send, subscribe
from .woocommerce_table import ACCESS, BATCHES, FORMATS
from .woocommerce_table_coupons import CODES, RATES
from .woocommerce_table_lists import LISTS
from .woocommerce_table_orders import CHANGES, FINDING, GONE, NOTES, PLACING, REFUNDS, TOLD_OF_ORDERS
from .woocommerce_table_people import CUSTOMERS, USERS
from .woocommerce_table_products import FIELDS, PICTURES, TOLD_OF, TRASH
from .woocommerce_table_settings import SETTINGS
from .woocommerce_table_variations import VARIED
from .woocommerce_table_webhooks import TOLD, WEBHOOKS

ROWS = (*ACCESS, *FORMATS, *BATCHES, *LISTS, *CUSTOMERS, *USERS, *SETTINGS, *WEBHOOKS, *TOLD,
        *FIELDS, *PICTURES, *TRASH, *TOLD_OF, *VARIED, *CODES, *RATES,
        *PLACING, *CHANGES, *NOTES, *REFUNDS, *FINDING, *GONE, *TOLD_OF_ORDERS)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.recording}_{row.says}" for row in ROWS])
async def test_the_sandbox_does_as_the_shop_did(row: Row) -> None:
    clock = Clock()
    sandbox = open_shop(clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox)) as client:
        for step in row.before:
            assert (await send(client, clock, step)).is_success
        if row.hooks is not None:
            subscribe(sandbox)

        answer = await send(client, clock, row)

        _check_answer(row, answer)
        if row.hooks is not None:
            await sandbox.settled()
            assert topics(sandbox.hooks.log) == list(row.hooks)
        for address, expected in row.then.items():
            await _check_later(client, clock, address, expected)


def test_every_quirk_has_a_name_of_its_own() -> None:
    assert len({row.says for row in ROWS}) == len(ROWS)


def test_the_table_is_wide_enough_to_stand_for_the_recordings() -> None:
    assert len({row.recording for row in ROWS}) >= 90


def _check_answer(row: Row, answer: httpx.Response) -> None:
    assert answer.status_code == row.status, answer.text
    body = body_of(answer)
    if row.status >= 400:
        assert body["code"] == row.code
    if row.message is not None:
        assert body["message"] == row.message
    assert {name: place(body, name) for name in row.has} == dict(row.has)
    assert all(place(body, name) is MISSING for name in row.lacks)
    if row.ids is not None:
        assert [one["id"] for one in body] == list(row.ids)
    if row.total is not None:
        assert answer.headers["x-wp-total"] == str(row.total)
    for name, text in row.shows.items():
        assert text in answer.headers.get(name, ""), answer.headers


async def _check_later(client: httpx.AsyncClient, clock: Clock, address: str, expected: Mapping[str, object]) -> None:
    answer = await send(client, clock, Step(method="GET", path=address))
    if not expected:
        assert answer.status_code == 404
        return
    body = body_of(answer)
    assert {name: place(body, name) for name in expected} == dict(expected)
