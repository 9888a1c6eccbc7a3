"""What the figures of whole ways share: API, workers, a sandbox shop and a sandbox Odoo, each a process of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from app.db.migrate import upgrade
from bench.figure import BenchContext
from tests.chaos.two_sides import TwoSides, open_two_sides
from tests.processes import listening, open_processes, url_of

SETTINGS: Final[Mapping[str, str]] = {
    "ODOO_SETTLE_S": "0",
    "LEASE_S": "60",
    "IDLE_SCAN_S": "1",
    "PEER_TIMEOUT_S": "30",
    "LOG_LEVEL": "WARNING",
    "RATE_LIMIT_LINK": "100000000",
}
"""As in production, but: a hint of Odoo is looked at without waiting for the others of its save."""


@asynccontextmanager
async def open_sandboxes(
    context: BenchContext, name: str, *, sync: Mapping[str, Any], **settings: str
) -> AsyncIterator[TwoSides]:
    """Both peers serve; nothing of ours runs yet. `name` is the database's and the directory's."""
    directory = context.directory / name
    directory.mkdir(mode=0o755, exist_ok=True)
    database_url = await context.new_database(name)
    await upgrade(database_url)
    async with AsyncExitStack() as stack:
        processes = stack.enter_context(open_processes(directory))
        peers = {}
        for peer in ("shop", "odoo"):
            listener = stack.enter_context(listening())
            processes.start(peer, ["-m", f"tests.chaos.{peer}", str(listener.fileno())], inherited=[listener])
            peers[peer] = url_of(listener)
        both = await stack.enter_async_context(
            open_two_sides(
                processes,
                shop_url=peers["shop"],
                odoo_url=peers["odoo"],
                database_url=database_url,
                redis_url=context.urls.redis_url,
                sync=sync,
            )
        )
        both.installation.settings |= {**SETTINGS, **settings}
        yield both
