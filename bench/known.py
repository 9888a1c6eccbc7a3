"""The figures there are, in the order of the table: which module measures them, and what to call its two sides."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

from bench.figure import BenchContext, Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """`module` under `bench`; `title` of the drawing's panel, whose two bars are `ours` and `theirs`; panels with the
    same `drawing` are one file."""

    name: str
    module: str
    drawing: str
    title: str
    ours: str
    theirs: str


def _known(name: str, module: str, drawing: str, title: str, ours: str, theirs: str) -> Known:
    return Known(name=name, module=module, drawing=drawing, title=title, ours=ours, theirs=theirs)


KNOWN: Final = (
    _known("ingest", "ingest", "speed", "Webhooks accepted", "durably stored", "only validated"),
    _known("drain_vs_arq", "drain", "speed", "No-op jobs drained", "this queue", "arq"),
    _known("drain_vs_procrastinate", "drain", "speed", "No-op jobs drained", "this queue", "procrastinate"),
    _known("latency_p50", "latency", "latency", "Webhook to written, p50", "through the service", "the calls alone"),
    _known("latency_p95", "latency", "latency", "Webhook to written, p95", "through the service", "the calls alone"),
    _known("import_overhead", "import_overhead", "growth", "First import, 2,000 products", "import", "bare script"),
    _known("claim_growth", "claim_growth", "growth", "Claim of a batch", "1,100,000 rows", "1,000 rows"),
    _known("memory_growth", "memory", "growth", "Memory of a worker", "after 100,000 jobs", "after 1,000 jobs"),
    _known("scale_2", "scale", "scale", "Two workers", "two workers", "one worker"),
    _known("scale_4", "scale", "scale", "Four workers", "four workers", "one worker"),
)
NAMES: Final = tuple(each.name for each in KNOWN)


class Measuring(Protocol):
    async def __call__(self, context: BenchContext, *, quick: bool) -> list[Figure]: ...


def modules_of(names: Iterable[str]) -> Sequence[str]:
    """Modules that measure these, each once, in the order of the table."""
    wanted = set(names)
    return list(dict.fromkeys(each.module for each in KNOWN if each.name in wanted))


def measuring(module: str) -> Measuring:
    """Its `measure`. Loaded when its turn comes: what one bench imports is not in the memory of another."""
    return cast(Measuring, importlib.import_module(f"bench.{module}").measure)
