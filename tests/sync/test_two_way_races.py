"""The pure parts of the two-way sync where states are half known or writes follow one another quickly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connections.sync_settings import ConflictRule
from app.entities.base import Side
from app.sync.breaker import flipping, note_write
from app.sync.merge import Rules, Sides, merge

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = Rules(rule=ConflictRule.ODOO_WINS)


def noted(writes: list[tuple[Side, str]]) -> dict[str, Any]:
    recent: dict[str, Any] = {}
    for number, (side, quantity) in enumerate(writes):
        recent = note_write(recent, side, {"quantity": quantity}, NOW + timedelta(seconds=number))
    return recent


def test_stock_that_one_side_moves_up_and_down_is_no_loop() -> None:
    sold_and_given_back = [(Side.SHOP, str(quantity)) for _ in range(20) for quantity in (1, 0)]

    assert flipping(noted(sold_and_given_back)) is None


def test_two_sides_that_put_the_same_values_back_are_a_loop() -> None:
    assert flipping(noted([(side, str(side)) for _ in range(7) for side in Side])) is not None


@pytest.mark.parametrize("agreed_side", list(Side))
@pytest.mark.parametrize("source_side", list(Side))
def test_at_a_first_contact_of_which_one_side_was_agreed_on_nothing_is_erased(
    source_side: Side, agreed_side: Side
) -> None:
    """A command of Odoo's has touched the shop's record before anybody looked at Odoo's."""
    other = Side.SHOP if source_side is Side.ODOO else Side.ODOO
    held: dict[str, Any] = {"company": "Engines", "name": "Ada"}
    source = Sides(side=source_side, now={"company": None, "name": "Ada King"}, base=None)
    target = Sides(side=other, now=held, base=None)
    if agreed_side is source_side:
        source = Sides(side=source_side, now=source.now, base=source.now)
    else:
        target = Sides(side=other, now=held, base=held)

    merged = merge(source, target, RULES)

    assert "company" in merged.back
    assert [each.name for each in merged.conflicts] == ["name"]
