"""Whether somebody else saved a record between our write and its read-back: Odoo says who wrote last.

`write` answers true and shows nothing, and `write_date` has whole seconds only.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.connectors.base import Gone, Snapshot
from app.connectors.odoo.client import OdooClient
from app.entities.base import State


async def saved_after(
    client: OdooClient, written: Mapping[str, State], shots: Mapping[str, Snapshot | Gone]
) -> dict[str, frozenset[str]]:
    """By native id: fields of `written` that hold something else now, of the records whose last writer is another user.

    With our own user as the last one, what differs is what Odoo made of it. A person who works as the same user is not
    told apart.
    """
    differing = {
        number: names for number, values in written.items() if (names := _differing(values, shots.get(number)))
    }
    if not differing:
        return {}
    own = await client.uid()
    return {number: names for number, names in differing.items() if _writer(shots[number]) not in (None, own)}


def _differing(values: State, shot: Snapshot | Gone | None) -> frozenset[str]:
    if not isinstance(shot, Snapshot):
        return frozenset()
    return frozenset(name for name, value in values.items() if name in shot.state and shot.state[name] != value)


def _writer(shot: Snapshot | Gone) -> int | None:
    return shot.modified_by if isinstance(shot, Snapshot) else None
