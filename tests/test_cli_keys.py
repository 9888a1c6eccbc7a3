"""`shopsync key`: which keys open what, and sealing everything anew."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
import yaml

from app.cli import main
from app.security.crypto import new_key
from tests.connections.forms import raw

Shopsync = Callable[..., tuple[int, str, str]]
OLD, NEW = new_key(), new_key()


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
def shopsync(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    own_logging: None,
    database_url: str,
) -> Shopsync:
    """Runs `shopsync key …` with these keys; two connections and a link are sealed with `OLD`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    def key(keys: str | None, *arguments: str) -> tuple[int, str, str]:
        if keys is None:
            monkeypatch.delenv("SECRET_KEYS", raising=False)
        else:
            monkeypatch.setenv("SECRET_KEYS", keys)
        return call("key", *arguments)

    (tmp_path / "shops.yaml").write_text(yaml.safe_dump(raw()))
    monkeypatch.setenv("SECRET_KEYS", OLD)
    assert call("apply", "shops.yaml")[0] == 0
    return key


def test_a_new_key_is_printed_and_nothing_else(shopsync: Shopsync) -> None:
    code, out, err = shopsync(OLD)

    assert (code, len(out.split()), err) == (0, 1, "")


def test_a_rotation_seals_everything_anew_once_and_then_the_old_key_may_go(shopsync: Shopsync) -> None:
    before = shopsync(f"{NEW},{OLD}", "check")
    first = shopsync(f"{NEW},{OLD}", "rotate")
    second = shopsync(f"{NEW},{OLD}", "rotate")
    alone = shopsync(NEW, "check")

    assert before[0] == 3
    assert before[1].count("an older key: run `shopsync key rotate`") == 3
    assert first[0] == 0
    assert first[1].splitlines() == [
        "3 of 3 were sealed anew.",
        "Every secret opens with the first key. The other key may be removed from SECRET_KEYS now.",
    ]
    assert second[1].splitlines()[0] == "All 3 are sealed with it already."
    assert alone[0] == 0
    assert alone[1].count("the first key") == 3


def test_what_no_key_opens_is_named_and_nothing_is_changed(shopsync: Shopsync) -> None:
    rotated = shopsync(NEW, "rotate")
    checked = shopsync(NEW, "check")
    untouched = shopsync(OLD, "check")

    assert rotated[0] == 1
    assert rotated[2].startswith(
        "nothing was sealed anew: connection boutique, connection erp, link boutique opens with none of SECRET_KEYS"
    )
    assert checked[0] == 1
    assert checked[1].count("none of SECRET_KEYS") == 3
    assert untouched[0] == 0


def test_a_single_key_says_how_it_is_changed(shopsync: Shopsync) -> None:
    code, out, _ = shopsync(OLD, "rotate")

    assert code == 0
    assert "All 3 are sealed with it already." in out
    assert "put a new one (`shopsync key`) and a comma before it" in out


def test_only_the_exit_code_for_a_monitor(shopsync: Shopsync) -> None:
    assert shopsync(OLD, "check", "--quiet") == (0, "", "")
    assert shopsync(f"{NEW},{OLD}", "check", "-q") == (3, "", "")


def test_a_key_made_by_the_service_itself_is_named_with_its_file(shopsync: Shopsync, tmp_path: Path) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "secret.key").write_text(OLD)

    code, out, _ = shopsync(None, "check")

    assert code == 0
    assert ".data/secret.key" in out


def test_no_key_and_no_secret_is_ever_printed(shopsync: Shopsync) -> None:
    said = "".join(str(shopsync(f"{NEW},{OLD}", each)) for each in ("check", "rotate", "check"))

    assert not any(secret in said for secret in (OLD, NEW, "hook-secret-1", "shop-key-1234", "odoo-key-1234"))
