"""`shopsync reconcile`: both sides compared in this process; started again after a kill it goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from rich.status import Status
from rich.table import Table
from rich.text import Text
from sqlalchemy import select

from app.cli.environment import err, load_settings, out, run
from app.cli.link_work import LinkWork, is_dead_process, named_entity, open_link_work, process_name, shown
from app.connections.sync_settings import Flow
from app.entities.base import EntityType
from app.errors import ActionRequired, Conflict
from app.sync.asking import check_switched_on
from app.sync.models import Drift, Run, RunKind, RunStatus
from app.sync.run_orders import order_run
from app.sync.runs import RunView, find_run, release_run, take_run

DRIFT_LEFT: Final = 3
LOOK_S: Final = 0.5
MOST_SHOWN: Final = 200

commands = typer.Typer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """`drifts` are the first `MOST_SHOWN`."""

    run: RunView
    drifts: Sequence[Drift]


@commands.command()
def reconcile(
    link: Annotated[str, typer.Argument(help="Slug of the link.")],
    entity: Annotated[
        str | None, typer.Argument(metavar="[ENTITY]", help="For instance customer; all that the link syncs otherwise.")
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Make a job of what is found; a worker carries the jobs out.")
    ] = False,
) -> None:
    """Compare both sides record by record. Without --fix it ends with 3 if they differ."""
    settings = load_settings()

    async def work() -> list[Compared]:
        async with open_link_work(settings, link) as opened:
            return [await _compare(opened, entity_type, fix=fix) for entity_type in _wanted(opened, entity)]

    compared = run(work)
    for each in compared:
        _print(each)
    if not fix and any(each.run.drifted for each in compared):
        raise typer.Exit(DRIFT_LEFT)


def _wanted(opened: LinkWork, entity: str | None) -> list[EntityType]:
    """Raises `NotFound`, `Conflict` for what is not switched on, `ActionRequired` when nothing is."""
    if entity is not None:
        entity_type = named_entity(opened.terms, entity)
        check_switched_on(opened.terms, entity_type)
        return [entity_type]
    sync = opened.terms.sync
    kept = [each for each in EntityType if sync.entity(each).direction is not Flow.OFF]
    wanted = [each for each in kept if each not in sync.documents]  # a copy of Odoo's has nothing to compare
    if not wanted:
        raise ActionRequired(
            f"link {opened.terms.slug} syncs nothing to compare: name entity types in its sync.entities"
        )
    return wanted


async def _compare(opened: LinkWork, entity_type: EntityType, *, fix: bool) -> Compared:
    ours = await _take(opened, entity_type, fix=fix)
    runner = opened.runner()
    async with _progress(opened, ours):
        while not await runner.run_one(ours.id):
            # Somebody else has it: a worker, or another command. It is watched to its end.
            await asyncio.sleep(LOOK_S)
            if (await _look(opened, ours)).status is not RunStatus.RUNNING:
                break
    return await _ended(opened, ours)


async def _take(opened: LinkWork, entity_type: EntityType, *, fix: bool) -> RunView:
    """Opened and taken in one transaction, or a worker would take it away from us. What was left by a command that
    was killed is taken over at once; its lease would last for minutes."""
    async with opened.sessions.begin() as session:
        ours, known = await order_run(
            session,
            link_id=opened.terms.id,
            kind=RunKind.RECONCILE,
            entity_type=entity_type,
            options={"fix": fix},
        )
        row = await session.get(Run, (ours.link_id, ours.id))
        if row is not None and row.leased_by is not None and is_dead_process(row.leased_by):
            await release_run(session, ours, holder=row.leased_by)
    if known:
        err.print(f"Run {ours.id} goes on after {ours.seen} records.", markup=False)
    async with opened.sessions.begin() as session:
        await take_run(session, holder=process_name(), run_id=ours.id)
    return ours


@asynccontextmanager
async def _progress(opened: LinkWork, ours: RunView) -> AsyncIterator[None]:
    """One line, rewritten while it goes on; on a terminal only."""
    with err.status(f"{ours.entity_type}: comparing") as line:
        task = asyncio.create_task(_watch(opened, ours, line))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _watch(opened: LinkWork, ours: RunView, line: Status) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        now = await _look(opened, ours)
        line.update(f"{now.entity_type}: {now.seen} compared, {now.drifted} differ, {now.queued} jobs")


async def _look(opened: LinkWork, ours: RunView) -> RunView:
    async with opened.sessions() as session:
        found = await find_run(session, link_id=ours.link_id, run_id=ours.id)
    assert found is not None
    return found


async def _ended(opened: LinkWork, ours: RunView) -> Compared:
    """Raises `ActionRequired` for a run that waits for something, `Conflict` for one that ended otherwise."""
    now = await _look(opened, ours)
    if now.status is RunStatus.RUNNING:
        waits = f"run {now.id} waits after {now.seen} records: {now.error_message}"
        raise ActionRequired(f"{waits}\nIt goes on there when the command is given again, or when a worker takes it.")
    if now.status is not RunStatus.COMPLETED:
        raise Conflict(f"run {now.id} of {now.entity_type} {now.status}: {now.error_message}")
    query = select(Drift).where(Drift.link_id == now.link_id, Drift.run_id == now.id).order_by(Drift.id)
    async with opened.sessions() as session:
        return Compared(run=now, drifts=list(await session.scalars(query.limit(MOST_SHOWN))))


def _print(compared: Compared) -> None:
    now = compared.run
    if compared.drifts:
        out.print(_table(compared.drifts))
    if now.drifted > len(compared.drifts):
        out.print(f"… and {now.drifted - len(compared.drifts)} more: see run {now.id} in the API", markup=False)
    said = f"{now.entity_type}: {now.seen} records compared, {now.drifted} differ"
    if now.queued:
        said += f"; {now.queued} jobs made, carried out by a worker"
    out.print(f"{said}.", markup=False)


def _table(drifts: Sequence[Drift]) -> Table:
    table = Table("odoo", "shop", "what", "field", "odoo holds", "the shop holds")
    for drift in drifts:
        ids = [Text(drift.odoo_id or "-"), Text(drift.shop_id or "-"), Text(drift.kind.replace("_", " "))]
        for name, held in sorted(drift.fields.items()):
            table.add_row(*ids, Text(name), Text(shown(held.get("odoo"))), Text(shown(held.get("shop"))))
            ids = [Text(""), Text(""), Text("")]
        if not drift.fields:
            table.add_row(*ids)
    return table
