"""What customers order of a shop. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """`reference` is what people call it; `status`: waiting, paid, shipped or cancelled; `customer` and `delivery` are
    references, `delivery` empty for a place that is no account's."""

    reference: str
    status: str
    total: Decimal
    untaxed: Decimal
    customer: str
    delivery: str
    at: datetime
    note: str
    tracking: str


class Sales(Protocol):
    """`taxes`: percentages that the shop reckons with, its own country's buyers pay the first."""

    taxes: tuple[float, ...]

    def order(
        self, customer: str, *, place: str | None = None, thing: str | None = None, quantity: int = 1,
        status: str = "paid",
    ) -> str:  # fmt: skip
        """Of one mug, to the first address the customer has, shipped for 7 without tax."""
        ...

    def guest_order(self, email: str) -> str:
        """Of one mug, by Grace Hopper, who has no account, in the shop's own country."""
        ...

    def move_order(self, number: str, status: str) -> None: ...

    def save_order(self, number: str) -> None: ...

    def misstate_total(self, number: str, *, taxed: str, untaxed: str) -> None:
        """By SQL: the order's sum says something else than its lines."""
        ...

    def sold(self, number: str) -> Sold: ...

    def entered(self, number: str, status: str) -> int:
        """How often the order came to that status after it was placed."""
        ...
