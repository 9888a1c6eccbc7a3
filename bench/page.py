"""Puts the figures into `docs/performance.md`, between its two markers, and the drawings beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bench.drawing import draw
from bench.results import Results
from bench.table import in_page

PAGE: Final = Path(__file__).parents[1] / "docs" / "performance.md"
START: Final = "<!-- figures: written by `make bench` -->"
END: Final = "<!-- end of figures -->"


def write_page(results: Results) -> None:
    PAGE.write_text(filled(PAGE.read_text(), results))
    draw(PAGE.with_suffix(""), results.figures)


def filled(page: str, results: Results) -> str:
    """The page with these figures in place of those it has. A page without markers is a fault: ValueError."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"{PAGE.name} has lost its markers {START} and {END}")
    return f"{before}{START}\n{in_page(results.figures, results.machine)}{END}{after}"
