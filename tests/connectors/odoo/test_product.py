"""Products of an Odoo: templates, and what of them stands on their variants."""

from __future__ import annotations

import pytest

from app.connectors.base import Removal, Snapshot, Written
from app.connectors.odoo.rounding import rounded
from app.connectors.odoo.schema import read_fields
from app.entities.base import Json
from app.errors import Rejected
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import Erp, erp
from tests.connectors.odoo.servers import KEY

VERSIONS = pytest.mark.parametrize("version", [17, 19])
SHIRT: dict[str, Json] = {
    "name": "Linen shirt",
    "sku": "LS-1",
    "barcode": "4006381333931",
    "price": "19.99",
    "currency": "EUR",
    "counted": True,
    "active": True,
    "description": "Light.\nAnd white.",
    "weight": "0.25",
    "category": "3",
    "type": "goods",
}


def with_variants(odoo: Erp) -> None:
    """A second variant of the seeded T-shirt."""
    odoo.db.add("product.product", {"product_tmpl_id": 5, "default_code": "TS-1"}, row_id=6)


@VERSIONS
async def test_a_new_product_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = erp("product", version)

    written = await odoo.create(SHIRT, "boutique.product_12")

    number = written.ref.native_id
    assert await odoo.record(number) == SHIRT
    again = await odoo.resolved(SHIRT, number)
    assert {**written.state, **again.state} == written.state
    assert odoo.db.external_ids["boutique.product_12"] == ("product.template", int(number))
    assert written.state["storable"] is True


@VERSIONS
async def test_a_product_reads_as_a_record(version: int) -> None:
    record = await erp("product", version).record(5)

    assert record == {
        "name": "T-Shirt",
        "sku": "TS-0",
        "barcode": None,
        "price": "20",
        "currency": "EUR",
        "counted": True,
        "active": True,
        "description": None,
        "weight": "0",
        "category": None,
        "type": "goods",
    }


@VERSIONS
async def test_a_hundred_products_are_one_read(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    ids = [str(db.add("product.template", {"name": f"P{n}", "list_price": 19.990000000000002})) for n in range(100)]
    odoo = erp("product", version, db=db)
    await odoo.snapshot(5)
    odoo.forget()

    found = await odoo.port.read(ids)

    assert odoo.calls() == ["product.template.read"]
    assert {shot.state["list_price"] for shot in found.values() if isinstance(shot, Snapshot)} == {"19.99"}


@VERSIONS
async def test_a_product_with_several_variants_has_no_sku_and_none_is_written_on_it(version: int) -> None:
    odoo = erp("product", version)
    with_variants(odoo)

    record = await odoo.record(5)
    resolved = await odoo.resolved({"sku": "X", "weight": "2", "name": "Tee"}, 5)

    assert record.keys() == SHIRT.keys() - {"sku", "barcode", "weight"}
    assert (await odoo.snapshot(5)).state["default_code"] is None
    assert resolved.state == {"name": "Tee"}
    assert "sku, weight" in resolved.notes[0]


@VERSIONS
@pytest.mark.parametrize("kind", ["goods", "service"])
async def test_a_type_is_kept_where_it_is_of_the_wanted_kind(version: int, kind: str) -> None:
    odoo = erp("product", version, storable=False)
    number = (await odoo.create({**SHIRT, "type": kind})).ref.native_id

    assert (await odoo.record(number))["type"] == kind
    assert (await odoo.snapshot(number)).state["storable"] is False
    assert (await odoo.resolved({"type": kind}, number)).state == {}
    assert (await odoo.change(number, {"type": "service"})).state["type"] == "service"


async def test_a_combo_is_left_out_where_the_version_has_none() -> None:
    seventeen, nineteen = erp("product", 17), erp("product", 19)

    left_out = await seventeen.resolved({"type": "combo"}, 5)
    written = await nineteen.create({**SHIRT, "type": "combo"})

    assert left_out.state == {}
    assert left_out.notes
    assert (await nineteen.record(written.ref.native_id))["type"] == "combo"


@VERSIONS
async def test_a_product_is_found_by_its_sku_without_regard_to_case_or_wildcards(version: int) -> None:
    odoo = erp("product", version)
    other = (await odoo.create({**SHIRT, "sku": "TS_0", "barcode": None})).ref.native_id
    odoo.forget()

    assert await odoo.found({"sku": "ts-0"}) == ["5"]
    assert odoo.calls() == ["product.product.search_read", "product.template.read"]
    assert await odoo.found({"sku": "TS_0"}) == [other]
    assert await odoo.found({"sku": "TS"}) == []


async def test_a_taken_sku_is_found_on_a_variant_and_on_an_archived_product() -> None:
    odoo = erp("product")
    with_variants(odoo)
    assert await odoo.found({"sku": "TS-1"}) == ["5"]

    for row in (odoo.db.tables["product.product"][5], odoo.db.tables["product.template"][5]):
        row["active"] = False
    assert await odoo.found({"sku": "TS-0"}) == ["5"]

    live = (await odoo.create({**SHIRT, "sku": "TS-0", "barcode": None})).ref.native_id
    assert await odoo.found({"sku": "TS-0"}) == [live]


async def test_the_top_category_is_no_category() -> None:
    odoo = erp("product")
    number = (await odoo.create(SHIRT)).ref.native_id

    written = await odoo.change(number, {"category": None})

    assert written.state["category"] == "1"
    assert (await odoo.record(number))["category"] is None


@VERSIONS
async def test_a_taken_barcode_is_refused_alone(version: int) -> None:
    odoo = erp("product", version)
    await odoo.create(SHIRT)
    state = (await odoo.resolved({**SHIRT, "sku": "LS-2"})).state

    taken, fine = await odoo.results(
        odoo.creation(state, "b.product_2"), odoo.creation({**state, "barcode": "1"}, "b.product_3")
    )

    assert isinstance(taken, Rejected)
    assert isinstance(fine, Written)


async def test_a_product_without_a_name_is_refused() -> None:
    refused = await erp("product").refused({"name": None}, 5)

    assert refused.field == "name"


async def test_a_removed_product_is_archived() -> None:
    odoo = erp("product")

    [written] = await odoo.results(odoo.update(5, {}, removal=Removal.ARCHIVE))

    assert isinstance(written, Written)
    assert (written.gone, written.state["active"]) == (False, False)
    assert "5" in await odoo.changed()


async def test_a_description_is_plain_text() -> None:
    odoo = erp("product")

    written = await odoo.change(5, {"description": "Cotton & more\nWash cold"})

    assert written.state["description_sale"] == "Cotton & more\nWash cold"


async def test_polling_leaves_out_what_is_not_for_sale_unless_told_otherwise() -> None:
    odoo, everything = erp("product"), erp("product", only_saleable=False)
    for one in (odoo, everything):
        one.db.add("product.template", {"name": "Cotton", "sale_ok": False}, row_id=77)

    assert await odoo.changed() == ["5"]
    assert await everything.changed() == ["5", "77"]


async def test_what_an_archived_product_does_not_show_its_record_does_not_say() -> None:
    """Up to 16 an archived template shows no SKU, no barcode and no weight: that is not to be taken for an edit."""
    odoo = erp("product", 17)
    state = (await odoo.snapshot(5)).state

    [record] = await odoo.port.to_records([{**state, "active": False, "default_code": None, "weight": "0"}])

    assert record["active"] is False
    assert not {"sku", "barcode", "weight"} & record.keys()


@VERSIONS
async def test_amounts_are_rounded_as_odoo_keeps_them_and_that_is_said(version: int) -> None:
    odoo = erp("product", version)
    fine: dict[str, Json] = {**SHIRT, "price": "16.666667", "weight": "0.345"}

    resolved = await odoo.resolved(fine)
    written = await odoo.create(fine)

    assert resolved.notes == (
        "price 16.666667 is 16.67 in Odoo, which keeps 2 decimals",
        "weight 0.345 is 0.35 in Odoo, which keeps 2 decimals",
    )
    assert (written.state["list_price"], written.state["weight"]) == ("16.67", "0.35")
    again = await odoo.resolved(fine, written.ref.native_id)
    assert {**written.state, **again.state} == written.state


def test_a_field_of_other_accuracy_keeps_what_it_can_hold() -> None:
    fields = read_fields({"weight": {"type": "float", "digits": [16, 3]}, "volume": {"type": "float"}})
    words = {"weight": "weight", "volume": "volume", "list_price": "price"}

    state, notes = rounded({"weight": "0.3456", "volume": "0.3456", "list_price": "0.3456"}, words, fields)

    assert state == {"weight": "0.346", "volume": "0.3456", "list_price": "0.3456"}
    assert len(notes) == 1
