"""Backoff, by table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.queue.retry import backoff


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [(1, 1.0, 2.0), (1, 0.0, 1.0), (2, 1.0, 4.0), (5, 1.0, 32.0), (20, 1.0, 900.0), (500, 0.0, 450.0)],
)
def test_the_delay_doubles_up_to_the_cap_and_half_of_it_is_random(attempt: int, jitter: float, seconds: float) -> None:
    assert backoff(attempt, base_s=2, cap_s=900, jitter=jitter) == timedelta(seconds=seconds)
