"""Stock in Odoo: summed over places, written as inventory adjustments."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from app.connectors.base import Cursor, Removal, Snapshot, Written
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.places import Places
from app.entities.base import Json
from app.errors import ActionRequired, Conflict, Rejected, Retryable
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import open_odoo

VERSIONS = pytest.mark.parametrize("version", [17, 19])
SHELF = 20


class Meddled(httpx.AsyncBaseTransport):
    """A network behind which something happens right after the call of one method."""

    def __init__(self, odoo: Erp, method: str, happens: Callable[[], None]) -> None:
        self._inner, self._method, self._happens = odoo.recorder._inner, method, happens

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if self._method.encode() in request.content:
            self._happens()
        return response


def stocked(version: int = 17) -> Erp:
    """The seeded T-shirt with tracked stock, in a warehouse with a second place."""
    odoo = erp("stock", version)
    storable(odoo, 5)
    odoo.db.add("stock.location", {"name": "Shelf", "usage": "internal", "location_id": 7}, row_id=SHELF)
    return odoo


def storable(odoo: Erp, template: int) -> None:
    row = odoo.db.tables["product.template"][template]
    if odoo.db.version == 17:
        row.update(detailed_type="product", type="product")
    else:
        row.update(is_storable=True)


def lay(odoo: Erp, product: int, place: int, quantity: float) -> None:
    odoo.db.add("stock.quant", {"product_id": product, "location_id": place, "quantity": quantity})


def several(odoo: Erp, count: int) -> list[str]:
    """Simple products with tracked stock."""
    ids = []
    for number in range(count):
        template = odoo.db.add("product.template", {"name": f"P{number}"})
        storable(odoo, template)
        ids.append(str(odoo.db.add("product.product", {"product_tmpl_id": template})))
    return ids


@VERSIONS
async def test_stock_is_what_lies_in_internal_places(version: int) -> None:
    odoo = stocked(version)
    for place, quantity in ((8, 3.1), (SHELF, 4.2), (5, 9.0), (14, -7.0)):
        lay(odoo, 5, place, quantity)

    assert await odoo.record(5) == {"product": "5", "variant": None, "quantity": "7.3"}


@VERSIONS
async def test_stock_of_a_hundred_products_is_two_calls(version: int) -> None:
    odoo = stocked(version)
    ids = several(odoo, 100)
    lay(odoo, int(ids[0]), 8, 2)
    await odoo.snapshot(5)
    odoo.forget()

    found = await odoo.port.read(ids)

    assert odoo.calls() == ["product.product.read", "stock.quant.search_read"]
    quantities = [shot.state["quantity"] for shot in found.values() if isinstance(shot, Snapshot)]
    assert quantities == ["2"] + ["0"] * 99


@VERSIONS
async def test_what_odoo_does_not_track_has_no_stock(version: int) -> None:
    odoo = stocked(version)
    service = odoo.db.add("product.template", {"name": "Repair", "type": "service"})
    number = odoo.db.add("product.product", {"product_tmpl_id": service})

    assert await odoo.gone(number)
    assert await odoo.found({"product": str(service), "variant": None}) == []
    [refused] = await odoo.results(odoo.creation({"product": str(service), "variant": None, "quantity": "1"}))
    assert isinstance(refused, Rejected)
    assert refused.code == "not_storable"


@VERSIONS
async def test_a_written_quantity_is_an_adjustment_with_a_move(version: int) -> None:
    odoo = stocked(version)
    lay(odoo, 5, 8, 3)

    written = await odoo.change(5, {"quantity": "12.5"})

    assert written.state["quantity"] == "12.5"
    [move] = odoo.db.tables["stock.move"].values()
    assert (move["product_uom_qty"], move["is_inventory"], move["state"]) == (9.5, True, "done")
    again = await odoo.resolved({"quantity": "12.5"}, 5)
    assert {**written.state, **again.state} == written.state


@VERSIONS
async def test_what_lies_elsewhere_stays_there(version: int) -> None:
    odoo = stocked(version)
    lay(odoo, 5, 8, 3)
    lay(odoo, 5, SHELF, 4)

    written = await odoo.change(5, {"quantity": "5"})

    assert written.state["quantity"] == "5"
    quants = {q["location_id"]: q["quantity"] for q in odoo.db.tables["stock.quant"].values()}
    assert (quants[8], quants[SHELF]) == (1, 4)


async def test_no_place_is_taken_below_zero_for_what_lies_elsewhere() -> None:
    odoo = stocked()
    lay(odoo, 5, SHELF, 4)

    [refused] = await odoo.results(odoo.update(5, {"quantity": "1"}))

    assert isinstance(refused, Conflict)
    assert refused.code == "stock_elsewhere"


@VERSIONS
async def test_many_quantities_are_written_in_few_calls(version: int) -> None:
    odoo = stocked(version)
    ids = several(odoo, 50)
    await odoo.change(5, {"quantity": "1"})

    results = await odoo.results(*[odoo.update(number, {"quantity": f"{n}"}) for n, number in enumerate(ids)])

    assert [one.state["quantity"] for one in results if isinstance(one, Written)] == [f"{n}" for n in range(50)]
    assert len(odoo.calls()) == 7
    assert odoo.calls().count("stock.quant.action_apply_inventory") == 1


@VERSIONS
async def test_a_quantity_that_cannot_be_written_fails_alone(version: int) -> None:
    odoo = stocked(version)
    [other] = several(odoo, 1)
    lay(odoo, 5, SHELF, 4)

    low, fine, gone = await odoo.results(
        odoo.update(5, {"quantity": "1"}), odoo.update(other, {"quantity": "2"}), odoo.update(424242, {"quantity": "2"})
    )

    assert isinstance(low, Conflict)
    assert isinstance(fine, Written)
    assert isinstance(gone, Rejected)


async def test_stock_that_moved_while_it_was_counted_is_counted_again_later() -> None:
    odoo = stocked()
    lay(odoo, 5, 8, 3)
    [quant] = odoo.db.tables["stock.quant"].values()
    untouched = odoo.recorder._inner

    odoo.recorder._inner = Meddled(odoo, '"create"', lambda: quant.update(quantity=2.0))  # type: ignore[assignment]
    [later] = await odoo.results(odoo.update(5, {"quantity": "8"}))
    odoo.recorder._inner = untouched
    [retried] = await odoo.results(odoo.update(5, {"quantity": "8"}))

    assert isinstance(later, Retryable)
    assert later.code == "stock_moved"
    assert isinstance(retried, Written)
    assert retried.state["quantity"] == "8"


async def test_stock_is_found_by_product_and_variant() -> None:
    odoo = stocked()
    variant = odoo.db.add("product.product", {"product_tmpl_id": 5, "product_template_attribute_value_ids": [1]})
    odoo.db.add("product.template.attribute.value", {"attribute_line_id": 1}, row_id=1)

    assert await odoo.found({"product": "5", "variant": None}) == ["5"]
    assert await odoo.found({"product": "5", "variant": str(variant)}) == [str(variant)]
    assert await odoo.record(variant) == {"product": "5", "variant": str(variant), "quantity": "0"}
    assert await odoo.found({"product": "4242", "variant": None}) == []


@VERSIONS
async def test_a_new_stock_is_that_of_its_product(version: int) -> None:
    odoo = stocked(version)
    wanted: dict[str, Json] = {"product": "5", "variant": None, "quantity": "4"}

    written = await odoo.create(wanted)

    assert written.ref.native_id == "5"
    assert await odoo.record(5) == wanted


@VERSIONS
async def test_the_first_run_shows_every_product_and_the_next_ones_what_moved(version: int) -> None:
    odoo = stocked(version)
    ids = several(odoo, 2)
    lay(odoo, 5, 5, 1)
    lay(odoo, 5, 8, 1)

    pages = await odoo.pages()

    assert {number for page in pages for number in page.ids} == {"5", *ids}
    assert await odoo.changed(pages[-1].cursor) == ["5"]
    assert await odoo.changed(Cursor(moment="2100-01-01 00:00:00")) == []


@VERSIONS
async def test_where_nothing_lies_anywhere_yet_every_product_is_shown_once(version: int) -> None:
    odoo = stocked(version)
    ids = several(odoo, 2)

    pages = await odoo.pages()

    assert {number for page in pages for number in page.ids} == {"5", *ids}
    assert await odoo.changed(pages[-1].cursor) == []
    lay(odoo, 5, 8, 1)
    assert await odoo.changed(pages[-1].cursor) == ["5"]


async def test_stock_is_not_removed_by_itself() -> None:
    odoo = stocked()

    [refused] = await odoo.results(odoo.update(5, {}, removal=Removal.DELETE))

    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_delete"


async def test_a_quantity_that_is_there_already_writes_nothing() -> None:
    odoo = stocked()
    lay(odoo, 5, 8, 3)

    [written] = await odoo.results(odoo.update(5, {"quantity": "3"}))

    assert isinstance(written, Written)
    assert not odoo.db.tables["stock.move"]


async def test_what_a_product_was_before_it_got_variants_is_not_its_stock() -> None:
    odoo = stocked()
    odoo.db.tables["product.product"][5]["active"] = False
    assert await odoo.found({"product": "5", "variant": None}) == ["5"]

    odoo.db.add("product.template.attribute.value", {"attribute_line_id": 1}, row_id=1)
    odoo.db.add("product.product", {"product_tmpl_id": 5, "product_template_attribute_value_ids": [1]})

    assert await odoo.found({"product": "5", "variant": None}) == []


@pytest.mark.parametrize(
    ("options", "below", "adjusted"),
    [({}, None, 8), ({"stock_warehouse": 1}, 7, 8), ({"stock_location": SHELF}, SHELF, SHELF)],
)
async def test_the_operator_chooses_whose_stock_counts(
    options: dict[str, int], below: int | None, adjusted: int
) -> None:
    connector, _ = open_odoo(db=stocked().db)

    places = Places(connector.client, OdooOptions.model_validate(options))

    inside: list[Json] = [["location_id", "child_of", below]] if below else []
    assert await places.domain() == [["location_id.usage", "=", "internal"], *inside]
    assert await places.adjusted() == adjusted


async def test_a_warehouse_that_is_not_there_needs_a_person() -> None:
    connector, _ = open_odoo(db=stocked().db)

    with pytest.raises(ActionRequired) as needed:
        await Places(connector.client, OdooOptions(stock_warehouse=424242)).adjusted()

    assert needed.value.code == "no_warehouse"
