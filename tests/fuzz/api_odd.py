"""Requests written by hand, each of which has crashed some service: bodies, headers and addresses per operation."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.fuzz.api_installation import SECRETS, Installation
from tests.fuzz.api_wire import Headers

Request = tuple[str, bytes, Headers, bytes]
JSON: Final = b"application/json"

BODIES: Final = [
    b"",
    b"\x00",
    b'{"a": "\xff\xfe"}',
    '{"a": 1}'.encode("utf-16"),
    b'\xef\xbb\xbf{"a": 1}',
    b"NaN",
    b"null",
    b"[]",
    b"9" * 5000,
    b"1e400",
    b'{"id": 1e400}',
    b"[" * 900 + b"]" * 900,
    b'{"entities":' * 900 + b"1" + b"}" * 900,
    b"[" * 100_000,
    b'{"id": 1, "link": "boutique", "link": "store", "id": ' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"id": 1, "status": [], "code": {}, "data": {"status": {}}, "parent_id": [], "images": {"id": []}}',
    b'{"id": 9223372036854775808, "ids": ["\\u0000"], "link": "\\ud800", "entities": {"\\u0000": 1}}',
    b'{"event_id": "\\u0000", "entity_type": "customer", "action_type": "updated", "data": {"id": 1}}',
    b'{"event_id": "\\ud800", "entity_type": "customer", "action_type": "updated", "data": {"id": 1}}',
    b'{"_model": "res.partner", "_id": [[]], "id": {}, "_action": null}',
    b'{"email": "a\\u0000@example.com", "name": [], "subject": {"a": 1}}',
    b"email=a%00b@example.com&email=%ff&=&%&name=%u0000",
]
CONTENT_TYPES: Final = [
    None,
    b"",
    b"text/plain",
    b"application/json; charset=utf-16",
    b"application/json;charset=\xff",
    b"multipart/form-data",
    b"application/x-www-form-urlencoded",
]
PATHS: Final = [
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%2f",
    "a%2fb",
    "..",
    "9223372036854775808",
    "9" * 400,
    "-1",
    "%D9%A1",
    "%",
]
QUERIES: Final = [
    "%00",
    "%ff",
    "9223372036854775808",
    "-1",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T00:00:00.000000Z.job.999999999999999999",
    "0000-01-01T00:00:00.000000Z.job.0",
    "1e400",
    "",
    "%5C%25_",
]
HEADERS: Final = [
    (b"content-length", b"\xb2"),
    (b"content-length", b"9" * 5000),
    (b"authorization", b"Bearer \xff"),
    (b"authorization", b"Basic Og=="),
    (b"x-webhook-secret", b"\xff\xfe"),
    (b"x-wc-webhook-signature", b"\xff"),
    (b"x-forwarded-for", b"999.1.1.1, \xff,,"),
    (b"prefer", b"wait=9999999999999999999999"),
    (b"traceparent", b"00-\xff-00"),
    (b"if-match", b'W/"\xff"'),
    (b"host", b"\xff"),
]
SIGNED: Final = [
    (b"1e400", b"v1,AAAA"),
    (b"nan", b"v1,AAAA"),
    (b"\xb2", b"v1,AAAA"),
    (b"1700000000", b"v1"),
    (b"1700000000", b"v1,\xff,x v2"),
]
"""`webhook-timestamp` and `webhook-signature` of a PrestaShop's module."""
METHODS: Final = ["HEAD", "OPTIONS", "TRACE", "PROPFIND", "PUT", "DELETE", "get"]
SOMEWHERE: Final = {"side": "shop"}
ANYWHERE: Final = [b"/", b"//", b"/%00", b"/%ff", b"/api/v1/", b"/static-offline-docs/%00", b"/static-offline-docs/.."]


def odd_requests(installation: Installation) -> Iterator[tuple[str, frozenset[int], Request]]:
    """What it is of, and the statuses that may answer it."""
    for path, operations in installation.app.openapi()["paths"].items():
        for method, operation in operations.items():
            label = f"{method.upper()} {path}"
            documented = frozenset(map(int, operation["responses"]))
            place = _Place(installation, path, method.upper())
            for request in place.requests(operation):
                yield label, documented, request
            for other in METHODS:
                if other.lower() not in operations:
                    yield label, frozenset({204, 405}), place.request(method=other)
            # A parameter that spills over into the address asks for something else, or for nothing.
            for request in place.addresses():
                yield label, documented | {404, 405}, request
    for target in ANYWHERE:
        yield target.decode(), frozenset({404}), ("GET", target, [(b"host", b"api.test")], b"")


class _Place:
    """One operation, asked by an operator and by a sender who knows the secret."""

    def __init__(self, installation: Installation, path: str, method: str) -> None:
        words = {name: values[-1] for name, values in installation.known.items()} | SOMEWHERE
        slug = "store" if "woocommerce" in path or path.endswith("/webhooks") else "boutique"
        self._words = words | {"slug": slug, "link": slug, "token": SECRETS[slug], "entity": "customer"}
        self._module = "woocommerce" if slug == "store" else "prestashop"
        self._path, self._method = path, method
        self._secret = SECRETS[slug].encode()
        self._headers = {
            b"host": b"api.test",
            b"authorization": b"Bearer " + installation.tokens["write"].encode(),
            b"x-wc-webhook-topic": b"product.updated",
        }

    def requests(self, operation: Mapping[str, Any]) -> Iterator[Request]:
        if "requestBody" in operation:
            for body in BODIES:
                yield self.request(body)
            for kind in CONTENT_TYPES:
                yield self.request(b'{"id": 1}', {b"content-type": kind})
        for name, value in HEADERS:
            yield self.request(b"{}", {name: value})
        if self._path.startswith("/webhooks/prestashop"):
            for moment, signature in SIGNED:
                sent = {b"webhook-id": b"1", b"webhook-timestamp": moment, b"webhook-signature": signature}
                yield self.request(b"{}", {b"x-webhook-secret": None, **sent})
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                for odd in QUERIES:
                    yield self.request(b"{}", query=f"{parameter['name']}={odd}&{parameter['name']}={odd}")

    def addresses(self) -> Iterator[Request]:
        for name in self._words:
            if f"{{{name}}}" in self._path:
                for value in PATHS:
                    yield self.request(b"{}", words={name: value})

    def request(
        self,
        body: bytes = b"",
        headers: Mapping[bytes, bytes | None] | None = None,
        *,
        method: str | None = None,
        query: str = "",
        words: Mapping[str, str] | None = None,
    ) -> Request:
        target = self._path
        for name, value in {**self._words, "module": self._module, **(words or {})}.items():
            target = target.replace(f"{{{name}}}", value)
        sent = self._headers | self._proofs(body) | {b"content-type": JSON} | dict(headers or {})
        wire = [(name, value) for name, value in sent.items() if value is not None]
        return (method or self._method, f"{target}?{query}".encode(), wire, body)

    def _proofs(self, body: bytes) -> dict[bytes, bytes | None]:
        if "woocommerce" not in self._path:
            return {b"x-webhook-secret": self._secret}
        return {b"x-wc-webhook-signature": base64.b64encode(hmac.digest(self._secret, body, "sha256"))}
