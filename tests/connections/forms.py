"""Builders of what a file asks for, with good defaults."""

from __future__ import annotations

from typing import Any

from app.connections.schemas import Config

ODOO = {
    "name": "erp",
    "kind": "odoo",
    "url": "http://127.0.0.1:8069",
    "database": "odoo",
    "username": "admin",
    "api_key": "odoo-key-1234",
}
SHOP = {"name": "boutique", "kind": "prestashop", "url": "http://127.0.0.1:8080", "api_key": "shop-key-1234"}
LINK = {
    "slug": "boutique",
    "odoo": "erp",
    "shop": "boutique",
    "webhook_secret": "hook-secret-1",
    "modules": {"prestashop": {}},
    "reverse_sync": True,
}


def raw(*, odoo: Any = None, shop: Any = None, link: Any = None) -> dict[str, Any]:
    """One Odoo, one shop, one link; the arguments change fields, None as a value removes one."""
    return {
        "connections": [_with(ODOO, odoo), _with(SHOP, shop)],
        "links": [_with(LINK, link)],
    }


def config(**changes: Any) -> Config:
    return Config.read(raw(**changes), source="shops.yaml")


def _with(defaults: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (defaults | (changes or {})).items() if value is not None}
