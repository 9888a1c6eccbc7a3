"""Whose branches guide the fuzzing of each target: to watch all of `app` takes longer to prepare than to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ODOO: Final = ("app.connectors.odoo.client", "app.connectors.odoo.rpc", "app.connectors.odoo.errors")
WATCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "envelope": ("app.ingest.schemas", "app.ingest.fields", "app.connectors.envelope", "app.entities"),
    "odoo_hint": ("app.connectors.odoo.webhook", "app.entities.values"),
    "prestashop_delivery": ("app.connectors.prestashop.webhook", "app.connectors.envelope", "app.entities.values"),
    "woocommerce_delivery": ("app.connectors.woocommerce.webhook", "app.entities.values"),
    "signature": ("app.security.signatures", "standardwebhooks"),
    "prestashop_xml": ("app.connectors.prestashop.xml",),
    "odoo_jsonrpc": (*_ODOO, "app.connectors.odoo.jsonrpc", "app.connectors.odoo.transport"),
    "odoo_json2": (*_ODOO, "app.connectors.odoo.json2", "app.connectors.odoo.transport"),
    "odoo_xmlrpc": (*_ODOO, "app.connectors.odoo.xmlrpc", "xmlrpc"),
    "odoo_hello": (*_ODOO, "app.connectors.odoo.server"),
    "prestashop_answer": (
        "app.connectors.prestashop.client",
        "app.connectors.prestashop.errors",
        "app.connectors.prestashop.xml",
    ),
    "woocommerce_answer": ("app.connectors.woocommerce.client", "app.connectors.woocommerce.errors"),
    "waiting_time": ("app.connectors.http", "email"),
    "config": ("app.connections.config_file", "app.connections.explain", "app.connections.schemas", "yaml"),
    "markup": ("app.entities.plain_html", "app.entities.markup", "app.connectors.odoo.values", "html", "_markupbase"),
    "redaction": ("app.redact",),
    "conversion": ("app.sync.custom_fields", "app.entities.values"),
}
"""Modules, with what is in them; a library that is written in Python has branches too."""
