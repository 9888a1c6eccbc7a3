"""How each connection is, judged by what its links last got out of it; nothing is asked of it for this. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, Field

from app.api.link_store import Activity
from app.api.link_trouble import Watch
from app.api.vitals import Vitals
from app.connections.models import Connection, Pause
from app.connectors.kind import ODOO
from app.entities.base import Direction, Side

_TARGET: Final = {Direction.ODOO_TO_SHOP: Side.SHOP, Direction.SHOP_TO_ODOO: Side.ODOO}


class ConnectionState(StrEnum):
    """`unknown`: nothing has been asked of it yet. `failing`: it works or not, but a look for its changes failed."""

    WORKING = "working"
    FAILING = "failing"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class ConnectionHealth(BaseModel):
    name: str = Field(examples=["boutique"])
    kind: str
    state: ConnectionState = Field(
        description="From the last jobs and looks of the workers; nothing is asked of it for this."
    )
    reason: str | None
    last_success_at: datetime | None = Field(description="When it last did what a worker asked.")


def connection_health(connection: Connection, vitals: Vitals, names: Mapping[int, str]) -> ConnectionHealth:
    """`names` of all connections by id. Links that are switched off say nothing of now, only when it last worked."""
    side = Side.ODOO if connection.kind == ODOO else Side.SHOP
    links = [each for each in vitals.activities if each.ends[side] == connection.id]
    enabled = {each.link_id: each for each in links if each.enabled}
    looks = [(link.link_id, watch) for link in links for watch in _of_side(vitals, link, side)]
    paused = [
        pause.reason
        for pause in vitals.pauses
        if pause.link_id in enabled and _blamed(pause, enabled[pause.link_id], names) is side
    ]
    failed = [watch.error for link_id, watch in looks if link_id in enabled and watch.error is not None]
    successes = [*(each.answered_at[side] for each in links), *(watch.looked_at for _, watch in looks)]
    last_success = max((each for each in successes if each is not None), default=None)
    return ConnectionHealth(
        name=connection.name,
        kind=connection.kind,
        state=_state(paused, failed, last_success),
        reason=next(iter([*paused, *failed]), None),
        last_success_at=last_success,
    )


def _state(paused: Sequence[str], failed: Sequence[str], last_success: datetime | None) -> ConnectionState:
    if paused:
        return ConnectionState.PAUSED
    if failed:
        return ConnectionState.FAILING
    return ConnectionState.UNKNOWN if last_success is None else ConnectionState.WORKING


def _of_side(vitals: Vitals, link: Activity, side: Side) -> list[Watch]:
    return [watch for watch in vitals.trouble(link.link_id).watches if watch.side is side]


def _blamed(pause: Pause, link: Activity, names: Mapping[int, str]) -> Side:
    """Whose fault a pause is: of the side that its reason begins with, as all that a connection raises does; else of
    the side that is written to."""
    said = {side for side, connection_id in link.ends.items() if pause.reason.startswith(f"{names[connection_id]}: ")}
    return said.pop() if len(said) == 1 else _TARGET[pause.direction]
