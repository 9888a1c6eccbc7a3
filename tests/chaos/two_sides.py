"""An installation between a sandbox Odoo and a sandbox shop that are processes of their own; both tell of changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from app.connectors.odoo.automation import Doing
from app.db.session import open_engine, open_sessions
from app.ingest.automation import load_terms, manage
from app.sandbox.odoo.server import DEFAULT_KEY, SYNC_LOGIN
from app.security.crypto import parse_keys
from tests.chaos.balance import Note, untold
from tests.chaos.installation import LINK, SECRET, Installation, OdooAt, ShopAt, open_installation
from tests.chaos.windows import SETTLE_S, OdooWindow, ShopWindow
from tests.processes import Processes, url_of

KINDS = ("customer", "address", "product", "order")
ODOO_LOGIN = {"database": "odoo", "username": SYNC_LOGIN, "api_key": DEFAULT_KEY}
QUIET_S = 0.4
"""Nothing to do for so long: longer than the settling of Odoo's hints and a shop's webhook on its way."""


@dataclass(slots=True, kw_only=True)
class TwoSides:
    installation: Installation
    odoo: OdooWindow
    kind: str = "prestashop"

    @property
    def shop(self) -> ShopWindow:
        return self.installation.shop

    async def reset(self, *, customers: int = 0, write_s: float = 0.0, shop_tells: bool = True) -> None:
        """Both sides empty of what tests made, but for `customers` planted. Odoo tells nobody until `odoo_tells`."""
        door = f"{url_of(self.installation.listener)}/webhooks/{self.kind}/{LINK}"
        url = door if shop_tells else None
        await self.odoo.reset(write_s=write_s)
        await self.shop.reset(customers=customers, write_s=write_s, webhook_url=url, webhook_secret=SECRET)

    async def odoo_tells(self, *, guarded: bool) -> None:
        """Makes Odoo's rules as `shopsync odoo install` does; not `guarded`, they post our own writes back to us."""
        settings = self.installation.settings
        engine = open_engine(settings["DATABASE_URL"], pool_size=2)
        async with open_sessions(engine)() as session:
            terms = await load_terms(session, parse_keys(settings["SECRET_KEYS"]), LINK)
        await engine.dispose()
        # An Odoo that other links share has no guard in its rules: our writes are news to those.
        terms = terms if guarded else replace(terms, shared=True)
        report = await manage(terms, Doing.INSTALL, public_url=url_of(self.installation.listener))
        assert report.right, report

    async def unfinished(self) -> list[Any]:
        """What is still to be done, is parked or was given up; held is what the link does not keep the same (stock)."""
        return await self.installation.rows(
            "SELECT id, side, entity_type, native_id, status, attempts, scheduled_at - now() AS due_in, error_message"
            " FROM sync_queue WHERE status NOT IN ('completed', 'cancelled') AND held_reason IS NULL ORDER BY id"
        )

    async def settled(self, *, within_s: float = SETTLE_S) -> None:
        """Returns when there has been nothing to do for a while; parked and failed jobs stay where they are."""
        deadline, quiet_since = time.monotonic() + within_s, time.monotonic()
        while time.monotonic() - quiet_since < QUIET_S:
            waiting = [row for row in await self.unfinished() if row["status"] in ("pending", "processing")]
            if waiting:
                quiet_since = time.monotonic()
            assert time.monotonic() < deadline, f"not within {within_s:.0f} s: the queue is empty; {waiting[:3]}"
            await asyncio.sleep(0.02)

    async def pairs(self, entity_type: str) -> dict[str, str]:
        """Odoo's id → the shop's."""
        rows = await self.installation.rows(
            "SELECT odoo_id, shop_id FROM entity_map WHERE entity_type = $1 AND odoo_id IS NOT NULL", entity_type
        )
        return {row["odoo_id"]: row["shop_id"] for row in rows}


@asynccontextmanager
async def open_two_sides(
    processes: Processes,
    *,
    shop_url: str,
    odoo_url: str,
    database_url: str,
    redis_url: str,
    note: Note = untold,
    odoo_at: OdooAt | None = None,
    shop_at: ShopAt | None = None,
    sync: Mapping[str, Any] | None = None,
) -> AsyncIterator[TwoSides]:
    """Nothing of ours runs yet. `sync` is the link's; without, all of `KINDS` both ways, and nothing is polled.
    `odoo_at` and `shop_at`: where the service finds them, if that is not where the test has its hand on them."""
    entities = {kind: {"direction": "both", "poll_every_s": 0} for kind in KINDS}
    async with (
        open_installation(
            processes,
            shop_url=shop_url,
            database_url=database_url,
            redis_url=redis_url,
            note=note,
            odoo_at=odoo_at or OdooAt(url=odoo_url, credentials=ODOO_LOGIN),
            shop_at=shop_at,
            sync=sync or {"entities": entities},
        ) as installation,
        httpx.AsyncClient(base_url=odoo_url, timeout=10) as client,
    ):
        installation.settings |= {"ODOO_SETTLE_S": "0.2", "PEER_TIMEOUT_S": "2"}
        kind = "prestashop" if shop_at is None else shop_at.kind
        both = TwoSides(installation=installation, odoo=OdooWindow(client=client), kind=kind)
        await both.reset()
        yield both
        await both.odoo.down(False)
        await both.shop.down(False)
