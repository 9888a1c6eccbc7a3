"""`shopsync import` and `shopsync export`: every record of one entity type, with a progress bar; a worker does it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from sqlalchemy import text

from app.api.run_views import failed_jobs
from app.cli.environment import err, load_settings, out, run
from app.cli.link_work import LinkWork, named_entity, open_link_work
from app.entities.base import EntityType, Side
from app.errors import ActionRequired, Conflict
from app.sync.asking import source_side
from app.sync.ends import open_ends
from app.sync.models import RunStatus
from app.sync.run_orders import bulk_kind, order_run
from app.sync.run_progress import RunCount, count_run, why_failed
from app.sync.runs import RunView, find_run, reopen_run

LOOK_S: Final = 0.3
SOME_FAILED: Final = 1
MOST_REASONS: Final = 5
WORKER_DEAD_AFTER: Final = "30 seconds"
NO_WORKER: Final = "no worker is running, and a worker does the work: start `shopsync up` or `shopsync worker`"

commands = typer.Typer()

Link = Annotated[str, typer.Argument(help="Slug of the link.")]
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help="For instance product, customer, order.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Stay and show how far it is, or only ask for it.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Go on where the last one stopped, if that was cancelled or failed.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`reasons`: why records failed, with how many for each; of a run that has ended."""

    run: RunView
    count: RunCount
    reasons: Sequence[tuple[str, int]] = ()


@commands.command("import")
def import_(link: Link, entity: Entity, wait: Wait = True, resume: Resume = False) -> None:
    """Bring every record of the shop into Odoo. One that is under way is watched, not begun a second time."""
    _bulk(link, entity, Side.SHOP, wait=wait, resume=resume)


@commands.command()
def export(link: Link, entity: Entity, wait: Wait = True, resume: Resume = False) -> None:
    """Bring every record of Odoo into the shop. One that is under way is watched, not begun a second time."""
    _bulk(link, entity, Side.ODOO, wait=wait, resume=resume)


def _bulk(link: str, entity: str, side: Side, *, wait: bool, resume: bool) -> None:
    settings = load_settings()
    asked: list[RunView] = []

    async def work() -> Look | None:
        async with open_link_work(settings, link) as opened:
            entity_type = named_entity(opened.terms, entity)
            asked.append(await ask_for_run(opened, entity_type, side, resume=resume))
            return await _watched(opened, asked[0]) if wait else None

    try:
        ended = run(work)
    except KeyboardInterrupt:
        if asked:
            err.print(f"\nRun {asked[0].id} goes on without this command; the same command shows it again.")
        raise
    if ended is not None:
        _say_end(ended, link)


async def ask_for_run(opened: LinkWork, entity_type: EntityType, side: Side, *, resume: bool = False) -> RunView:
    """A new one, the one under way, or with `resume` the last one that stopped. Raises `Conflict` for what the link
    does not take that way, and when there is nothing to resume."""
    source_side(opened.terms, entity_type, side)
    await open_ends(opened.peers, opened.terms, entity_type, side)
    kind = bulk_kind(side)
    async with opened.sessions.begin() as session:
        again = None
        if resume:
            again = await reopen_run(session, link_id=opened.terms.id, kind=kind, entity_type=entity_type)
        ordered, known = await order_run(
            session, link_id=opened.terms.id, kind=kind, entity_type=entity_type, options={}
        )
        if resume and not known:
            raise Conflict(f"there is no {kind} of {entity_type} that stopped on link {opened.terms.slug}")
    if again is not None:
        out.print(f"Run {ordered.id} goes on after {ordered.seen} records.", markup=False)
    elif known:
        out.print(f"Run {ordered.id} does that already: {ordered.seen} records seen.", markup=False)
    else:
        out.print(f"Run {ordered.id} is opened: every {entity_type} of {side}, carried out by a worker.", markup=False)
    if not await has_worker(opened):
        err.print(f"{NO_WORKER}. Run {ordered.id} waits for one.", markup=False)
    return ordered


async def has_worker(opened: LinkWork) -> bool:
    """Whether one has said lately that it lives."""
    query = text("SELECT EXISTS (SELECT 1 FROM workers WHERE seen_at > now() - CAST(:old AS text)::interval)")
    async with opened.sessions() as session:
        return bool((await session.execute(query, {"old": WORKER_DEAD_AFTER})).scalar_one())


async def _watched(opened: LinkWork, ours: RunView) -> Look:
    """The run at its end. Raises `ActionRequired` where nobody carries it out."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[said]}"),
        console=err,
        transient=True,
    )
    with bar:
        task = bar.add_task(f"{ours.kind} {ours.entity_type}", total=None, said="")
        while True:
            look = await _look(opened, ours)
            _show(bar, task, look)
            if look.run.status is not RunStatus.RUNNING:
                return await _with_reasons(opened, look)
            if not await has_worker(opened):
                raise ActionRequired(f"run {ours.id} waits: {NO_WORKER}; it is carried out then")
            await asyncio.sleep(LOOK_S)


async def _look(opened: LinkWork, ours: RunView) -> Look:
    async with opened.sessions() as session:
        now = await find_run(session, link_id=ours.link_id, run_id=ours.id)
        assert now is not None
        return Look(run=now, count=await count_run(session, now))


async def _with_reasons(opened: LinkWork, look: Look) -> Look:
    if not look.count.failed:
        return look
    async with opened.sessions() as session:
        return replace(look, reasons=await why_failed(session, look.run, most=MOST_REASONS))


def _show(bar: Progress, task: TaskID, look: Look) -> None:
    now, count = look.run, look.count
    said = [f"{count.failed} failed", f"{count.rate_per_s(now):.0f}/s"]
    left = count.left_s(now)
    if left is not None:
        said.append(f"{_duration(left)} left")
    if now.error_message:
        said.append(now.error_message)
    bar.update(task, total=now.total, completed=count.done + count.failed, said=", ".join(said))


def _say_end(ended: Look, slug: str) -> None:
    """Raises `Conflict` for a run that was cancelled or broke; ends with 1 when records need a person."""
    now, count = ended.run, ended.count
    if now.status is not RunStatus.COMPLETED:
        raise Conflict(f"run {now.id} {now.status} after {now.seen} records: {now.error_message}")
    seconds = ((now.finished_at or count.at) - now.created_at).total_seconds()
    out.print(
        f"{now.kind} of {now.entity_type}: {count.done} done, {count.failed} failed, in {_duration(seconds)} "
        f"({count.rate_per_s(now):.0f} records/s).",
        markup=False,
    )
    for said, jobs in ended.reasons:
        err.print(f"  {jobs} × {said}", markup=False, soft_wrap=True)
    if count.failed:
        err.print(f"What failed: GET {failed_jobs(slug, now.id)}", markup=False, soft_wrap=True)
        raise typer.Exit(SOME_FAILED)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
