"""The benches run, and what they leave is true to what they measured. No time is asserted: that is `make bench`."""

from __future__ import annotations

import inspect
import sys
import xml.etree.ElementTree as ElementTree
from asyncio.subprocess import PIPE, STDOUT, create_subprocess_exec
from pathlib import Path

import orjson
import pytest

from app.settings_docs import ROOT
from bench.drawing import draw
from bench.figure import Figure
from bench.known import KNOWN, NAMES, measuring, modules_of
from bench.page import END, PAGE, START, filled
from bench.results import RESULTS, Results, load, store
from bench.table import in_terminal

CHEAP = ("ingest", "drain_vs_arq", "drain_vs_procrastinate", "claim_growth")
"""Of the others each is several processes; they run when somebody runs `make bench`."""


def a_figure(name: str = "ingest", *, met: bool = True, ours: float = 1990.0) -> Figure:
    return Figure(name=name, ours=ours, theirs=2200.0, ratio=0.9045, unit="webhooks/s", reach="≥ 0.80", met=met)


async def test_the_quick_form_runs_and_leaves_figures_and_drawings(tmp_path: Path) -> None:
    words = ("-m", "bench", "--quick", "--only", ",".join(CHEAP), "--into", str(tmp_path))

    process = await create_subprocess_exec(sys.executable, *words, cwd=ROOT, stdout=PIPE, stderr=STDOUT)
    said, _ = await process.communicate()

    assert process.returncode == 0, said.decode()
    latest = orjson.loads((tmp_path / "latest.json").read_bytes())
    assert set(latest) == set(CHEAP)
    assert all(set(each) == {"ours", "theirs", "ratio", "unit"} for each in latest.values())
    assert {path.name for path in (tmp_path / "performance").iterdir()} == {"speed.svg", "growth.svg"}


def test_each_figure_has_a_module_that_measures_it() -> None:
    assert NAMES == (
        "ingest",
        "drain_vs_arq",
        "drain_vs_procrastinate",
        "latency_p50",
        "latency_p95",
        "import_overhead",
        "claim_growth",
        "memory_growth",
        "scale_2",
        "scale_4",
    )
    assert all(inspect.iscoroutinefunction(measuring(module)) for module in modules_of(NAMES))


def test_a_run_of_one_figure_keeps_the_others(tmp_path: Path) -> None:
    store(tmp_path, Results(figures=[a_figure("ingest"), a_figure("scale_2")], machine={"cores": "2"}))

    store(tmp_path, Results(figures=[a_figure("scale_2", ours=3.0)], machine={"cores": "4"}))

    kept = load(tmp_path)
    assert [(each.name, each.ours) for each in kept.figures] == [("ingest", 1990.0), ("scale_2", 3.0)]
    assert kept.machine == {"cores": "4"}


def test_a_figure_out_of_reach_is_red_where_there_is_colour() -> None:
    figures = [a_figure("ingest"), a_figure("scale_2", met=False)]

    head, met, missed, *_ = in_terminal(figures, colour=True).splitlines()

    assert [line.startswith("\x1b[31m") for line in (head, met, missed)] == [False, False, True]
    assert "\x1b" not in in_terminal(figures, colour=False)


def test_a_drawing_says_its_figures_as_text_and_has_colours_for_light_and_dark(tmp_path: Path) -> None:
    [path] = draw(tmp_path, [a_figure()])

    drawing = ElementTree.parse(path).getroot()
    texts = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Webhooks accepted", "1,990 webhooks/s", "2,200 webhooks/s"} <= set(texts)
    assert "prefers-color-scheme: dark" in path.read_text()


def test_the_page_shows_the_figures_that_were_measured_last() -> None:
    page = PAGE.read_text()

    assert filled(page, load(RESULTS)) == page


def test_each_drawing_is_shown_by_the_page() -> None:
    missing = [each.drawing for each in KNOWN if f"(performance/{each.drawing}.svg)" not in PAGE.read_text()]

    assert missing == []


def test_a_page_without_its_markers_is_a_fault_and_not_left_as_it_is() -> None:
    results = Results(figures=[a_figure()], machine={})

    assert "| ingest | 1,990 |" in filled(f"before\n{START}\nold\n{END}\nafter", results)
    with pytest.raises(ValueError, match="markers"):
        filled("before\nafter", results)
