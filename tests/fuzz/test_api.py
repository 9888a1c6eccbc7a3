"""The API under requests that nobody means to send: made up from its own document, and odd ones written by hand.

Whoever asks, every answer is one that the document tells: no 5xx, no other status, no other content type, no other
body. The same requests each time; `FUZZ_SCALE=20` makes that many times as many, other ones each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis.errors import Unsatisfiable
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.fuzz.api_installation import SECRETS, Installation, open_installation
from tests.fuzz.api_odd import odd_requests
from tests.fuzz.api_schema import edges_of, operations_of
from tests.fuzz.api_wire import BASE_URL, call, send, sign
from tests.fuzz.scale import IS_LONG, SCALE, examples

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
ASKED = (
    ("write", POSITIVE, 2),
    ("write", NEGATIVE, 2),
    ("read", POSITIVE, 1),
    ("wrong", POSITIVE, 1),
    ("nobody", POSITIVE, 1),
)
"""Who asks, with data that fits the document or not, and how often per operation and unit of scale."""
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EVERY = 1 if IS_LONG else 3
"""Which of the odd requests: each kind of them meets every third operation."""
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`loop`: where the application lives, idle while a test runs."""

    installation: Installation
    loop: asyncio.AbstractEventLoop

    def mend(self) -> None:
        self.loop.run_until_complete(self.installation.mend())

    def send(self, case: Case[Any], caller: str) -> Response | None:
        """None for what no HTTP client can put on the wire."""
        try:
            sent = case.as_transport_kwargs(BASE_URL, headers=self._headers(caller))
            request = requests.Request(**sent).prepare()
        except (requests.exceptions.InvalidHeader, UnicodeError, ValueError):
            return None
        if caller != "wrong":
            sign(request, "/webhooks/woocommerce/store", SECRETS["store"])
        return self.loop.run_until_complete(send(self.installation.app, request))

    def _headers(self, caller: str) -> dict[str, str]:
        token = self.installation.tokens.get(caller, "no-such-token")
        return {} if caller == "nobody" else {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def target(engine: AsyncEngine, database_url: str, redis_url: str) -> AsyncIterator[Target]:
    async with open_installation(engine, database_url, redis_url) as installation:
        yield Target(installation=installation, loop=asyncio.get_running_loop())


@pytest.mark.timeout(600 * SCALE)
def test_every_answer_is_one_that_the_document_tells_whoever_asks(target: Target) -> None:
    asked = 0
    for operation in operations_of(target.installation.app.openapi(), target.installation.known):
        target.mend()
        asked += sum(_ask(target, operation, *how) for how in ASKED)
        for case in edges_of(operation) if IS_LONG else ():
            _check(target, case, "write")

    assert asked > 300


def _ask(
    target: Target, operation: APIOperation[Any, Any, Any, Any], caller: str, mode: GenerationMode, count: int
) -> int:
    """How many requests were made."""
    asked = []

    @examples(count)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        asked.append(1)
        _check(target, case, caller)

    try:
        ask()
    except Unsatisfiable:
        assert mode is NEGATIVE, operation.label  # without a parameter nothing can be wrong with one
    return len(asked)


def _check(target: Target, case: Case[Any], caller: str) -> None:
    answer = target.send(case, caller)
    if answer is not None:
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        case.validate_response(answer, checks=CHECKS)


@pytest.mark.timeout(600 * SCALE)
def test_nothing_odd_in_a_body_a_header_or_an_address_is_a_crash(target: Target) -> None:
    app, asked = target.installation.app, 0
    for label, documented, request in islice(odd_requests(target.installation), 0, None, EVERY):
        answer = target.loop.run_until_complete(call(app, *request))
        asked += 1
        assert answer.status in documented, (label, request, answer.status, bytes(answer.body))
        if answer.status >= 400:
            assert answer.headers["content-type"] == [PROBLEM], (label, request)

    assert asked > 800
