"""`shopsync odoo install` as an operator sees it: what is printed, how it ends."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import respx
import structlog
import yaml

from app.cli import main
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from tests.connections.forms import ODOO, raw

RULE = "[shopsync boutique] res.partner"
Install = Callable[..., tuple[int, str, str]]


@pytest.fixture
def odoo() -> Iterator[Database]:
    """The sandbox at the address of the connection `erp`."""
    db = seeded(api_key=ODOO["api_key"])
    inner = httpx.ASGITransport(app=create_app(db))

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    with respx.mock(assert_all_called=False) as peers:
        peers.route(url__startswith=ODOO["url"]).mock(side_effect=answer)
        yield db


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Commands set up the logging of their process; here it is put back afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers[:], level, config = before
    root.setLevel(level)
    structlog.configure(**config)


@pytest.fixture
def install(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    own_logging: None,
    database_url: str,
    odoo: Database,
) -> Install:
    """Runs the command for a link that lets customers out of Odoo; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PUBLIC_URL", "https://sync.example")

    def shopsync(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    file = tmp_path / "shops.yaml"
    file.write_text(yaml.safe_dump(raw(link={"sync": {"entities": {"customer": {}}}})))
    assert shopsync("apply", str(file))[0] == 0
    return lambda *options: shopsync("odoo", "install", "boutique", *options)


def test_the_rules_are_made_shown_and_removed(install: Install, odoo: Database) -> None:
    missing = install("--show")
    made = install()
    again = install()
    removed = install("--remove")

    assert missing[0] == 3
    assert f"- {RULE}: missing" in missing[1]
    assert (made[0], made[2]) == (0, "")
    assert f"made: {RULE}\n" in made[1]
    assert f"= {RULE}: right" in made[1]
    assert again[0] == 0
    assert "Nothing to change." in again[1]
    assert f"removed: {RULE}\n" in removed[1]
    assert odoo.tables["base.automation"] == {}
    assert not any("hook-secret-1" in out for _, out, _ in (missing, made, again, removed))


def test_what_somebody_changed_ends_with_3_until_it_is_repaired(install: Install, odoo: Database) -> None:
    install()
    for rule in odoo.tables["base.automation"].values():
        rule["active"] = False

    left = install()
    dry = install("--repair", "--dry-run")
    mended = install("--repair")

    assert left[0] == 3
    assert "it is switched off" in left[1]
    assert "`--repair` mends what differs" in left[1]
    assert dry[0] == 3
    assert f"would be mended: {RULE}\n" in dry[1]
    assert mended[0] == 0


def test_two_wishes_at_once_are_refused(install: Install) -> None:
    code, _, err = install("--repair", "--remove")

    assert (code, err) == (1, "give one of --repair, --remove and --show\n")


def test_an_administrator_can_do_it_for_the_sync_user(
    install: Install, odoo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, limited = odoo.accounts
    administrator.login, limited.login = "boss", "admin"
    administrator.api_key, limited.api_key = "boss-key", ODOO["api_key"]

    refused = install()
    monkeypatch.setenv("ODOO_ADMIN_KEY", "mistyped")
    mistyped = install("--login", "boss")
    monkeypatch.setenv("ODOO_ADMIN_KEY", "boss-key")
    made = install("--login", "boss")

    assert refused[0] == 1
    assert "'boss', given with --login" in mistyped[2]
    assert "mistyped" not in mistyped[1] + mistyped[2]
    assert "--login of an administrator" in refused[2]
    assert made[0] == 0
    rules = odoo.tables["base.automation"].values()
    assert [rule["filter_domain"] for rule in rules] == [f"[('write_uid', '!=', {limited.uid})]", False]


def test_a_key_that_nobody_can_be_asked_for_is_named(
    install: Install, odoo: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ODOO_ADMIN_KEY", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    code, out, err = install("--login", "boss")

    assert (code, out) == (1, "")
    assert err == "nobody is there to ask for the API key of boss: set ODOO_ADMIN_KEY\n"
    assert odoo.tables["base.automation"] == {}
