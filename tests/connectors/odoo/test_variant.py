"""Variants of products in Odoo: found by their attributes, made without harm to what is there."""

from __future__ import annotations

import pytest

from app.connectors.base import Removal, Written
from app.entities.base import Json, Record
from app.entities.records import attributes_key
from app.errors import Conflict, Parked, Rejected
from tests.connectors.odoo.ports import Erp, erp, other

VERSIONS = pytest.mark.parametrize("version", [17, 19])
MARKER = "shopsync_boutique.variant"
NEW: dict[str, Json] = {"name": "Linen shirt", "sku": None, "price": "20", "type": "goods"}


def variant(product: str, sku: str | None = "LS-M", **attributes: str) -> dict[str, Json]:
    return {
        "product": product,
        "attributes": dict[str, Json](attributes),
        "sku": sku,
        "barcode": None,
        "price_extra": "0",
        "currency": "EUR",
        "active": True,
        "alone": False,
        "counted": True,
    }


async def made_here(version: int = 17) -> tuple[Erp, str]:
    """A simple product that this link made."""
    odoo = erp("variant", version)
    written = await other(odoo, "product").create(NEW, "shopsync_boutique.product_1")
    return odoo, written.ref.native_id


async def with_two_sizes(version: int = 17) -> tuple[Erp, str, list[str]]:
    odoo, product = await made_here(version)
    results = await created(odoo, variant(product, "LS-M", Size="M"), variant(product, "LS-L", Size="L"))
    return odoo, product, [one.ref.native_id for one in results]


async def created(odoo: Erp, *records: Record) -> list[Written]:
    states = [(await odoo.resolved(record)).state for record in records]
    results = await odoo.results(*[odoo.creation(one, f"{MARKER}_{at}") for at, one in enumerate(states)])
    written = [one for one in results if isinstance(one, Written)]
    assert len(written) == len(results), results
    return written


@VERSIONS
async def test_new_variants_hold_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo, product = await made_here(version)
    wanted = [variant(product, "LS-MR", Size="M", Colour="Red"), variant(product, "LS-LB", Size="L", Colour="Blue")]

    written = await created(odoo, *wanted)

    for one, record in zip(written, wanted, strict=True):
        assert await odoo.record(one.ref.native_id) == record
        assert {**one.state, **(await odoo.resolved(record, one.ref.native_id)).state} == one.state
    assert [one.ref for one in await created(odoo, *wanted)] == [one.ref for one in written]
    mine = [row for row in odoo.db.tables["product.product"].values() if str(row["product_tmpl_id"]) == product]
    assert len(mine) == 2, "only what the shop has, and not every combination"


@VERSIONS
async def test_a_further_value_adds_a_variant_and_leaves_the_others_alone(version: int) -> None:
    odoo, product, ids = await with_two_sizes(version)

    [third] = await created(odoo, variant(product, "LS-S", size="s"))

    assert third.ref.native_id not in ids
    assert (await odoo.record(third.ref.native_id))["attributes"] == {"Size": "s"}
    assert [(await odoo.record(number))["sku"] for number in ids] == ["LS-M", "LS-L"]
    assert len(odoo.db.tables["product.attribute"]) == 1


async def test_where_odoo_makes_every_combination_the_wanted_one_is_picked() -> None:
    odoo = erp("variant", variant_creation="always")
    product = (await other(odoo, "product").create(NEW, "shopsync_boutique.product_1")).ref.native_id

    [written] = await created(odoo, variant(product, Size="M"))

    assert written.state["default_code"] == "LS-M"
    assert len([r for r in odoo.db.tables["product.product"].values() if str(r["product_tmpl_id"]) == product]) == 1


@VERSIONS
async def test_a_simple_product_that_others_made_is_not_rebuilt_unasked(version: int) -> None:
    odoo, asked = erp("variant", version), erp("variant", version, allow_variant_rebuild=True)
    state = (await odoo.resolved(variant("5", Size="M"))).state

    [parked] = await odoo.results(odoo.creation(state, f"{MARKER}_1"))

    assert isinstance(parked, Parked)
    assert parked.code == "would_rebuild_variants"
    assert 5 in odoo.db.tables["product.product"]
    assert not odoo.db.tables["product.attribute"]
    assert [one.state["product"] for one in await created(asked, variant("5", Size="M"))] == ["5"]


async def test_a_product_with_stock_is_not_rebuilt_though_this_link_made_it() -> None:
    odoo, product = await made_here()
    [number] = [n for n, r in odoo.db.tables["product.product"].items() if str(r["product_tmpl_id"]) == product]
    odoo.db.add("stock.quant", {"product_id": number, "location_id": 8, "quantity": 1.0})
    state = (await odoo.resolved(variant(product, Size="M"))).state

    [parked] = await odoo.results(odoo.creation(state, f"{MARKER}_1"))

    assert isinstance(parked, Parked)


async def test_an_attribute_more_or_less_than_the_product_has_is_not_forced_on_it() -> None:
    odoo, product, ids = await with_two_sizes()
    more = (await odoo.resolved(variant(product, Size="M", Colour="Red"))).state

    [parked] = await odoo.results(odoo.creation(more, f"{MARKER}_8"))

    assert isinstance(parked, Parked)
    both, product = await made_here()
    await created(both, variant(product, Size="M", Colour="Red"))
    less = (await both.resolved(variant(product, Size="M"))).state
    [refused] = await both.results(both.creation(less, f"{MARKER}_9"))
    assert isinstance(refused, Rejected)
    assert refused.code == "incomplete_combination"
    assert len(ids) == 2


async def test_a_variant_of_nothing_fails_alone() -> None:
    odoo, product, _ = await with_two_sizes()

    nothing, nowhere, fine = await odoo.results(
        odoo.creation(variant(product), f"{MARKER}_1"),
        odoo.creation(variant("424242", Size="M"), f"{MARKER}_2"),
        odoo.creation(variant(product, "LS-M", Size="M"), f"{MARKER}_3"),
    )

    assert isinstance(nothing, Rejected)
    assert not isinstance(nowhere, Written)
    assert isinstance(fine, Written)


@VERSIONS
async def test_variants_are_read_in_two_calls_and_written_in_few(version: int) -> None:
    odoo, _, ids = await with_two_sizes(version)
    odoo.forget()

    await odoo.port.read(ids)

    assert odoo.calls() == ["product.product.read", "product.template.attribute.value.read"]
    await odoo.results(*[odoo.update(number, {"active": False}) for number in ids])
    assert odoo.calls().count("product.product.write") == 1


async def test_the_only_variant_of_a_simple_product_is_no_variant() -> None:
    odoo, _, ids = await with_two_sizes()

    assert await odoo.gone(5)
    assert await odoo.changed() == ids


async def test_variants_are_found_by_attributes_however_written_and_by_sku() -> None:
    odoo, product, ids = await with_two_sizes()

    assert await odoo.found(variant(product, size="m")) == ids[:1]
    assert await odoo.by("attributes", attributes_key(product, {"Size": "XXL"})) == []
    assert await odoo.by("sku", "ls-l") == ids[1:]
    assert await odoo.by("sku", "ts-0") == []


@VERSIONS
async def test_an_archived_variant_comes_back_when_it_is_made_again(version: int) -> None:
    odoo, product, ids = await with_two_sizes(version)
    await odoo.results(odoo.update(ids[0], {}, removal=Removal.ARCHIVE))

    [written] = await created(odoo, variant(product, Size="M"))

    assert written.ref.native_id == ids[0]
    assert written.state["active"] is True


@VERSIONS
async def test_a_price_stands_on_the_value_that_only_this_variant_has(version: int) -> None:
    odoo, _, ids = await with_two_sizes(version)

    changed = await odoo.change(ids[0], {"price_extra": "2.5"})

    assert changed.state["price_extra"] == "2.5"
    assert changed.notes == ()
    assert (await odoo.record(ids[1]))["price_extra"] == "0"


async def test_a_price_on_values_that_others_have_too_is_left_alone_and_said() -> None:
    odoo, product = await made_here()
    sizes, colours = ("M", "L"), ("Red", "Blue")
    written = await created(odoo, *[variant(product, f"LS-{s}-{c}", Size=s, Colour=c) for s in sizes for c in colours])

    changed = await odoo.change(written[0].ref.native_id, {"price_extra": "3", "sku": "NEW"})

    assert (changed.state["price_extra"], changed.state["default_code"]) == ("0", "NEW")
    assert "other variants" in changed.notes[0]


async def test_attributes_of_a_variant_stay_what_they_are() -> None:
    odoo, product, ids = await with_two_sizes()

    resolved = await odoo.resolved(variant(product, Size="XL"), ids[0])

    assert resolved.state.keys() == {"default_code", "barcode", "price_extra", "active"}
    assert "attributes" in resolved.notes[0]


async def test_the_last_variant_is_not_deleted_with_its_product() -> None:
    odoo, _, ids = await with_two_sizes()
    both = [odoo.update(number, {}, removal=Removal.DELETE) for number in ids]

    refused = await odoo.results(*both)
    [deleted, gone] = await odoo.results(both[0], odoo.update(424242, {}, removal=Removal.DELETE))

    assert all(isinstance(one, Conflict) and one.code == "last_variant" for one in refused)
    assert isinstance(deleted, Written)
    assert isinstance(gone, Written)
    assert (deleted.gone, gone.gone) == (True, True)


@VERSIONS
async def test_many_variants_of_one_product_are_made_at_once(version: int) -> None:
    odoo, product = await made_here(version)
    states = [(await odoo.resolved(variant(product, None, Size=f"S{n}"))).state for n in range(30)]

    results = await odoo.results(*[odoo.creation(one, f"{MARKER}_{at}") for at, one in enumerate(states)])

    assert all(isinstance(one, Written) for one in results)
    assert len(odoo.calls()) <= 20
    assert odoo.calls().count("product.template.write") == 1
    assert odoo.calls().count("product.product.create") == 1


@VERSIONS
async def test_an_attribute_that_is_only_a_note_on_order_lines_makes_no_variant(version: int) -> None:
    odoo, product = await made_here(version)
    note = odoo.db.add("product.attribute", {"name": "Size", "create_variant": "no_variant"})

    [written] = await created(odoo, variant(product, Size="M"))

    assert written.state["attributes"] == {"Size": "M"}
    lines = odoo.db.tables["product.template.attribute.line"].values()
    assert note not in [line["attribute_id"] for line in lines]
