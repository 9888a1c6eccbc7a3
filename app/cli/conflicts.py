"""`shopsync conflicts`: fields that both sides changed, and who wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import select

from app.cli.environment import load_settings, out, run
from app.cli.link_work import LinkWork, named_entity, open_link_work, operator, shown
from app.entities.base import EntityType, Side
from app.errors import BadPayload, NotFound
from app.sync.conflicts import unwrapped
from app.sync.models import Conflict, ConflictStatus
from app.sync.resolution import Choice, Chosen, choose_all

MOST = 200

commands = typer.Typer()


@commands.command()
def conflicts(
    link: Annotated[str, typer.Argument(help="Slug of the link.")],
    choose: Annotated[Side | None, typer.Option(help="This side wins, in those that are named.")] = None,
    ids: Annotated[list[int] | None, typer.Option("--id", help="This conflict; may be given again.")] = None,
    entity: Annotated[str | None, typer.Option(help="Those of an entity type.")] = None,
    field: Annotated[str | None, typer.Option(help="Those of a field.")] = None,
    every: Annotated[bool, typer.Option("--all", help="With --choose: all open ones.")] = False,
    resolved: Annotated[bool, typer.Option("--resolved", help="Show those that are decided.")] = False,
) -> None:
    """Show the open conflicts of a link, or decide them: --choose odoo --id 12."""
    settings = load_settings()
    if choose is not None and not (ids or entity or field or every):
        raise BadPayload("say which conflicts: --id, --entity, --field, or --all")

    async def work() -> Table | Chosen:
        async with open_link_work(settings, link) as opened:
            entity_type = named_entity(opened.terms, entity) if entity else None
            if choose is None:
                return await _table(opened, entity_type, field, ids or (), resolved=resolved)
            choice = Choice(winner=choose, by=operator(), max_attempts=settings.max_attempts)
            async with opened.sessions.begin() as session:
                chosen = await choose_all(
                    session, opened.terms, choice, limit=MOST, ids=ids or (), entity_type=entity_type, field=field
                )
            opened.ring()
            return chosen

    done = run(work)
    if isinstance(done, Chosen):
        _print_chosen(done, choose, named=bool(ids))
    elif done.row_count:
        out.print(done)
    else:
        out.print("No conflict is decided yet." if resolved else "No conflict is open.")


async def _table(
    opened: LinkWork, entity_type: EntityType | None, field: str | None, ids: Sequence[int], *, resolved: bool
) -> Table:
    status = ConflictStatus.RESOLVED if resolved else ConflictStatus.OPEN
    query = select(Conflict).where(Conflict.link_id == opened.terms.id, Conflict.status == status)
    if entity_type is not None:
        query = query.where(Conflict.entity_type == entity_type)
    if field is not None:
        query = query.where(Conflict.field == field)
    if ids:
        query = query.where(Conflict.id.in_(ids))
    table = Table("id", "record", "odoo", "shop", "field", "agreed", "odoo holds", "the shop holds", "decided")
    async with opened.sessions() as session:
        for each in await session.scalars(query.order_by(Conflict.id.desc()).limit(MOST)):
            values = [Text(shown(unwrapped(held))) for held in (each.base, each.odoo_value, each.shop_value)]
            table.add_row(
                str(each.id), each.entity_type, each.odoo_id, each.shop_id, Text(each.field), *values, _decided(each)
            )
    return table


def _decided(conflict: Conflict) -> str:
    if conflict.status is ConflictStatus.OPEN:
        return "open"
    return f"{conflict.winner or 'both agree'}, by {conflict.resolved_by or '-'}"


def _print_chosen(chosen: Chosen, winner: Side | None, *, named: bool) -> None:
    """Raises `NotFound` for conflicts that were named and are not there."""
    count = len(chosen.conflicts)
    if not count:
        if named:
            raise NotFound("no open conflict of this link has such an id; nothing was decided")
        out.print("No open conflict matches; nothing was decided.")
        return
    said = f"{count} {'conflict' if count == 1 else 'conflicts'} decided: {winner} wins."
    if count == MOST:
        said += " There may be more; ask again."
    jobs = ", ".join(str(each) for each in chosen.jobs)
    out.print(f"{said} A worker carries it out (jobs {jobs})." if jobs else f"{said} Nothing is written.", markup=False)
