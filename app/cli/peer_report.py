"""How a connection's report and what its kind can do are printed."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from app.cli.environment import out
from app.connectors.base import ConnectionReport
from app.entities.base import Direction
from app.modules.matrix import CAPABILITIES


def print_report(name: str, report: ConnectionReport) -> None:
    version = f" {report.version}" if report.version else ""
    verdict = Text("works", "green") if report.ok else Text("does not work yet", "red")
    out.print(Text.assemble(f"{name} ({report.kind}{version}): ", verdict))
    for fact, value in report.details.items():
        out.print(Text(f"  {fact}: {shown(value)}"), soft_wrap=True)
    for problem in report.problems:
        out.print(Text(f"  ! {problem}", "yellow"), soft_wrap=True)


def print_capabilities(kind: str) -> None:
    table = Table("entity type", "directions", "tells of", "polled", "seen by neither")
    for cell in CAPABILITIES[kind]:
        directions = "both" if len(cell.directions) == len(Direction) else ", ".join(sorted(cell.directions))
        signals = ", ".join(sorted(cell.signals)) or "nothing"
        table.add_row(cell.entity_type, directions, signals, shown(cell.polled), "; ".join(cell.unseen))
    out.print(table)


def shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "unknown"
        case list() | tuple():
            return ", ".join(shown(each) for each in value) or "none"
        case dict():
            return ", ".join(f"{name}: {shown(each)}" for name, each in value.items()) or "none"
        case _:
            return str(value)
