"""Whose accounts are kept the same, by their role, and whose login is nobody's business from outside. Pure."""

from __future__ import annotations

from typing import Final

from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import Json

CUSTOMER: Final = "customer"
STAFF: Final = frozenset({"administrator", "shop_manager", "editor", "author", "super_admin"})
"""Who gets their e-mail address gets their account, by “lost your password”: it is changed in WordPress only."""

BY_HAND: Final = "do it in WordPress, where it is seen what they leave behind"


def of_customers(options: WoocommerceOptions) -> str:
    return options.role or CUSTOMER


def roles_of(row: Row) -> list[Json]:
    """`["customer"]`: WooCommerce shows the first (recording cust-01), WordPress all (user-02)."""
    several = row.get("roles")
    named = several if isinstance(several, list) else [row.get("role")]
    return sorted((str(role) for role in named if role), key=str)


def is_staff(roles: Json) -> bool:
    return isinstance(roles, list) and not STAFF.isdisjoint(str(role) for role in roles)


def new_role(options: WoocommerceOptions) -> str | None:
    """None: what the shop gives by itself."""
    return options.new_user_role or options.role
