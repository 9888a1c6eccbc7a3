"""The figures of the last run: `latest.json` for machines, `run.json` with what else a reader wants to know.

    latest.json  {"ingest": {"ours": 1990.0, "theirs": 2202.0, "ratio": 0.889, "unit": "webhooks/s"}, …}
    run.json     {"machine": {"cores": "2", …}, "figures": {"ingest": {"reach": "≥ 0.80", "met": true, "note": ""}, …}}

A run of some figures keeps the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.figure import Figure
from bench.known import NAMES

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """`figures` in the order of the table."""

    figures: Sequence[Figure]
    machine: Mapping[str, str]


def store(directory: Path, results: Results) -> Results:
    """What is stored now, with the figures of earlier runs that this one did not measure."""
    old = load(directory)
    by_name = {each.name: each for each in (*old.figures, *results.figures)}
    now = Results(figures=[by_name[name] for name in NAMES if name in by_name], machine=results.machine)
    directory.mkdir(parents=True, exist_ok=True)
    _write(directory / "latest.json", {each.name: _short(each) for each in now.figures})
    _write(
        directory / "run.json", {"machine": now.machine, "figures": {each.name: _rest(each) for each in now.figures}}
    )
    return now


def load(directory: Path) -> Results:
    """Empty when nothing was measured yet."""
    latest, run = _read(directory / "latest.json"), _read(directory / "run.json")
    rest = run.get("figures", {})
    figures = [Figure(name=name, **latest[name], **rest[name]) for name in NAMES if name in latest and name in rest]
    return Results(figures=figures, machine=run.get("machine", {}))


def _short(figure: Figure) -> dict[str, object]:
    rounded = {name: round(getattr(figure, name), 3) for name in ("ours", "theirs", "ratio")}
    return {**rounded, "unit": figure.unit}


def _rest(figure: Figure) -> dict[str, object]:
    return {"reach": figure.reach, "met": figure.met, "note": figure.note}


def _read(path: Path) -> dict[str, Any]:
    return dict(orjson.loads(path.read_bytes())) if path.exists() else {}


def _write(path: Path, content: object) -> None:
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
