"""What an order's delivery says of it: its tracking number, whether it is shipped, and that it changed."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Cursor
from app.entities.base import Json
from tests.connectors.odoo.orders import MARKER, orders_of, sold
from tests.connectors.odoo.ports import Erp, erp

VERSIONS = pytest.mark.parametrize("version", [17, 19])


async def _made(odoo: Erp, **changed: Json) -> str:
    return (await odoo.create(sold(**changed), MARKER)).ref.native_id


def _deliver(odoo: Erp, order: str, **changed: Json) -> dict[str, Any]:
    """Its delivery, with these changes and a new date of change."""
    [picking] = [row for row in odoo.db.tables["stock.picking"].values() if row["sale_id"] == int(order)]
    picking.update({**changed, "write_date": odoo.db.stamp()})
    return picking


@VERSIONS
async def test_a_tracking_number_goes_on_the_delivery_and_comes_back(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)

    await odoo.change(number, {"tracking": "1Z999"})

    assert (await odoo.record(number))["tracking"] == "1Z999"
    assert _deliver(odoo, number)["carrier_tracking_ref"] == "1Z999"
    odoo.forget()
    await odoo.change(number, {"tracking": "1Z999"})
    assert "stock.picking.write" not in odoo.calls()


@VERSIONS
async def test_a_tracking_number_without_a_delivery_is_left_out_and_said(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo, status="draft")

    written = await odoo.change(number, {"tracking": "1Z999"})

    assert written.notes == ("tracking left out: Odoo has no delivery for this order",)
    assert written.state["carrier_tracking_ref"] is None


@VERSIONS
async def test_a_back_order_does_not_take_the_tracking_number_away(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)
    first = _deliver(odoo, number, carrier_tracking_ref="1Z1", state="done")
    later = odoo.db.add("stock.picking", {**first, "carrier_tracking_ref": False, "state": "confirmed"})
    assert (await odoo.record(number))["tracking"] == "1Z1"

    odoo.db.tables["stock.picking"][later]["carrier_tracking_ref"] = "1Z2"

    assert (await odoo.record(number))["tracking"] == "1Z2"


@VERSIONS
async def test_an_order_is_shipped_when_odoo_delivered_all_of_it(version: int) -> None:
    odoo = erp("order", version)
    number = await _made(odoo)
    row = odoo.db.tables["sale.order"][int(number)]

    assert (await odoo.record(number))["status"] == "confirmed"
    row["delivery_status"] = "partial"
    assert (await odoo.record(number))["status"] == "confirmed"
    row["delivery_status"] = "full"
    assert (await odoo.record(number))["status"] == "shipped"


@VERSIONS
async def test_polling_shows_an_order_whose_delivery_alone_changed(version: int) -> None:
    odoo = erp("order", version, poll_overlap_s=0)
    number = await _made(odoo)
    orders_of(odoo)[0]["write_date"] = "2026-11-21 10:00:00.5"
    _deliver(odoo, number)["write_date"] = "2026-11-21 10:00:00.5"
    [*_, page] = await odoo.pages()
    assert page.cursor.moment == "2026-11-21 10:00:00"
    later = Cursor(moment="2026-11-21 11:00:00")
    assert await odoo.changed(later) == []

    _deliver(odoo, number, carrier_tracking_ref="1Z9")["write_date"] = "2026-11-21 12:00:00.5"

    pages = await odoo.pages(later)
    assert [one for page in pages for one in page.ids] == [number]
    assert pages[-1].cursor.moment == "2026-11-21 12:00:00"
    assert [page.cursor for page in pages[:-1]] == [later]
