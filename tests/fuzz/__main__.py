"""One target in a process of its own: `python -m tests.fuzz TARGET [--seconds N | --runs N] [--again FILE]`.

Guided by the branches that are taken (atheris); the inputs of `corpus.py` are where it starts from. What makes a target
raise is written to a file, which `--again` repeats without atheris.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FunctionType

from tests.fuzz.corpus import CORPUS
from tests.fuzz.watched import WATCHED


def main() -> None:
    given = _arguments()
    if given.again is not None:
        from tests.fuzz.targets import TARGETS

        TARGETS[given.target](given.again.read_bytes())
        return
    _fuzz(given.target, given.seconds, given.runs, given.found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=sorted(CORPUS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int, help="as many inputs as this instead, the same ones each time")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only this input")
    parser.add_argument("--found", type=Path, default=Path(), metavar="DIRECTORY", help="where an input is written to")
    return parser.parse_args()


def _fuzz(name: str, seconds: int, runs: int | None, found: Path) -> None:
    """Ends the process: the fuzzer does not return."""
    import atheris  # type: ignore[import-untyped]

    from tests.fuzz.targets import TARGETS

    for function in _functions(WATCHED[name]):
        atheris.instrument_func(function)

    def target(data: bytes) -> None:
        try:
            TARGETS[name](data)
        except BaseException:
            path = found / f"{name}.found"
            path.write_bytes(data)
            print(f"again: python -m tests.fuzz {name} --again {path}", file=sys.stderr, flush=True)  # noqa: T201
            raise

    with tempfile.TemporaryDirectory(prefix="fuzz-") as directory:
        for number, seed in enumerate(CORPUS[name]):
            (Path(directory) / str(number)).write_bytes(seed)
        limit = f"-runs={runs}" if runs is not None else f"-max_total_time={seconds}"
        steady = ["-seed=1"] if runs is not None else []
        atheris.Setup([sys.argv[0], limit, *steady, "-timeout=20", f"-artifact_prefix={directory}/", directory], target)
        atheris.Fuzz()


def _functions(watched: Sequence[str]) -> Iterator[FunctionType]:
    """Of the modules and what is in them: to prepare all that is imported would take longer than the fuzzing."""
    for name, module in list(sys.modules.items()):
        if any(name == one or name.startswith(f"{one}.") for one in watched):
            classes = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == name]
            for value in [value for owner in (module, *classes) for value in vars(owner).values()]:
                function = getattr(value, "__func__", getattr(value, "fget", value))
                if isinstance(function, FunctionType) and function.__module__ == name:
                    yield function


main()
