"""`shopsync record`: one record on both sides, what both hold now, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import typer
from rich.table import Table
from rich.text import Text

from app.api.record_store import (
    Event,
    RecordIds,
    find_map,
    find_open_conflicts,
    find_open_jobs,
    ids_of,
    read_record_timeline,
)
from app.cli.environment import err, load_settings, out, run
from app.cli.link_work import LinkWork, named_entity, open_link_work, shown
from app.entities.base import EntityType, Side
from app.errors import ActionRequired, NotFound, Retryable
from app.queue.models import Job
from app.redact import redact
from app.sync.comparison import Comparison, compare
from app.sync.models import Conflict, EntityMap

LINES = 30

commands = typer.Typer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    ids: RecordIds
    row: EntityMap | None
    conflicts: Sequence[Conflict]
    jobs: Sequence[Job]
    timeline: Sequence[Event]
    live: Comparison | None
    not_live: str | None = None


@commands.command()
def record(
    link: Annotated[str, typer.Argument(help="Slug of the link.")],
    side: Annotated[Side, typer.Argument(help="Whose id it is.")],
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="For instance customer.")],
    native_id: Annotated[str, typer.Argument(metavar="ID")],
    live: Annotated[bool, typer.Option(help="Ask both peers what they hold now.")] = True,
    lines: Annotated[int, typer.Option(min=1, max=200, help="Of the timeline, the newest.")] = LINES,
) -> None:
    """Show one record on both sides: its pair, the fields as both hold them now, its timeline."""
    settings = load_settings()

    async def work() -> Found:
        async with open_link_work(settings, link) as opened:
            return await _find(opened, side, named_entity(opened.terms, entity), native_id, live=live, lines=lines)

    _print(run(work))


async def _find(
    opened: LinkWork, side: Side, entity_type: EntityType, native_id: str, *, live: bool, lines: int
) -> Found:
    terms = opened.terms
    async with opened.sessions() as session:
        row = await find_map(session, link_id=terms.id, entity_type=entity_type, side=side, native_id=native_id)
        ids = ids_of(link_id=terms.id, entity_type=entity_type, side=side, native_id=native_id, row=row)
        conflicts, jobs = await find_open_conflicts(session, ids), await find_open_jobs(session, ids)
        timeline, _ = await read_record_timeline(session, ids, limit=lines)
    if row is None and not jobs and not timeline:
        raise NotFound(f"nothing is known of {entity_type} {native_id} of {side} on link {terms.slug}")
    compared, not_live = await _compare(opened, ids) if live else (None, None)
    return Found(ids=ids, row=row, conflicts=conflicts, jobs=jobs, timeline=timeline, live=compared, not_live=not_live)


async def _compare(opened: LinkWork, ids: RecordIds) -> tuple[Comparison | None, str | None]:
    """Or why not: what is known of the record is wanted most while a peer is away."""
    try:
        return await compare(
            opened.sessions,
            opened.peers,
            opened.terms,
            ids.entity_type,
            odoo_id=ids.odoo_id,
            shop_id=ids.shop_id,
        ), None
    except (Retryable, ActionRequired) as error:
        return None, error.message


def _print(found: Found) -> None:
    ids, row = found.ids, found.row
    paired = row is not None and row.odoo_id is not None
    state = f"agreed {row.last_synced_at:%Y-%m-%d %H:%M:%S} UTC" if row is not None and paired else "not paired"
    out.print(f"{ids.entity_type}: odoo {ids.odoo_id or '-'} ⇄ shop {ids.shop_id or '-'}, {state}", markup=False)
    if row is not None and row.gone_side is not None:
        out.print(Text(f"  the record of {row.gone_side} is gone", "red"))
    if row is not None and row.blocked_reason is not None:
        out.print(Text(f"  left alone: {row.blocked_reason}", "red"), soft_wrap=True)
    for conflict in found.conflicts:
        out.print(Text(f"  conflict {conflict.id} is open: {conflict.field}", "yellow"))
    for job in found.jobs:
        said = f": {job.error_message}" if job.error_message else ""
        out.print(Text(f"  job {job.id} of {job.side} is {job.status}{said}", "yellow"), soft_wrap=True)
    if found.not_live is not None:
        err.print(f"not compared: {found.not_live}", style="yellow", markup=False, soft_wrap=True)
    if found.live is not None:
        out.print(_fields(found.live))
    out.print(_timeline(found.timeline))


def _fields(live: Comparison) -> Table:
    table = Table("field", "odoo" if live.odoo is not None else "odoo (gone)", "shop" if live.shop else "shop (gone)")
    for name, pair in live.fields.items():
        style = "red" if pair.same is False else "dim" if pair.same is None else ""
        table.add_row(Text(name, style), Text(shown(pair.odoo), style), Text(shown(pair.shop), style))
    return table


def _timeline(events: Sequence[Event]) -> Table:
    table = Table("when (UTC)", "what", "said")
    for event in events:
        table.add_row(
            f"{event.at:%Y-%m-%d %H:%M:%S}",
            event.kind,
            Text(_said(event.kind, cast(dict[str, Any], redact(event.facts)))),
        )
    return table


def _said(kind: str, facts: dict[str, Any]) -> str:
    match kind:
        case "delivery":
            return f"{facts['side']} told of it ({facts['event_id']})"
        case "job":
            end = f", {facts['outcome']}" if facts["outcome"] else ""
            return f"job {facts['job_id']} of {facts['side']}: {facts['status']}{end}"
        case _:
            changes = (facts.get("context") or {}).get("changes") or {}
            written = [f"\n  {name}: {shown(one['before'])} → {shown(one['after'])}" for name, one in changes.items()]
            return f"{facts['message']}{''.join(written)}"
