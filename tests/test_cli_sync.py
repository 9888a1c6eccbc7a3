"""Commands of the two-way sync against two sandboxes on loopback; no worker runs unless a test plays one."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
import structlog
import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from app.cli import main
from app.db.child import free_port
from app.entities.base import EntityType
from app.queue.wake import RINGS
from app.sandbox.odoo.app import create_app
from app.sync.models import RunKind
from app.sync.runs import Progress, advance, open_run, take_run
from tests.api.both_sides import CUSTOMERS, KEY, MANUAL
from tests.flows.two_sides import TwoSides, open_two_sides

Shopsync = Callable[..., Awaitable[tuple[int, str, str]]]


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """The address of an ASGI application on loopback."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level=None, log_config=None, lifespan="off")
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # of older uvicorns
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def open_both(engine: AsyncEngine, sync: dict[str, Any]) -> AsyncIterator[TwoSides]:
    """The link's connections lead to the sandboxes' real addresses, for commands in processes of their own."""
    async with (
        open_two_sides(engine, sync=sync) as both,
        served(create_app(both.odoo)) as odoo,
        served(both.world.shop) as shop,
    ):
        await both.world.execute("UPDATE connections SET url = :url WHERE name = 'erp'", url=odoo)
        await both.world.execute("UPDATE connections SET url = :url WHERE name = 'boutique'", url=shop)
        yield both


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_both(engine, CUSTOMERS) as opened:
        yield opened


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
    database_url: str,
    own_logging: None,
) -> Shopsync:
    """Runs a command in a thread, with an event loop of its own, while the sandboxes are served in ours. Gives exit
    code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("DATABASE_URL", database_url), ("SECRET_KEYS", KEY), ("USER", "ada")):
        monkeypatch.setenv(name, value)

    def call() -> int:
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    async def run_command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        capsys.readouterr()
        code = await asyncio.to_thread(call)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command


async def a_customer(both: TwoSides, name: str = "Ada Lovelace", email: str = "ada@example.com") -> tuple[int, int]:
    number = await both.add_to_odoo("res.partner", name=name, email=email)
    await both.work()
    pairs = await both.pairs()
    both.line.calls.clear()
    both.world.shop.requests.clear()
    return number, int(pairs[-1].shop_id)


def row_of(table: str, *words: str) -> str:
    """The first line of a table that has all the words."""
    return next(line for line in table.splitlines() if all(word in line for word in words))


async def test_a_dry_run_shows_per_record_what_would_change_and_writes_nothing(
    both: TwoSides, shopsync: Shopsync
) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})

    code, out, err = await shopsync("sync", "boutique", "prestashop/customer", "--id", str(number), "--dry-run")

    assert (code, err) == (0, "")
    assert out.splitlines()[0] == f"{number} ⇄ {shop_id}: would_write, 1 field would be written"
    assert row_of(out, "lastname").split() == ["lastname", "Lovelace", "King"]
    assert out.splitlines()[-1] == "1 looked at (would_write: 1). Nothing was written."
    assert both.world.shop.row("customers", shop_id)["lastname"] == "Lovelace"
    assert both.world.writes() == []
    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []


async def test_records_are_enqueued_for_a_worker(both: TwoSides, shopsync: Shopsync) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})

    code, out, _ = await shopsync("sync", "boutique", "customer", "--id", str(number))
    await both.work()

    assert (code, out.split(";")[1].strip()) == (0, "odoo is read when a worker takes them.")
    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"


async def test_workers_are_rung_and_a_redis_that_is_away_costs_no_order(
    both: TwoSides, shopsync: Shopsync, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = await a_customer(both)
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        await client.delete(RINGS)
        monkeypatch.setenv("REDIS_URL", redis_url)
        rung = await shopsync("sync", "boutique", "customer", "--id", str(number))
        rings = await client.llen(RINGS)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    away = await shopsync("sync", "boutique", "customer", "--id", str(number))

    assert (rung[0], rings) == (0, 1)
    assert (away[0], away[2]) == (0, "")


async def test_all_records_are_a_run_and_asking_twice_is_asking_once(both: TwoSides, shopsync: Shopsync) -> None:
    first = await shopsync("sync", "boutique", "prestashop/customer", "--side", "shop")
    second = await shopsync("sync", "boutique", "prestashop/customer", "--side", "shop")

    assert first[:2] == (0, "Run 1 is opened: every customer of shop, carried out by a worker.\n")
    assert second[:2] == (0, "Run 1 does that already: 0 records seen.\n")


async def test_what_is_wrong_is_one_line(both: TwoSides, shopsync: Shopsync) -> None:
    cases = [
        (["sync", "nowhere", "customer"], "there is no link nowhere; see `shopsync link list`"),
        (["sync", "boutique", "ufo"], "'ufo' is no entity type"),
        (["sync", "boutique", "magento/customer"], "link boutique has no module 'magento'"),
        (["sync", "boutique", "order"], "link boutique does not sync order: put `order: {direction: both}`"),
        (["reconcile", "boutique", "order"], "link boutique does not sync order"),
        (["reconcile", "nowhere"], "there is no link nowhere"),
        (["conflicts", "boutique", "--choose", "odoo"], "say which conflicts: --id, --entity, --field, or --all"),
        (["record", "boutique", "odoo", "customer", "999999"], "nothing is known of customer 999999 of odoo"),
    ]
    for arguments, words in cases:
        code, out, err = await shopsync(*arguments)

        assert (code, out) == (1, ""), arguments
        assert err.startswith(words), err
        assert len(err.splitlines()) == 1


async def test_a_reconciliation_prints_each_field_that_differs_and_ends_with_3(
    both: TwoSides, shopsync: Shopsync
) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})

    code, out, _ = await shopsync("reconcile", "boutique", "customer")

    assert code == 3
    line = row_of(out, "differs")
    assert [word.strip() for word in line.strip("│").split("│")] == [
        str(number), str(shop_id), "differs", "name", "Ada King", "Ada Lovelace",
    ]  # fmt: skip
    assert "missing in shop" in out
    assert both.world.writes() == []
    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []


async def test_with_fix_it_makes_jobs_and_ends_well(both: TwoSides, shopsync: Shopsync) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})

    code, out, err = await shopsync("reconcile", "boutique", "--fix")
    await both.work()

    assert (code, err) == (0, "")
    assert "jobs made, carried out by a worker" in out.splitlines()[-1]
    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"


async def test_what_is_kept_as_documents_is_left_out_of_a_reconciliation_of_everything(
    both: TwoSides, shopsync: Shopsync
) -> None:
    documents = '{"entities": {"invoice": {"direction": "odoo_to_shop"}}, "documents": ["invoice"]}'
    await both.world.execute("UPDATE links SET module_sync = :documents", documents=documents)

    code, out, err = await shopsync("reconcile", "boutique")

    assert (code, err) in [(0, ""), (3, "")]
    assert "customer: " in out
    assert "invoice" not in out


async def test_a_killed_reconciliation_goes_on_at_once_as_the_same_run(both: TwoSides, shopsync: Shopsync) -> None:
    """The lease of a command that was killed would last for minutes; nobody holds it any more."""
    first, _ = await a_customer(both)
    second, _ = await a_customer(both, "Grace Hopper", "grace@example.com")
    await both.people.write("res.partner", [first], {"name": "Ada King"})
    await both.people.write("res.partner", [second], {"name": "Grace King"})
    killed = await asyncio.create_subprocess_exec("true")
    await killed.wait()
    async with both.world.sessions.begin() as session:
        run = await open_run(
            session,
            link_id=both.world.link.id,
            kind=RunKind.RECONCILE,
            entity_type=EntityType.CUSTOMER,
            options={"fix": False},
        )
        await take_run(session, holder="killed", run_id=run.id)
        [earlier, _] = await both.pairs()
        halfway = Progress(cursor={"stage": "pairs", "after": earlier.id}, seen=1)
        assert await advance(session, run, halfway, holder="killed")
    holder = f"cli:{socket.gethostname()}:{killed.pid}"
    await both.world.execute("UPDATE runs SET leased_by = :holder", holder=holder)

    code, out, err = await shopsync("reconcile", "boutique", "customer")

    assert (code, err) == (3, f"Run {run.id} goes on after 1 records.\n")
    assert "Grace King" in out
    assert "Ada King" not in out
    [ended] = await both.world.rows("SELECT id, status FROM runs")
    assert (ended.id, ended.status) == (run.id, "completed")


async def test_a_reconciliation_that_meets_a_shop_that_is_down_says_so_and_goes_on_when_it_is_back(
    both: TwoSides, shopsync: Shopsync
) -> None:
    await a_customer(both)
    both.world.shop.fail(status=503, times=20)

    down = await shopsync("reconcile", "boutique", "customer")
    both.world.shop.faults.clear()
    await both.world.execute("UPDATE runs SET leased_until = now()")
    again = await shopsync("reconcile", "boutique", "customer")

    assert down[0] == 1
    assert down[2].startswith("run 1 waits after 0 records: boutique: ")
    assert len(down[2].splitlines()) == 2
    assert again[0] == 3
    assert again[2].splitlines()[0] == "Run 1 goes on after 0 records."
    assert [row.id for row in await both.world.rows("SELECT id FROM runs")] == [1]


async def test_conflicts_are_shown_and_decided(engine: AsyncEngine, shopsync: Shopsync) -> None:
    async with open_both(engine, MANUAL) as both:
        number, shop_id = await a_customer(both)
        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        shown = await shopsync("conflicts", "boutique")
        chosen = await shopsync("conflicts", "boutique", "--choose", "shop", "--id", "1")
        await both.work()
        left = await shopsync("conflicts", "boutique")
        again = await shopsync("conflicts", "boutique", "--choose", "shop", "--id", "1")
        decided = await shopsync("conflicts", "boutique", "--resolved")

        line = row_of(shown[1], "customer")
        assert all(word in line for word in ("Ada Lovelace", "Ada King", "Ada Byron", "open"))
        assert chosen[0] == 0
        assert chosen[1].startswith("1 conflict decided: shop wins. A worker carries it out (jobs ")
        assert both.partner(number)["name"] == "Ada Byron"
        assert left[1] == "No conflict is open.\n"
        assert (again[0], again[2]) == (1, "no open conflict of this link has such an id; nothing was decided\n")
        assert "shop, by ada on the command line" in decided[1]


async def test_a_record_is_shown_with_both_sides_and_its_timeline(both: TwoSides, shopsync: Shopsync) -> None:
    number, shop_id = await a_customer(both)
    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.work()
    await both.people.write("res.partner", [number], {"name": "Ada Noel"})

    code, out, err = await shopsync("record", "boutique", "shop", "customer", str(shop_id))

    assert (code, err) == (0, "")
    assert out.startswith(f"customer: odoo {number} ⇄ shop {shop_id}, agreed ")
    assert [word.strip() for word in row_of(out, "│ name ").strip("│").split("│")] == ["name", "Ada Noel", "Ada King"]
    assert "lastname: Lovelace → King" in out
    assert "odoo told of it" in out


async def test_what_is_known_of_a_record_is_shown_also_while_a_peer_is_away(both: TwoSides, shopsync: Shopsync) -> None:
    number, shop_id = await a_customer(both)
    both.world.shop.fail(status=503, times=20)

    code, out, err = await shopsync("record", "boutique", "odoo", "customer", str(number))

    assert code == 0
    assert f"odoo {number} ⇄ shop {shop_id}" in out
    assert "created on the other side" in out
    assert err.startswith("not compared: boutique: ")
