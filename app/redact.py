"""Takes secrets out of whatever is shown: log lines, the journal, payloads.

By the name of a field (`api_key`), by its place in a text (`?ws_key=…`, `https://user:…@host`), and by value: what was
registered as a secret is taken out wherever it turns up, also in the middle of another program's error message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

REDACTED = "[redacted]"
SHORTEST_SEARCHED = 6  # shorter values would turn up by chance
DEEPEST = 100
TOO_DEEP = "[nested too deeply to be shown]"

_SECRET_WORDS = (
    "passwd|password|secret|api_?key|ws_key|secure_key|token|authorization|cookie|credential"
    "|consumer_?key|oauth_signature"
)
_SECRET_NAME = re.compile(_SECRET_WORDS, re.IGNORECASE)
_SECRET_PARAMETER = re.compile(rf"([?&][^=&\s]*(?:{_SECRET_WORDS})[^=&\s]*=)[^&\s\"']+", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(://[^/@:\s]*:)[^/@\s]+(?=@)")

_registered: set[str] = set()
_anywhere: re.Pattern[str] | None = None


def register_secret(value: str) -> None:
    """From now on `value` is shown nowhere. To be called where a secret is read or opened."""
    global _anywhere
    if len(value) < SHORTEST_SEARCHED or value in _registered:
        return
    _registered.add(value)
    # The longest first, so that a secret that begins like a shorter one goes as a whole.
    _anywhere = re.compile("|".join(re.escape(known) for known in sorted(_registered, key=len, reverse=True)))


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
    return _anywhere.sub(REDACTED, text) if _anywhere is not None else text
