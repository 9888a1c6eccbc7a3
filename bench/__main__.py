"""All figures of the service in one run on one machine, as one table.

    python -m bench                              all of them: six to eight minutes
    python -m bench --only drain_vs_arq,ingest   these; the others stay as they were measured last
    python -m bench --quick                      everything once and tiny, to see that it runs; stores nothing
    python -m bench --draw                       measures nothing: the page and its drawings anew from what is stored

Writes `bench/results/latest.json` and `run.json`, the tables in `docs/performance.md` and the drawings beside it;
`--into DIRECTORY` writes all that there instead, and leaves the page alone. Exit code 1: something did not do its work,
so that it has no figure. 2, with `--strict`: a figure is out of reach.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import uvloop

from app.db.embedded import Embedded
from app.log import configure_logging
from bench.drawing import draw
from bench.figure import BenchContext, Figure
from bench.known import NAMES, measuring, modules_of
from bench.machine import machine
from bench.page import write_page
from bench.results import RESULTS, Results, load, store
from bench.table import in_terminal

WRONG, OUT_OF_REACH = 1, 2


def main(words: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(words)
    if given.draw:
        write_page(load(RESULTS))
        return 0
    configure_logging("WARNING", json=False)
    results, wrong = _measured(given.only, quick=given.quick)
    print(in_terminal(results.figures, colour=sys.stdout.isatty()))
    _keep(results, into=given.into, quick=given.quick)
    for each in wrong:
        print(f"wrong: {each}", file=sys.stderr)
    missed = not given.quick and not all(each.met for each in results.figures)
    return WRONG if wrong else OUT_OF_REACH if missed and given.strict else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=_names, default=NAMES, help=f"of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--into", type=Path)
    return parser


def _names(given: str) -> tuple[str, ...]:
    names = tuple(given.split(","))
    if unknown := set(names) - set(NAMES):
        raise argparse.ArgumentTypeError(f"no such figure: {', '.join(sorted(unknown))}")
    return names


def _measured(names: Sequence[str], *, quick: bool) -> tuple[Results, list[str]]:
    """With servers of its own: started in the main thread, stopped whatever happens."""
    with tempfile.TemporaryDirectory(prefix="shopsync-bench-") as directory:
        Path(directory).chmod(0o755)  # PostgreSQL runs under an account of its own where we are root
        with Embedded(Path(directory) / "servers", durable=True) as urls:
            return uvloop.run(_all(BenchContext(urls=urls, directory=Path(directory)), names, quick=quick))


async def _all(context: BenchContext, names: Sequence[str], *, quick: bool) -> tuple[Results, list[str]]:
    """One after another, never two at once. What goes wrong with one is told at the end; the others are measured."""
    figures: list[Figure] = []
    wrong: list[str] = []
    for module in modules_of(names):
        started = time.perf_counter()
        try:
            figures += await measuring(module)(context, quick=quick)
        except Exception as error:
            traceback.print_exc()
            wrong.append(f"{module}: {type(error).__name__} {error}")
        print(f"{module}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return Results(figures=figures, machine=await machine(context)), wrong


def _keep(results: Results, *, into: Path | None, quick: bool) -> None:
    if into is not None:
        draw(into / "performance", store(into, results).figures)
    elif not quick:
        write_page(store(RESULTS, results))


if __name__ == "__main__":
    raise SystemExit(main())
