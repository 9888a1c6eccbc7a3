"""Runs PHP, and finds the shop module's own tests without it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "integrations" / "prestashop" / "shopsync"
TESTS = ROOT / "integrations" / "prestashop" / "tests"
PHP = shutil.which("php")


def run(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """What the script printed. Its errors are the test's."""
    assert PHP is not None
    done = subprocess.run(
        [PHP, "-d", "display_errors=1", *map(str, arguments)],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def own_tests() -> list[str]:
    """The names of the module's tests in PHP, found without PHP."""
    return [
        name
        for file in sorted(TESTS.glob("test_*.php"))
        for name in re.findall(r"^function (test_\w+)\(", file.read_text(), re.M)
    ]
