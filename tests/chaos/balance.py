"""What a chaos test says in the end: one line of figures, and all of them as a table and as JSON.

    test_database_lost.py::test_connections_cut…: accepted=600 settled=600 lost=0 duplicated=0 recovery=0.4s

A test hands its `Balance` to the fixture `note`. `pytest tests/chaos --chaos-report PATH` (or `CHAOS_REPORT=PATH`)
writes `{test: {"accepted": 600, "settled": 600, "lost": 0, "duplicated": 0, "recovery_s": 0.4}}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

PROPERTY: Final = "balance"
"""Name under which pytest carries the figures of a test, also from a pytest-xdist worker; `balance:PART` of a part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What became of what was accepted. `recovery_s`: from the fault's end until all that was accepted before and
    during it was settled; None where nothing was broken, or where it stays broken."""

    accepted: int
    settled: int
    lost: int
    duplicated: int
    recovery_s: float | None = None

    def __add__(self, other: Balance) -> Balance:
        """Of both together: the slower recovery counts."""
        recoveries = [each.recovery_s for each in (self, other) if each.recovery_s is not None]
        return Balance(
            accepted=self.accepted + other.accepted,
            settled=self.settled + other.settled,
            lost=self.lost + other.lost,
            duplicated=self.duplicated + other.duplicated,
            recovery_s=max(recoveries, default=None),
        )

    @property
    def right(self) -> bool:
        return self.accepted == self.settled > 0 == self.lost == self.duplicated

    def line(self, test: str) -> str:
        recovery = "-" if self.recovery_s is None else f"{self.recovery_s:.1f}s"
        return (
            f"{test}: accepted={self.accepted} settled={self.settled} lost={self.lost}"
            f" duplicated={self.duplicated} recovery={recovery}"
        )


class Note(Protocol):
    """Says what a test balances to, or a part of it; the last word on each counts."""

    def __call__(self, balance: Balance, *, part: str = "") -> None: ...


def untold(balance: Balance, *, part: str = "") -> None:
    """For installations that are no test's."""


def noted(reports: Iterable[Any]) -> dict[str, Balance]:
    """Test, or test and part → its last balance, of pytest's reports."""
    found: dict[str, Balance] = {}
    for report in reports:
        for name, figures in getattr(report, "user_properties", ()):
            kind, _, part = str(name).partition(":")
            if kind == PROPERTY:
                found[f"{short(report.nodeid)} {part}".rstrip()] = Balance(**figures)
    return found


def short(node_id: str) -> str:
    """`tests/chaos/test_mirror.py::test_it` → `test_mirror.py::test_it`"""
    return node_id.removeprefix("tests/chaos/")


def as_json(balances: Mapping[str, Balance]) -> dict[str, dict[str, Any]]:
    return {test: asdict(balance) for test, balance in balances.items()}


def table(balances: Mapping[str, Balance]) -> list[str]:
    """Lines, the figures first: the names are long."""
    lines = [f"{'accepted':>9}{'settled':>9}{'lost':>6}{'doubled':>9}{'recovery':>10}  test"]
    for test, each in balances.items():
        recovery = "-" if each.recovery_s is None else f"{each.recovery_s:.1f} s"
        lines.append(f"{each.accepted:>9}{each.settled:>9}{each.lost:>6}{each.duplicated:>9}{recovery:>10}  {test}")
    return lines
