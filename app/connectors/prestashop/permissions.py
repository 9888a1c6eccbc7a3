"""What a webservice key must be allowed to do, and what of it is missing.

The start page `/api/` lists the resources a key may use, `<customers get="true" put="false" post="true" patch=…>`; a
resource it may not use at all is not there (recordings 001, 136). It exists in XML only (002).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

CHANGE: Final = "change"
"""PATCH where the shop has it, else PUT."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "customers": ("GET", "POST", CHANGE),
    "addresses": ("GET", "POST", CHANGE),
    "cart_rules": ("GET", "POST", CHANGE),
    "orders": ("GET", "POST", CHANGE),
    "order_histories": ("POST",),
    "order_carriers": ("GET", CHANGE),
    "messages": ("GET", "POST"),
    "carts": ("POST",),
    "products": ("GET", "POST", CHANGE),
    "combinations": ("GET", "POST", CHANGE),
    "product_options": ("GET", "POST"),
    "product_option_values": ("GET", "POST"),
    "stock_availables": ("GET", CHANGE),
    "categories": ("GET", "POST", CHANGE),
    "images": ("GET", "POST", "DELETE"),
    "carriers": ("GET",),
    "countries": ("GET",),
    "states": ("GET",),
    "languages": ("GET",),
    "currencies": ("GET",),
    "order_states": ("GET",),
    "groups": ("GET",),
}
SETTINGS: Final = "configurations"
"""Wanted, not needed: it holds passwords too, and each setting read from it has an option."""
_WHERE: Final = "in Advanced Parameters > Webservice"


def missing(root: Element, *, can_patch: bool) -> tuple[str, ...]:
    """`("orders: POST, PATCH missing; allow …",)`."""
    allowed = _allowed(root)
    problems = []
    for resource, methods in NEEDED.items():
        wanted = [("PATCH" if can_patch else "PUT") if method == CHANGE else method for method in methods]
        if lacking := [method for method in wanted if method not in allowed.get(resource, set())]:
            problems.append(f"{resource}: {', '.join(lacking)} missing; allow it for this key {_WHERE}")
    return tuple(problems)


def can_read_settings(root: Element) -> bool:
    return "GET" in _allowed(root).get(SETTINGS, set())


def shop_name(root: Element) -> str | None:
    api = root.find("api")
    return None if api is None else api.get("shopName")


def _allowed(root: Element) -> dict[str, set[str]]:
    api = root.find("api")
    resources = [] if api is None else list(api)
    return {
        resource.tag: {method.upper() for method, value in resource.attrib.items() if value == "true"}
        for resource in resources
    }
