"""Figures of the last run, by name, in `bench/results/latest.json`."""

from __future__ import annotations

from pathlib import Path

import orjson

LATEST = Path(__file__).parent / "results" / "latest.json"


def record(name: str, *, ours: float, theirs: float, ratio: float, unit: str) -> None:
    """Keeps the other figures; `ratio` is ours against theirs as the bench of that name defines it."""
    figures = orjson.loads(LATEST.read_bytes()) if LATEST.exists() else {}
    figures[name] = {"ours": round(ours, 3), "theirs": round(theirs, 3), "ratio": round(ratio, 3), "unit": unit}
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
