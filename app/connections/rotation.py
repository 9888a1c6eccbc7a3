"""Sealing credentials and webhook secrets anew with the first key of the ring, so that older keys can go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.models import Connection, Link
from app.security.crypto import CannotOpen, KeyRing

_SERIALISE = text("LOCK TABLE connections, links IN SHARE ROW EXCLUSIVE MODE")
"""Whoever applies a file meanwhile waits: what it seals must not be written over with what was read before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Names (`connection erp`, `link boutique`) by what opens their secrets: the first key, another one, none."""

    current: tuple[str, ...]
    older: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.current) + len(self.older) + len(self.lost)


async def check_seals(session: AsyncSession, ring: KeyRing) -> Sealed:
    found: dict[str, list[str]] = {"current": [], "older": [], "lost": []}
    for name, sealed in _seals(await _rows(session)):
        found[_opened_by(ring, sealed)].append(name)
    return Sealed(current=tuple(found["current"]), older=tuple(found["older"]), lost=tuple(found["lost"]))


async def reseal(session: AsyncSession, ring: KeyRing) -> int:
    """In the caller's transaction: all or nothing. Returns how many were sealed with an older key.

    Raises `CannotOpen` naming everything that opens with no key of the ring; then nothing is changed.
    """
    await session.execute(_SERIALISE)
    rows = await _rows(session)
    if lost := [name for name, sealed in _seals(rows) if _opened_by(ring, sealed) == "lost"]:
        raise CannotOpen(
            f"nothing was sealed anew: {', '.join(lost)} opens with none of SECRET_KEYS. Put the key it was sealed "
            "with back among them, or apply the file with its secrets, which seals them anew"
        )
    done = 0
    for row in rows:
        sealed = _seal_of(row)
        if not ring.is_current(sealed):
            _put(row, ring.seal(ring.open(sealed)))
            done += 1
    await session.flush()
    return done


async def _rows(session: AsyncSession) -> list[Connection | Link]:
    connections = await session.scalars(select(Connection).order_by(Connection.name))
    return [*connections, *await session.scalars(select(Link).order_by(Link.slug))]


def _seals(rows: list[Connection | Link]) -> Iterator[tuple[str, bytes]]:
    for row in rows:
        name = f"link {row.slug}" if isinstance(row, Link) else f"connection {row.name}"
        yield name, _seal_of(row)


def _seal_of(row: Connection | Link) -> bytes:
    return row.sealed_secrets if isinstance(row, Link) else row.sealed


def _put(row: Connection | Link, sealed: bytes) -> None:
    if isinstance(row, Link):
        row.sealed_secrets = sealed
    else:
        row.sealed = sealed


def _opened_by(ring: KeyRing, sealed: bytes) -> str:
    if ring.is_current(sealed):
        return "current"
    try:
        ring.open(sealed)
    except CannotOpen:
        return "lost"
    return "older"
