"""One shop process for all tests of a run; everything else is each test's own. What they balance to is shown last."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.chaos.balance import PROPERTY, Balance, Note, as_json, noted, short, table
from tests.chaos.installation import Installation, open_installation
from tests.chaos.two_sides import TwoSides, open_two_sides
from tests.chaos.windows import SCALE
from tests.processes import Processes, listening, open_processes, url_of

HERE = Path(__file__).parent
TIMEOUT_S = 120
AWAY_S = 240


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-report", metavar="PATH", help="write what each chaos test balances to here, as JSON")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The more there is to do (`CHAOS_SCALE`), the longer a test may take; in the long form peers stay away as well."""
    longest_s = TIMEOUT_S * SCALE + (AWAY_S if SCALE > 1 else 0)
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(longest_s))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reports = [each for outcome in ("passed", "failed") for each in terminalreporter.stats.get(outcome, ())]
    balances = noted(reports)
    if not balances:
        return
    terminalreporter.section("chaos")
    for line in table(balances):
        terminalreporter.write_line(line)
    path = config.getoption("--chaos-report", default=None) or os.environ.get("CHAOS_REPORT")
    if path:
        Path(path).write_bytes(orjson.dumps(as_json(balances), option=orjson.OPT_INDENT_2))


@pytest.fixture
def note(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Note:
    def say(balance: Balance, *, part: str = "") -> None:
        sys.stdout.write(balance.line(f"{short(request.node.nodeid)} {part}".rstrip()) + "\n")
        record_property(f"{PROPERTY}:{part}", asdict(balance))

    return say


@pytest.fixture(scope="session")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("shop")
    with listening() as listener, open_processes(directory) as processes:
        processes.start("shop", ["-m", "tests.chaos.shop", str(listener.fileno())], inherited=[listener])
        yield url_of(listener)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with open_processes(tmp_path) as opened:
        yield opened


@pytest.fixture
async def installation(
    database_url: str, redis_url: str, shop_url: str, processes: Processes, note: Note
) -> AsyncIterator[Installation]:
    """Nothing of ours runs yet: a test sets what it needs and starts it."""
    async with open_installation(
        processes, shop_url=shop_url, database_url=database_url, redis_url=redis_url, note=note
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def odoo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("odoo")
    with listening() as listener, open_processes(directory) as processes:
        processes.start("odoo", ["-m", "tests.chaos.odoo", str(listener.fileno())], inherited=[listener])
        yield url_of(listener)


@pytest.fixture(scope="session")
def woo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("woo")
    with listening() as listener, open_processes(directory) as processes:
        processes.start("woo", ["-m", "tests.chaos.woo", str(listener.fileno())], inherited=[listener])
        yield url_of(listener)


@pytest.fixture
async def both(
    database_url: str, redis_url: str, shop_url: str, odoo_url: str, processes: Processes, note: Note
) -> AsyncIterator[TwoSides]:
    """An Odoo and a shop that are linked, still silent, and nothing of ours runs yet."""
    async with open_two_sides(
        processes, shop_url=shop_url, odoo_url=odoo_url, database_url=database_url, redis_url=redis_url, note=note
    ) as opened:
        yield opened
