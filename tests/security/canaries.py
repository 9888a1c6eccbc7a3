"""Secrets that cannot be mistaken, and a search for each of them in every guise it may leave in."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, quote_plus

from sqlalchemy import text

from app.db.session import SessionMaker

SHORTEST_PIECE: Final = 12
_COLUMNS = text(
    "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying')"
    " ORDER BY 1, 2"
)


@dataclass(slots=True)
class Canaries:
    """`planted`: the secret by its name. `found`: (name, where), for what `look` saw."""

    planted: dict[str, str] = field(default_factory=dict)
    found: set[tuple[str, str]] = field(default_factory=set)

    def plant(self, name: str, secret: str) -> str:
        self.planted[name] = secret
        return secret

    def look(self, where: str, content: str | bytes) -> None:
        shown = content.decode("latin-1") if isinstance(content, bytes) else content
        for name, secret in self.planted.items():
            if any(guise in shown for guise in guises(secret)):
                self.found.add((name, where))

    async def look_through_tables(self, sessions: SessionMaker) -> int:
        """Every column that can hold text; how many there are."""
        async with sessions() as session:
            columns = (await session.execute(_COLUMNS)).all()
            for table, column in columns:
                values = await session.scalars(text(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'))  # noqa: S608 - names of the catalogue
                for value in values:
                    self.look(f"{table}.{column}", value if isinstance(value, bytes) else _shown(value))
        return len(columns)


def guises(secret: str) -> set[str]:
    """As it is, in other cases, percent-encoded, in hex, and within anything that is in base64."""
    plain = secret.encode()
    return {
        secret,
        secret.lower(),
        secret.upper(),
        secret.swapcase(),
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        plain.hex(),
        *_in_base64(plain),
    }


def _in_base64(plain: bytes) -> Iterator[str]:
    """Three texts, by where in a group of three bytes it begins, without the edges, which depend on neighbours."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain).decode().rstrip("=")
        piece = encoded[4 if shift else 0 : -4]
        if len(piece) >= SHORTEST_PIECE:
            yield piece
            yield piece.translate(str.maketrans("+/", "-_"))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_shown(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return " ".join(map(_shown, value))
    return str(value)
