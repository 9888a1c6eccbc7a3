"""What a webservice key must be allowed to do, and what of it is missing.

The start page `/api/` lists the resources a key may use, `<customers get="true" put="false" post="true" patch=…>`; a
resource it may not use at all is not there (recordings 001, 136). It exists in XML only (002).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element

from app.entities.base import Direction, EntityType

CHANGE: Final = "change"
"""PATCH where the shop has it, else PUT."""
Rights: TypeAlias = Mapping[str, tuple[str, ...]]
NEEDED: Final[Rights] = {
    "customers": ("GET", "POST", CHANGE),
    "addresses": ("GET", "POST", CHANGE),
    "cart_rules": ("GET", "POST", CHANGE),
    "orders": ("GET", "POST", CHANGE),
    "order_histories": ("POST",),
    "order_carriers": ("GET", CHANGE),
    "messages": ("GET", "POST"),
    "carts": ("POST",),
    "products": ("GET",),
    "combinations": ("GET",),
    "carriers": ("GET",),
    "countries": ("GET",),
    "states": ("GET",),
    "languages": ("GET",),
    "currencies": ("GET",),
    "order_states": ("GET",),
    "groups": ("GET",),
}
"""For the events that Odoo sends in the shop's words."""
KEPT_SAME: Final[Mapping[EntityType, Mapping[Direction, Rights]]] = {
    EntityType.CUSTOMER: {
        Direction.SHOP_TO_ODOO: {"customers": ("GET",), "languages": ("GET",)},
        Direction.ODOO_TO_SHOP: {
            "customers": ("GET", "POST", CHANGE, "DELETE"),
            "languages": ("GET",),
            "groups": ("GET",),
        },
    },
    EntityType.ADDRESS: {
        Direction.SHOP_TO_ODOO: {"addresses": ("GET",), "countries": ("GET",), "states": ("GET",)},
        Direction.ODOO_TO_SHOP: {
            "addresses": ("GET", "POST", CHANGE, "DELETE"),
            "customers": ("GET",),
            "countries": ("GET",),
            "states": ("GET",),
        },
    },
    EntityType.ORDER: {
        Direction.SHOP_TO_ODOO: {
            "orders": ("GET",),
            "messages": ("GET",),
            "order_cart_rules": ("GET",),
            "order_states": ("GET",),
            "carriers": ("GET",),
            "currencies": ("GET",),
        },
        Direction.ODOO_TO_SHOP: {
            "orders": ("GET", CHANGE),
            "order_carriers": ("GET", CHANGE),
            "order_histories": ("POST",),
            "messages": ("GET",),
            "order_cart_rules": ("GET",),
            "order_states": ("GET",),
        },
    },
    EntityType.COUPON: {
        Direction.SHOP_TO_ODOO: {"cart_rules": ("GET",), "languages": ("GET",), "currencies": ("GET",)},
        Direction.ODOO_TO_SHOP: {
            "cart_rules": ("GET", "POST", CHANGE, "DELETE"),
            "languages": ("GET",),
            "currencies": ("GET",),
        },
    },
    EntityType.CATEGORY: {
        Direction.SHOP_TO_ODOO: {"categories": ("GET",), "languages": ("GET",)},
        Direction.ODOO_TO_SHOP: {"categories": ("GET", "POST", CHANGE, "DELETE"), "languages": ("GET",)},
    },
    EntityType.PRODUCT: {
        Direction.SHOP_TO_ODOO: {"products": ("GET",), "languages": ("GET",)},
        Direction.ODOO_TO_SHOP: {"products": ("GET", "POST", CHANGE, "DELETE"), "languages": ("GET",)},
    },
    EntityType.VARIANT: {
        Direction.SHOP_TO_ODOO: {
            "combinations": ("GET",),
            "product_options": ("GET",),
            "product_option_values": ("GET",),
            "languages": ("GET",),
        },
        Direction.ODOO_TO_SHOP: {
            "combinations": ("GET", "POST", CHANGE, "DELETE"),
            "product_options": ("GET", "POST"),
            "product_option_values": ("GET", "POST"),
            "products": ("GET",),
            "languages": ("GET",),
        },
    },
    EntityType.STOCK: {
        Direction.SHOP_TO_ODOO: {"stock_availables": ("GET",), "combinations": ("GET",)},
        Direction.ODOO_TO_SHOP: {"stock_availables": ("GET", CHANGE), "combinations": ("GET",)},
    },
    EntityType.IMAGE: {
        Direction.SHOP_TO_ODOO: {"products": ("GET",), "images": ("GET",)},
        Direction.ODOO_TO_SHOP: {"products": ("GET", CHANGE), "images": ("GET", "POST", "DELETE")},
    },
}
"""For keeping an entity type the same, by direction. DELETE only where a link's policy is to delete."""
SETTINGS: Final = "configurations"
"""Wanted, not needed: it holds passwords too, and each setting read from it has an option."""
ENVELOPES: Final = "reverse_sync"
"""The link's setting that needs `NEEDED`."""


def limits(root: Element, *, can_patch: bool) -> dict[str, str]:
    """What cannot be done with this key, by what a link may need: `{"order shop_to_odoo": "order_cart_rules: GET"}`;
    events in the shop's words under `reverse_sync`."""
    cells: dict[str, Rights] = {ENVELOPES: NEEDED}
    for entity_type, directions in KEPT_SAME.items():
        cells |= {f"{entity_type} {direction}": rights for direction, rights in directions.items()}
    found = {cell: "; ".join(_lacking(root, rights, can_patch=can_patch)) for cell, rights in cells.items()}
    return {cell: words for cell, words in found.items() if words}


def can_read_settings(root: Element) -> bool:
    return "GET" in _allowed(root).get(SETTINGS, set())


def shop_name(root: Element) -> str | None:
    api = root.find("api")
    return None if api is None else api.get("shopName")


def _lacking(root: Element, rights: Rights, *, can_patch: bool) -> list[str]:
    """`["orders: POST, PATCH"]`."""
    allowed = _allowed(root)
    found = []
    for resource, methods in rights.items():
        wanted = [("PATCH" if can_patch else "PUT") if method == CHANGE else method for method in methods]
        if lacking := [method for method in wanted if method not in allowed.get(resource, set())]:
            found.append(f"{resource}: {', '.join(lacking)}")
    return found


def _allowed(root: Element) -> dict[str, set[str]]:
    api = root.find("api")
    resources = [] if api is None else list(api)
    return {
        resource.tag: {method.upper() for method, value in resource.attrib.items() if value == "true"}
        for resource in resources
    }
