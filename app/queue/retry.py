"""When a failed attempt is tried again. Pure."""

from __future__ import annotations

import random
from datetime import timedelta


def backoff(attempt: int, *, base_s: float, cap_s: float, jitter: float | None = None) -> timedelta:
    """Delay before the attempt after `attempt` (1 = first): doubles from `base_s`, capped, then 50–100 % of it.

    Half of the delay is random so that the jobs of a shop that was down do not all come back in one second.
    """
    full = min(cap_s, base_s * 2 ** min(attempt - 1, 30))
    share = random.random() if jitter is None else jitter
    return timedelta(seconds=full * (0.5 + share / 2))
