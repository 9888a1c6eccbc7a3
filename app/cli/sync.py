"""`shopsync sync`: records now, or all of them; `--dry-run` shows what it would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from app.cli.bulk import ask_for_run
from app.cli.environment import load_settings, out, run
from app.cli.link_work import LinkWork, named_entity, open_link_work, shown
from app.entities.base import EntityType, Side
from app.queue.store import enqueue
from app.sync.asking import asked_job, first_ids, preview, source_side
from app.sync.ends import open_ends
from app.sync.pair_work import Preview

FIRST_RECORDS = 20
PREVIEWED_AT_ONCE = 100

commands = typer.Typer()

_STYLE = {"would_create": "green", "would_write": "yellow", "unchanged": "dim", "converged": "dim", "gone": "red"}


@commands.command()
def sync(
    link: Annotated[str, typer.Argument(help="Slug of the link.")],
    entity: Annotated[str, typer.Argument(metavar="MODULE/ENTITY", help="For instance prestashop/customer.")],
    ids: Annotated[list[str] | None, typer.Option("--id", help="Only this record; may be given again.")] = None,
    side: Annotated[
        Side | None, typer.Option(help="Which side is read; else the source of a one-way entity type, or odoo.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show which fields would change.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Of a dry run without --id: how many records.")] = FIRST_RECORDS,
) -> None:
    """Sync records now, or, without --id, all of an entity type. A worker carries it out; a dry run needs none."""
    settings = load_settings()

    async def work() -> Sequence[Preview] | str | None:
        async with open_link_work(settings, link) as opened:
            entity_type = named_entity(opened.terms, entity)
            chosen = source_side(opened.terms, entity_type, side)
            if dry_run:
                return await _previews(opened, entity_type, chosen, ids, limit)
            await open_ends(opened.peers, opened.terms, entity_type, chosen)
            if ids:
                return await _enqueue(opened, entity_type, chosen, ids)
            await ask_for_run(opened, entity_type, chosen)
            return None

    done = run(work)
    if isinstance(done, str):
        out.print(done, markup=False)
    elif done is not None:
        _print_previews(done)


async def _previews(
    opened: LinkWork, entity_type: EntityType, side: Side, ids: Sequence[str] | None, limit: int
) -> list[Preview]:
    if not ids:
        ends = await open_ends(opened.peers, opened.terms, entity_type, side)
        ids = await first_ids(ends.source, limit)
    pages = [ids[start : start + PREVIEWED_AT_ONCE] for start in range(0, len(ids), PREVIEWED_AT_ONCE)]
    return [
        each
        for page in pages
        for each in await preview(opened.sessions, opened.peers, opened.terms, entity_type, side, page)
    ]


async def _enqueue(opened: LinkWork, entity_type: EntityType, side: Side, ids: Sequence[str]) -> str:
    attempts = opened.settings.max_attempts
    jobs = [asked_job(opened.terms, entity_type, side, each, max_attempts=attempts) for each in dict.fromkeys(ids)]
    async with opened.sessions.begin() as session:
        made = await enqueue(session, jobs)
    opened.ring()
    numbers = ", ".join(str(each) for each in sorted(made.values()))
    return f"Enqueued as {'job' if len(made) == 1 else 'jobs'} {numbers}; {side} is read when a worker takes them."


def _print_previews(previews: Sequence[Preview]) -> None:
    for each in previews:
        other = f" ⇄ {each.target_id}" if each.target_id else ""
        style = _STYLE.get(each.outcome, "red")
        out.print(Text.assemble(f"{each.native_id}{other}: ", (each.outcome, style), f", {each.message}"))
        if each.changes or each.conflicts:
            out.print(_table(each))
    counts: dict[str, int] = {}
    for each in previews:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
    said = ", ".join(f"{outcome}: {count}" for outcome, count in sorted(counts.items())) or "no record"
    out.print(f"{len(previews)} looked at ({said}). Nothing was written.", markup=False)


def _table(preview: Preview) -> Table:
    table = Table("field", "before", "after", box=None, padding=(0, 2), pad_edge=True)
    for name, change in preview.changes.items():
        table.add_row(Text(f"  {name}"), Text(shown(change.get("before"))), Text(shown(change.get("after")), "yellow"))
    for name in preview.conflicts:
        table.add_row(Text(f"  {name}"), Text("changed on both sides", "red"), Text("see the conflict rule", "dim"))
    return table
