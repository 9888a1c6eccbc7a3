"""A server whose answers are those of a sandbox with one value in them replaced by what nobody would expect there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx
import orjson

from app.entities.base import Json

# Without a NUL: texts are cleared of it where they are read (`storable`), and Odoo's PostgreSQL holds none.
ODD: Final[tuple[Json, ...]] = (
    None,
    False,
    True,
    "",
    "x",
    "²",
    "1e999999",
    "NaN",
    "-5",
    "2026-99-99T00:00:00",
    0,
    -1,
    2**63,
    1.5,
    1e300,
    [],
    ["x"],
    [{}],
    {},
    {"a": 1},
    "<![x",
)
LEFT_OUT: Final = object()
Path = tuple[str | int, ...]


class Spoiler(httpx.AsyncBaseTransport):
    """With a `path`, the value there in the answer number `at` becomes `odd`, or is left out."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.answers: list[Json] = []
        self.at = -1
        self.path: Path = ()
        self.odd: object = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        raw = await response.aread()
        try:
            body: Json = orjson.loads(raw)
        except orjson.JSONDecodeError:
            body = None
        number = len(self.answers)
        self.answers.append(body)
        if number != self.at:
            return response
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(
            response.status_code, headers=headers, content=orjson.dumps(spoilt(body, self.path, self.odd))
        )

    def spoil(self, at: int, path: Path, odd: object) -> None:
        self.answers, self.at, self.path, self.odd = [], at, path, odd


def places(value: Json, before: Path = ()) -> Iterator[Path]:
    """Every place in an answer that holds a value, the first of a list's rows only."""
    pairs: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value[:2]))
    for name, inner in pairs:
        yield (*before, name)
        yield from places(inner, (*before, name))


def spoilt(value: Json, path: Path, odd: object) -> Json:
    """A copy with the value at `path` replaced."""
    if not path:
        return odd  # type: ignore[return-value]  # JSON, or what is left out by who asked
    head, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(head, str) and head in value:
        if not rest and odd is LEFT_OUT:
            return {name: inner for name, inner in value.items() if name != head}
        return {**value, head: spoilt(value[head], rest, odd)}
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        if not rest and odd is LEFT_OUT:
            return value[:head] + value[head + 1 :]
        return [*value[:head], spoilt(value[head], rest, odd), *value[head + 1 :]]
    return value
