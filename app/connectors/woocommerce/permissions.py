"""What a WooCommerce lets these credentials do, found out by asking without changing anything.

There is no list of rights. A key reads or writes or does both, and acts for a user who may see some resources and not
others (recordings auth-12 to -16, user-16). Of an Application Password's user WordPress lists the capabilities
(user-19).
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.connectors.base import HEARING
from app.connectors.woocommerce import roles
from app.connectors.woocommerce.client import Params, Row, WooClient
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import Direction, EntityType, Json
from app.errors import NOT_PERMITTED, ActionRequired, AppError

NAMESPACE: Final = "wc/v3"
NEEDED: Final[Mapping[EntityType, tuple[str, ...]]] = {
    EntityType.CUSTOMER: ("customers", "orders"),
    EntityType.ADDRESS: ("customers", "orders"),
    EntityType.CATEGORY: ("products",),
    EntityType.PRODUCT: ("products",),
    EntityType.VARIANT: ("products",),
    EntityType.STOCK: ("products",),
    EntityType.IMAGE: ("products",),
    EntityType.ORDER: ("orders", "customers"),
    EntityType.REFUND: ("orders",),
    EntityType.COUPON: ("coupons",),
}
"""What is read for an entity type; the first is what is written. Guests and their places are known by orders only."""
WEBHOOKS: Final = "webhooks"
_ONE: Final[Params] = {"per_page": 1, "_fields": "id"}
_PEOPLE: Final = (EntityType.CUSTOMER, EntityType.ADDRESS)
_PASSWORD: Final = "an Application Password: add username and application_password to the connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """`closed`: paths that may not be read. `user`: whose the Application Password is, with roles; `may`: the
    capabilities of that user, None where there is none or WordPress did not say."""

    closed: frozenset[str] = frozenset()
    writes: bool = True
    user: str | None = None
    may: frozenset[str] | None = None
    problems: tuple[str, ...] = ()


async def ask(client: WooClient) -> Rights:
    """Raises what the shop answers to credentials that open nothing at all."""
    paths = (*dict.fromkeys(path for needed in NEEDED.values() for path in needed), WEBHOOKS)
    closed = frozenset([path for path in paths if await _is_refused(client.page(path, _ONE))])
    writes = not await _is_refused(client.check_writing())
    user, may, problems = await _user(client)
    return Rights(closed=closed, writes=writes, user=user, may=may, problems=problems)


def limits(rights: Rights, options: WoocommerceOptions, *, has_user: bool) -> dict[str, str]:
    """What cannot be done, by what a link may need: `{"order odoo_to_shop": "orders: write"}`, and under `webhooks`
    what hearing of changes needs. Pure."""
    cells = {
        f"{entity_type} {direction}": "; ".join(_lacking(entity_type, direction, rights, options, has_user=has_user))
        for entity_type in NEEDED
        for direction in Direction
    }
    hearing = ["read"] * (WEBHOOKS in rights.closed) + ["write"] * (not rights.writes)
    cells[HEARING] = f"{WEBHOOKS}: {', '.join(hearing)}" if hearing else ""
    return {cell: words for cell, words in cells.items() if words}


def missing(site: Row) -> tuple[str, ...]:
    """What the site does not offer at all."""
    namespaces = site.get("namespaces")
    if isinstance(namespaces, list) and NAMESPACE not in namespaces:
        return (f"the site has no {NAMESPACE} in its REST API; is WooCommerce active?",)
    return ()


def _lacking(
    entity_type: EntityType, direction: Direction, rights: Rights, options: WoocommerceOptions, *, has_user: bool
) -> Iterator[str]:
    into = direction is Direction.ODOO_TO_SHOP
    if entity_type in _PEOPLE and options.people == "users":
        yield from _of_user(_capabilities(entity_type, options, into=into), rights, has_user=has_user)
        if entity_type is EntityType.CUSTOMER:
            return
    for place, path in enumerate(NEEDED[entity_type]):
        methods = ["read"] * (path in rights.closed) + ["write"] * (into and place == 0 and not rights.writes)
        if methods:
            yield f"{path}: {', '.join(methods)}"
    if not into:
        return
    if entity_type is EntityType.IMAGE:
        yield from _of_user(("upload_files",), rights, has_user=has_user)
    if entity_type is EntityType.CUSTOMER and roles.new_role(options) not in (None, roles.CUSTOMER):
        yield from _of_user(("promote_users",), rights, has_user=has_user)


def _capabilities(entity_type: EntityType, options: WoocommerceOptions, *, into: bool) -> tuple[str, ...]:
    """In WordPress' words; what only deleting needs is called so, and left out where nothing is deleted."""
    if not into or entity_type is EntityType.ADDRESS:
        return ("list_users",)
    promoting = ("promote_users",) if roles.new_role(options) else ()
    return ("list_users", "create_users", "edit_users", *promoting, "delete_users")


def _of_user(capabilities: tuple[str, ...], rights: Rights, *, has_user: bool) -> Iterator[str]:
    if not has_user:
        yield _PASSWORD
        return
    lacking = [one for one in capabilities if rights.may is not None and one not in rights.may]
    words = ["DELETE" if one == "delete_users" else one for one in lacking]
    if words:
        yield f"rights of the WordPress user: {', '.join(words)}"


async def _is_refused(call: Awaitable[object]) -> bool:
    try:
        await call
    except ActionRequired as error:
        if error.code != NOT_PERMITTED:
            raise
        return True
    return False


async def _user(client: WooClient) -> tuple[str | None, frozenset[str] | None, tuple[str, ...]]:
    if not client.has_user:
        return None, None, ()
    try:
        me = await client.get("users/me", {"context": "edit"}, wp=True)
    except AppError as error:
        return None, None, (f"the Application Password does not work: {error.message}",)
    held = me.get("capabilities")
    may = frozenset(name for name, given in held.items() if given) if isinstance(held, dict) else None
    return f"{me.get('username')} ({', '.join(_words(me.get('roles')))})", may, ()


def _words(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
