"""An older version of this code, out of git, to run beside today's."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import ROOT, Process, Processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """`directory` holds its whole tree. It runs with today's dependencies."""

    commit: str
    directory: Path

    @property
    def settings(self) -> dict[str, str]:
        """What makes a process run this code."""
        return {"PYTHONPATH": str(self.directory)}

    def migrate(self, processes: Processes, database_url: str) -> Process:
        """A new database as this version makes it."""
        command = ["-m", "app.cli", "migrate"]
        return processes.start("migrate", command, environment={**self.settings, "DATABASE_URL": database_url})


def check_out(commit: str, directory: Path) -> Version:
    """Skips the test where the clone has no such commit: a shallow one, or an archive without history."""
    try:
        done = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"{commit[:10]} is not in this clone: it is shallow, or there is no git")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(directory, filter="data")
    return Version(commit=commit, directory=directory)
