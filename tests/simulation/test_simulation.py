"""Fifty worlds, each in a storm of its own; `make simulate SEEDS=2000` for more.

They run in a process of their own: the order of a set, the clock and what is drawn by lot are the seed's there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.simulation.report import Report

ROOT = Path(__file__).parents[2]
HALVES = ("0-24", "25-49")
pytestmark = pytest.mark.timeout(900)


def simulate(*options: str) -> list[Report]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--json", *options], cwd=ROOT, capture_output=True, check=False
    )
    assert done.stdout, done.stderr.decode()
    return [Report(**orjson.loads(said)) for said in done.stdout.splitlines()]


KNOWN_GAPS = {38: "1 creates of customer were sent to odoo, for 0 records"}
"""What a seed breaks by the first of the known gaps in ARCHITECTURE: a person renames in the shop what we made there
before we know that we made it. A seed that keeps its promises again is to be taken out of here."""


@pytest.mark.parametrize("seeds", HALVES)
def test_after_every_storm_every_promise_holds(seeds: str) -> None:
    reports = simulate("--seeds", seeds)

    broken = {report.seed: report.broken for report in reports if report.broken}
    assert broken.keys() == KNOWN_GAPS.keys() & {report.seed for report in reports}, f"--seeds N --trace: {broken}"
    assert all(len(said) == 1 and said[0].startswith(KNOWN_GAPS[seed]) for seed, said in broken.items()), broken
    assert len(reports) == 25
    assert_stormy(reports)


def assert_stormy(reports: list[Report]) -> None:
    """What was promised was put to the test: processes died at most of the boundaries, and every fault was met."""
    kills = {name for report in reports for name in report.kills}
    faults = {name for report in reports for name in report.faults}
    assert len(kills) >= 6
    assert len(faults) == 8
    assert sum(report.writes for report in reports) > 10 * len(reports)


def test_a_seed_is_the_same_run_in_another_process_and_after_another_seed() -> None:
    [_, after_another] = simulate("--seeds", "28,29")
    [alone] = simulate("--seeds", "29")

    assert (alone.digest, alone.steps) == (after_another.digest, after_another.steps)


@pytest.mark.parametrize(
    ("sabotage", "said"),
    [
        ("lost-writes", "the sides differ"),
        ("created-twice", "odoo has 2 of product"),
        ("swallowed", "was accepted, and is not stored"),
    ],
)
def test_a_service_that_is_broken_on_purpose_is_found_out(sabotage: str, said: str) -> None:
    [report] = simulate("--seeds", "2", "--sabotage", sabotage)

    assert any(said in promise for promise in report.broken)
