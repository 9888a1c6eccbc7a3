"""The fuzzer that looks for new branches: the same inputs in each run, and new ones where people let it run longer."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.corpus import CORPUS
from tests.fuzz.scale import IS_LONG, SCALE

ROOT = Path(__file__).parents[2]
NO_WHEEL = "atheris has wheels for Linux on x86-64 only"
GUIDED = sorted(CORPUS) if IS_LONG else ["envelope", "markup", "prestashop_xml"]


@pytest.mark.skipif(find_spec("atheris") is None, reason=NO_WHEEL)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", GUIDED)
def test_no_new_branch_leads_to_a_failure(name: str, tmp_path: Path) -> None:
    length = ["--seconds", str(round(2 * SCALE))] if IS_LONG else ["--runs", "2000"]

    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, *length, "--found", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "Done " in ended.stderr
