"""Whether a link can hear of what changes in its shop, where the shop's webhooks are made by us. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.connections.effective_sync import effective
from app.connections.plan import Change
from app.connections.schemas import LinkForm
from app.connections.sync_settings import LinkSync
from app.connectors.registry import SHOPS
from app.entities.base import Direction

UNHEARD = (
    "PUBLIC_URL is not set, so the shop's webhooks cannot be made: changes of {kinds} are found by polling and "
    "reconciliation only; set it to where the shop reaches this service, https://sync.example.com"
)


def unheard(shop_kind: str, sync: LinkSync, public_url: str | None) -> str | None:
    """What to say of a link that waits for webhooks nobody makes; None where all is well or nothing is waited for."""
    shop = SHOPS.get(shop_kind)
    if public_url is not None or shop is None or not shop.makes_webhooks:
        return None
    told = [cell.entity_type for cell in shop.capabilities if cell.signals]
    kinds = sorted(kind for kind in told if sync.flows(kind, Direction.SHOP_TO_ODOO))
    return UNHEARD.format(kinds=", ".join(kinds)) if kinds else None


def unheard_links(changes: Iterable[Change], public_url: str | None) -> Iterator[str]:
    """Of a file's links, as `apply` warns of them."""
    for change in changes:
        if isinstance(change.form, LinkForm) and change.shop_kind is not None:
            said = unheard(change.shop_kind, effective(change.modules.sync, change.form.sync), public_url)
            if said is not None and change.form.enabled:
                yield f"link {change.name}: {said}"
