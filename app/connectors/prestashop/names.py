"""A whole name in the shop's two parts, and only of characters that it takes. Pure.

The shop wants both parts, and neither may be empty. Of a name of one word the other part is a hyphen, which the shop
takes and which is no part of the whole name again. What it refuses: digits and most signs (recordings 208, 313, 892),
in a customer's name also a full stop in front of a letter. Hyphens, apostrophes, "Dr. Who" and any script are fine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.entities import person
from app.entities.base import Json, State
from app.entities.person import words
from app.errors import Rejected

NOTHING: Final = "-"
_OF_CUSTOMER: Final = re.compile(r"""[0-9!<>,;?=+()/\\@#"°*`{}_^$%:¤\[\]|]""")
"""Not taken by `isCustomerName`."""
_OF_ADDRESS: Final = re.compile(r"""[0-9!<>,;?=+()@#"°{}_$%:¤|]""")
"""Not taken by `isName`."""
_STOP: Final = re.compile(r"([.。])(?=\S)")


def joined(state: State) -> str | None:
    """`Jean Paul Sartre`; None where both parts are empty."""
    return person.joined(_part(state, "firstname"), _part(state, "lastname"))


def of_customer(wanted: Json, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    """`firstname` and `lastname`, and a note if characters were left out. Raises `Rejected` if nothing is left.

    What the shop holds already it keeps, whatever it would take today.
    """
    return _parts(wanted, _STOP.sub(r"\1 ", _OF_CUSTOMER.sub(" ", words(wanted))), base)


def of_address(wanted: Json, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    return _parts(wanted, _OF_ADDRESS.sub(" ", words(wanted)), base)


def _parts(wanted: Json, cleaned: str, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    name = words(cleaned)
    if words(wanted) and words(wanted) == joined(base):
        name = words(wanted)
    if not name or name == NOTHING:
        raise Rejected(f'the shop takes no name like "{words(wanted)}"; it wants letters', code="invalid", field="name")
    notes = (f'name: the shop takes "{name}" only',) if name != words(wanted) else ()
    first, last = split(name, base)
    return {"firstname": first, "lastname": last}, notes


def split(name: str, base: Mapping[str, Json]) -> tuple[str, str]:
    """As it is stored where that still fits; else by the stored last or first name; else the last word is the last."""
    if name == joined(base):
        return str(base.get("firstname") or NOTHING), str(base.get("lastname") or NOTHING)
    first, last = person.split(name, _part(base, "firstname"), _part(base, "lastname"))
    return first or NOTHING, last or NOTHING


def _part(state: Mapping[str, Json], name: str) -> str:
    part = words(state.get(name))
    return "" if part == NOTHING else part
