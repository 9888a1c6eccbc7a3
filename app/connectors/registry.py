"""Which connector serves which kind of connection. A new shop is a folder and a line here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from app.connectors.base import Connector
from app.connectors.odoo.client import Protocol
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.options import OdooOptions
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.woocommerce.connector import WoocommerceConnector
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import EntityType
from app.errors import ActionRequired


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What a connector is opened with.

    `options` are the shop module's settings of the link, `odoo_options` the link's for its Odoo; `extra` are the
    operator's own fields by entity type; `entity_types` those whose rights a test asks for (None: all).
    """

    name: str
    kind: str
    url: str
    credentials: Mapping[str, str] = field(repr=False)
    connection_options: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    odoo_options: OdooOptions = field(default_factory=OdooOptions)
    extra: Mapping[EntityType, Sequence[str]] = field(default_factory=dict)
    entity_types: Collection[EntityType] | None = None
    timeout_s: float = 30.0
    width: int = 4
    transport: httpx.AsyncBaseTransport | None = None


class ConnectionOptions(BaseModel):
    """Options of a connection itself. All but `verify_tls` are Odoo's, and only an Odoo connection is given them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verify_tls: bool = True
    transport: Protocol = "auto"
    lang: str = "en_US"
    company_ids: tuple[int, ...] = ()


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
    options = ConnectionOptions.model_validate(peer.connection_options)
    return OdooConnector(
        peer.url,
        peer.credentials["database"],
        peer.credentials["username"],
        peer.credentials["api_key"],
        name=peer.name,
        protocol=options.transport,
        lang=options.lang,
        company_ids=options.company_ids,
        options=peer.odoo_options,
        extra=peer.extra,
        entity_types=peer.entity_types,
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
        extra=peer.extra,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=verify_tls,
        transport=peer.transport,
    )


def _woocommerce(peer: Peer, verify_tls: bool) -> Connector:
    return WoocommerceConnector(
        peer.url,
        peer.credentials,
        name=peer.name,
        options=WoocommerceOptions.model_validate(peer.options),
        extra=peer.extra,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=verify_tls,
        transport=peer.transport,
    )


_OPEN = {"odoo": _odoo, "prestashop": _prestashop, "woocommerce": _woocommerce}
