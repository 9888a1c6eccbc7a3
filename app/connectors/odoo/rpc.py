"""What JSON-RPC and XML-RPC share: the services `common` and `object`, a login by uid, arguments by position.

Odoo 14 to 19 (both deprecated in 19, announced to leave in 20). Logging in costs 55-80 ordinary calls (17.0), so the
uid is kept and every call carries the key itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import httpx

from app.entities.base import Json
from app.errors import ActionRequired

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


class Wire(Protocol):
    """How one call of a service becomes bytes, and its answer a value or an error of ours."""

    @property
    def peer_name(self) -> str: ...

    async def exchange(
        self, service: str, method: str, args: list[Json], *, call: str
    ) -> tuple[Json, httpx.Response]: ...


class Rpc:
    """`Transport` over either wire."""

    def __init__(self, wire: Wire, *, protocol: str, database: str, username: str, api_key: str) -> None:
        self.protocol = protocol
        self._wire = wire
        self._database = database
        self._username = username
        self._api_key = api_key
        self._uid: int | None = None
        self._login = asyncio.Lock()

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
            result, _ = await self._wire.exchange("object", "execute_kw", sent, call=f"{model}.{method}")
        except ActionRequired as error:
            if error.code == "bad_login":
                self._uid = None
            raise
        return result

    async def version(self) -> tuple[Json, httpx.Response]:
        """What the server says of itself, without logging in, and the answer it came in."""
        return await self._wire.exchange("common", "version", [], call="common.version")

    async def _authenticate(self) -> int:
        sent: list[Json] = [self._database, self._username, self._api_key, {}]
        found, _ = await self._wire.exchange("common", "authenticate", sent, call="common.authenticate")
        # A wrong login is no error to Odoo: it answers `false`.
        if not isinstance(found, int) or isinstance(found, bool):
            raise ActionRequired(
                f"{self._wire.peer_name}: Odoo refused the login of {self._username!r} on database "
                f"{self._database!r}; check username and API key of the connection",
                code="bad_login",
            )
        return found


def arrange(method: str, *, ids: Sequence[int] | None, args: Mapping[str, Json]) -> tuple[list[Json], dict[str, Json]]:
    """Positional and named arguments: the ids, then what goes by position as far as there is no gap."""
    named = dict(args)
    positional: list[Json] = [] if ids is None else [list(ids)]
    for name in POSITIONS.get(method, ()):
        if name not in named:
            break
        positional.append(named.pop(name))
    return positional, named
