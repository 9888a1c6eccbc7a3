"""What WooCommerce's deliveries come down to; bodies and headers as a 9.9.5 sent them, shortened."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.hint import Delivery, Suspect
from app.connectors.woocommerce.webhook import Fault, is_ping, parse_delivery
from app.entities.base import Action, EntityType
from app.errors import BadPayload

PRODUCT: dict[str, Any] = {
    "id": 50,
    "name": "Mug",
    "permalink": "http://shop.test/product/mug/",
    "date_modified_gmt": "2026-11-21T01:19:36",
    "type": "simple",
    "status": "publish",
    "manage_stock": True,
    "stock_quantity": 4,
    "images": [{"id": 55, "src": "http://shop.test/mug.png"}, {"id": 56, "src": "http://shop.test/mug2.png"}],
    "related_ids": [22, 49, 13],
    "parent_id": 0,
    "_links": {"self": [{"href": "http://shop.test/wp-json/wc/v3/products/50"}]},
}
VARIATION = PRODUCT | {"id": 51, "type": "variation", "parent_id": 50, "images": []}
ORDER: dict[str, Any] = {
    "id": 55,
    "status": "processing",
    "date_modified_gmt": "2026-11-21T01:21:24",
    "refunds": [{"id": 56, "reason": "", "total": "-33.00"}, {"id": 58, "reason": "", "total": "-1.00"}],
}
DATE = "2026-11-21T01:19:36"


def delivery(topic: str, body: Any) -> Delivery:
    return parse_delivery(orjson.dumps(body), {"x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": "010dcd5a"})


def named(topic: str, body: Any) -> list[tuple[str, str, str]]:
    return [(each.entity_type, each.native_id, each.action) for each in delivery(topic, body).suspects]


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        (
            "customer.created",
            {"id": 67, "date_modified_gmt": None},
            [
                ("customer", "67", "created"),
                ("address", "67:billing", "created"),
                ("address", "67:shipping", "created"),
            ],
        ),
        (
            "customer.created",
            {"id": 67, "billing": {"address_1": "", "city": "", "country": "DE"}, "shipping": {"city": "Berlin"}},
            [
                ("customer", "67", "created"),
                ("address", "67:billing", "deleted"),
                ("address", "67:shipping", "created"),
            ],
        ),
        (
            "product.updated",
            PRODUCT,
            [
                ("product", "50", "updated"),
                ("stock", "50", "updated"),
                ("image", "50/55", "updated"),
                ("image", "50/56", "updated"),
            ],
        ),
        ("product.created", {"id": 50, "manage_stock": False, "images": []}, [("product", "50", "created")]),
        ("product.restored", {"id": 50, "images": [{"id": 0}]}, [("product", "50", "updated")]),
        ("product.updated", {"id": 50, "type": "variable", "manage_stock": True}, [("product", "50", "updated")]),
        ("product.updated", VARIATION, [("variant", "50/51", "updated"), ("stock", "50/51", "updated")]),
        ("product.created", VARIATION, [("variant", "50/51", "created"), ("stock", "50/51", "updated")]),
        ("product.updated", VARIATION | {"manage_stock": "parent"}, [("variant", "50/51", "updated")]),
        (
            "order.updated",
            ORDER,
            [("order", "55", "updated"), ("refund", "55/56", "updated"), ("refund", "55/58", "updated")],
        ),
        ("order.created", {"id": 7, "refunds": []}, [("order", "7", "created")]),
        ("coupon.updated", {"id": 5, "code": "TEN"}, [("coupon", "5", "updated")]),
        ("product.deleted", {"id": 50}, [("product", "50", "deleted")]),
        ("coupon.deleted", {"id": 50}, [("coupon", "50", "deleted")]),
    ],
)
def test_a_delivery_names_the_records_that_may_have_changed(
    topic: str, body: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    assert named(topic, body) == expected


def test_a_coupon_is_told_from_an_error_though_both_have_a_code() -> None:
    assert delivery("coupon.created", {"id": 5, "code": "invalid"}).fault is None


@pytest.mark.parametrize(
    ("body", "fault", "says"),
    [
        (
            {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 404}},
            Fault.GONE,
            "was gone when the shop told of it (woocommerce_rest_product_invalid_id)",
        ),
        (
            {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 403}},
            Fault.NO_RIGHT,
            "the webhook's owner may not read it",
        ),
        ({"code": "odd", "data": None}, Fault.GONE, "was gone"),
    ],
)
def test_an_error_object_names_nothing_and_says_why(body: dict[str, Any], fault: Fault, says: str) -> None:
    found = delivery("product.updated", body)

    assert (found.suspects, found.fault, found.topic) == ((), fault, "product.updated")
    assert says in found.notes[0]


@pytest.mark.parametrize(
    ("topic", "body", "says"),
    [
        ("order.updated", ORDER | {"status": "checkout-draft"}, "a draft still"),
        ("product.created", PRODUCT | {"status": "auto-draft"}, "a draft still"),
        ("action.woocommerce_add_to_cart", {"action": "x", "arg": 1}, "are of no use here"),
        ("product.sold", PRODUCT, "are of no use here"),
        ("product.updated", {"id": 51, "type": "variation", "parent_id": 0}, "names no product"),
    ],
)
def test_what_means_no_record_is_no_error(topic: str, body: dict[str, Any], says: str) -> None:
    found = delivery(topic, body)

    assert found.suspects == ()
    assert says in found.notes[0]


def test_the_hash_is_of_what_the_record_says_and_not_of_how_it_was_asked_for() -> None:
    again = PRODUCT | {"related_ids": [1], "permalink": "https://shop.test/product/mug/", "_links": {}}

    assert delivery("product.updated", again).body_hash == delivery("product.updated", PRODUCT).body_hash
    assert delivery("product.updated", PRODUCT | {"name": "Cup"}).body_hash != again_hash()


def again_hash() -> str:
    return delivery("product.updated", PRODUCT).body_hash


def test_every_arrival_is_an_event_of_its_own_with_the_record_and_its_date_in_the_name() -> None:
    told = delivery("product.updated", PRODUCT)

    assert told.event_id(7) == f"woo-product.updated-50-{DATE}-{told.body_hash[:12]}-7"
    assert told.event_id(7) != told.event_id(8)
    odd = delivery("product.updated", PRODUCT | {"date_modified_gmt": "2026\u0000"})
    assert odd.event_id(7) == f"woo-product.updated-50-{odd.body_hash[:12]}-7"


@pytest.mark.parametrize(
    ("raw", "topic", "field"),
    [
        (b"{", "product.updated", None),
        (b"[]", "product.updated", None),
        (b'{"id": "x"}', "product.updated", "id"),
        (b'{"id": 0}', "order.deleted", "id"),
        (b"{}", "customer.created", "id"),
        (b'{"id": 1}', "", "x-wc-webhook-topic"),
        pytest.param(b'{"id": 1, "a": ' + b"[" * 600 + b"]" * 600 + b"}", "order.updated", None, id="nested deeply"),
    ],
)
def test_a_body_that_names_no_record_is_refused(raw: bytes, topic: str, field: str | None) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_delivery(raw, {"x-wc-webhook-topic": topic})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"webhook_id=3", True), (b"webhook_id=3\n", True), (b"webhook_id=", False), (b"webhook_id=3&x=1", False)],
)
def test_the_test_delivery_of_a_new_webhook_is_known(raw: bytes, expected: bool) -> None:
    assert is_ping(raw) is expected


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers()), max_size=4))
def test_any_object_is_a_delivery_or_a_refusal(body: dict[str, Any]) -> None:
    raw = json.dumps({**body, "id": 5} if len(body) % 2 else body).encode()
    for resource in ("customer", "product", "order", "coupon"):
        try:
            found = parse_delivery(raw, {"x-wc-webhook-topic": f"{resource}.updated"})
        except BadPayload:
            continue
        assert all(isinstance(each, Suspect) for each in found.suspects)


@pytest.mark.parametrize("status", [[], {}, [403], {"a": 1}, 1.5, None, True])
def test_a_status_of_any_form_is_looked_at_without_a_crash(status: object) -> None:
    assert delivery("order.updated", {"id": 55, "status": status}).suspects
    assert delivery("order.updated", {"code": "x", "data": {"status": status}}).fault is Fault.GONE


def test_a_deletion_keeps_its_word_for_the_record_itself_only() -> None:
    told = delivery("customer.deleted", {"id": 67})

    assert {each.action for each in told.suspects} == {Action.DELETED}
    assert {each.entity_type for each in told.suspects} == {EntityType.CUSTOMER, EntityType.ADDRESS}
