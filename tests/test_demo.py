"""What `make run ONCE=1` does, as a user sees it."""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from app.demo.events import EXAMPLES
from tests.running import Running, eventually, lives, running, without_settings


def test_once_shows_every_step_and_ends_with_0(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # PostgreSQL may run as another account than ours

    done = subprocess.run(
        [sys.executable, "-P", "-m", "app.demo", "--once"],
        cwd=tmp_path,
        env=without_settings(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    envelopes, rest = done.stdout.split("Both ways ")
    both_ways, second_shop = rest.split("The second shop ")
    assert [envelopes.count(f"✓ {step}") for step in ("accepted", "written", "echo recognised")] == [4, 4, 4]
    assert all(str(example.event["event_id"]) in envelopes for example in EXAMPLES)
    assert "US, the link's default, was used" in done.stdout
    assert "✓ answered as before: 200 Customer updated successfully" in done.stdout
    assert "writes the shop received for it: 0" in done.stdout
    assert " automation rules in Odoo 17.0" in both_ways
    assert [both_ways.count(f"✓ {step}") for step in ("arrived", "echo recognised", "writes")] == [6, 6, 6]
    assert _both("Ada Byron · Analytical Engines · https://ada.example") in both_ways
    assert "3 edits in Odoo made 3 writes to the shop, 2 in the shop made 2 to Odoo" in both_ways
    assert "✓ the same order: Ada Byron's, with the same total" in both_ways
    assert "2 × Mug Today is a good day, 11.90" in both_ways
    assert "after   Odoo: 50 mugs   the shop: 48 mugs" in both_ways
    assert "✓ no sale undone: 50 counted, 2 of them sold in an order that Odoo never got" in both_ways
    assert "✓ nothing left in the queue" in both_ways
    _check_second_shop(second_shop)
    assert "✗" not in done.stdout
    assert list((tmp_path / ".data" / "demo").iterdir()) == []


def _check_second_shop(said: str) -> None:
    assert [said.count(f"✓ {step}") for step in ("arrived", "echo recognised", "writes")] == [7, 7, 7]
    assert all(f"✓ import {what} done, 0 failed" in said for what in ("product: 4 of 4", "order: 2 of 2"))
    assert "✓ webhooks: " in said
    assert "after   Odoo: Ada Lovelace   boutique: Ada Lovelace   atelier: Ada Lovelace" in said
    assert "1 to boutique, 1 to atelier, 0 to Odoo" in said
    assert "after   Odoo: Mug & saucer · 13.50   atelier: Mug & saucer · 13.50" in said
    assert "✓ the same total: 34.75 EUR, of which 5.55 tax" in said
    assert "✓ no sale undone: 3 wait for a payment, 3 are in an order that Odoo has not: 54 are left to sell" in said
    assert [said.count(f"atelier: 21 · {status} · 34.75") for status in ("processing", "completed")] == [2, 1]
    assert "✓ nothing left in the queue of boutique" in said
    assert "✓ nothing left in the queue of atelier" in said


def _both(line: str) -> str:
    return f"after   Odoo: {line}   the shop: {line}"


def test_it_serves_until_ctrl_c_and_leaves_nothing_running(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    data = tmp_path / "data"

    with running(["-m", "app.demo", "--acts", "1", "--data-dir", str(data)], tmp_path, {}) as demo:
        for mark in ("Odoo's envelopes", "Ctrl-C ends"):
            eventually(partial(_has_said, demo, mark))
        said = demo.output.read_text()
        assert "Every step came out right" in said
        servers = [int((data / name).read_text().split()[0]) for name in ("postgres/postmaster.pid", "redis.pid")]

        assert demo.end(signal.SIGINT) == 0

        assert not any(lives(pid) for pid in servers)
    assert "OpenAPI docs" in said
    assert all(f"sandbox {name}" in said for name in ("PrestaShop", "WooCommerce", "Odoo"))
    assert "shopsync apply shops.yaml" in said
    assert "shopsync odoo install boutique" in said
    assert "shopsync woocommerce install atelier" in said


def _has_said(demo: Running, mark: str) -> bool:
    return mark in demo.output.read_text() or demo.process.poll() is not None


def test_a_directory_that_has_been_used_is_refused(tmp_path: Path) -> None:
    (tmp_path / "something").touch()

    done = subprocess.run(
        [sys.executable, "-P", "-m", "app.demo", "--once", "--data-dir", str(tmp_path)],
        cwd=tmp_path,
        env=without_settings(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "is not empty" in done.stdout
