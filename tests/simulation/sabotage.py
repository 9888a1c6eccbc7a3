"""Ways to break the service on purpose, as a fault in it would: what the promises are for must be seen by them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import httpx
import orjson

from app.entities.base import Side
from app.sandbox.odoo.requests import read_request

COLUMN_OF_MARKERS = "id"


class Sabotage(StrEnum):
    """`LOST_WRITES`: Odoo is told of a write, not of the values. `CREATED_TWICE`: each create in Odoo is sent twice,
    and nothing says that it is the same. `SWALLOWED`: events are answered with 2xx and thrown away."""

    LOST_WRITES = "lost-writes"
    CREATED_TWICE = "created-twice"
    SWALLOWED = "swallowed"


def without_values(side: Side, request: httpx.Request) -> httpx.Request:
    """The request as a service that loses writes would send it."""
    if side is Side.SHOP or read_request(request.url.path, request.content).method != "write":
        return request
    return _changed(request, _emptied)


def sent_again(side: Side, request: httpx.Request) -> httpx.Request | None:
    """What a service that forgets that it has created something would send next; None if it creates nothing."""
    if side is Side.SHOP or read_request(request.url.path, request.content).method not in ("create", "load"):
        return None
    return _changed(request, _unmarked)


def _changed(request: httpx.Request, change: Callable[[list[Any]], list[Any]]) -> httpx.Request:
    """`change` of the arguments: over JSON-2 they have names, in the order in which they were given."""
    body = orjson.loads(request.content)
    if "jsonrpc" in body:
        body["params"]["args"][5] = change(body["params"]["args"][5])
    else:
        named = {name: value for name, value in body.items() if name != "context"}
        body |= dict(zip(named, change(list(named.values())), strict=True))
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, content=orjson.dumps(body))


def _emptied(args: list[Any]) -> list[Any]:
    return [{} if isinstance(each, dict) else each for each in args]


def _unmarked(args: list[Any]) -> list[Any]:
    """Of a `load`: without the column that makes a second one the first."""
    if len(args) < 2 or COLUMN_OF_MARKERS not in args[0]:
        return args
    names, rows = args[:2]
    marker = names.index(COLUMN_OF_MARKERS)
    return [[*names[:marker], *names[marker + 1 :]], [[*row[:marker], *row[marker + 1 :]] for row in rows], *args[2:]]
