"""`python -m tests.simulation --seeds 0-49`: runs them, prints what broke, and ends with 1 if anything did."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from threading import Thread

import orjson

from tests.simulation import chance
from tests.simulation.report import Report, line, summary


def main() -> int:
    given = _parsed()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of a set of texts is part of a run.
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], _fixed())
    reports = _side_by_side(given) if given.jobs > 1 else _one_after_the_other(given)
    if not given.json:
        _say(summary(reports))
    wanted = len(list(_numbers(given.seeds)))
    return int(len(reports) != wanted or any(report.broken for report in reports))


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="0-49", help="0-49, 17, or 0-49,60")
    parser.add_argument("--jobs", type=int, default=1, help="processes, each with a PostgreSQL of its own")
    parser.add_argument("--kind", choices=("prestashop", "woocommerce"), help="of every shop; else the seed's")
    parser.add_argument("--sabotage", help="break the service on purpose; see sabotage.py")
    parser.add_argument("--trace", action="store_true", help="print every step")
    parser.add_argument("--json", action="store_true", help="a line of JSON per seed, and nothing else")
    return parser.parse_args()


def _say(what: str) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _fixed() -> dict[str, str]:
    return {**os.environ, "PYTHONHASHSEED": "0"}


def _numbers(seeds: str) -> Iterator[int]:
    for part in seeds.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _one_after_the_other(given: argparse.Namespace) -> list[Report]:
    chance.install()
    from tests.simulation.sabotage import Sabotage
    from tests.simulation.seeds import Order, run_all

    reports = []
    sabotage = Sabotage(given.sabotage) if given.sabotage else None
    order = Order(kind=given.kind, sabotage=sabotage, keep=given.trace)
    for report, trace in run_all(_numbers(given.seeds), order):
        reports.append(report)
        if given.json:
            _say(orjson.dumps(asdict(report)).decode())
            continue
        for step in trace.lines:
            _say(step)
        _say(line(report))
    return reports


def _side_by_side(given: argparse.Namespace) -> list[Report]:
    seeds = list(_numbers(given.seeds))
    reports: list[Report] = []
    shares = [seeds[job :: given.jobs] for job in range(given.jobs)]
    listeners = [Thread(target=_share, args=(given, share, reports)) for share in shares if share]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    return reports


def _share(given: argparse.Namespace, seeds: list[int], reports: list[Report]) -> None:
    """In a process of its own."""
    command = [sys.executable, "-m", "tests.simulation", "--json", "--seeds", ",".join(map(str, seeds))]
    command += ["--kind", given.kind] if given.kind else []
    command += ["--sabotage", given.sabotage] if given.sabotage else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=_fixed()) as process:
        assert process.stdout is not None
        for said in process.stdout:
            report = Report(**orjson.loads(said))
            reports.append(report)
            if given.json:
                _say(said.decode().strip())
            elif report.broken:
                _say(line(report))


if __name__ == "__main__":
    sys.exit(main())
