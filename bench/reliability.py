"""Puts what the simulation and the chaos suite came to into `docs/reliability.md`, between its markers.

    python -m bench.reliability

Reads `bench/results/simulation.json` (`make simulate`) and `bench/results/chaos.json` (`make chaos`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from bench.results import RESULTS

PAGE: Final = Path(__file__).parents[1] / "docs" / "reliability.md"


def main() -> int:
    PAGE.write_text(filled(PAGE.read_text(), simulation=read("simulation"), chaos=read("chaos")))
    return 0


def read(name: str) -> dict[str, Any]:
    """Empty when that suite never stored its figures."""
    path = RESULTS / f"{name}.json"
    return dict(orjson.loads(path.read_bytes())) if path.exists() else {}


def filled(page: str, *, simulation: Mapping[str, Any], chaos: Mapping[str, Any]) -> str:
    page = between(page, "simulation", simulation_table(simulation) if simulation else [])
    return between(page, "chaos", chaos_table(chaos) if chaos else [])


def between(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with these lines between the markers of that name. A page without them is a fault: ValueError."""
    start, end = f"<!-- {name}: written by", f"<!-- end of {name} -->"
    before, found, rest = page.partition(start)
    marker, _, inner = rest.partition("\n")
    _, ended, after = inner.partition(end)
    if not (found and ended):
        raise ValueError(f"{PAGE.name} has lost its markers of {name}")
    return "\n".join([f"{before}{start}{marker}", *lines, end]) + after


def simulation_table(found: Mapping[str, Any]) -> list[str]:
    rows = [
        ("seeds", found["seeds"]),
        ("of them with a broken promise", found["broken"]),
        ("acts of people", found["acts"]),
        ("webhooks accepted", found["accepted"]),
        ("requests to peers", found["requests"]),
        ("of them writes", found["writes"]),
        ("faults of peers", sum(found["faults"].values())),
        ("processes killed", sum(found["kills"].values())),
        ("steps", found["steps"]),
        ("hours of virtual time", round(found["seconds"] / 3600)),
        ("seconds of CPU", round(found["cpu_s"])),
    ]
    return [
        f"Run at commit `{found['commit']}`:",
        "",
        "| what | how many |",
        "|---|---:|",
        *(f"| {what} | {number:,} |" for what, number in rows),
        "",
        f"Faults: {_counted(found['faults'])}.",
        "",
        f"Killed: {_counted(found['kills'])}.",
    ]


def chaos_table(found: Mapping[str, Any]) -> list[str]:
    tests = found["tests"]
    return [
        f"Run at commit `{found['commit']}`, in {found['seconds'] / 60:.0f} minutes on {found['cores']} cores:",
        "",
        "| test | accepted | settled | lost | duplicated | recovery |",
        "|---|---:|---:|---:|---:|---:|",
        *(_chaos_row(name, tests[name]) for name in sorted(tests)),
    ]


def _chaos_row(name: str, row: Mapping[str, Any]) -> str:
    recovery = "" if row["recovery_s"] is None else f"{row['recovery_s']:.1f} s"
    file, _, test = name.partition("::")
    said = test.removeprefix("test_").replace("_", " ")
    link = f"[{said}](../tests/chaos/{file})"
    return f"| {link} | {row['accepted']} | {row['settled']} | {row['lost']} | {row['duplicated']} | {recovery} |"


def _counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(numbers.items()))


if __name__ == "__main__":
    raise SystemExit(main())
