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
from app.connectors.odoo.jsonrpc import JsonRpcWire
from app.connectors.odoo.rpc import Rpc
from app.connectors.odoo.schema import ATTRIBUTES, FieldInfo, Schema
from app.connectors.odoo.server import OLDEST_MAJOR, Server, ask_server
from app.connectors.odoo.transport import Transport
from app.connectors.odoo.values import id_of
from app.connectors.odoo.xmlrpc import XmlRpcWire
from app.context import current_operation_id
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired, BadPayload, Rejected, Retryable

Protocol: TypeAlias = Literal["auto", "json2", "jsonrpc", "xmlrpc"]
Domain: TypeAlias = Sequence[Json]
Row: TypeAlias = dict[str, Json]

ORIGIN: Final = "odoo-shop-sync"
HAS_ACCESS_SINCE: Final = 18
LOAD_IN_SEARCH_READ_SINCE: Final = 15
MARKERS: Final = "ir.model.data"
WIZARD: Final = "ir.actions.act_window"


class OdooClient:
    """One Odoo database as one user. Safe for concurrent use; the protocol is chosen at the first call.

    `protocol` is `auto` (JSON-2 from 19, JSON-RPC before) or one of the three by name.
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
        wire = XmlRpcWire(peer) if protocol == "xmlrpc" else JsonRpcWire(peer)
        name = "xmlrpc" if protocol == "xmlrpc" else "jsonrpc"
        self._rpc = Rpc(wire, protocol=name, database=database, username=username, api_key=api_key)
        self._json2 = Json2(peer, database=database, api_key=api_key)
        self._schema = Schema(self._ask_fields, now=now)
        self._lang = lang
        self._company_ids = tuple(company_ids)
        self._now = now
        self._server: Server | None = None
        self._asking = asyncio.Lock()
        self._may_search_markers = True

    async def server(self) -> Server:
        """Version and clock, asked once. `ActionRequired` for an address without an Odoo we can talk to."""
        async with self._asking:
            if self._server is None:
                server = await ask_server(self._peer, self._rpc, now=self._now)
                self._check(server)
                self._server = server
            return self._server

    async def transport(self) -> Transport:
        server = await self.server()
        if self._protocol == "json2" or (self._protocol == "auto" and server.speaks_json2):
            return self._json2
        return self._rpc

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
        try:
            return await transport.call(model, method, ids=ids, args=args, context=self._context(context or {}))
        except Rejected as error:
            if error.code == "invalid":
                # It may be about a field that was taken out of the model since its fields were asked.
                self._schema.forget(model)
            raise

    async def uid(self) -> int:
        """The user that we work as."""
        return await (await self.transport()).uid()

    async def search(
        self,
        model: str,
        domain: Domain,
        *,
        limit: int | None = None,
        order: str | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> list[int]:
        args = _given(domain=list(domain), limit=limit, order=order)
        return self._ids(await self.call(model, "search", args=args, context=context), f"{model}.search")

    async def read(
        self, model: str, ids: Sequence[int], fields: Sequence[str], *, context: Mapping[str, Json] | None = None
    ) -> list[Row]:
        """Rows of the ids that exist, a many2one as its bare id; a missing id is simply not among them."""
        if not ids:
            return []
        answer = await self.call(model, "read", ids=ids, args={"fields": list(fields), "load": ""}, context=context)
        return self._rows(answer, f"{model}.read")

    async def search_read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        limit: int | None = None,
        order: str | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> list[Row]:
        """As `read`, by domain. Archived records are hidden; `context={"active_test": False}` shows them too."""
        if (await self.server()).major < LOAD_IN_SEARCH_READ_SINCE:
            ids = await self.search(model, domain, limit=limit, order=order, context=context)
            return await self.read(model, ids, fields, context=context)
        args = _given(domain=list(domain), fields=list(fields), load="", limit=limit, order=order)
        return self._rows(await self.call(model, "search_read", args=args, context=context), f"{model}.search_read")

    async def create(self, model: str, rows: Sequence[Row]) -> list[int]:
        """New ids, position by position; all or nothing. 100 in one call cost what ten cost singly.

        Raises `BadPayload` before anything is sent for a value that Odoo would store as another (`schema.py`).
        """
        if not rows:
            return []
        for row in rows:
            await self._schema.check(model, row, call=f"{self._peer.name}: {model}.create")
        return self._ids(await self.call(model, "create", args={"vals_list": list(rows)}), f"{model}.create")

    async def write(self, model: str, ids: Sequence[int], values: Row) -> None:
        """The same values into all of `ids`, all or nothing; a missing one raises `NotFound` for all.

        Raises `BadPayload` before anything is sent for a value that Odoo would store as another (`schema.py`).
        """
        some = _some(ids, model, "write")
        await self._schema.check(model, values, call=f"{self._peer.name}: {model}.write")
        await self.call(model, "write", ids=some, args={"vals": values})

    async def unlink(self, model: str, ids: Sequence[int]) -> None:
        await self.call(model, "unlink", ids=_some(ids, model, "unlink"))

    async def load(self, model: str, fields: Sequence[str], rows: Sequence[Sequence[Json]]) -> list[int]:
        """Create or update by external id (column `id`), all or nothing: the idempotent create.

        Not for order lines: a second load doubles them. Odoo reports a bad row, and a lost race for one
        id, in the result instead of raising. Datetimes are UTC, as everywhere: `load` alone would read
        them in the user's zone. An archived record may be named: an address of an archived customer.
        """
        args: Row = {"fields": list(fields), "data": [list(row) for row in rows]}
        answer = await self.call(model, "load", args=args, context={"tz": "UTC", "active_test": False})
        loaded = answer.get("ids") if isinstance(answer, dict) else None
        if loaded:
            return self._ids(loaded, f"{model}.load")
        text = _load_messages(answer)
        if is_contention(text):
            raise Retryable(f"{self._peer.name}: {model}.load: {shorten(text)}", code="busy")
        raise Rejected(f"{self._peer.name}: {model}.load: {shorten(text)}", code="refused")

    async def run_action(
        self,
        model: str,
        method: str,
        ids: Sequence[int],
        *,
        context: Mapping[str, Json] | None = None,
        done_by_dict: bool = False,
    ) -> Json:
        """A button's method. Raises `Rejected` (code `wizard`) when Odoo asks for a wizard instead of doing it.

        `done_by_dict`: the method answers with a window although it is done (`create_invoices`); read the
        state back. The answer says little either way: None and false are successes too.
        """
        answer = await self.call(model, method, ids=_some(ids, model, method), context=context)
        if isinstance(answer, dict) and answer.get("type") == WIZARD and not done_by_dict:
            raise Rejected(
                f"{self._peer.name}: {model}.{method}: nothing was done, Odoo asks a person first "
                f"({answer.get('res_model')})",
                code="wizard",
            )
        return answer

    async def fields(self, model: str) -> Mapping[str, FieldInfo]:
        """Every field the model has in this database for our user; remembered for 15 minutes.

        Raises `ActionRequired` (code `not_installed`) for a model that does not exist.
        """
        return await self._schema.fields(model)

    async def has_field(self, model: str, name: str) -> bool:
        return name in await self.fields(model)

    async def find_marker(self, marker: str) -> int | None:
        """The record that carries an external id, `boutique.customer_67`; None when none does.

        Users without Settings rights may ask this too, though not search `ir.model.data`. Archived ones count.
        """
        module, _, name = marker.partition(".")
        args: Row = {"module": module, "xml_id": name}
        try:
            # Odoo looks with a search, which without this would hide an archived record.
            found = await self.call(MARKERS, "check_object_reference", args=args, context={"active_test": False})
        except Rejected as error:
            if error.code in {"invalid", "not_found"}:
                return None
            raise
        # [model, id]; [model, false] where our user may not read the record.
        return id_of(found[1]) if isinstance(found, list) and len(found) > 1 else None

    async def find_markers(self, markers: Sequence[str]) -> dict[str, int | None]:
        """`find_marker` for many, every marker a key: in one call where our user has Settings rights."""
        if len(markers) > 1 and self._may_search_markers:
            try:
                return await self._search_markers(markers)
            except ActionRequired as error:
                if error.code != NOT_PERMITTED:
                    raise
                self._may_search_markers = False
        found = await asyncio.gather(*(self.find_marker(marker) for marker in markers))
        return dict(zip(markers, found, strict=True))

    async def markers_of(self, model: str, ids: Sequence[int]) -> dict[int, str]:
        """The external id of each record that has one, in one call."""
        answer = await self.call(model, "get_external_id", ids=ids) if ids else {}
        if not isinstance(answer, dict) or not all(map(str.isdecimal, answer)):
            raise Retryable(f"{self._peer.name}: {model}.get_external_id: answered without ids", code="odd_answer")
        return {number: str(answer[key]) for number in ids if answer.get(key := str(number))}

    async def has_access(self, model: str, operation: str) -> bool:
        """Whether our user may `read`, `write`, `create` or `unlink` records of a model at all."""
        if (await self.server()).major >= HAS_ACCESS_SINCE:
            return bool(await self.call(model, "has_access", ids=(), args={"operation": operation}))
        args: Row = {"operation": operation, "raise_exception": False}
        allowed = await self.call(model, "check_access_rights", args=args)
        return bool(allowed)

    async def _search_markers(self, markers: Sequence[str]) -> dict[str, int | None]:
        parts = [marker.partition(".") for marker in markers]
        modules, names = sorted({part[0] for part in parts}), sorted({part[2] for part in parts})
        domain: list[Json] = [["module", "in", list[Json](modules)], ["name", "in", list[Json](names)]]
        rows = await self.search_read(MARKERS, domain, ["module", "name", "res_id"])
        known = {f"{row.get('module')}.{row.get('name')}": id_of(row.get("res_id")) for row in rows}
        return {marker: known.get(marker) for marker in markers}

    async def _ask_fields(self, model: str) -> Json:
        return await self.call(model, "fields_get", args={"attributes": list(ATTRIBUTES)})

    def _ids(self, answer: Json, call: str) -> list[int]:
        return [number for number in self._listed(answer, call) if isinstance(number, int)]

    def _rows(self, answer: Json, call: str) -> list[Row]:
        return [row for row in self._listed(answer, call) if isinstance(row, dict)]

    def _listed(self, answer: Json, call: str) -> list[Json]:
        """An answer without a value is no empty list: a record that was not told is not one that is gone."""
        if not isinstance(answer, list):
            raise Retryable(f"{self._peer.name}: {call}: answered without a list", code="odd_answer")
        return answer

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
                f"{self._peer.name}: Odoo {server.version} has no JSON-2; set the connection's transport to `auto`",
                code="wrong_transport",
            )


def _given(**options: Json) -> dict[str, Json]:
    return {name: value for name, value in options.items() if value is not None}


def _some(ids: Sequence[int], model: str, method: str) -> Sequence[int]:
    if not ids:
        raise BadPayload(f"{model}.{method} without a record: Odoo would answer true and do nothing")
    return ids


def _load_messages(answer: Json) -> str:
    messages = answer.get("messages") if isinstance(answer, dict) else None
    texts = (
        [message.get("message") for message in messages or [] if isinstance(message, dict)]
        if isinstance(messages, list)
        else []
    )
    return "; ".join(str(text).strip() for text in texts if text) or "refused without a reason"
