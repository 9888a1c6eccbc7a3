"""A link with modules, stored as `shopsync apply` stores it."""

from __future__ import annotations

from typing import Any

from app.connections.schemas import Config
from app.connections.service import carry_out
from app.connections.store import get_link_view
from app.modules.registry import check_modules
from app.security.crypto import KeyRing
from tests.flows.offices.premises import SECRET
from tests.flows.two_sides import TwoSides

RING = KeyRing([b"k" * 32])


async def switch_on(both: TwoSides, sync: dict[str, Any] | None = None, **modules: dict[str, Any]) -> None:
    """`switch_on(both, crm={"archive_on_delete": False})`; the workers go by it at once."""
    link = {
        "slug": "boutique",
        "odoo": "erp",
        "shop": "boutique",
        "webhook_secret": SECRET,
        "modules": modules,
        "sync": sync or {},
    }
    async with both.world.sessions.begin() as session:
        await carry_out(session, RING, Config.read({"links": [link]}, source="shops.yaml"), check_modules)
        view = await get_link_view(session, RING, slug="boutique")
    assert view is not None
    both.world.link = view
    # The time that a worker may go by older settings is over.
    both.world.peers._terms.clear()
    for kept in both.world.peers._open.values():
        kept.look_again_at = 0.0
