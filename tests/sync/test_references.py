"""References of records in the other side's ids."""

from __future__ import annotations

from typing import Any

from app.entities.base import EntityType
from app.sync.references import Dangling, Known, dangling, translated

KNOWN: Known = {
    (EntityType.CUSTOMER, "67"): "1001",
    (EntityType.PRODUCT, "8"): "5",
    (EntityType.VARIANT, "9"): "31",
    (EntityType.CATEGORY, "3"): "7",
}
ORDER: dict[str, Any] = {
    "reference": "XKBKNABJK",
    "customer": "67",
    "invoice_address": "12",
    "delivery_address": None,
    "lines": [{"product": "8", "variant": "9", "quantity": "2"}, {"product": "99", "variant": None, "quantity": "1"}],
}


def test_references_are_translated_also_those_of_lines_and_the_rest_is_left() -> None:
    record = translated(EntityType.ORDER, ORDER, KNOWN)

    assert (record["customer"], record["invoice_address"], record["reference"]) == ("1001", None, "XKBKNABJK")
    assert record["lines"] == [
        {"product": "5", "variant": "31", "quantity": "2"},
        {"product": None, "variant": None, "quantity": "1"},
    ]
    assert ORDER["lines"][0]["product"] == "8", "the record given is not changed"


def test_what_has_no_pair_is_named_with_its_field_and_whether_nothing_goes_without_it() -> None:
    assert list(dangling(EntityType.ORDER, ORDER, KNOWN)) == [
        Dangling("invoice_address", EntityType.ADDRESS, "12", False),
        Dangling("lines.product", EntityType.PRODUCT, "99", False),
    ]
    assert list(dangling(EntityType.ADDRESS, {"customer": "68"}, KNOWN)) == [
        Dangling("customer", EntityType.CUSTOMER, "68", True)
    ]


def test_a_reference_that_the_record_does_not_have_is_not_made_up() -> None:
    assert translated(EntityType.PRODUCT, {"name": "Mug"}, KNOWN) == {"name": "Mug"}
    assert translated(EntityType.PRODUCT, {"category": "3"}, KNOWN) == {"category": "7"}
    assert list(dangling(EntityType.CATEGORY, {"parent": None}, KNOWN)) == []
    assert list(dangling(EntityType.ORDER, {"lines": None}, KNOWN)) == []
