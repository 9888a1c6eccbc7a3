"""Under which marker a record is made, where the peer keeps one (`connectors.base.Marking`).

A shop's guests and the places of its orders are named by what they are, and such a name may come back: a guest opens an
account, which stands for the contact from then on and gets another e-mail address; then somebody orders with the old
one. The contact bears the guest's marker for ever. To make the new guest under it would write over the account's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import Json
from app.sync.intents import Intent
from app.sync.pair_work import Ends, PairWork
from app.sync.pairs import find_pairs

SAVED: Final = "marker"
"""What the intent calls the marker of a create that is not the record's first."""


def marker_of(ends: Ends, native_id: str, intent: Intent | None) -> str:
    """The same for each attempt of a create."""
    return marker_noted(ends, native_id, intent.saved if intent is not None else {})


def marker_noted(ends: Ends, native_id: str, saved: Mapping[str, Json]) -> str:
    noted = saved.get(SAVED)
    return noted if isinstance(noted, str) else ends.marker(native_id)


async def find_new_markers(
    session: AsyncSession, ends: Ends, works: Mapping[str, PairWork], known: Mapping[str, Intent]
) -> dict[str, str]:
    """By natural key as text, for those creates whose own marker a record bears that is another's by now."""
    made = {key: one.native_id for key, one in known.items() if key in works and one.closed and one.native_id}
    pairs = await find_pairs(
        session, link_id=ends.terms.id, entity_type=ends.entity_type, side=ends.target_side, ids=made.values()
    )
    return {
        key: f"{ends.marker(works[key].native_id)}_after_{number}"
        for key, number in made.items()
        if number in pairs and pairs[number].native_id(ends.side) != works[key].native_id
    }
