"""Whether somebody else saved a field between our write and its read-back. Pure.

A read-back that is not what was sent has two causes: the peer made something of the value (trimmed, escaped, rounded
it), or a person saved another one in between. The first is agreed as it is stored; the second is an edit of theirs.
The answer of the write tells them apart, where it shows the record.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html import unescape
from typing import Final

from app.connectors.base import Snapshot
from app.entities.base import Json, State

_ROUNDED_TO: Final = (Decimal("0.01"), Decimal("0.000001"))
"""Columns of percentages, and of prices."""
_MIDNIGHT: Final = " 00:00:00"


def saved_after(sent: State, answer: Snapshot | None, held: Snapshot) -> frozenset[str]:
    """Fields of `sent` that hold neither what was sent nor what the answer showed, nor what the peer's database could
    have made of either. Where the record's date has moved on since the answer, somebody did save it, and nothing that
    differs is put down to the peer."""
    if answer is None:
        return frozenset()
    moved = answer.modified_at is not None and held.modified_at is not None and held.modified_at > answer.modified_at
    return frozenset(
        name
        for name, value in sent.items()
        if name in held.state and _is_anothers(held.state[name], (value, answer.state.get(name, value)), moved=moved)
    )


def _is_anothers(held: Json, ours: tuple[Json, Json], *, moved: bool) -> bool:
    return held not in ours and (moved or not any(_could_become(value, held) for value in ours))


def _could_become(value: Json, held: Json) -> bool:
    """The answer shows the object as it is in memory, with empty for 0; markup is purified on the way to its row. Of
    lists it tells nothing."""
    if isinstance(value, list | dict) or isinstance(held, list | dict):
        return True
    if {value, held} == {None, "0"}:
        return True
    if not isinstance(value, str):
        return False
    text = held if isinstance(held, str) else ""
    return "<" in value or _plain(value) == _plain(text) or f"{value}{_MIDNIGHT}" == text or _is_rounded(value, text)


def _plain(text: str) -> str:
    """Without what escaping and trimming make of it."""
    return " ".join(unescape(text).split())


def _is_rounded(value: str, held: str) -> bool:
    try:
        number, stored = Decimal(value), Decimal(held)
        return number != stored and any(number.quantize(to, ROUND_HALF_UP) == stored for to in _ROUNDED_TO)
    except InvalidOperation:
        return False
