"""Where counters are kept: in this process alone, or in files that all processes of one start share.

Several API processes answer on one port, and a scrape meets one of them by chance. Under a supervisor each process
keeps its counters in files of its own (`PROMETHEUS_MULTIPROC_DIR`, prometheus_client's multiprocess mode), and whoever
is asked adds up all of them.

The files are named by the child (`api-1`), not by its process id: a child that was started again goes on where the one
before it ended, so that no counter falls and no file of the dead is left over. The directory ends with its start.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
NAME = "SHOPSYNC_PROCESS"
"""Of a child, unique within its start; without an underscore, which separates the parts of a file's name."""
PREFIX = "shopsync-metrics-"
HELD = "held"
YOUNG_S = 60.0


@contextmanager
def shared_files() -> Iterator[Path]:
    """A new directory for one start. Those of starts that were killed leave with the next one."""
    _remove_abandoned()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as directory, (Path(directory) / HELD).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield Path(directory)


def _remove_abandoned() -> None:
    """The kernel lets go of a lock when its holder dies, however it does. What was made this minute may not be locked
    yet."""
    for directory in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), (directory / HELD).open() as held:
            if time.time() - os.fstat(held.fileno()).st_mtime > YOUNG_S:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)


def environment_of(name: str, directory: Path) -> dict[str, str]:
    """Makes the child called `name` keep its counters there."""
    return {DIRECTORY: str(directory), NAME: name}


def use_own_files() -> None:
    """Before the first metric is declared. Without a directory in the environment nothing changes."""
    name = os.environ.get(NAME)
    if name and DIRECTORY in os.environ:
        values.ValueClass = values.MultiProcessValue(lambda: name)  # type: ignore[no-untyped-call]


def registry() -> CollectorRegistry:
    """What a scrape of this process shows."""
    if DIRECTORY not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
