"""The figures as a table: for the terminal, and for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.figure import Figure

HEAD = ("figure", "ours", "theirs", "ratio", "reach", "met", "unit")
_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


def in_terminal(figures: Sequence[Figure], *, colour: bool) -> str:
    """Columns of equal width; a figure out of reach in red, where there is colour. Notes below."""
    rows = [HEAD, *(_cells(each) for each in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    shown = [lines[0], *(_painted(line, each, colour) for line, each in zip(lines[1:], figures, strict=True))]
    return "\n".join([*shown, "", *(f"{each.name}: {each.note}" for each in figures if each.note)]) + "\n"


def in_page(figures: Sequence[Figure], machine: Mapping[str, str]) -> str:
    """Two tables of Markdown: the figures, the machine."""
    rows = [HEAD, *(_cells(each) for each in figures)]
    lines = [_row(rows[0]), _row(["---"] * len(HEAD)), *(_row(row) for row in rows[1:])]
    told = [_row(("machine", "")), _row(("---", "---")), *(_row(each) for each in machine.items())]
    return "\n".join([*lines, "", *told]) + "\n"


def number(value: float) -> str:
    """Three figures that count: `12,345`, `123`, `12.3`, `1.23`."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _cells(figure: Figure) -> tuple[str, ...]:
    values = (number(each) for each in (figure.ours, figure.theirs, figure.ratio))
    return (figure.name, *values, figure.reach, "yes" if figure.met else "no", figure.unit)


def _painted(line: str, figure: Figure, colour: bool) -> str:
    return f"{_RED}{line}{_PLAIN}" if colour and not figure.met else line


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
