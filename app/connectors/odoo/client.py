"""Odoo as the entity types use it: typed calls over the protocol the server speaks, our context on each.

Every call carries `lang` (a translated field is read and written in that language only, and the user's
own language is not applied over RPC), `allowed_company_ids` where the link names companies,
`tracking_disable` (no chatter message per change, and creates about 1.5 times as fast) and `sync_origin`,
which Odoo rules and our module read to stay silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from app.connectors.http import PeerClient
from app.connectors.odoo.errors import is_contention, shorten
from app.connectors.odoo.json2 import Json2
from app.connectors.odoo.jsonrpc import JsonRpc
from app.connectors.odoo.server import OLDEST_MAJOR, Server, ask_server
from app.connectors.odoo.transport import Transport
from app.context import current_operation_id
from app.entities.base import Json
from app.errors import ActionRequired, BadPayload, Rejected, Retryable

Protocol: TypeAlias = Literal["auto", "jsonrpc", "json2"]
Domain: TypeAlias = Sequence[Json]
Row: TypeAlias = dict[str, Json]

ORIGIN: Final = "odoo-shop-sync"
HAS_ACCESS_SINCE: Final = 18
LOAD_IN_SEARCH_READ_SINCE: Final = 15


class OdooClient:
    """One Odoo database as one user. Safe for concurrent use; the protocol is chosen at the first call.

    `protocol` is `auto` (JSON-2 from 19, JSON-RPC before) or one of the two by name.
    """

    def __init__(
        self,
        peer: PeerClient,
        *,
        database: str,
        username: str,
        api_key: str,
        protocol: Protocol = "auto",
        lang: str = "en_US",
        company_ids: Sequence[int] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._peer = peer
        self._protocol = protocol
        self._jsonrpc = JsonRpc(peer, database=database, username=username, api_key=api_key)
        self._json2 = Json2(peer, database=database, api_key=api_key)
        self._lang = lang
        self._company_ids = tuple(company_ids)
        self._now = now
        self._server: Server | None = None
        self._asking = asyncio.Lock()

    async def server(self) -> Server:
        """Version and clock, asked once. `ActionRequired` for an address without an Odoo we can talk to."""
        async with self._asking:
            if self._server is None:
                server = await ask_server(self._peer, self._jsonrpc, now=self._now)
                self._check(server)
                self._server = server
            return self._server

    async def transport(self) -> Transport:
        server = await self.server()
        if self._protocol == "json2" or (self._protocol == "auto" and server.speaks_json2):
            return self._json2
        return self._jsonrpc

    async def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        context: Mapping[str, Json] | None = None,
        args: Mapping[str, Json] | None = None,
    ) -> Json:
        """Any public method by named arguments; `context` adds to ours. See `Transport.call`."""
        transport = await self.transport()
        return await transport.call(model, method, ids=ids, args=args, context=self._context(context or {}))

    async def search(
        self, model: str, domain: Domain, *, limit: int | None = None, order: str | None = None
    ) -> list[int]:
        found = await self.call(model, "search", args=_given(domain=list(domain), limit=limit, order=order))
        return _ids(found)

    async def read(self, model: str, ids: Sequence[int], fields: Sequence[str]) -> list[Row]:
        """Rows of the ids that exist, a many2one as its bare id; a missing id is simply not among them."""
        if not ids:
            return []
        return _rows(await self.call(model, "read", ids=ids, args={"fields": list(fields), "load": ""}))

    async def search_read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int | None = None,
        order: str | None = None,
    ) -> list[Row]:
        """As `read`, by domain. Archived records are hidden; pass a condition on `active` to see them."""
        if (await self.server()).major < LOAD_IN_SEARCH_READ_SINCE:
            return await self.read(model, await self.search(model, domain, limit=limit, order=order), fields)
        given = _given(domain=list(domain), fields=list(fields), load="", limit=limit, order=order)
        return _rows(await self.call(model, "search_read", args=given))

    async def create(self, model: str, rows: Sequence[Row]) -> list[int]:
        """New ids, position by position; all or nothing. 100 in one call cost what ten cost singly."""
        if not rows:
            return []
        return _ids(await self.call(model, "create", args={"vals_list": list(rows)}))

    async def write(self, model: str, ids: Sequence[int], values: Row) -> None:
        """The same values into all of `ids`, all or nothing; a missing one raises `NotFound` for all.

        A many2one takes an int or False: Odoo answers true to a text or an `[id, name]` pair and stores NULL.
        """
        await self.call(model, "write", ids=_some(ids, model, "write"), args={"vals": values})

    async def unlink(self, model: str, ids: Sequence[int]) -> None:
        await self.call(model, "unlink", ids=_some(ids, model, "unlink"))

    async def load(self, model: str, fields: Sequence[str], rows: Sequence[Sequence[Json]]) -> list[int]:
        """Create or update by external id (column `id`), all or nothing: the idempotent create.

        Not for order lines: a second load doubles them. Odoo reports a bad row, and a lost race for one
        id, in the result instead of raising.
        """
        answer = await self.call(model, "load", args={"fields": list(fields), "data": [list(row) for row in rows]})
        loaded = answer.get("ids") if isinstance(answer, dict) else None
        if loaded:
            return _ids(loaded)
        text = _load_messages(answer)
        if is_contention(text):
            raise Retryable(f"{self._peer.name}: {model}.load: {shorten(text)}", code="busy")
        raise Rejected(f"{self._peer.name}: {model}.load: {shorten(text)}", code="refused")

    async def has_access(self, model: str, operation: str) -> bool:
        """Whether our user may `read`, `write`, `create` or `unlink` records of a model at all."""
        if (await self.server()).major >= HAS_ACCESS_SINCE:
            return bool(await self.call(model, "has_access", ids=(), args={"operation": operation}))
        args: Row = {"operation": operation, "raise_exception": False}
        allowed = await self.call(model, "check_access_rights", args=args)
        return bool(allowed)

    def _context(self, more: Mapping[str, Json]) -> dict[str, Json]:
        context: dict[str, Json] = {
            "lang": self._lang,
            "tracking_disable": True,
            "sync_origin": current_operation_id() or ORIGIN,
        }
        if self._company_ids:
            context["allowed_company_ids"] = list(self._company_ids)
        return {**context, **more}

    def _check(self, server: Server) -> None:
        if server.major < OLDEST_MAJOR:
            raise ActionRequired(
                f"{self._peer.name}: Odoo {server.version} is too old, {OLDEST_MAJOR} or later is needed",
                code="too_old",
            )
        if self._protocol == "json2" and not server.speaks_json2:
            raise ActionRequired(
                f"{self._peer.name}: Odoo {server.version} has no JSON-2; set its protocol to `auto`",
                code="wrong_protocol",
            )


def _given(**options: Json) -> dict[str, Json]:
    return {name: value for name, value in options.items() if value is not None}


def _some(ids: Sequence[int], model: str, method: str) -> Sequence[int]:
    if not ids:
        raise BadPayload(f"{model}.{method} without a record: Odoo would answer true and do nothing")
    return ids


def _ids(answer: Json) -> list[int]:
    return [value for value in answer if isinstance(value, int)] if isinstance(answer, list) else []


def _rows(answer: Json) -> list[Row]:
    return [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []


def _load_messages(answer: Json) -> str:
    messages = answer.get("messages") if isinstance(answer, dict) else None
    texts = (
        [message.get("message") for message in messages or [] if isinstance(message, dict)]
        if isinstance(messages, list)
        else []
    )
    return "; ".join(str(text).strip() for text in texts if text) or "refused without a reason"
