"""The kind of connection that a WooCommerce is."""

from __future__ import annotations

from typing import Final

from app.connectors.kind import Kind
from app.connectors.peer import Peer
from app.connectors.woocommerce.capabilities import CAPABILITIES
from app.connectors.woocommerce.connector import WoocommerceConnector
from app.connectors.woocommerce.door import DOOR
from app.connectors.woocommerce.form import WoocommerceForm
from app.connectors.woocommerce.native_types import NATIVE_TYPES
from app.connectors.woocommerce.options import WoocommerceOptions


def open_woocommerce(peer: Peer) -> WoocommerceConnector:
    return WoocommerceConnector(
        peer.url,
        peer.credentials,
        name=peer.name,
        options=WoocommerceOptions.model_validate(peer.options),
        extra=peer.extra,
        timeout_s=peer.timeout_s,
        width=peer.width,
        verify_tls=peer.verify_tls,
        transport=peer.transport,
    )


KIND: Final = Kind(
    name="woocommerce",
    title="WooCommerce",
    form=WoocommerceForm,
    options=WoocommerceOptions,
    open=open_woocommerce,
    capabilities=CAPABILITIES,
    native_types=NATIVE_TYPES,
    door=DOOR,
    makes_webhooks=True,
)
