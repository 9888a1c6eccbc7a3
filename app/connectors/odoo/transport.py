"""How a method of an Odoo model is called, whatever the protocol: model, method, ids, *named* arguments.

Named, because JSON-2 knows no positions. JSON-RPC and XML-RPC get the leading ones by position
(`rpc.POSITIONS`), because their names changed between versions (`args` became `domain`) and because
`create` looks at its first positional argument.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Final, Protocol

import httpx
import orjson

from app.connectors.odoo.errors import translate_bare
from app.entities.base import Json
from app.errors import BadPayload

JSON_HEADERS: Final[Mapping[str, str]] = {"Content-Type": "application/json", "Accept": "application/json"}


READS: Final = (
    "search",
    "read",
    "fields_get",
    "check_",
    "has_access",
    "get_",
    "context_get",
    "version",
    "authenticate",
)
"""How the methods begin that change nothing, of those that are called from here."""


class Transport(Protocol):
    """One protocol against one database, logged in as one user."""

    @property
    def protocol(self) -> str:
        """`jsonrpc`, `xmlrpc` or `json2`, for reports."""
        ...

    async def uid(self) -> int:
        """The user we are, asked once and remembered. Raises `ActionRequired` when the login is refused."""
        ...

    async def call(
        self,
        model: str,
        method: str,
        *,
        ids: Sequence[int] | None = None,
        args: Mapping[str, Json] | None = None,
        context: Mapping[str, Json] | None = None,
    ) -> Json:
        """The method's result; None is a success (many actions return nothing).

        `ids` are the records it runs on; None for methods of the model itself (`search`, `create`). One
        call is one transaction in Odoo. An empty list of ids runs on no record and *succeeds*: callers
        check before they call.
        """
        ...


class NoCookies(httpx.Auth):
    """Drops whatever cookie an earlier answer set.

    Odoo sets a session cookie on its public pages, and JSON-2 answers 403 to a request that carries one
    together with `X-Odoo-Database` or another user's key (19.0). The protocols here need none.
    """

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.pop("Cookie", None)
        yield request


def is_read(call: str) -> bool:
    """Of a method, or a model's (`res.partner.read`). For what is counted only: nothing is decided by it."""
    return call.rpartition(".")[2].startswith(READS)


def encode(body: Mapping[str, Json], *, call: str) -> bytes:
    """Sent whole with a Content-Length: Odoo ignores a chunked body without saying so (19.0)."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:
        raise BadPayload(f"{call}: a value cannot be sent as JSON ({error})") from error


def decode(response: httpx.Response, *, peer: str, call: str) -> Json:
    """The JSON of an answer; anything else is a page from a proxy, the website or an overloaded server."""
    try:
        decoded: Json = orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise translate_bare(response.status_code, peer=peer, call=call) from error
    return decoded
