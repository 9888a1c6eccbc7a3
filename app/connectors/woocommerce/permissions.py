"""What a WooCommerce lets these credentials do, found out by asking without changing anything.

There is no list of rights. A key reads or writes or does both, and acts for a user who may see some resources and not
others (recordings auth-12 to -16, user-16).
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.connectors.woocommerce.client import Row, WooClient
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired, AppError

NAMESPACE: Final = "wc/v3"
_READ: Final = {
    "customer": "customers",
    "product": "products",
    "order": "orders",
    "coupon": "coupons",
    "webhooks": "webhooks",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """`lacking`: what cannot be done, by what it is about. `user`: whose the Application Password is, with roles."""

    version: str | None = None
    user: str | None = None
    lacking: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


async def ask(client: WooClient) -> Rights:
    """Raises what the shop answers to credentials that open nothing at all."""
    lacking = {name: said for name, path in _READ.items() if (said := await _refusal(client, path))}
    if said := await _refused(client.check_writing()):
        lacking["writing"] = said
    version, unknown = await _version(client)
    if unknown:
        lacking["settings"] = unknown
    user, problems = await _user(client)
    return Rights(version=version, user=user, lacking=lacking, problems=problems)


def missing(site: Row) -> tuple[str, ...]:
    """What the site does not offer at all."""
    namespaces = site.get("namespaces")
    if isinstance(namespaces, list) and NAMESPACE not in namespaces:
        return (f"the site has no {NAMESPACE} in its REST API; is WooCommerce active?",)
    return ()


async def _refusal(client: WooClient, path: str) -> str | None:
    return await _refused(client.page(path, {"per_page": 1, "_fields": "id"}))


async def _refused(call: Awaitable[object]) -> str | None:
    try:
        await call
    except ActionRequired as error:
        if error.code != NOT_PERMITTED:
            raise
        return error.message
    return None


async def _version(client: WooClient) -> tuple[str | None, str | None]:
    """Of the system's status, which only those may read who manage the shop (auth-16)."""
    try:
        status = await client.get("system_status", {"_fields": "environment.version"})
    except ActionRequired as error:
        if error.code != NOT_PERMITTED:
            raise
        return None, error.message
    environment = status.get("environment")
    version = environment.get("version") if isinstance(environment, dict) else None
    return (str(version) if version else None), None


async def _user(client: WooClient) -> tuple[str | None, tuple[str, ...]]:
    if not client.has_user:
        return None, ()
    try:
        me = await client.get("users/me", {"context": "edit"}, wp=True)
    except AppError as error:
        return None, (f"the Application Password does not work: {error.message}",)
    return f"{me.get('username')} ({', '.join(_words(me.get('roles')))})", ()


def _words(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
