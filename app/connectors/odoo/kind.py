"""The kind of connection that an Odoo is."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from app.connectors.kind import ODOO, Kind
from app.connectors.odoo.capabilities import CAPABILITIES
from app.connectors.odoo.client import Protocol
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.form import OdooForm
from app.connectors.odoo.native_types import NATIVE_TYPES
from app.connectors.odoo.options import OdooOptions
from app.connectors.peer import Peer


class ConnectionOptions(BaseModel):
    """Options of the connection itself, as `OdooForm.options` gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verify_tls: bool = True
    transport: Protocol = "auto"
    lang: str = "en_US"
    company_ids: tuple[int, ...] = ()


def open_odoo(peer: Peer) -> OdooConnector:
    connection = ConnectionOptions.model_validate(peer.connection_options)
    return OdooConnector(
        peer.url,
        peer.credentials["database"],
        peer.credentials["username"],
        peer.credentials["api_key"],
        name=peer.name,
        protocol=connection.transport,
        lang=connection.lang,
        company_ids=connection.company_ids,
        options=OdooOptions.model_validate(peer.odoo_options or {}),
        extra=peer.extra,
        entity_types=peer.entity_types,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=connection.verify_tls,
        transport=peer.transport,
    )


KIND: Final = Kind(
    name=ODOO,
    title="Odoo",
    form=OdooForm,
    options=OdooOptions,
    open=open_odoo,
    capabilities=CAPABILITIES,
    native_types=NATIVE_TYPES,
)
