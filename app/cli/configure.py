"""Commands that say what is kept in sync: `apply`, `connection` and `link`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from rich.text import Text
from sqlalchemy import select

from app.cli.environment import database, err, load_settings, out, run, variables
from app.cli.link_check import check_link
from app.cli.peer_report import print_capabilities, print_report
from app.connections.config_file import load_config
from app.connections.hearing import unheard_links
from app.connections.models import Connection, Link
from app.connections.opening import Timing, load_peer, load_uses
from app.connections.plan import Change, Doing, unsynced
from app.connections.proposed import Mapped, load_mapped
from app.connections.service import carry_out, check_secrets, plan
from app.connectors.base import ConnectionReport
from app.modules.fitness import ask_report, narrowed, switched_on_cells
from app.modules.registry import check_modules
from app.security.crypto import open_key_ring
from app.settings import Environment, Settings
from app.sync.mapping_check import check_mappings

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
    _warn([*desired.warnings(), *check_secrets(desired, production=_is_production(settings))])

    async def work() -> list[Change]:
        ring, timing = open_key_ring(settings), Timing(timeout_s=settings.peer_timeout_s)
        async with database(settings) as session:
            planned = await plan(session, ring, desired, check_modules)
            _warn([*unsynced(planned), *unheard_links(planned, settings.public_url)])
            mapped = await load_mapped(session, ring, desired, planned, timing)
        await _check_mapped(mapped)
        if check:
            return planned
        async with database(settings) as session:
            settle = timedelta(seconds=settings.link_cache_s)
            return await carry_out(session, ring, desired, check_modules, settle=settle)

    changes = run(work)
    _print_changes(changes, check=check)
    if check and any(change.changes_something for change in changes):
        raise typer.Exit(WOULD_CHANGE)


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
        async with database(settings) as session:
            peer = await load_peer(session, open_key_ring(settings), name, Timing(timeout_s=settings.peer_timeout_s))
            cells = switched_on_cells(await load_uses(session, name))
        return narrowed(await ask_report(peer), cells)

    report = run(work)
    print_report(name, report)
    print_capabilities(report.kind)
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


@links.command("check")
def check(slug: str) -> None:
    """Ask both ends whether a link can do what it is set to: rights, mapped fields, and how changes are noticed.

    Ends with 1 if something has to be mended.
    """
    if not check_link(slug, load_settings()):
        raise typer.Exit(1)


async def _check_mapped(mapped: list[Mapped]) -> None:
    """Raises `BadPayload` for mappings of fields that the peers do not have."""
    for link in mapped:
        checked = await check_mappings(link.mappings, link.peers)
        _warn(f"link {link.slug}: {warning}" for warning in checked.warnings)
        checked.refuse(before=f"link {link.slug}: ")


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        err.print(f"warning: {warning}", style="yellow", markup=False, soft_wrap=True)


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
