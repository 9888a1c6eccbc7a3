"""A sandbox WooCommerce with many products and a sandbox Odoo, each a process of its own on loopback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx

from app.connectors.http import PeerClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.db.child import free_port
from app.sandbox.odoo.server import DEFAULT_KEY as ODOO_KEY
from app.sandbox.odoo.server import SYNC_LOGIN
from app.sandbox.woocommerce.server import DEFAULT_KEY, DEFAULT_SECRET
from bench.bulk_world import CATEGORIES, products
from tests.processes import Processes, until

TIMEOUT_S: Final = 120.0
AT_ONCE: Final = 500
"""Products planted at once."""
ODOO_CREDENTIALS: Final = {"database": "odoo", "username": SYNC_LOGIN, "api_key": ODOO_KEY}
SHOP_LOGIN: Final = Login(
    consumer_key=DEFAULT_KEY, consumer_secret=DEFAULT_SECRET, username=None, application_password=None, secure=False
)


async def serve(processes: Processes, name: str) -> str:
    """`odoo` or `woocommerce`; its URL, once it answers."""
    return await _answering(processes, name, ["-m", f"app.sandbox.{name}", "--log-level", "warning"])


async def serve_slow_odoo(processes: Processes, *, each_ms: float) -> str:
    """One that takes so long for each record that it loads."""
    return await _answering(processes, "odoo", ["-m", "bench.slow_odoo", "--each-ms", str(each_ms)])


async def _answering(processes: Processes, name: str, command: Sequence[str]) -> str:
    port = free_port()
    processes.start(name, [*command, "--port", str(port)])
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(url)).status_code > 0
            except httpx.TransportError:
                return False

    await until(answers, within_s=30, what=f"the sandbox {name} answers")
    return url


async def plant(url: str, records: int) -> None:
    """So many products, in some categories, beside the few that the sandbox has."""
    client = WooClient(PeerClient(url, name="plant", auth=SHOP_LOGIN, timeout_s=TIMEOUT_S), SHOP_LOGIN)
    made = await client.batch("products/categories", create=[{"name": f"Category {n}"} for n in range(CATEGORIES)])
    under = [int(str(row["id"])) for row in made if isinstance(row, dict)]
    wanted = products(records, under)
    for start in range(0, records, AT_ONCE):  # all answers at once would be most of the memory that a bench tells of
        await client.batch("products", create=wanted[start : start + AT_ONCE])
    await client.aclose()
