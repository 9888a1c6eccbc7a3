"""The peers that the conformance suite opens: sandboxes of every kind and version, and our own tables of leads."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Final, cast

import httpx

from app.connectors.base import Connector, RecordPort
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.woocommerce.connector import WoocommerceConnector
from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.portal.lead_port import LeadPort
from app.sandbox.odoo.seed import seeded
from app.sandbox.prestashop import create_sandbox as prestashop_sandbox
from app.sandbox.woocommerce import create_sandbox as woocommerce_sandbox
from tests.connectors.odoo.servers import KEY, Recorder
from tests.contract.conformance import Peer
from tests.contract.conformance_gateway import Gateway
from tests.contract.conformance_matrix import ODOO, PORTAL, PRESTASHOP, WOOCOMMERCE

OWN_TABLES: ContextVar[tuple[SessionMaker, int]] = ContextVar("OWN_TABLES")
"""The database of the peer `portal` and a link in it; set by `conftest.py` for tests that ask for that peer."""
WORDPRESS: Final = "https://shop.test"


def open_peer(name: str) -> Peer:
    """`odoo 17`, `prestashop 8.2.1`, `portal`; each is new, with the sandbox's own few records."""
    kind, _, version = name.partition(" ")
    if kind == PORTAL:
        return _portal()
    if kind == ODOO:
        return _odoo(int(version))
    return _prestashop(version) if kind == PRESTASHOP else _woocommerce(version)


def ports_of(connector: Connector) -> Mapping[EntityType, RecordPort]:
    kinds = [capability.entity_type for capability in connector.capabilities]
    return {kind: cast("RecordPort", connector.port(kind)) for kind in kinds}


def _odoo(version: int) -> Peer:
    db = seeded(version=version, api_key=KEY, languages=("en_US", "fr_FR"))
    gate = Gateway(Recorder(db))
    connector = OdooConnector("http://odoo.test", "odoo", "admin", KEY, name="erp", transport=gate)

    def lock_out() -> None:
        db.accounts = [replace(one, password="another", api_key="another") for one in db.accounts]

    return Peer(ODOO, open_ports(connector.client, OdooOptions(), {}), gate, lock_out, odoo=db)


def _prestashop(version: str) -> Peer:
    sandbox = prestashop_sandbox(version=version)
    gate = Gateway(httpx.ASGITransport(sandbox))
    connector = PrestashopConnector("http://shop.test", sandbox.key, name="boutique", transport=gate)
    return Peer(PRESTASHOP, ports_of(connector), gate, sandbox.service.keys.clear, prestashop=sandbox)


def _woocommerce(version: str) -> Peer:
    """`9.9.5 gross`: with tax in its prices, and over http, where calls are signed."""
    number, _, gross = version.partition(" ")
    home = WORDPRESS.replace("https", "http") if gross else WORDPRESS
    sandbox = woocommerce_sandbox(version=number, home=home, prices_include_tax=bool(gross))
    gate = Gateway(httpx.ASGITransport(sandbox))
    credentials = {
        "consumer_key": sandbox.key,
        "consumer_secret": sandbox.secret,
        "username": sandbox.app_user,
        "application_password": sandbox.app_password,
    }
    connector = WoocommerceConnector(home, credentials, name="atelier", transport=gate)

    def lock_out() -> None:
        sandbox.service.access.keys.clear()
        sandbox.service.access.passwords.clear()

    return Peer(WOOCOMMERCE, ports_of(connector), gate, lock_out, woocommerce=sandbox)


def _portal() -> Peer:
    sessions, link_id = OWN_TABLES.get()
    gate = Gateway(httpx.ASGITransport(_nobody))
    return Peer(PORTAL, {EntityType.LEAD: LeadPort(sessions, link_id)}, gate, lambda: None)


async def _nobody(*_: object) -> None:
    raise AssertionError("our own tables are asked without a call")
