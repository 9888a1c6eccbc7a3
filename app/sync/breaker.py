"""The last of the three ends of a loop: a pair that two automatons keep rewriting is parked and shown. Pure.

Each write to a pair is noted with its side and the hash of its content. The same content written to the same side again
and again, with writes to the other side in between, means that somebody puts the old value back each time; ever new
content on alternating sides faster than people work means the same. A value that only one side moves up and down (the
stock of the last two mugs) is no loop: there each write has a cause of its own. The notes are kept with the pair for
`WINDOW`.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from app.entities.base import Side, State
from app.entities.fingerprint import fingerprint

WINDOW: Final = timedelta(minutes=10)
MOST_REPEATS: Final = 6
MOST_FLIPS: Final = 100
_HASH_LENGTH: Final = 12

Noted: TypeAlias = list[list[Any]]


def note_write(recent: Mapping[str, Any], side: Side, changes: State, now: datetime) -> dict[str, Any]:
    """`{"writes": [[seconds, "shop", "9f86d081884c"], …]}`, oldest first, with this write."""
    kept = [each for each in _writes(recent) if each[0] > (now - WINDOW).timestamp()]
    kept.append([int(now.timestamp()), side.value, fingerprint(changes)[:_HASH_LENGTH]])
    return {"writes": kept[-(MOST_FLIPS + 1) :]}


def flipping(recent: Mapping[str, Any]) -> str | None:
    """Why the pair should be left alone, in plain words; None while it may go on."""
    writes = _writes(recent)
    minutes = int(WINDOW.total_seconds() // 60)
    repeats = Counter((side, content) for side, content in _answered(writes))
    if repeats:
        (side, _), count = repeats.most_common(1)[0]
        if count > MOST_REPEATS:
            return (
                f"the same content was written to {side} {count} times within {minutes} minutes and changed back each "
                "time: something there rewrites what is stored"
            )
    flips = sum(1 for one, following in itertools.pairwise(writes) if one[1] != following[1])
    if flips >= MOST_FLIPS:
        return f"the two sides rewrote each other {flips} times within {minutes} minutes"
    return None


def _answered(writes: Noted) -> Iterator[tuple[str, str]]:
    """Writes that came after one to the other side, each content once until the other side is written again."""
    seen: set[str] = set()
    last: str | None = None
    for _, side, content in writes:
        if side != last:
            seen.clear()
        if content not in seen:
            yield side, content
        seen.add(content)
        last = side


def _writes(recent: Mapping[str, Any]) -> Noted:
    writes = recent.get("writes")
    return [each for each in writes if isinstance(each, list) and len(each) == 3] if isinstance(writes, list) else []
