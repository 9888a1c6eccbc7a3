"""Opening runs for a caller: one of a kind and entity type at a time, noted in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.api.run_views import RunDetail, detail
from app.api.state import ApiState
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType
from app.sync.models import RunKind
from app.sync.peers import LinkTerms
from app.sync.run_orders import order_run, refuse_second
from app.sync.run_progress import RunCount
from app.sync.runs import RunView


async def order(
    state: ApiState, terms: LinkTerms, kind: RunKind, entity_type: EntityType, options: Mapping[str, Any], by: str
) -> RunView:
    """Raises `Conflict` for one that is under way."""
    async with state.sessions.begin() as session:
        run, known = await order_run(session, link_id=terms.id, kind=kind, entity_type=entity_type, options=options)
        if known:
            raise refuse_second(run)
        message = f"{kind} of {entity_type}, asked for by {by}"
        context = {"by": by, "run": run.id, **options}
        entry = LogEntry(link_id=terms.id, event="run.opened", message=message, module="api", context=context)
        await write_logs(session, [entry])
    return run


def opened(run: RunView, slug: str) -> RunDetail:
    """One that has done nothing yet."""
    return detail(run, RunCount(done=0, failed=0, waiting=0, at=datetime.now(UTC)), slug)
