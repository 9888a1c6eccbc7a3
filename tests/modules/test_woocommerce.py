"""What each setting of the module WooCommerce switches on."""

from __future__ import annotations

from typing import Any

import pytest

from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules.base import Effect, Place
from app.modules.registry import check_modules
from app.modules.woocommerce import MODULE, WoocommerceSettings

PLACE = Place(shop_kind="woocommerce", modules=frozenset({"woocommerce"}))


def effect(**settings: Any) -> Effect:
    return MODULE.effect(WoocommerceSettings.model_validate(settings), PLACE)


def directions(found: Effect) -> dict[str, str]:
    return {kind.value: how["direction"] for kind, how in found.entities.items()}


def test_everything_is_kept_with_the_defaults() -> None:
    found = effect()

    assert directions(found) == {
        "product": "both",
        "category": "both",
        "variant": "both",
        "image": "both",
        "stock": "odoo_to_shop",
        "customer": "shop_to_odoo",
        "address": "shop_to_odoo",
        "order": "both",
        "refund": "shop_to_odoo",
        "coupon": "both",
        "invoice": "odoo_to_shop",
    }
    assert found.entities.keys() == MODULE.entity_types
    assert found.documents == {EntityType.INVOICE}
    assert found.odoo == {"auto_confirm_orders": True}
    assert (found.shop, found.off) == ({}, {})


@pytest.mark.parametrize(
    ("settings", "off"),
    [
        (
            {"sync_products": False},
            {
                "product": "sync_products",
                "category": "sync_products",
                "variant": "sync_products",
                "image": "sync_products",
                "stock": "sync_products",
            },
        ),
        ({"sync_product_images": False}, {"image": "sync_product_images"}),
        ({"sync_stock": False}, {"stock": "sync_stock"}),
        (
            {"sync_orders": False},
            dict.fromkeys(("customer", "address", "order", "refund", "coupon", "invoice"), "sync_orders"),
        ),
    ],
)
def test_each_switch_switches_off_what_it_names(settings: dict[str, bool], off: dict[str, str]) -> None:
    found = effect(**settings)

    assert {kind.value: why for kind, why in found.off.items()} == off
    assert found.entities.keys() == MODULE.entity_types - found.off.keys()


def test_without_orders_there_are_no_documents() -> None:
    assert effect(sync_orders=False).documents == frozenset()


def test_auto_confirm_orders_is_an_option_of_odoo() -> None:
    assert effect(auto_confirm_orders=False).odoo == {"auto_confirm_orders": False}


def test_the_connectors_options_go_to_the_connector_and_the_switches_do_not() -> None:
    found = effect(sync_stock=True, manage_stock=True, order_statuses={"shipped": ["wc-shipped"]})

    assert found.shop["manage_stock"] is True
    assert found.shop["order_statuses"]["shipped"] == ["shipped"]
    assert found.shop.keys() == {"manage_stock", "order_statuses"}


@pytest.mark.parametrize("name", ["sync_stock", "sync_product_images"])
def test_what_needs_products_cannot_be_asked_for_without_them(name: str) -> None:
    with pytest.raises(BadPayload, match=f"modules.woocommerce.{name} needs modules.woocommerce.sync_products"):
        effect(sync_products=False, **{name: True})


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"sync_stock": "often"}, "modules.woocommerce.sync_stock"),
        ({"sync_stok": True}, "modules.woocommerce.sync_stok"),
        ({"currency": "euro"}, "modules.woocommerce.currency"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPayload) as caught:
        check_modules({"woocommerce": settings}, shop_kind="woocommerce")

    assert caught.value.field == field


def test_it_needs_a_woocommerce() -> None:
    with pytest.raises(BadPayload, match="module woocommerce needs a woocommerce connection"):
        check_modules({"woocommerce": {}}, shop_kind="prestashop")


def test_with_crm_people_go_both_ways_and_orders_still_bring_customers_without_it() -> None:
    both = check_modules({"crm": {}, "woocommerce": {}}, shop_kind="woocommerce").sync
    off = check_modules({"crm": {"sync_users_as_contacts": False}, "woocommerce": {}}, shop_kind="woocommerce").sync

    assert both["entities"]["customer"]["direction"] == "both"
    assert off["entities"]["customer"]["direction"] == "shop_to_odoo"
    assert "shop" not in both


def test_a_setting_that_is_misspelled_is_answered_with_the_one_that_was_meant() -> None:
    with pytest.raises(BadPayload) as caught:
        check_modules({"woocommerce": {"sync_stok": True}}, shop_kind="woocommerce")

    assert caught.value.message == "modules.woocommerce.sync_stok is not known; did you mean sync_stock?"
