"""Commands that run the service: `up` (everything), `api`, `worker`, `migrate`, and servers to try it out with."""

from __future__ import annotations

import asyncio
import importlib
import socket
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import structlog
import typer

from app.cli.environment import Urls, database_url, load_settings, out, run, urls
from app.cli.listener import listen
from app.cli.supervisor import Program, Supervisor
from app.connectors.registry import KINDS
from app.db.embedded import Embedded, EmbeddedUrls
from app.log import configure_logging
from app.metric_files import environment_of, shared_files
from app.settings import Settings

DATABASE_LOOK_S = 1.0

commands = typer.Typer()
log = structlog.get_logger(__name__)

Host = Annotated[str | None, typer.Option(help="Address to listen on; HOST otherwise.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on; PORT otherwise.")]


@commands.command()
def up(
    host: Host = None,
    port: Port = None,
    apis: Annotated[int, typer.Option(min=1, max=32, help="API processes.")] = 1,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Worker processes.")] = 1,
) -> None:
    """Run everything: migrations, API and worker, with PostgreSQL and Redis of its own unless their URLs are set."""
    settings = load_settings(host=host, port=port)
    configure_logging(settings.log_level, json=settings.log_json)
    with listen(settings.host, settings.port) as listener:
        while _serve_all(settings, listener, apis=apis, workers=workers):
            log.error("up.database_lost", effect="everything is started again")


@commands.command()
def api(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(min=1, max=32, help="API processes that share the port.")] = 1,
    fd: Annotated[int | None, typer.Option(hidden=True, help="A socket that listens already.")] = None,
) -> None:
    """Run the API. Needs DATABASE_URL and REDIS_URL, or a running `shopsync up`."""
    from app.cli.api_process import run_api  # FastAPI and all that: other commands need not wait for it

    settings = load_settings(host=host, port=port)
    configure_logging(settings.log_level, json=settings.log_json)
    with socket.socket(fileno=fd) if fd is not None else listen(settings.host, settings.port) as listener:
        if workers == 1:
            run_api(settings, urls(settings), listener)
        else:
            asyncio.run(_keep(settings, api_programs(urls(settings), listener, count=workers)))


@commands.command()
def worker() -> None:
    """Run a worker. Needs DATABASE_URL and REDIS_URL, or a running `shopsync up`."""
    from app.worker import run_worker

    settings = load_settings()
    where = urls(settings)
    run_worker(settings, database_url=where.database_url, redis_url=where.redis_url)


@commands.command()
def migrate() -> None:
    """Bring the database's tables to the newest version."""
    from app.db.migrate import newest_revision, upgrade

    where = database_url(load_settings())
    run(lambda: upgrade(where))
    out.print(f"The database is at {newest_revision()}, the newest version.")


@commands.command("debug-server")
def debug_server(
    host: Annotated[str, typer.Option()] = "127.0.0.1", port: Annotated[int, typer.Option()] = 5000
) -> None:
    """Print what the debug mirror posts (set DEBUG_MIRROR_URL to this server's address)."""
    from app.debug_server import serve

    serve(host, port)


@commands.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def sandbox(
    context: typer.Context, kind: Annotated[str, typer.Argument(help="prestashop, woocommerce or odoo", metavar="KIND")]
) -> None:
    """Run a shop or an Odoo in memory, to try things out: `shopsync sandbox prestashop --port 8080`.

    What follows the kind goes to the sandbox; `shopsync sandbox odoo -- --help` lists it.
    """
    if kind not in KINDS:
        raise typer.BadParameter(f"there are sandboxes {', '.join(KINDS)}", param_hint="KIND")
    played = importlib.import_module(f"app.sandbox.{kind}.__main__")
    played.main([argument for argument in context.args if argument != "--"])


def api_programs(where: Urls, listener: socket.socket, *, count: int) -> list[Program]:
    """They share one listening socket, which stays open while one of them is started again: no sender is refused."""
    fd = listener.fileno()
    return [
        Program(
            name=f"api-{number}",
            arguments=["-m", "app.cli", "api", "--fd", str(fd)],
            environment=where.as_environment(),
            inherited_fds=[fd],
        )
        for number in range(1, count + 1)
    ]


def worker_programs(where: Urls, *, count: int) -> list[Program]:
    return [
        Program(name=f"worker-{number}", arguments=["-m", "app.cli", "worker"], environment=where.as_environment())
        for number in range(1, count + 1)
    ]


def _serve_all(settings: Settings, listener: socket.socket, *, apis: int, workers: int) -> bool:
    """Until a signal; True if it ended because the embedded database did."""
    from app.db.migrate import upgrade

    embedded = None if settings.database_url and settings.redis_url else Embedded(settings.data_dir)
    servers: AbstractContextManager[EmbeddedUrls | None] = embedded if embedded is not None else nullcontext()
    with servers as started:
        where = _where(settings, started)
        run(lambda: upgrade(where.database_url))
        if started is not None:
            log.info("up.embedded", data_dir=str(settings.data_dir), redis=started.redis_flavour)
        out.print(f"{address_of(listener)}/docs answers in a moment. Ctrl-C ends everything.")
        programs = [*api_programs(where, listener, count=apis), *worker_programs(where, count=workers)]
        return asyncio.run(_keep(settings, programs, embedded))


async def _keep(settings: Settings, programs: list[Program], embedded: Embedded | None = None) -> bool:
    """True if the embedded database was lost. Whichever child a scrape meets answers for all of them."""
    with shared_files() as directory:
        return await _keep_counted(settings, [_counted(program, directory) for program in programs], embedded)


def _counted(program: Program, directory: Path) -> Program:
    """What a worker counted is part of the API's answer; and several of them could not share its port."""
    shared = {**environment_of(program.name, directory), "WORKER_METRICS_PORT": ""}
    return replace(program, environment={**program.environment, **shared})


async def _keep_counted(settings: Settings, programs: Sequence[Program], embedded: Embedded | None) -> bool:
    async with Supervisor(grace_s=settings.shutdown_grace_s) as supervisor:
        supervisor.stop_on_signals()
        for program in programs:
            supervisor.keep(program)
        stopped = asyncio.create_task(supervisor.until_stopped())
        while embedded is None or not embedded.is_owner or embedded.postgres_pid is not None:
            done, _ = await asyncio.wait([stopped], timeout=DATABASE_LOOK_S)
            if done:
                return False
        stopped.cancel()
        return True


def _where(settings: Settings, started: EmbeddedUrls | None) -> Urls:
    if started is None:
        return urls(settings)
    return Urls(
        database_url=settings.database_url or started.database_url,
        redis_url=settings.redis_url or started.redis_url,
    )


def address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
