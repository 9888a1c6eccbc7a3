"""What an operator can set. What each option does is shown where it acts."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.records import OrderStatus


def options(**given: Any) -> WoocommerceOptions:
    return WoocommerceOptions.model_validate(given)


def test_by_itself_each_status_has_the_shops_own_word() -> None:
    assert options().order_statuses == {
        OrderStatus.DRAFT: ("pending", "failed"),
        OrderStatus.SENT: ("on-hold",),
        OrderStatus.CONFIRMED: ("processing",),
        OrderStatus.SHIPPED: ("completed",),
        OrderStatus.DONE: ("completed",),
        OrderStatus.CANCELLED: ("cancelled",),
    }


def test_statuses_that_are_not_named_keep_their_meaning() -> None:
    statuses = options(order_statuses={"shipped": ["wc-shipped"], "cancelled": ["cancelled", "failed"]}).order_statuses

    assert statuses[OrderStatus.SHIPPED] == ("shipped",)
    assert statuses[OrderStatus.DONE] == ("completed",)
    assert statuses[OrderStatus.DRAFT] == ("pending",)
    assert statuses[OrderStatus.CANCELLED] == ("cancelled", "failed")


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Olympus"},
        {"currency": "euro"},
        {"default_country": "Germany"},
        {"people": "everybody"},
        {"order_statuses": {"lost": ["lost"]}},
        {"role": ""},
        {"colour": "red"},
    ],
)
def test_what_is_no_setting_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        options(**wrong)

    assert refused.value.errors()[0]["loc"][0] == next(iter(wrong))


def test_every_option_is_described() -> None:
    assert all(field.description for field in WoocommerceOptions.model_fields.values())
