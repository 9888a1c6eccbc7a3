"""A REST request and its answer, as bytes and headers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

JSON, HTML = "application/json; charset=UTF-8", "text/html; charset=UTF-8"
PREFIX = "/wp-json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request; header names are lower case, `host` with its port."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    scheme: str = "http"
    host: str = "localhost"

    @property
    def secure(self) -> bool:
        return "https" in (self.scheme, self.headers.get("x-forwarded-proto", "").lower())

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"

    @property
    def route(self) -> str | None:
        """`wc/v3/products/1`; None: the request is not for the REST API. Plain permalinks use `rest_route`."""
        if self.path == PREFIX or self.path.startswith(f"{PREFIX}/"):
            return self.path.removeprefix(PREFIX).strip("/")
        named = dict(parse_qsl(self.query)).get("rest_route")
        return named.strip("/") if named is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str | None = JSON
    headers: Sequence[tuple[str, str]] = ()


def answered(status: int, body: object, call: Call, *headers: tuple[str, str]) -> Answer:
    root = ("Link", f'<{call.origin}{PREFIX}/>; rel="https://api.w.org/"')
    return Answer(status=status, body=encoded(body), headers=[root, *headers])


def encoded(value: object) -> bytes:
    """JSON as PHP writes it: `/` and every letter beyond ASCII escaped. Signatures are made over these bytes."""
    return json.dumps(value, separators=(",", ":"), default=str).replace("/", "\\/").encode()
