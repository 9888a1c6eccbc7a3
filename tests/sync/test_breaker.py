"""When a pair counts as flipping, by what was written to it and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.entities.base import Side
from app.sync.breaker import MOST_FLIPS, MOST_REPEATS, WINDOW, flipping, note_write

START = datetime(2026, 11, 21, 10, tzinfo=UTC)


def noted(writes: Iterable[tuple[Side, str]], *, every: timedelta = timedelta(seconds=1)) -> Mapping[str, Any]:
    recent: Mapping[str, Any] = {}
    for at, (side, name) in enumerate(writes):
        recent = note_write(recent, side, {"name": name}, START + at * every)
    return recent


def back_and_forth(times: int) -> list[tuple[Side, str]]:
    """Somebody on each side puts the same value back."""
    return [pair for _ in range(times) for pair in ((Side.SHOP, "Ada"), (Side.ODOO, "Grace"))]


def test_the_same_content_put_back_again_and_again_is_flipping() -> None:
    assert flipping(noted(back_and_forth(MOST_REPEATS))) is None
    reason = flipping(noted(back_and_forth(MOST_REPEATS + 1)))
    assert reason is not None
    assert "7 times within 10 minutes" in reason


def test_what_is_spread_over_a_longer_time_is_a_person() -> None:
    assert flipping(noted(back_and_forth(20), every=WINDOW)) is None


@pytest.mark.parametrize("side", [Side.SHOP, Side.ODOO])
def test_ever_new_content_to_one_side_is_work_and_no_loop(side: Side) -> None:
    assert flipping(noted([(side, str(n)) for n in range(500)], every=timedelta(milliseconds=100))) is None


def test_ever_new_content_on_alternating_sides_faster_than_people_work_is_flipping() -> None:
    writes = [((Side.SHOP, Side.ODOO)[n % 2], str(n)) for n in range(MOST_FLIPS + 2)]

    assert flipping(noted(writes[: MOST_FLIPS - 1])) is None
    assert flipping(noted(writes)) is not None


def test_notes_that_make_no_sense_count_for_nothing_and_stay_few() -> None:
    assert flipping({}) is None
    assert flipping({"writes": "x"}) is None
    assert flipping({"writes": [[1], "y", None]}) is None
    assert len(noted([(Side.SHOP, str(n)) for n in range(1000)], every=timedelta())["writes"]) <= MOST_FLIPS + 1
