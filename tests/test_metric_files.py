"""Processes of one start count together: whoever is asked answers for all, whoever died is not forgotten."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app.metric_files import HELD, PREFIX, environment_of, shared_files
from tests.running import without_settings

COUNTS = """
import sys
from app import metrics
metrics.JOBS_RESCUED.inc(int(sys.argv[1]))
metrics.QUEUE_WAIT_SECONDS.labels("odoo_to_shop").observe(1)
metrics.DATABASE_CONNECTIONS_LIMIT.labels("main").set(10)
print(metrics.counted().decode())
"""


def count(number: int, environment: dict[str, str]) -> dict[str, float]:
    """What a process that counted `number` answers afterwards."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTS, str(number)],
        env=without_settings() | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines() if line.startswith("shopsync_")]
    return {name: float(value) for name, value in lines}


@pytest.mark.parametrize("alone", [True, False])
def test_one_that_is_not_supervised_counts_by_itself_and_others_together(alone: bool, tmp_path: Path) -> None:
    first = {} if alone else environment_of("api-1", tmp_path)
    second = {} if alone else environment_of("worker-1", tmp_path)

    count(3, first)
    found = count(4, second)

    assert found["shopsync_jobs_rescued_total"] == (4 if alone else 7)
    assert found['shopsync_queue_wait_seconds_count{direction="odoo_to_shop"}'] == (1 if alone else 2)
    assert found['shopsync_database_connections_limit{pool="main"}'] == (10 if alone else 20)


def test_one_that_was_started_again_goes_on_where_it_ended_and_leaves_no_files_behind(tmp_path: Path) -> None:
    count(3, environment_of("api-1", tmp_path))
    files = sorted(path.name for path in tmp_path.iterdir())

    found = count(4, environment_of("api-1", tmp_path))

    assert found["shopsync_jobs_rescued_total"] == 7
    assert found['shopsync_database_connections_limit{pool="main"}'] == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == files


def test_the_directory_ends_with_its_start() -> None:
    with shared_files() as directory:
        (directory / "counter_api-1.db").write_bytes(b"")

    assert not directory.exists()


def test_what_a_start_that_was_killed_left_goes_with_the_next_and_what_is_in_use_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    killed = tmp_path / f"{PREFIX}killed"
    killed.mkdir()
    with shared_files() as in_use:
        for held in (killed / HELD, in_use / HELD):
            held.touch()
            os.utime(held, (0, 0))

        with shared_files() as new:
            assert set(tmp_path.iterdir()) == {in_use, new}
