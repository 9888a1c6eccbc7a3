"""Takes secrets out of whatever is shown: log lines, the journal, payloads.

By the name of a field (`api_key`), by its place in a text (`?ws_key=…`, `https://user:…@host`, `/webhooks/odoo/link/…`)
and by value: what was registered as a secret is taken out wherever it turns up, also in the middle of another program's
error message, percent-encoded or in base64: a peer that fails may repeat the request's `Authorization: Basic …`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, quote_plus

import orjson

REDACTED = "[redacted]"
SHORTEST_SEARCHED = 6  # shorter values would turn up by chance
SHORTEST_PIECE = 8  # of base64
DEEPEST = 100
TOO_DEEP = "[nested too deeply to be shown]"

_SECRET_WORDS = (
    "passwd|password|secret|api_?key|ws_key|secure_key|token|authorization|cookie|credential"
    "|consumer_?key|oauth_signature"
)
_SECRET_NAME = re.compile(_SECRET_WORDS, re.IGNORECASE)
_SECRET_PARAMETER = re.compile(rf"([?&][^=&\s]*(?:{_SECRET_WORDS})[^=&\s]*=)[^&\s\"']+", re.IGNORECASE)
_WEBHOOK_TOKEN = re.compile(r"(/webhooks/[\w-]+/[^/?\s\"']+/)[^?\s\"']+")
_URL_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/@\s]+(?=@)")
_PASSWORD_IN_BODY = re.compile(rb"://[^/@:\s\"]*:[^/@\s\"]+@")
_URL_SAFE = str.maketrans("+/", "-_")

# What a body must have for `redact` to find something in it; a plain search is a hundred times faster than a pattern.
_TRACES = tuple(
    b"passw secret api_key api-key apikey ws_key ws-key secure_key secure-key token authorization cookie credential"
    b" consumer_key consumer-key consumerkey oauth_signature oauth-signature".split()
)

_registered: set[str] = set()
_guises: tuple[str, ...] | None = ()
_guises_in_json: tuple[bytes, ...] | None = ()


def register_secret(value: str) -> None:
    """From now on `value` is shown nowhere. To be called where a secret is read or opened."""
    global _guises, _guises_in_json
    if len(value) < SHORTEST_SEARCHED or value in _registered:
        return
    _registered.add(value)
    _guises = _guises_in_json = None


def _known() -> tuple[str, ...]:
    """Made when it is needed: many secrets are registered one after the other. The longest first, so that a secret that
    begins like a shorter one goes as a whole."""
    global _guises
    if _guises is None:
        _guises = tuple(sorted({each for value in _registered for each in _guises_of(value)}, key=len, reverse=True))
    return _guises


def _known_in_json() -> tuple[bytes, ...]:
    """As they stand within a text of a JSON document."""
    global _guises_in_json
    if _guises_in_json is None:
        spelled = (json.dumps(each, ensure_ascii=False)[1:-1] for each in _known())
        _guises_in_json = tuple(each.encode(errors="replace") for each in spelled)
    return _guises_in_json


def _guises_of(secret: str) -> set[str]:
    plain = secret.encode(errors="surrogatepass")
    spelled = {
        quote(secret, errors="replace"),
        quote(secret, safe="", errors="replace"),
        quote_plus(secret, errors="replace"),
    }
    return {secret, *spelled, *_in_base64(plain)}


def _in_base64(plain: bytes) -> Iterator[str]:
    """Of a text that holds it (`user:secret`), by where in a group of three bytes it begins; without the first and last
    characters, which depend on what is beside it."""
    for shift in range(3):
        piece = base64.b64encode(bytes(shift) + plain).decode().rstrip("=")[4 if shift else 0 : -2]
        if len(piece) >= SHORTEST_PIECE:
            yield piece
            yield piece.translate(_URL_SAFE)


def redact(value: object, *, depth: int = 0) -> object:
    """The same shape with secrets replaced; what is not text or a container passes as it is. `depth` is where it stands
    in what is shown: a body may be nested as deeply as its sender likes."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, bytes):
        return redact_text(value.decode(errors="replace"))
    if isinstance(value, Mapping):
        if depth >= DEEPEST:
            return TOO_DEEP
        return {_shown_name(key): redact_field(key, inner, depth=depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return TOO_DEEP if depth >= DEEPEST else [redact(inner, depth=depth + 1) for inner in value]
    return value


def redact_field(name: object, value: object, *, depth: int = 0) -> object:
    """Under a secret's name anything goes, except that nothing was there, which may be the very fact one looks for."""
    if isinstance(name, str) and _SECRET_NAME.search(name.replace("-", "_")) and value not in (None, "", False, True):
        return REDACTED
    return redact(value, depth=depth)


def _shown_name(name: object) -> object:
    """A name may be an address with a password in it: counts by address, say."""
    return redact_text(name) if isinstance(name, str) else name


def redact_text(text: str) -> str:
    if "=" in text:
        text = _SECRET_PARAMETER.sub(rf"\1{REDACTED}", text)
    if "@" in text:
        text = _URL_PASSWORD.sub(rf"\1{REDACTED}", text)
    if "/webhooks/" in text:
        text = _WEBHOOK_TOKEN.sub(rf"\1{REDACTED}", text)
    for guise in _known():
        if guise in text:
            text = text.replace(guise, REDACTED)
    return text


def redact_json(raw: bytes) -> bytes:
    """A JSON body that is to be kept; as it is where nothing in it looks like a secret, which costs one search."""
    return orjson.dumps(redact(orjson.loads(raw))) if _may_hold_secret(raw) else raw


def redact_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """As `redact`, for what is seldom changed by it, line after line: as it is where one search finds nothing in it."""
    try:
        raw = orjson.dumps(facts)
    except TypeError:
        raw = None
    if raw is None or _may_be_redacted(raw):
        return cast(dict[str, Any], redact(facts))
    return facts


def _may_be_redacted(raw: bytes) -> bool:
    nested = raw.count(b"{") + raw.count(b"[") >= DEEPEST
    addressed = b"/webhooks/" in raw or (b"@" in raw and b"://" in raw)
    return nested or addressed or _may_hold_secret(raw) or _has_any(raw, _known_in_json())


def _may_hold_secret(raw: bytes) -> bool:
    return _has_any(raw.lower(), _TRACES) or (b"@" in raw and _PASSWORD_IN_BODY.search(raw) is not None)


def _has_any(raw: bytes, pieces: Sequence[bytes]) -> bool:
    """A loop, which is quicker than `any` over so few."""
    for piece in pieces:  # noqa: SIM110
        if piece in raw:
            return True
    return False
