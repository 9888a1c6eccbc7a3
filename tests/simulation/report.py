"""What a run came to, for people and as lines of JSON between processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.clock import CLOCK
from tests.simulation.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`digest` of every step; `seconds` of the world's time; `kills` and `faults` by name; `broken`: promises, a
    sentence each; `cpu_s`: what it cost this process."""

    seed: int
    digest: str
    steps: int
    seconds: float
    broken: list[str]
    acts: int = 0
    requests: int = 0
    writes: int = 0
    accepted: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    cpu_s: float = 0.0


def broken_off(seed: int, trace: Trace, error: BaseException) -> Report:
    """That a run ends early is a finding, too."""
    said = f"the run broke off: {type(error).__name__}: {error}"
    return Report(seed=seed, digest=trace.digest, steps=trace.steps, seconds=CLOCK.elapsed_s, broken=[said])


def line(report: Report) -> str:
    """One seed; with what it broke below."""
    facts = {
        "acts": report.acts,
        "requests": report.requests,
        "writes": report.writes,
        "faults": sum(report.faults.values()),
        "kills": sum(report.kills.values()),
    }
    told = ", ".join(f"{times} {name}" for name, times in facts.items())
    head = f"seed {report.seed:>5} {report.digest} {report.seconds:7.1f} s, {told}, {report.cpu_s:.2f} s of CPU"
    return "\n".join([head, *(f"    BROKEN {promise}" for promise in report.broken)])


def summary(reports: Sequence[Report]) -> str:
    """In a few lines, what all of them met."""
    kills: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for report in reports:
        kills.update(report.kills)
        faults.update(report.faults)
    broken = sorted(report.seed for report in reports if report.broken)
    counted = ("acts", "requests", "writes", "accepted", "steps")
    totals = [f"{name} {sum(getattr(report, name) for report in reports)}" for name in counted]
    return "\n".join([
        f"{len(reports)} seeds, {len(broken)} with a broken promise" + (f": {broken}" if broken else ""),
        "; ".join([*totals, f"CPU {sum(report.cpu_s for report in reports):.1f} s"]),
        "killed: " + "; ".join(f"{name} {times}" for name, times in sorted(kills.items())),
        "faults: " + "; ".join(f"{name} {times}" for name, times in sorted(faults.items())),
    ])  # fmt: skip
