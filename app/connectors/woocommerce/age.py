"""Which WooCommerce it is, and whether it is one that can be kept the same."""

from __future__ import annotations

from typing import Final

from app.connectors.woocommerce.client import WooClient
from app.errors import NOT_PERMITTED, ActionRequired

OLDEST: Final = (5, 8)
"""The first that lists by date of change (`modified_after`); an older one ignores it and gives everything each time.
From the changelog of WooCommerce 5.8.0, not recorded."""


async def version_of(client: WooClient) -> str | None:
    """Of the system's status, which only those may read who manage the shop (auth-16); None for others."""
    try:
        status = await client.get("system_status", {"_fields": "environment.version"})
    except ActionRequired as error:
        if error.code != NOT_PERMITTED:
            raise
        return None
    environment = status.get("environment")
    version = environment.get("version") if isinstance(environment, dict) else None
    return str(version) if version else None


def too_old(version: str | None) -> tuple[str, ...]:
    """A problem, or none. What is no number of a version says nothing."""
    numbers = (version or "").split(".")[:2]
    if len(numbers) < 2 or not all(one.isdecimal() for one in numbers):
        return ()
    if tuple(int(one) for one in numbers) >= OLDEST:
        return ()
    oldest = ".".join(str(one) for one in OLDEST)
    return (f"WooCommerce {version} is too old: before {oldest} it does not list by date of change; update it",)
