"""What ports list is what they read, and a listing goes on behind any record of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.connectors.base import Counting, Cursor, Listing, RecordPort, Snapshot
from app.connectors.odoo import listing as of_odoo
from app.connectors.prestashop import listing as of_prestashop
from app.entities.base import EntityType
from tests.connectors.odoo.ports import erp
from tests.connectors.prestashop.boutique import boutique

Open = Callable[[], RecordPort]


def _odoo(name: str, version: int) -> Open:
    def opened() -> RecordPort:
        odoo = erp(name, version)
        if name == "product":
            odoo.db.add("product.template", {"name": "Cup", "sale_ok": True, "default_code": "CUP"})
        return odoo.port

    return opened


def _prestashop(entity_type: EntityType) -> Open:
    def opened() -> RecordPort:
        port: RecordPort = boutique().connector.port(entity_type)  # type: ignore[assignment]  # both of these are
        return port

    return opened


PORTS = pytest.mark.parametrize(
    "open_port",
    [
        pytest.param(_odoo("product", 17), id="odoo 17 products"),
        pytest.param(_odoo("product", 19), id="odoo 19 products"),
        pytest.param(_odoo("customer", 17), id="odoo 17 customers"),
        pytest.param(_prestashop(EntityType.PRODUCT), id="prestashop products"),
        pytest.param(_prestashop(EntityType.CUSTOMER), id="prestashop customers"),
    ],
)


async def _all(port: RecordPort, cursor: Cursor) -> list[tuple[Snapshot, Cursor]]:
    assert isinstance(port, Listing)
    return [pair async for page in port.listed(cursor) for pair in zip(page.snapshots, page.cursors, strict=True)]


@PORTS
async def test_a_record_is_listed_as_it_is_read(open_port: Open) -> None:
    port = open_port()

    listed = {shot.ref.native_id: shot for shot, _ in await _all(port, Cursor())}

    assert len(listed) > 1
    assert await port.read(list(listed)) == listed
    assert isinstance(port, Counting)
    assert await port.count() >= len(listed)


@PORTS
async def test_a_listing_goes_on_behind_any_record_and_in_pages_of_any_size(
    open_port: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = open_port()
    whole = await _all(port, Cursor())

    monkeypatch.setattr(of_odoo, "LIMIT", 1)
    monkeypatch.setattr(of_prestashop, "LIMIT", 1)

    assert await _all(port, Cursor()) == whole
    for at, (_, cursor) in enumerate(whole):
        assert [shot for shot, _ in await _all(port, cursor)] == [shot for shot, _ in whole[at + 1 :]]
