"""The commands, called in this process; `up` and its children are in `test_cli_up.py`."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest
import structlog
import yaml

from app.cli import main
from app.cli.environment import find_running, said
from app.db.child import free_port
from app.db.embedded import EmbeddedUrls
from app.db.migrate import newest_revision
from tests.connections.forms import raw
from tests.running import eventually, running

SHOP_KEY = "SANDBOXKEYSANDBOXKEYSANDBOXKEY99"

Shopsync = Callable[..., tuple[int, str, str]]


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
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, own_logging: None
) -> Shopsync:
    """Runs a command; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return int(code or 0), captured.out, captured.err

    return run


@pytest.fixture
def on_database(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """The commands use this test's database."""
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shops.yaml"
    path.write_text(yaml.safe_dump(raw()))
    return path


def test_without_a_database_a_command_says_what_to_do(shopsync: Shopsync, tmp_path: Path) -> None:
    code, out, err = shopsync("link", "list")

    assert (code, out) == (1, "")
    assert err == (
        f"no embedded database is running for {tmp_path}/.data: start `shopsync up` first, "
        "or set DATABASE_URL and REDIS_URL\n"
    )


def test_what_a_killed_owner_wrote_is_not_taken_for_running_servers(tmp_path: Path) -> None:
    gone = EmbeddedUrls(database_url="postgresql://a:b@127.0.0.1:1/postgres", redis_url="redis://", redis_flavour="x")
    assert find_running(tmp_path) is None
    (tmp_path / "embedded.json").write_text("")
    assert find_running(tmp_path) is None
    (tmp_path / "embedded.json").write_text(json.dumps(asdict(gone)))

    assert find_running(tmp_path) is None


def test_running_servers_are_found_by_their_directory(tmp_path: Path, servers: EmbeddedUrls) -> None:
    (tmp_path / "embedded.json").write_text(json.dumps(asdict(servers)))

    assert find_running(tmp_path) == servers


def test_a_wrong_setting_is_named(shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")

    code, _out, err = shopsync("link", "list")

    assert code == 1
    assert "setting PORT: " in err
    assert "setting LOG_LEVEL: must be DEBUG, INFO, WARNING or ERROR" in err


def test_production_without_keys_does_not_start(shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")

    code, _out, err = shopsync("up")

    assert (code, err) == (1, "SECRET_KEYS must be set in production; make one with `shopsync key`\n")


def test_a_process_that_needs_both_servers_says_which_is_missing(shopsync: Shopsync, on_database: None) -> None:
    assert shopsync("worker")[2] == "DATABASE_URL is set and REDIS_URL is not; set both\n"


def test_a_database_that_is_away_is_one_line(shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:geheim-1234@127.0.0.1:1/none")

    code, _out, err = shopsync("connection", "list")

    assert code == 1
    assert err.startswith("the database does not answer as it should: ")
    assert len(err.splitlines()) == 1
    assert "geheim" not in err


def test_a_redis_whose_password_has_a_slash_is_named_and_no_piece_of_it_shown(
    shopsync: Shopsync, on_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:geheim-12/34@127.0.0.1:1/0")

    code, out, err = shopsync("worker")

    assert code == 1
    assert err.startswith("setting REDIS_URL: is no address; percent-encode what its password has")
    assert "geheim" not in out + err


def test_the_databases_password_is_shown_in_no_error(shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:geheim-1234@127.0.0.1:1/none")

    code, out, err = shopsync("apply", "geheim-1234.yaml")

    assert code == 1
    assert "geheim" not in out + err


def test_a_database_without_tables_says_to_migrate(
    shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch, servers: EmbeddedUrls
) -> None:
    monkeypatch.setenv("DATABASE_URL", servers.database_url)

    code, _out, err = shopsync("connection", "list")

    assert (code, err) == (1, "the database has not the tables this version needs: run `shopsync migrate`\n")


def test_debug_shows_where_an_error_came_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_logging: None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["shopsync", "--debug", "apply", "nowhere.yaml"])

    with pytest.raises(Exception, match=r"nowhere\.yaml cannot be read"):
        main()


def test_what_nobody_foresaw_is_one_line_too(shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr("app.cli.keys.new_key", broken)

    code, _out, err = shopsync("key")

    assert code == 1
    assert err.splitlines() == ["internal error: ZeroDivisionError: surprise", "`shopsync --debug …` shows where"]
    assert said(ZeroDivisionError()) is None


def test_wrong_usage_ends_with_2(shopsync: Shopsync) -> None:
    assert shopsync("nonsense")[0] == 2
    assert shopsync("sandbox", "magento")[0] == 2


def test_key_prints_what_secret_keys_takes(shopsync: Shopsync) -> None:
    first, second = shopsync("key")[1].strip(), shopsync("key")[1].strip()

    assert len(base64.b64decode(first)) == 32
    assert first != second


def test_version_prints_one_line(shopsync: Shopsync) -> None:
    assert shopsync("version") == (0, "0.1.0\n", "")


def test_a_check_ends_with_3_while_anything_would_change_and_changes_nothing(
    shopsync: Shopsync, on_database: None, file: Path
) -> None:
    code, out, _err = shopsync("apply", str(file), "--check")
    assert code == 3
    assert "+ connection erp: would be created" in out
    assert "erp ⇄ boutique" in out

    assert shopsync("apply", str(file))[0] == 0

    code, out, _err = shopsync("apply", str(file), "--check")
    assert code == 0
    assert out.splitlines()[-1] == "Nothing would change."


def test_apply_says_what_it_does_and_no_secret(shopsync: Shopsync, on_database: None, file: Path) -> None:
    shopsync("apply", str(file))
    file.write_text(yaml.safe_dump(raw(shop={"api_key": "brand-new-key"}, link={"reverse_sync": False})))

    code, out, err = shopsync("apply", str(file))

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "= connection erp: unchanged",
        "~ connection boutique: changed",
        "    api_key: changed",
        "~ link boutique: changed",
        "    reverse_sync: yes → no",
    ]


def test_apply_takes_secrets_from_dotenv_and_the_environment_first(
    shopsync: Shopsync, on_database: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(yaml.safe_dump(raw(shop={"api_key": "${SHOP_KEY_OF_TEST}", "url": "${SHOP_URL_OF_TEST}"})))
    file.with_name(".env").write_text("SHOP_KEY_OF_TEST=from-the-file\nSHOP_URL_OF_TEST=http://127.0.0.1:1\n")
    monkeypatch.setenv("SHOP_URL_OF_TEST", "http://127.0.0.1:2")

    code, out, _err = shopsync("apply", str(file))

    assert code == 0
    assert "prestashop at http://127.0.0.1:2" in out


def test_sample_secrets_are_warned_of_at_home_and_refused_in_production(
    shopsync: Shopsync, on_database: None, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(yaml.safe_dump(raw(link={"webhook_secret": "changeme"})))
    code, _out, err = shopsync("apply", str(file))
    assert code == 0
    assert err.startswith("warning: link boutique: webhook_secret is a sample")

    for name, value in {
        "ENVIRONMENT": "production",
        "SECRET_KEYS": base64.b64encode(bytes(32)).decode(),
        "REDIS_URL": "redis://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)

    code, _out, err = shopsync("apply", str(file))
    assert code == 1
    assert "Production refuses it" in err


def test_a_broken_file_is_told_line_by_line(shopsync: Shopsync, on_database: None, file: Path) -> None:
    file.write_text(yaml.safe_dump(raw(odoo={"databse": "x"}, shop={"api_key": None})))

    code, _out, err = shopsync("apply", str(file))

    assert code == 1
    assert [line.removeprefix(f"{file}: ") for line in err.splitlines()] == [
        "connections[0] erp: databse is not known; did you mean database?",
        "connections[1] boutique: api_key is missing",
    ]


def test_links_and_connections_are_listed_without_secrets(shopsync: Shopsync, on_database: None, file: Path) -> None:
    shopsync("apply", str(file))

    listed = shopsync("connection", "list")[1] + shopsync("link", "list")[1]

    assert "http://127.0.0.1:8069" in listed
    assert "/webhooks/odoo/boutique" in listed
    assert "/webhooks/prestashop/boutique" in listed
    assert not any(secret in listed for secret in ("odoo-key", "shop-key", "hook-secret"))


def test_a_token_is_shown_once_and_can_be_revoked(shopsync: Shopsync, on_database: None) -> None:
    code, token, _err = shopsync("token", "create", "console", "--scope", "read", "--scope", "write")
    assert code == 0
    assert token.startswith("sst_")
    listed = shopsync("token", "list")[1]
    assert "console" in listed
    assert token.strip() not in listed

    assert shopsync("token", "revoke", "console")[0] == 0

    assert shopsync("token", "revoke", "console")[0] == 1
    assert "there is a token named" not in shopsync("token", "create", "console")[2]


def test_a_connection_nobody_knows_cannot_be_tested(shopsync: Shopsync, on_database: None) -> None:
    code, _out, err = shopsync("connection", "test", "nowhere")

    assert (code, err) == (1, "there is no connection nowhere; see `shopsync connection list`\n")


def test_migrate_brings_a_database_to_the_newest_version(shopsync: Shopsync, on_database: None) -> None:
    code, out, _err = shopsync("migrate")

    assert (code, out) == (0, f"The database is at {newest_revision()}, the newest version.\n")


def test_health_of_a_service_that_is_not_there_says_how_to_start_it(shopsync: Shopsync) -> None:
    code, _out, err = shopsync("health", "--url", "http://127.0.0.1:1")

    assert code == 1
    assert err == "no service answers at http://127.0.0.1:1 (ConnectError); start it with `shopsync up`\n"


@pytest.fixture
def shop_url(tmp_path: Path) -> Iterator[str]:
    """A sandbox shop, started by our own command."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = ["-m", "app.cli", "sandbox", "prestashop", "--port", str(port), "--key", SHOP_KEY]
    with running([*arguments, "--log-level", "warning"], tmp_path, {}) as shop:
        eventually(lambda: shop.process.poll() is not None or answers(f"{url}/_sandbox/mails"))
        yield url


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def test_a_connection_is_tested_against_the_real_server(
    shopsync: Shopsync, on_database: None, file: Path, shop_url: str
) -> None:
    file.write_text(yaml.safe_dump(raw(shop={"url": shop_url, "api_key": SHOP_KEY})))
    shopsync("apply", str(file))

    code, out, err = shopsync("connection", "test", "boutique")

    assert (code, err) == (0, "")
    assert out.startswith("boutique (prestashop 8.2.1): works\n")


def test_a_connection_that_does_not_work_says_why_and_ends_with_1(
    shopsync: Shopsync, on_database: None, file: Path, shop_url: str
) -> None:
    file.write_text(yaml.safe_dump(raw(shop={"url": shop_url, "api_key": "X" * 32})))
    shopsync("apply", str(file))

    code, out, _err = shopsync("connection", "test", "boutique")

    assert code == 1
    assert "boutique (prestashop): does not work yet" in out
    assert "  ! " in out
    assert "X" * 32 not in out
