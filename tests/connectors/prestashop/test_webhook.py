"""The shop module's own events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.prestashop.webhook import parse_shop_event
from app.entities.base import Action, EntityType, Ref, Side
from app.errors import BadPayload


def test_an_event_names_the_record_that_changed() -> None:
    event = parse_shop_event(
        b'{"event_id": "ps-1", "entity_type": "customer", "action_type": "deleted", "data": {"id": "67", "x": 1}}'
    )

    assert event.ref == Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id="67")
    assert event.action is Action.DELETED
    assert event.entity_key == "67"
    assert event.data == {"id": "67", "x": 1}


def test_an_image_is_named_with_its_product() -> None:
    event = parse_shop_event(
        b'{"event_id": "ps-1", "entity_type": "image", "action_type": "created", "data": {"id": "8/24"}}'
    )

    assert event.ref == Ref(side=Side.SHOP, entity_type=EntityType.IMAGE, native_id="8/24")


def test_what_the_database_cannot_hold_in_data_does_not_lose_the_change() -> None:
    event = parse_shop_event(
        b'{"event_id": "ps-1", "entity_type": "customer", "action_type": "updated", '
        b'"data": {"id": 67, "note": "a\\u0000b", "x\\u0000": [{"y": "\\u0000"}, 1]}}'
    )

    assert event.native_id == "67"
    assert event.data == {"id": 67, "note": "ab", "x": [{"y": ""}, 1]}


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"{", None),
        (b'{"event_id": "e", "entity_type": "image", "action_type": "updated", "data": {"id": 24}}', "data.id"),
        (b'{"event_id": "e", "entity_type": "invoice", "action_type": "updated", "data": {"id": 1}}', "entity_type"),
        (b'{"event_id": "e", "entity_type": "order", "action_type": "paid", "data": {"id": 1}}', "action_type"),
        (b'{"event_id": "e", "entity_type": "order", "action_type": "updated", "data": {}}', "data.id"),
        (b'{"event_id": "e", "entity_type": "order", "action_type": "updated", "data": {"id": 0}}', "data.id"),
        (b'{"event_id": "e\\u0000", "entity_type": "order", "action_type": "updated", "data": {"id": 1}}', "event_id"),
    ],
)
def test_an_event_that_names_no_record_is_refused(raw: bytes, field: str | None) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_shop_event(raw)

    assert caught.value.field == field


@given(st.binary(max_size=100))
def test_any_bytes_are_an_event_or_a_refusal(raw: bytes) -> None:
    with pytest.raises(BadPayload):
        parse_shop_event(raw)
