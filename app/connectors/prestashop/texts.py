"""Texts in several languages, as one entry of the state per language: `name:1` → "Ten off", `name:2` → "Dix de moins".

So an event that names one language differs in that one only, and the others keep what they have. The shop itself takes
all of them at once: changing a record with one language empties the rest (recording 661), so they are gathered again
from what is known of the record before they are sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.entities.base import Json, State


def key(field: str, language: str) -> str:
    return f"{field}:{language}"


def spread(field: str, texts: Mapping[str, Json]) -> dict[str, Json]:
    """`{"1": "Ten off"}` → `{"name:1": "Ten off"}`."""
    return {key(field, language): text for language, text in texts.items()}


def gathered(field: str, changes: State, base: State) -> dict[str, Json]:
    """`changes` with its entries of `field` as one value, complete: what does not change is as in `base`."""
    prefix = f"{field}:"
    rest = {name: value for name, value in changes.items() if not name.startswith(prefix)}
    if len(rest) == len(changes):
        return rest
    entries = {**base, **changes}
    return {
        **rest,
        field: {name.removeprefix(prefix): value for name, value in entries.items() if name.startswith(prefix)},
    }
