"""The kinds of connections there are. A new shop is a folder and its line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from app.connectors.base import Connector
from app.connectors.kind import ODOO, Kind
from app.connectors.odoo.kind import KIND as _ODOO
from app.connectors.peer import Peer
from app.connectors.prestashop.kind import KIND as _PRESTASHOP
from app.connectors.woocommerce.kind import KIND as _WOOCOMMERCE
from app.errors import ActionRequired, BadPayload

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (_ODOO, _PRESTASHOP, _WOOCOMMERCE)}
SHOPS: Final[Mapping[str, Kind]] = {name: kind for name, kind in KINDS.items() if name != ODOO}


def check_envelopes(shop_kind: str) -> None:
    """Raises `BadPayload` for a shop that Odoo's events cannot be written into (`reverse_sync`)."""
    shop = SHOPS.get(shop_kind)
    if shop is not None and not shop.takes_envelopes:
        takers = " or ".join(kind.title for kind in SHOPS.values() if kind.takes_envelopes)
        raise BadPayload(
            f"reverse_sync is for a {takers}: a {shop.title} takes no events in its own words. Odoo's changes "
            "reach it by Odoo's rules and by polling; set reverse_sync: false",
            field="reverse_sync",
        )


def open_connector(peer: Peer) -> Connector:
    """Raises `ActionRequired` when the stored settings do not fit (they are checked on the way in as well), or were
    stored by a version that knew more kinds."""
    if peer.kind not in KINDS:
        said = f"{peer.name}: this version has no connector for a {peer.kind}; there are: {', '.join(KINDS)}"
        raise ActionRequired(said, code="unknown_kind")
    try:
        return KINDS[peer.kind].open(peer)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ActionRequired(f"{peer.name}: setting {where}: {first['msg']}", code="bad_settings") from error
