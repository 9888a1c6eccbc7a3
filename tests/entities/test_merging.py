"""Several patches as one: what it means must be what applying them in order means."""

from __future__ import annotations

import pytest

from app.entities.base import EntityType, Json
from app.entities.merging import merge_patches

Patch = dict[str, Json]


def test_field_by_field_the_later_wins() -> None:
    patches: list[Patch] = [{"firstname": "A", "company": "C"}, {"firstname": "B"}]

    assert merge_patches(EntityType.CUSTOMER, patches) == {"firstname": "B", "company": "C"}


@pytest.mark.parametrize(
    ("patches", "merged"),
    [
        ([{"reduction_percent": "20"}, {"reduction_amount": "5"}], {"reduction_amount": "5"}),
        ([{"reduction_amount": "5"}, {"reduction_percent": "20"}], {"reduction_percent": "20"}),
        (
            [{"reduction_amount": "5"}, {"reduction_percent": "0"}],
            {"reduction_amount": "5", "reduction_percent": "0"},
        ),
        (
            [{"reduction_percent": "20"}, {"reduction_amount": "5"}, {"reduction_percent": "10"}],
            {"reduction_percent": "10"},
        ),
        ([{"name": {"en": "A"}}, {"name": "B"}], {"name": "B"}),
        ([{"name": "A"}, {"name": "B"}], {"name": "B"}),
        ([{"active": True}, {"name": {"en": "A"}}], {"active": True, "name": {"en": "A"}}),
        ([{"name": "A"}, {"name": {"en": "B"}}], None),
        ([{"name": {"en": "A"}}, {"active": True}, {"name": {"fr": "B"}}], None),
    ],
)
def test_a_coupon_takes_the_last_kind_of_reduction_and_keeps_its_names(
    patches: list[Patch], merged: Patch | None
) -> None:
    assert merge_patches(EntityType.COUPON, patches) == merged


@pytest.mark.parametrize(
    ("patches", "merged"),
    [
        ([{"id_customer": 67}, {"customer_email": "o@x.test"}], {"customer_email": "o@x.test"}),
        ([{"customer_email": "o@x.test"}, {"id_customer": 67, "city": "B"}], {"id_customer": 67, "city": "B"}),
        ([{"id_customer": 67}, {"city": "B"}], {"id_customer": 67, "city": "B"}),
        (
            [{"id_country": "US", "id_state": "CA"}, {"id_country": "FR", "id_state": None}],
            {"id_country": "FR", "id_state": None},
        ),
        ([{"id_country": "FR", "city": "A"}, {"id_country": "FR"}], {"id_country": "FR", "city": "A"}),
        ([{"id_state": "CA"}, {"id_country": "IT"}], None),
        ([{"id_country": "IT"}, {"id_state": "CA"}], None),
        ([{"id_country": "FR"}, {"id_country": "US"}], None),
        ([{"id_country": "US", "id_state": "CA"}, {"city": "B"}, {"id_country": "FR"}], None),
    ],
)
def test_an_address_has_one_owner_and_one_place(patches: list[Patch], merged: Patch | None) -> None:
    assert merge_patches(EntityType.ADDRESS, patches) == merged


@pytest.mark.parametrize(
    ("patches", "merged"),
    [
        (
            [{"message": "fraud"}, {"current_state": 4, "message_private": False}],
            {"message": "fraud", "current_state": 4},
        ),
        (
            [{"message_private": False}, {"message": "fraud"}],
            {"message": "fraud"},
        ),
        (
            [{"message": "hello", "message_private": False}, {"message_private": True}],
            {"message": "hello", "message_private": False},
        ),
        ([{"message": "a"}, {"note": "n"}, {"message": "b"}], None),
        ([{"lines": [{"id_product": 8}]}, {"lines": [{"id_product": 9}]}], None),
    ],
)
def test_a_message_of_an_order_keeps_its_privacy_and_two_stay_two(patches: list[Patch], merged: Patch | None) -> None:
    assert merge_patches(EntityType.ORDER, patches) == merged


def test_one_patch_is_itself() -> None:
    assert merge_patches(EntityType.ORDER, [{"message": "a", "message_private": False}]) == {
        "message": "a",
        "message_private": False,
    }
