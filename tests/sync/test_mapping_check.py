"""An operator's mappings against the fields that a real Odoo and a real shop have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx
import pytest

from app.connections.sync_settings import FieldMapping
from app.connectors.base import Desired, RecordPort, Resolved
from app.connectors.peer import Peer
from app.connectors.registry import KINDS, open_connector
from app.entities.base import EntityType, Record, Side
from app.sandbox import prestashop, woocommerce
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.seed import seeded
from app.sync.mapping_check import Checked, check_mappings

VERSIONS = pytest.mark.parametrize("version", [17, 19])
SHOPS = pytest.mark.parametrize("shop", ["prestashop", "woocommerce"])


def peers(
    version: int = 17, *, shop: str = "prestashop", odoo: httpx.AsyncBaseTransport | None = None
) -> Mapping[Side, Peer]:
    """A sandbox Odoo and a sandbox shop as a link's two ends; `odoo` replaces the way to the first."""
    credentials = {"database": "odoo", "username": "admin", "api_key": "sandbox-key"}
    way = odoo or httpx.ASGITransport(create_app(seeded(version=version)))
    return {
        Side.ODOO: Peer(name="erp", kind="odoo", url="http://odoo.test", credentials=credentials, transport=way),
        Side.SHOP: _woocommerce() if shop == "woocommerce" else _prestashop(),
    }


def _prestashop() -> Peer:
    shop = prestashop.create_sandbox()
    return Peer(
        name="boutique",
        kind="prestashop",
        url="http://shop.test",
        credentials={"api_key": shop.key},
        transport=httpx.ASGITransport(shop),
    )


def _woocommerce() -> Peer:
    shop = woocommerce.create_sandbox()
    return Peer(
        name="boutique",
        kind="woocommerce",
        url="https://woo.test",
        credentials={"consumer_key": shop.key, "consumer_secret": shop.secret},
        transport=httpx.ASGITransport(shop),
    )


def mapping(odoo_field: str = "ref", shop_field: str = "siret", **more: Any) -> FieldMapping:
    return FieldMapping.model_validate(
        {"entity": "customer", "odoo_field": odoo_field, "shop_field": shop_field} | more
    )


async def check(*mappings: FieldMapping, ends: Mapping[Side, Peer] | None = None) -> Checked:
    return await check_mappings(mappings, ends or peers())


@VERSIONS
async def test_a_pair_of_fields_that_both_peers_have_is_fine(version: int) -> None:
    assert await check(mapping(), mapping("comment", "note"), ends=peers(version)) == Checked()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (mapping("reff"), "odoo has no field reff there; did you mean ref?"),
        (mapping(shop_field="siretz"), "prestashop has no field siretz there; did you mean siret?"),
        (mapping(shop_field="zzzzzz"), "prestashop has no field zzzzzz there"),
        (mapping("website"), "website is kept the same already; leave the mapping out"),
        (mapping(shop_field="firstname"), "firstname is kept the same already; leave the mapping out"),
        (
            mapping("create_date", converter="date"),
            "create_date cannot be written in odoo; set direction: odoo_to_shop",
        ),
        (
            mapping("display_name", direction="shop_to_odoo"),
            "display_name cannot be written in odoo; set direction: odoo_to_shop",
        ),
        (
            mapping(shop_field="date_add", converter="date"),
            "date_add cannot be written in prestashop; set direction: shop_to_odoo",
        ),
        (
            mapping(shop_field="newsletter"),
            "newsletter is of type isBool, which text does not fit; set converter: boolean",
        ),
        (
            mapping("customer_rank", converter="text"),
            "customer_rank is of type integer, which text does not fit; set converter: integer",
        ),
        (
            mapping("category_id"),
            "category_id is of type many2many, which text does not fit; fields of this type cannot",
        ),
    ],
)
async def test_a_mapping_that_cannot_work_is_told_with_what_to_do(given: FieldMapping, said: str) -> None:
    checked = await check(given)

    [problem] = checked.problems
    assert problem.startswith(f"sync.mappings: customer {given.odoo_field} ⇄ {given.shop_field}: {said}")
    assert checked.warnings == ()


@pytest.mark.parametrize(
    "given",
    [
        mapping("display_name", direction="odoo_to_shop"),
        mapping("create_date", converter="date", direction="odoo_to_shop"),
        mapping("customer_rank", direction="odoo_to_shop"),
        mapping("ref", "date_add", converter="date", direction="shop_to_odoo"),
    ],
)
async def test_a_field_that_is_only_read_may_be_read_only_and_of_another_type(given: FieldMapping) -> None:
    assert await check(given) == Checked()


@pytest.mark.parametrize(
    ("entity", "shop_field", "converter", "said"),
    [
        ("customer", "email", "text", "email is kept the same already; leave the mapping out"),
        ("customer", "_seen", "text", "woocommerce has no field _seen there"),
        ("customer", "username", "text", "username cannot be written in woocommerce; set direction: shop_to_odoo"),
        ("product", "regular_price", "decimal", "regular_price is kept the same already; leave the mapping out"),
        (
            "product",
            "sale_price",
            "decimal",
            "sale_price cannot be written in woocommerce; set direction: shop_to_odoo",
        ),
        ("order", "line_items", "text", "line_items cannot be written in woocommerce; set direction: shop_to_odoo"),
        ("order", "payment_method_title", "text", "payment_method_title is kept the same already; leave the mapping"),
        ("coupon", "amount", "decimal", "amount is kept the same already; leave the mapping out"),
        ("category", "color", "text", "woocommerce has no field color there"),
    ],
)
async def test_a_mapping_that_cannot_work_in_a_woocommerce_is_told_with_what_to_do(
    entity: str, shop_field: str, converter: str, said: str
) -> None:
    real = {"customer": "ref", "product": "standard_price", "order": "origin", "coupon": "name", "category": "name"}
    given = mapping(real[entity], shop_field, entity=entity, converter=converter)

    checked = await check(given, ends=peers(shop="woocommerce"))

    assert [problem for problem in checked.problems if said in problem]


@pytest.mark.parametrize(
    "given",
    [
        mapping("ref", "loyalty-level"),
        mapping("customer_rank", "Points", converter="integer"),
        mapping("is_company", "b2b", converter="boolean"),
        mapping("comment", "username", direction="shop_to_odoo"),
        mapping("standard_price", "_wc_cog_cost", entity="product", converter="decimal"),
        mapping("standard_price", "sale_price", entity="product", converter="decimal", direction="shop_to_odoo"),
        mapping("origin", "transaction_id", entity="order", direction="shop_to_odoo"),
        mapping("origin", "date_paid", entity="order", converter="date", direction="shop_to_odoo"),
    ],
)
async def test_meta_data_and_columns_that_are_only_read_may_be_mapped(given: FieldMapping) -> None:
    assert await check(given, ends=peers(shop="woocommerce")) == Checked()


async def test_a_list_or_an_object_is_mapped_neither_way() -> None:
    given = mapping("origin", "line_items", entity="order", direction="shop_to_odoo")

    [problem] = (await check(given, ends=peers(shop="woocommerce"))).problems

    assert problem.endswith(
        "line_items is of type object, which text does not fit; fields of this type cannot be mapped"
    )


async def test_a_peer_that_does_not_answer_is_a_warning_and_the_other_is_checked_all_the_same() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    checked = await check(mapping(shop_field="siretz"), ends=peers(odoo=httpx.MockTransport(away)))

    assert [each.partition(":")[0] for each in checked.warnings] == ["the mapped fields could not be checked in erp"]
    assert len(checked.problems) == 1


async def test_without_mappings_nobody_is_asked() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    assert await check(ends=peers(odoo=httpx.MockTransport(refuse))) == Checked()


@SHOPS
@VERSIONS
async def test_the_records_own_fields_are_real_fields_of_the_peers(version: int, shop: str) -> None:
    ends = peers(version, shop=shop)
    real = {ends[side].kind: await _native(ends[side]) for side in Side}

    unknown = {
        (kind, entity_type): names - set(real[kind][entity_type])
        for kind in real
        for entity_type, names in KINDS[kind].native_types.own.items()
    }

    gone = {"mobile", "detailed_type", "is_storable", "type", "product_type", "is_virtual"}  # of some versions only
    gone.add("url")  # of WordPress users, not of customers
    assert {cell: names - gone for cell, names in unknown.items() if names - gone} == {}


RECORDS: dict[EntityType, Record] = {
    EntityType.CUSTOMER: {
        "email": "a@x.test", "name": "Ada King", "company": "Acme", "website": "https://x.test", "language": "en",
        "active": True,
    },
    EntityType.CATEGORY: {"name": "Shoes", "parent": None, "active": True},
    EntityType.PRODUCT: {
        "name": "Shoe", "sku": "S1", "barcode": None, "price": "10", "active": True, "description": "Fine",
        "weight": "1", "category": None, "type": "goods",
    },
}  # fmt: skip


@pytest.mark.parametrize("entity_type", list(RECORDS))
@pytest.mark.parametrize(("side", "shop"), [(Side.ODOO, ""), (Side.SHOP, "prestashop"), (Side.SHOP, "woocommerce")])
async def test_no_field_that_a_record_writes_is_missing_among_them(
    side: Side, shop: str, entity_type: EntityType
) -> None:
    peer = peers(shop=shop)[side]
    connector = open_connector(peer)
    port = cast(RecordPort, connector.port(entity_type))

    [resolved] = await port.from_records([Desired(fields=RECORDS[entity_type])])
    await connector.aclose()

    assert isinstance(resolved, Resolved)
    native = set((await _native(peer))[entity_type])
    written = {name.partition(":")[0] for name in resolved.state} & native
    assert written
    assert written <= KINDS[peer.kind].native_types.own[entity_type]


async def _native(peer: Peer) -> dict[EntityType, Mapping[str, str]]:
    connector = open_connector(peer)
    try:
        kinds = list(KINDS[peer.kind].native_types.own)
        ports = [cast(RecordPort, connector.port(kind)) for kind in kinds]
        return dict(zip(kinds, await asyncio.gather(*(port.native_fields() for port in ports)), strict=True))
    finally:
        await connector.aclose()
