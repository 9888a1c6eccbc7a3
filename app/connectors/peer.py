"""What a connector is opened with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel

from app.entities.base import EntityType


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One end of a link, or a connection by itself.

    `options` are the shop module's settings of the link, `odoo_options` the link's for its Odoo (None: the defaults);
    `extra` are the operator's own fields by entity type; `entity_types` those whose rights a test asks for (None: all).
    """

    name: str
    kind: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    connection_options: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    odoo_options: BaseModel | None = None
    extra: Mapping[EntityType, Sequence[str]] = field(default_factory=dict)
    entity_types: Collection[EntityType] | None = None
    timeout_s: float = 30.0
    width: int = 4
    transport: httpx.AsyncBaseTransport | None = None

    @property
    def verify_tls(self) -> bool:
        return bool(self.connection_options.get("verify_tls", True))
