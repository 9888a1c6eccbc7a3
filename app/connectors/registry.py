"""Which connector serves which kind of connection. A new shop is a folder and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from app.connectors.base import Connector
from app.connectors.odoo.connector import OdooConnector
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.options import PrestashopOptions
from app.errors import ActionRequired


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What a connector is opened with. `options` are the shop module's settings of the link."""

    name: str
    kind: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    connection_options: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout_s: float = 30.0
    width: int = 4
    transport: httpx.AsyncBaseTransport | None = None


class ConnectionOptions(BaseModel):
    """Options of a connection itself, whatever its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verify_tls: bool = True


def open_connector(peer: Peer) -> Connector:
    """Raises `ActionRequired` when the stored settings do not fit (they are checked on the way in as well)."""
    try:
        tls = ConnectionOptions.model_validate(peer.connection_options)
        return _OPEN[peer.kind](peer, tls.verify_tls)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ActionRequired(f"{peer.name}: setting {where}: {first['msg']}", code="bad_settings") from error


def _odoo(peer: Peer, verify_tls: bool) -> Connector:
    return OdooConnector(
        peer.url,
        peer.credentials["database"],
        peer.credentials["username"],
        peer.credentials["api_key"],
        name=peer.name,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=verify_tls,
        transport=peer.transport,
    )


def _prestashop(peer: Peer, verify_tls: bool) -> Connector:
    return PrestashopConnector(
        peer.url,
        peer.credentials["api_key"],
        name=peer.name,
        options=PrestashopOptions.model_validate(peer.options),
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=verify_tls,
        transport=peer.transport,
    )


_OPEN = {"odoo": _odoo, "prestashop": _prestashop}
