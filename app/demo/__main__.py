"""`python -m app.demo [--once] [--acts N] [--data-dir DIR]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

from app.cli.environment import Urls, said
from app.cli.listener import listen
from app.cli.supervisor import Supervisor
from app.db.embedded import Embedded
from app.demo.scene import Act
from app.demo.screen import Screen
from app.demo.second_shop import SecondShop
from app.demo.show import Show
from app.demo.stage import Stage
from app.demo.two_way import TwoWay
from app.demo.window import Window
from app.errors import ActionRequired, AppError
from app.log import configure_logging

DATA = Path(".data/demo")
PORT = 8000
GRACE_S = 5.0


def main() -> None:
    options = _options()
    screen = Screen()
    configure_logging("WARNING", json=False)
    try:
        sys.exit(_run(options, screen))
    except KeyboardInterrupt:
        sys.exit(130)
    except AppError as error:
        screen.failure(said(error) or str(error))
        sys.exit(1)


def _run(options: argparse.Namespace, screen: Screen) -> int:
    started = time.monotonic()
    data_dir = _fresh(options.data_dir)
    embedded = Embedded(data_dir, durable=False)
    with _listener(free=options.once) as listener, embedded as servers:
        screen.opening(servers.redis_flavour)
        urls = Urls(database_url=servers.database_url, redis_url=servers.redis_url)
        stage = Stage(data_dir=data_dir, urls=urls, listener=listener)
        code = asyncio.run(_play(stage, screen, options, started=started))
    if code == 0 and options.data_dir is None:
        shutil.rmtree(data_dir, ignore_errors=True)
    return code


async def _play(stage: Stage, screen: Screen, options: argparse.Namespace, *, started: float) -> int:
    client = httpx.AsyncClient(timeout=15.0, trust_env=False)
    async with client, Supervisor(grace_s=GRACE_S) as supervisor:
        supervisor.stop_on_signals()
        stopped = asyncio.create_task(supervisor.until_stopped(), name="stopped")
        show = _show(stage, screen, supervisor, client, started=started, most_acts=options.acts)
        showing = asyncio.create_task(show, name="show")
        await asyncio.wait([showing, stopped], return_when=asyncio.FIRST_COMPLETED)
        if not showing.done():
            showing.cancel()
            await asyncio.wait([showing])
            return 130
        token, wrong = showing.result()
        if not options.once:
            screen.addresses(stage, token)
            await stopped
        stopped.cancel()
        return 1 if wrong else 0


async def _show(
    stage: Stage,
    screen: Screen,
    supervisor: Supervisor,
    client: httpx.AsyncClient,
    *,
    started: float,
    most_acts: int | None,
) -> tuple[str, list[str]]:
    """The operator's token, and what did not come out right."""
    programs = stage.programs()
    token = await stage.prepare_database()
    for program in programs:
        supervisor.keep(program)
    await stage.wait_until_ready(client)
    wrong = []
    window = Window(stage, client, token)
    acts: dict[str, Act] = {
        "Odoo's envelopes": Show(window),
        "Both ways": TwoWay(stage, window),
        "The second shop": SecondShop(stage, window, client),
    }
    for name, act in list(acts.items())[:most_acts]:
        screen.act(name)
        async for scene in act.scenes():
            screen.scene(scene)
            wrong += [f"{scene.title.split('  ')[0]}: {step.name}" for step in scene.steps if not step.ok]
    screen.verdict(wrong, time.monotonic() - started)
    if wrong:
        screen.logs(stage, [program.name for program in programs])
    return token, wrong


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the show, with 0 if every step came out right")
    parser.add_argument("--acts", type=int, help="how many of the acts to play, from the first on")
    parser.add_argument("--data-dir", type=Path, help="an empty directory to use and to keep")
    return parser.parse_args()


def _fresh(given: Path | None) -> Path:
    """Events that were stored before would be answered as before, and there would be nothing to see."""
    if given is None:
        _clear_left_behind()
        given = DATA / f"run-{os.getpid()}"
    if given.exists() and any(given.iterdir()):
        raise ActionRequired(f"{given} is not empty; the demonstration needs a directory of its own")
    given.mkdir(parents=True, exist_ok=True)
    return given


def _clear_left_behind() -> None:
    for left in DATA.glob("run-*"):
        try:
            os.kill(int(left.name.removeprefix("run-")), 0)
        except ProcessLookupError:
            shutil.rmtree(left, ignore_errors=True)
        except (PermissionError, ValueError):
            continue


def _listener(*, free: bool) -> socket.socket:
    """The usual port for people who want to look around, any other if it is taken."""
    if not free:
        with suppress(ActionRequired):
            return listen("127.0.0.1", PORT)
    return listen("127.0.0.1", 0)


if __name__ == "__main__":
    main()
