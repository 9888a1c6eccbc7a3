"""JSON-2 over `/json/2/<model>/<method>`: Odoo 19 and later, an API key as bearer, named arguments only.

The answer's body *is* the result (null for None); an error has a real status and a body with `name` and
`message`. Passwords do not work here, and every call pays for the key's hash: there is no session to
keep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import httpx

from app.connectors.http import PeerClient
from app.connectors.odoo.errors import Fault, translate, translate_bare
from app.connectors.odoo.transport import JSON_HEADERS, decode, encode, is_read
from app.entities.base import Json
from app.errors import ActionRequired

PATH: Final = "/json/2"


class Json2:
    """`Transport` for Odoo 19 and later."""

    protocol = "json2"

    def __init__(self, peer: PeerClient, *, database: str, api_key: str) -> None:
        self._peer = peer
        self._headers = {**JSON_HEADERS, "Authorization": f"bearer {api_key}"}
        if database:
            # Needed as soon as the server holds more than one database, harmless with one (19.0).
            self._headers["X-Odoo-Database"] = database
        self._uid: int | None = None
        self._login = asyncio.Lock()

    async def uid(self) -> int:
        async with self._login:
            if self._uid is None:
                found = await self.call("res.users", "context_get")
                uid = found.get("uid") if isinstance(found, dict) else None
                if not isinstance(uid, int):
                    raise ActionRequired(
                        f"{self._peer.name}: Odoo did not say who the key belongs to", code="bad_login"
                    )
                self._uid = uid
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
        call = f"{model}.{method}"
        body: dict[str, Json] = dict(args or {})
        if ids is not None:
            body["ids"] = list(ids)
        if context:
            body["context"] = dict(context)
        response = await self._peer.request(
            "POST",
            f"{PATH}/{model}/{method}",
            content=encode(body, call=call),
            headers=self._headers,
            call=call,
            reads=is_read(method),
        )
        return self._result(response, call=call)

    def _result(self, response: httpx.Response, *, call: str) -> Json:
        answer = decode(response, peer=self._peer.name, call=call)
        if response.status_code == httpx.codes.OK:
            return answer
        if not isinstance(answer, dict) or "name" not in answer:
            raise translate_bare(response.status_code, peer=self._peer.name, call=call)
        fault = Fault(name=str(answer["name"]), text=str(answer.get("message") or ""))
        raise translate(fault, peer=self._peer.name, call=call)
