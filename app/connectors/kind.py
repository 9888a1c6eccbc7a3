"""What the service has to know of a kind of connection before one is opened. Each connector's folder has one `KIND`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from app.connectors.base import Capability, Connector
from app.connectors.door import Door
from app.connectors.form import ConnectionForm
from app.connectors.native_types import NativeTypes
from app.connectors.peer import Peer

ODOO: Final = "odoo"
"""The kind that is no shop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`name` is the word of files, addresses and tables, `title` how people write it.

    `options` are the settings that `open` takes in a `Peer`; it raises `ValidationError` for others. `door` is None
    for Odoo, whose door also takes commands. `makes_webhooks`: an opened connector is `Hooked`. `takes_envelopes`:
    Odoo's events in the shop's own words can be written into it.
    """

    name: str
    title: str
    form: type[ConnectionForm]
    options: type[BaseModel]
    open: Callable[[Peer], Connector]
    capabilities: Sequence[Capability]
    native_types: NativeTypes
    door: Door | None = None
    makes_webhooks: bool = False
    takes_envelopes: bool = False
