"""Commands that say what is kept in sync: `apply`, `connection`, `link`, and `key` for the secrets among it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text
from sqlalchemy import select

from app.cli.environment import database, err, load_settings, out, run, variables
from app.connections.config_file import load_config
from app.connections.models import Connection, Link
from app.connections.plan import Change, Doing
from app.connections.service import carry_out, check_secrets, plan
from app.connections.store import ConnectionView, connection_view, find_connection
from app.connectors.base import ConnectionReport
from app.connectors.registry import Peer, open_connector
from app.errors import NotFound
from app.modules.registry import check_modules
from app.security.crypto import new_key, open_key_ring
from app.settings import Environment, Settings

WOULD_CHANGE = 3

commands = typer.Typer()
connections = typer.Typer(no_args_is_help=True, help="The Odoo databases and shops that are known.")
links = typer.Typer(no_args_is_help=True, help="Which Odoo and which shop are kept in sync.")

_MARK = {
    Doing.CREATE: ("+", "green"),
    Doing.CHANGE: ("~", "yellow"),
    Doing.NOTHING: ("=", "dim"),
    Doing.LEAVE: (" ", "dim"),
}


@commands.command()
def apply(
    file: Annotated[Path, typer.Argument(help="A file in the form of config.example.yaml.")],
    check: Annotated[
        bool, typer.Option("--check", help=f"Change nothing; end with {WOULD_CHANGE} if anything would change.")
    ] = False,
) -> None:
    """Create or change connections and links as FILE says. Doing it again changes nothing; nothing is deleted."""
    settings = load_settings()
    desired = load_config(file, variables())
    warnings = [*desired.warnings(), *check_secrets(desired, production=_is_production(settings))]
    for warning in warnings:
        err.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)

    async def work() -> list[Change]:
        async with database(settings) as session:
            act = plan if check else carry_out
            return await act(session, open_key_ring(settings), desired, check_modules)

    changes = run(work)
    _print_changes(changes, check=check)
    if check and any(change.changes_something for change in changes):
        raise typer.Exit(WOULD_CHANGE)


@commands.command()
def key() -> None:
    """Print a new key for SECRET_KEYS, which seals credentials. To change it, put the new one before the old one."""
    out.print(new_key(), markup=False, soft_wrap=True)


@connections.command("list")
def list_connections() -> None:
    """Show the connections, without their credentials."""

    async def work() -> Table:
        table = Table("name", "kind", "address", "options", "changed")
        async with database(load_settings()) as session:
            for row in await session.scalars(select(Connection).order_by(Connection.name)):
                options = ", ".join(f"{name}: {value}" for name, value in row.options.items())
                table.add_row(row.name, row.kind, row.url, options, f"{row.updated_at:%Y-%m-%d %H:%M}")
        return table

    out.print(run(work))


@connections.command("test")
def test_connection(name: str) -> None:
    """Ask the other side for its version, our permissions there, and say what is missing."""
    settings = load_settings()

    async def work() -> ConnectionReport:
        view, options = await _find_peer(settings, name)
        connector = open_connector(
            Peer(
                name=view.name,
                kind=view.kind.value,
                url=view.url,
                credentials=view.credentials,
                connection_options=view.options,
                options=options,
                timeout_s=settings.peer_timeout_s,
            )
        )
        try:
            return await connector.test()
        finally:
            await connector.aclose()

    report = run(work)
    _print_report(name, report)
    if not report.ok:
        raise typer.Exit(1)


@links.command("list")
def list_links() -> None:
    """Show the links and the addresses their webhooks are posted to."""

    async def work() -> Table:
        table = Table("slug", "odoo ⇄ shop", "modules", "reverse sync", "enabled", Column("webhooks", overflow="fold"))
        async with database(load_settings()) as session:
            known = {row.id: row for row in await session.scalars(select(Connection))}
            for link in await session.scalars(select(Link).order_by(Link.slug)):
                odoo, shop = known[link.odoo_connection_id], known[link.shop_connection_id]
                table.add_row(
                    link.slug,
                    f"{odoo.name} ⇄ {shop.name}",
                    ", ".join(link.modules),
                    "on" if link.reverse_sync else "off",
                    "yes" if link.enabled else "no",
                    f"/webhooks/odoo/{link.slug}\n/webhooks/{shop.kind}/{link.slug}",
                )
        return table

    out.print(run(work))


async def _find_peer(settings: Settings, name: str) -> tuple[ConnectionView, dict[str, object]]:
    """The connection, and what the first link that uses it says about its shop."""
    async with database(settings) as session:
        row = await find_connection(session, name=name)
        if row is None:
            raise NotFound(f"there is no connection {name}; see `shopsync connection list`")
        modules = await session.scalar(select(Link.modules).where(Link.shop_connection_id == row.id).order_by(Link.id))
        return connection_view(row, open_key_ring(settings)), (modules or {}).get(row.kind.value) or {}


def _is_production(settings: Settings) -> bool:
    return settings.environment is Environment.PRODUCTION


def _print_changes(changes: list[Change], *, check: bool) -> None:
    for change in changes:
        mark, style = _MARK[change.doing]
        out.print(Text(f"{mark} {change.kind} {change.name}: {_doing(change, check=check)}", style), soft_wrap=True)
        for detail in change.details:
            out.print(Text(f"    {detail}"), soft_wrap=True)
    if not any(change.changes_something for change in changes):
        out.print("Nothing would change." if check else "Nothing to change.")


def _doing(change: Change, *, check: bool) -> str:
    if change.doing is Doing.LEAVE:
        return "not in the file, left as it is"
    if not change.changes_something:
        return change.doing
    return f"would be {change.doing}d" if check else f"{change.doing}d"


def _print_report(name: str, report: ConnectionReport) -> None:
    version = f" {report.version}" if report.version else ""
    verdict = Text("works", "green") if report.ok else Text("does not work yet", "red")
    out.print(Text.assemble(f"{name} ({report.kind}{version}): ", verdict))
    for fact, value in report.details.items():
        out.print(Text(f"  {fact}: {_shown(value)}"), soft_wrap=True)
    for problem in report.problems:
        out.print(Text(f"  ! {problem}", "yellow"), soft_wrap=True)


def _shown(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "unknown"
        case list() | tuple():
            return ", ".join(_shown(each) for each in value) or "none"
        case dict():
            return ", ".join(f"{name}: {_shown(each)}" for name, each in value.items()) or "none"
        case _:
            return str(value)
