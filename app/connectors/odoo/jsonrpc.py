"""JSON-RPC over `/jsonrpc`: the wire for Odoo 14 to 18, and for 19 where it is asked for.

Errors come as HTTP 200 with `error.data`, and a method that returns None answers neither `result` nor
`error`.
"""

from __future__ import annotations

import itertools
from typing import Final

import httpx

from app.connectors.http import PeerClient
from app.connectors.odoo.errors import Fault, translate, translate_bare
from app.connectors.odoo.transport import JSON_HEADERS, decode, encode, is_read
from app.entities.base import Json
from app.errors import AppError

PATH: Final = "/jsonrpc"


class JsonRpcWire:
    """`Wire` in JSON."""

    def __init__(self, peer: PeerClient) -> None:
        self._peer = peer
        self._ids = itertools.count(1)

    @property
    def peer_name(self) -> str:
        return self._peer.name

    async def exchange(self, service: str, method: str, args: list[Json], *, call: str) -> tuple[Json, httpx.Response]:
        params: dict[str, Json] = {"service": service, "method": method, "args": args}
        body: dict[str, Json] = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        response = await self._peer.request(
            "POST", PATH, content=encode(body, call=call), headers=JSON_HEADERS, call=call, reads=is_read(call)
        )
        answer = decode(response, peer=self._peer.name, call=call)
        if error := _error(answer, response.status_code, peer=self._peer.name, call=call):
            raise error
        return (answer.get("result") if isinstance(answer, dict) else None), response


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
