"""JSON-RPC over `/jsonrpc`: Odoo 14 to 19 (deprecated in 19, announced to leave in 20).

Errors come as HTTP 200 with `error.data`, and a method that returns None answers neither `result` nor
`error`. Logging in costs 55-80 ordinary calls (17.0), so the uid is kept and every call carries the key
itself.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from typing import Final

import httpx

from app.connectors.http import PeerClient
from app.connectors.odoo.errors import Fault, translate, translate_bare
from app.connectors.odoo.transport import JSON_HEADERS, decode, encode
from app.entities.base import Json
from app.errors import ActionRequired, AppError

PATH: Final = "/jsonrpc"

POSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "search": ("domain",),
    "search_count": ("domain",),
    "search_read": ("domain",),
    "name_search": ("name", "domain"),
    "create": ("vals_list",),
    "write": ("vals",),
    "read": ("fields",),
    "copy": ("default",),
    "load": ("fields", "data"),
    "default_get": ("fields",),
    "fields_get": ("allfields",),
    "check_access_rights": ("operation",),
    "has_access": ("operation",),
    "check_object_reference": ("module", "xml_id"),
}


class JsonRpc:
    """`Transport` for Odoo 14 and later."""

    protocol = "jsonrpc"

    def __init__(self, peer: PeerClient, *, database: str, username: str, api_key: str) -> None:
        self._peer = peer
        self._database = database
        self._username = username
        self._api_key = api_key
        self._uid: int | None = None
        self._login = asyncio.Lock()
        self._ids = itertools.count(1)

    async def uid(self) -> int:
        # Under the lock, so that a burst of first calls logs in once.
        async with self._login:
            if self._uid is None:
                self._uid = await self._authenticate()
            return self._uid

    async def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        args: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> Json:
        uid = await self.uid()
        positional, named = arrange(method, ids=ids, args=args or {})
        if context:
            named["context"] = dict(context)
        sent: list[Json] = [self._database, uid, self._api_key, model, method, positional, named]
        try:
            return await self._post("object", "execute_kw", sent, call=f"{model}.{method}")
        except ActionRequired as error:
            if error.code == "bad_login":
                self._uid = None
            raise

    async def version(self) -> tuple[Json, httpx.Response]:
        """What the server says of itself, without logging in, and the answer it came in."""
        return await self._exchange("common", "version", [], call="common.version")

    async def _authenticate(self) -> int:
        found = await self._post(
            "common",
            "authenticate",
            [self._database, self._username, self._api_key, {}],
            call="common.authenticate",
        )
        # A wrong login is no error to Odoo: it answers `false`.
        if not isinstance(found, int) or isinstance(found, bool):
            raise ActionRequired(
                f"{self._peer.name}: Odoo refused the login of {self._username!r} on database "
                f"{self._database!r}; check username and API key of the connection",
                code="bad_login",
            )
        return found

    async def _post(self, service: str, method: str, args: list[Json], *, call: str) -> Json:
        result, _ = await self._exchange(service, method, args, call=call)
        return result

    async def _exchange(self, service: str, method: str, args: list[Json], *, call: str) -> tuple[Json, httpx.Response]:
        params: dict[str, Json] = {"service": service, "method": method, "args": args}
        body: dict[str, Json] = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        response = await self._peer.request("POST", PATH, content=encode(body, call=call), headers=JSON_HEADERS)
        answer = decode(response, peer=self._peer.name, call=call)
        if error := _error(answer, response.status_code, peer=self._peer.name, call=call):
            raise error
        return (answer.get("result") if isinstance(answer, dict) else None), response


def arrange(method: str, *, ids: Sequence[int] | None, args: Mapping[str, Json]) -> tuple[list[Json], dict[str, Json]]:
    """Positional and named arguments: the ids, then what goes by position as far as there is no gap."""
    named = dict(args)
    positional: list[Json] = [] if ids is None else [list(ids)]
    for name in POSITIONS.get(method, ()):
        if name not in named:
            break
        positional.append(named.pop(name))
    return positional, named


def _error(answer: Json, status: int, *, peer: str, call: str) -> AppError | None:
    # A proxy may answer JSON of its own: only an envelope counts, or its silence would pass for a None
    # result.
    if not isinstance(answer, dict) or "jsonrpc" not in answer:
        return translate_bare(status, peer=peer, call=call)
    error = answer.get("error")
    if error is None:
        return None
    error = error if isinstance(error, dict) else {}
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    fault = Fault(name=str(data.get("name", "")), text=str(data.get("message") or error.get("message") or ""))
    return translate(fault, peer=peer, call=call)
