"""The kind of connection that a PrestaShop is."""

from __future__ import annotations

from typing import Final

from app.connectors.kind import Kind
from app.connectors.peer import Peer
from app.connectors.prestashop.capabilities import CAPABILITIES
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.door import DOOR
from app.connectors.prestashop.form import PrestashopForm
from app.connectors.prestashop.native_types import NATIVE_TYPES
from app.connectors.prestashop.options import PrestashopOptions


def open_prestashop(peer: Peer) -> PrestashopConnector:
    return PrestashopConnector(
        peer.url,
        peer.credentials["api_key"],
        name=peer.name,
        options=PrestashopOptions.model_validate(peer.options),
        extra=peer.extra,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=peer.verify_tls,
        transport=peer.transport,
    )


KIND: Final = Kind(
    name="prestashop",
    title="PrestaShop",
    form=PrestashopForm,
    options=PrestashopOptions,
    open=open_prestashop,
    capabilities=CAPABILITIES,
    native_types=NATIVE_TYPES,
    door=DOOR,
    takes_envelopes=True,
)
