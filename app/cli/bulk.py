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
from app.sync.peers import LinkTerms
from app.sync.run_orders import bulk_kind, order_run
from app.sync.run_progress import RunCount, count_run, why_failed
from app.sync.runs import RunView, find_run, reopen_run

LOOK_S: Final = 0.3
SOME_FAILED: Final = 1
MOST_REASONS: Final = 5
WORKER_DEAD_AFTER: Final = "30 seconds"
NO_WORKER: Final = "no worker is running, and a worker does the work: start `shopsync up` or `shopsync worker`"

BELONGING: Final = {
    EntityType.PRODUCT: (EntityType.VARIANT, EntityType.IMAGE, EntityType.STOCK),
    EntityType.CUSTOMER: (EntityType.ADDRESS,),
}
"""What people call "all products" is several entity types, each with runs of its own."""

commands = typer.Typer()

Link = Annotated[str, typer.Argument(help="Slug of the link.")]
Entity = Annotated[str, typer.Argument(metavar="ENTITY", help="For instance product, customer, order.")]
Others = Annotated[
    str | None, typer.Option("--with", metavar="ENTITIES", help="Others after it, for instance variant,image,stock.")
]
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
def import_(link: Link, entity: Entity, others: Others = None, wait: Wait = True, resume: Resume = False) -> None:
    """Bring every record of the shop into Odoo. One that is under way is watched, not begun a second time."""
    _bulk(link, entity, Side.SHOP, others=others, wait=wait, resume=resume)


@commands.command()
def export(link: Link, entity: Entity, others: Others = None, wait: Wait = True, resume: Resume = False) -> None:
    """Bring every record of Odoo into the shop. One that is under way is watched, not begun a second time."""
    _bulk(link, entity, Side.ODOO, others=others, wait=wait, resume=resume)


def _bulk(link: str, entity: str, side: Side, *, others: str | None, wait: bool, resume: bool) -> None:
    settings = load_settings()
    names = [entity, *(name.strip() for name in (others or "").split(",") if name.strip())]
    if resume and len(names) > 1:
        raise typer.BadParameter("--resume goes on with one run; give it without --with")
    asked: list[RunView] = []

    async def work() -> list[Look]:
        async with open_link_work(settings, link) as opened:
            kinds = list(dict.fromkeys(named_entity(opened.terms, name) for name in names))
            for kind in kinds:
                source_side(opened.terms, kind, side)
            for kind in kinds:
                asked.append(await ask_for_run(opened, kind, side, resume=resume))
            looks = [await _watched(opened, each) for each in asked] if wait else []
            _say_what_else(opened.terms, kinds, side)
            return looks

    try:
        ended = run(work)
    except KeyboardInterrupt:
        for each in asked:
            err.print(f"\nRun {each.id} goes on without this command; the same command shows it again.", markup=False)
        raise
    _say_ends(ended, link)


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


def _say_what_else(terms: LinkTerms, kinds: Sequence[EntityType], side: Side) -> None:
    """What belongs to these records, is synced this way, and was not asked for."""
    left = [
        each
        for kind in kinds
        for each in BELONGING.get(kind, ())
        if each not in kinds and terms.sync.flows(each, side.outward)
    ]
    if left:
        command = f"shopsync {bulk_kind(side)} {terms.slug} {kinds[0]} --with {','.join([*kinds[1:], *left])}"
        err.print(f"Not brought with it: {', '.join(left)}. To bring them too: {command}", markup=False, soft_wrap=True)


def _say_ends(looks: Sequence[Look], slug: str) -> None:
    """Raises `Conflict` for a run that was cancelled or broke; ends with 1 when records need a person."""
    for look in looks:
        _say_end(look, slug)
    if any(look.count.failed or look.count.waiting for look in looks):
        raise typer.Exit(SOME_FAILED)


def _say_end(ended: Look, slug: str) -> None:
    now, count = ended.run, ended.count
    if now.status is not RunStatus.COMPLETED:
        raise Conflict(f"run {now.id} {now.status} after {now.seen} records: {now.error_message}")
    seconds = ((now.finished_at or count.at) - now.created_at).total_seconds()
    waiting = f", {count.waiting} waiting ({count.reason})" if count.waiting else ""
    out.print(
        f"{now.kind} of {now.entity_type}: {count.done} done, {count.failed} failed{waiting}, in {_duration(seconds)} "
        f"({count.rate_per_s(now):.0f} records/s).",
        markup=False,
        soft_wrap=True,
    )
    for said, jobs in ended.reasons:
        err.print(f"  {jobs} × {said}", markup=False, soft_wrap=True)
    if count.failed:
        err.print(f"What failed: GET {failed_jobs(slug, now.id)}", markup=False, soft_wrap=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
