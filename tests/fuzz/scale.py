"""How long the fuzzing goes on: `FUZZ_SCALE` 1 is the form for every test run, always with the same inputs."""

from __future__ import annotations

import os
from typing import Final

import hypothesis

SCALE: Final = float(os.environ.get("FUZZ_SCALE", "1"))
IS_LONG: Final = SCALE > 1


def examples(few: int) -> hypothesis.settings:
    """`few` times the scale; at 1 the same ones in each run, and in the long form new ones each time."""
    return hypothesis.settings(
        max_examples=max(1, round(few * SCALE)),
        derandomize=not IS_LONG,
        database=None,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
