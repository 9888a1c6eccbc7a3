"""Filters of the webservice that find what they are asked for, and no more.

`[a|b]` is "a or b", `[1,9]` an interval, `%[a]%` "contains"; there is no way to escape any of these
characters (`WebserviceRequest::getSQLRetrieveFilter`, 8.2.1), and a filter the shop does not understand is
*ignored*, which gives every record (recordings 836, 837). So values with such a character are asked for by
their longest harmless piece, and whoever asks compares the rows it gets with what it wanted: MySQL also
ignores case and accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote

MOST_VALUES = 50
"""A list of 50 costs about as much as one to three single reads (recording 900)."""
MOST_CHARACTERS = 6000
"""Keeps the address line below the 8 kB that nginx and Apache take. Percent encoding makes three characters of each
byte that is no plain letter: six of a Cyrillic letter."""

_HARMLESS = re.compile(r"[^\s|\[\],%<>\\`\"'&_]+")
_PLAIN = re.compile(r"[^|\[\],%<>\\`\"]+")


def any_of(values: Sequence[str]) -> str:
    """`[1|2|3]`; only for values that `is_plain` holds for."""
    return f"[{'|'.join(values)}]"


def is_plain(value: str) -> bool:
    return _PLAIN.fullmatch(value) is not None and value == value.strip()


def containing(value: str) -> str | None:
    """`%[piece]%` for the longest piece that means only itself; None if there is none."""
    pieces = _HARMLESS.findall(value)
    return f"%[{max(pieces, key=len)}]%" if pieces else None


def for_values(values: Sequence[str]) -> Iterator[str]:
    """As few filters as together match all of `values` (and perhaps more)."""
    distinct = list(dict.fromkeys(values))
    for batch in batches([value for value in distinct if is_plain(value)]):
        yield any_of(batch)
    for value in distinct:
        if not is_plain(value) and (filter_text := containing(value)) is not None:
            yield filter_text


def batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut to what one address line holds."""
    batch: list[str] = []
    length = 0
    for value in values:
        if batch and (len(batch) == MOST_VALUES or length + _length(value) > MOST_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(value)
        length += _length(value)
    if batch:
        yield batch


def _length(value: str) -> int:
    """In an address line, with the bar before it."""
    return len(quote(value, safe="", errors="replace")) + len("%7C")
