"""Figures as SVG: one panel each, two bars from zero on a scale of its own, in the colours of the reader's page.

The text is text (it can be searched and read aloud). A file is shown by an `<img>`, where a style of the page does not
reach; so it carries its own, for light and for dark, on a ground of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from bench.figure import Figure
from bench.known import KNOWN, Known
from bench.table import number

WIDTH: Final = 720
LABEL_END: Final = 190
BAR_START, BAR_WIDTH = 200, 360
BAR_HEIGHT: Final = 20
PANEL_HEIGHT: Final = 104
MARGIN: Final = 16
STYLE: Final = """
  svg { font: 14px system-ui, sans-serif; }
  .ground { fill: #ffffff; } text { fill: #1f2328; } .dim { fill: #59636e; } .right { text-anchor: end; }
  .title { font-weight: 600; } .ours { fill: #0969da; } .theirs { fill: #8c959f; } .missed { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .dim { fill: #9198a1; }
    .ours { fill: #4493f8; } .theirs { fill: #656c76; } .missed { fill: #f85149; }
  }
"""


def draw(directory: Path, figures: Sequence[Figure]) -> list[Path]:
    """Writes the drawings that these figures are in; a figure that was not measured is left out of its drawing."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for name, panels in _drawings(figures).items():
        path = directory / f"{name}.svg"
        path.write_text(_svg(panels))
        written.append(path)
    return written


def _drawings(figures: Sequence[Figure]) -> Mapping[str, list[tuple[Known, Figure]]]:
    by_name = {each.name: each for each in figures}
    drawings: dict[str, list[tuple[Known, Figure]]] = {}
    for known in KNOWN:
        if known.name in by_name:
            drawings.setdefault(known.drawing, []).append((known, by_name[known.name]))
    return drawings


def _svg(panels: Sequence[tuple[Known, Figure]]) -> str:
    height = len(panels) * PANEL_HEIGHT + MARGIN
    body = [line for row, (known, figure) in enumerate(panels) for line in _panel(known, figure, row * PANEL_HEIGHT)]
    said = "; ".join(_said(known, figure) for known, figure in panels)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{said}">'
    ground = f'  <rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>'
    return "\n".join([head, f"  <style>{STYLE}  </style>", ground, *body, "</svg>"]) + "\n"


def _panel(known: Known, figure: Figure, top: int) -> list[str]:
    most = max(figure.ours, figure.theirs) or 1.0
    verdict = f"ratio {number(figure.ratio)} (reach: {figure.reach})"
    missed = "dim" if figure.met else "missed"
    return [
        _text(MARGIN, top + 30, known.title, "title"),
        _text(WIDTH - MARGIN, top + 30, verdict, f"{missed} right"),
        *_bar(top + 44, known.ours, figure.ours / most, f"{number(figure.ours)} {figure.unit}", "ours"),
        *_bar(top + 72, known.theirs, figure.theirs / most, f"{number(figure.theirs)} {figure.unit}", "theirs"),
    ]


def _bar(top: int, label: str, share: float, value: str, kind: str) -> list[str]:
    width = max(2, round(BAR_WIDTH * share))
    return [
        _text(LABEL_END, top + 15, label, "dim right"),
        f'  <rect class="{kind}" x="{BAR_START}" y="{top}" width="{width}" height="{BAR_HEIGHT}" rx="2"/>',
        _text(BAR_START + width + 8, top + 15, value, ""),
    ]


def _text(x: int, y: int, content: str, kind: str) -> str:
    return f'  <text x="{x}" y="{y}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{escape(content)}</text>'


def _said(known: Known, figure: Figure) -> str:
    """For who cannot see it."""
    sides = f"{known.ours} {number(figure.ours)}, {known.theirs} {number(figure.theirs)} {figure.unit}"
    return escape(f"{known.title}: {sides}", {'"': "&quot;"})
