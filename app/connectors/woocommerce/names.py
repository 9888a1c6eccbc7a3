"""A whole name in the shop's two parts. Pure.

The shop takes any text and lets a part be empty; only backslashes vanish (recording cust-46).
"""

from __future__ import annotations

from app.connectors.woocommerce.records import text
from app.entities import person
from app.entities.base import Json, State

FIRST, LAST = "first_name", "last_name"


def joined(state: State) -> str | None:
    """`Jean Paul Sartre`; None where both parts are empty."""
    return person.joined(state.get(FIRST), state.get(LAST))


def parts(wanted: Json, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    """`first_name` and `last_name`, None for an empty one, and a note if something was left out."""
    whole = person.words(text(wanted))
    name = person.words(kept(whole))
    first, last = person.split(name, base.get(FIRST), base.get(LAST))
    notes = (f'name: the shop takes "{name}" only',) if name != whole else ()
    return {FIRST: first or None, LAST: last or None}, notes


def kept(text: str) -> str:
    """What the shop keeps of a text about a person."""
    return text.replace("\\", "")
