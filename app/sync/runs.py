"""Runs: work over many records with progress, kept in the database so that a killed one goes on where it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Json, Side
from app.sync.models import DriftKind, RunKind, RunStatus

LEASE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """`options`: what was asked for. `cursor`: where it is. `total`: records there are, None where that is not known.
    `seen`: looked at or listed; `queued`: jobs it made, of which `done` and `failed` have ended, or needed none.
    `drifted` counts records on which the sides differ."""

    link_id: int
    id: int
    kind: RunKind
    entity_type: EntityType
    options: Mapping[str, Any]
    cursor: Mapping[str, Any]
    status: RunStatus
    total: int | None
    seen: int
    done: int
    drifted: int
    queued: int
    failed: int
    error_message: str | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def side(self) -> Side:
        """The one that is read."""
        if self.kind in _SOURCES:
            return _SOURCES[self.kind]
        return Side(str(self.options.get("side") or Side.ODOO))


_SOURCES: Final = {RunKind.IMPORT: Side.SHOP, RunKind.EXPORT: Side.ODOO}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDrift:
    kind: DriftKind
    odoo_id: str | None
    shop_id: str | None
    fields: Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one step of a run found, and where the next one begins."""

    cursor: Mapping[str, Any]
    seen: int = 0
    queued: int = 0
    failed: int = 0
    drifts: Sequence[FoundDrift] = ()


_COLUMNS = """
    link_id, id, kind, entity_type, options, cursor, status, total, seen, done, drifted, queued, failed, error_message,
    created_at, finished_at
"""
_OPEN = text(
    f"""
    INSERT INTO runs (link_id, kind, entity_type, options)
    VALUES (:link_id, :kind, :entity_type, CAST(:options AS jsonb))
    RETURNING {_COLUMNS}
    """  # noqa: S608 - a constant of this module
)
# Of a link, one bulk sync and one reconciliation are under way at a time: two imports would make what both need beside
# each other. One that has listed everything (`listed`) only waits for its jobs and is in nobody's way. A run that
# pauses has `leased_until` and no holder. One that is named is taken for a person who waits.
_TAKE = text(
    f"""
    UPDATE runs SET leased_by = :holder, leased_until = now() + CAST(:lease AS interval)
    WHERE (link_id, id) IN (
        SELECT link_id, id FROM runs r
        WHERE status = 'running' AND (leased_until IS NULL OR leased_until < now() OR leased_by = :holder)
          AND (CAST(:id AS bigint) IS NULL OR id = :id) AND NOT id = ANY(CAST(:but AS bigint[]))
          AND (:id IS NOT NULL OR r.cursor ->> 'listed' IS NOT NULL OR NOT EXISTS (
               SELECT 1 FROM runs busy
               WHERE busy.link_id = r.link_id AND busy.id <> r.id AND busy.status = 'running'
                 AND busy.leased_by IS NOT NULL AND busy.leased_until > now() AND busy.cursor ->> 'listed' IS NULL
                 AND (busy.kind = 'reconcile') = (r.kind = 'reconcile')))
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {_COLUMNS}
    """  # noqa: S608 - a constant of this module
)
_ONE_TAKES = text("SELECT pg_advisory_xact_lock(hashtextextended('runs/taken', 0))")
_KEEP = text(
    """
    UPDATE runs SET leased_until = now() + CAST(:lease AS interval)
    WHERE link_id = :link_id AND id = :id AND status = 'running' AND leased_by = :holder
    """
)
_ADVANCE = text(
    """
    UPDATE runs SET cursor = CAST(:cursor AS jsonb), seen = seen + :seen, queued = queued + :queued,
        failed = failed + :failed, drifted = drifted + :drifted, error_message = NULL,
        leased_until = now() + CAST(:lease AS interval)
    WHERE link_id = :link_id AND id = :id AND status = 'running' AND leased_by = :holder
    RETURNING 1
    """
)
_END = text(
    """
    UPDATE runs SET status = :status, error_message = :error, finished_at = now(), leased_by = NULL,
        leased_until = NULL
    WHERE link_id = :link_id AND id = :id AND status = 'running'
      AND (CAST(:holder AS text) IS NULL OR leased_by = :holder)
    RETURNING 1
    """
)
_RELEASE = text(
    """
    UPDATE runs SET leased_by = NULL, leased_until = now() + CAST(:pause AS interval), error_message = :error
    WHERE link_id = :link_id AND id = :id AND leased_by = :holder
    """
)
_TOTAL = text("UPDATE runs SET total = :total WHERE link_id = :link_id AND id = :id")
_REOPEN = text(
    f"""
    UPDATE runs SET status = 'running', error_message = NULL, finished_at = NULL, leased_by = NULL, leased_until = NULL
    WHERE (link_id, id) = (
        SELECT link_id, id FROM runs
        WHERE link_id = :link_id AND kind = :kind AND entity_type = :entity_type
        ORDER BY id DESC LIMIT 1)
      AND status IN ('cancelled', 'failed')
    RETURNING {_COLUMNS}
    """  # noqa: S608 - a constant of this module
)
_DRIFTS = text(
    """
    INSERT INTO drifts (link_id, run_id, entity_type, kind, odoo_id, shop_id, fields)
    SELECT * FROM unnest(
        CAST(:link_ids AS int[]), CAST(:run_ids AS bigint[]), CAST(:types AS text[]), CAST(:kinds AS text[]),
        CAST(:odoo_ids AS text[]), CAST(:shop_ids AS text[]), CAST(:fields AS jsonb[]))
    """
)
_FIND = text("SELECT" + _COLUMNS + "FROM runs WHERE link_id = :link_id AND id = :id")
_LIST = text("SELECT" + _COLUMNS + "FROM runs WHERE link_id = :link_id ORDER BY id DESC LIMIT :limit")


async def open_run(
    session: AsyncSession, *, link_id: int, kind: RunKind, entity_type: EntityType, options: Mapping[str, Any]
) -> RunView:
    parameters = {
        "link_id": link_id,
        "kind": kind.value,
        "entity_type": entity_type.value,
        "options": _json(options),
    }
    return _view((await session.execute(_OPEN, parameters)).one())


async def take_run(
    session: AsyncSession,
    *,
    holder: str,
    run_id: int | None = None,
    lease: timedelta = LEASE,
    but: Collection[int] = (),
) -> RunView | None:
    """The oldest run that nobody works on and whose turn it is, or the named one; None when there is none to take.
    `but`: those that this process works on."""
    await session.execute(_ONE_TAKES)
    parameters = {"holder": holder, "lease": lease, "id": run_id, "but": list(but)}
    row = (await session.execute(_TAKE, parameters)).one_or_none()
    return None if row is None else _view(row)


async def keep_run(session: AsyncSession, run: RunView, *, holder: str, lease: timedelta = LEASE) -> None:
    """Its lease begins anew, if it is still this process's."""
    await session.execute(_KEEP, {"link_id": run.link_id, "id": run.id, "holder": holder, "lease": lease})


async def advance(
    session: AsyncSession, run: RunView, progress: Progress, *, holder: str, lease: timedelta = LEASE
) -> bool:
    """In the transaction of what the step did. False: the run was cancelled or is somebody else's now."""
    parameters = {
        "link_id": run.link_id,
        "id": run.id,
        "cursor": _json(progress.cursor),
        "seen": progress.seen,
        "queued": progress.queued,
        "failed": progress.failed,
        "drifted": len(progress.drifts),
        "lease": lease,
        "holder": holder,
    }
    if (await session.execute(_ADVANCE, parameters)).scalar_one_or_none() is None:
        return False
    await _store_drifts(session, run, progress.drifts)
    return True


async def _store_drifts(session: AsyncSession, run: RunView, drifts: Sequence[FoundDrift]) -> None:
    if not drifts:
        return
    await session.execute(
        _DRIFTS,
        {
            "link_ids": [run.link_id for _ in drifts],
            "run_ids": [run.id for _ in drifts],
            "types": [run.entity_type.value for _ in drifts],
            "kinds": [each.kind.value for each in drifts],
            "odoo_ids": [each.odoo_id for each in drifts],
            "shop_ids": [each.shop_id for each in drifts],
            "fields": [
                orjson.dumps({name: dict(pair) for name, pair in each.fields.items()}).decode() for each in drifts
            ],
        },
    )


async def end_run(
    session: AsyncSession, run: RunView, status: RunStatus, error: str | None = None, *, holder: str | None = None
) -> bool:
    """`holder`: only if the run is still this process's; None ends anybody's."""
    parameters = {"link_id": run.link_id, "id": run.id, "status": status.value, "error": error, "holder": holder}
    return (await session.execute(_END, parameters)).scalar_one_or_none() is not None


async def release_run(
    session: AsyncSession, run: RunView, *, holder: str, pause: timedelta = timedelta(), error: str | None = None
) -> None:
    """Let another take it, after `pause`."""
    await session.execute(
        _RELEASE, {"link_id": run.link_id, "id": run.id, "holder": holder, "pause": pause, "error": error}
    )


async def store_total(session: AsyncSession, run: RunView, total: int) -> None:
    await session.execute(_TOTAL, {"link_id": run.link_id, "id": run.id, "total": total})


async def reopen_run(session: AsyncSession, *, link_id: int, kind: RunKind, entity_type: EntityType) -> RunView | None:
    """The last run of this kind, where it was cancelled or failed: it goes on at its cursor. None otherwise."""
    parameters = {"link_id": link_id, "kind": kind.value, "entity_type": entity_type.value}
    row = (await session.execute(_REOPEN, parameters)).one_or_none()
    return None if row is None else _view(row)


async def find_run(session: AsyncSession, *, link_id: int, run_id: int) -> RunView | None:
    row = (await session.execute(_FIND, {"link_id": link_id, "id": run_id})).one_or_none()
    return None if row is None else _view(row)


async def list_runs(session: AsyncSession, *, link_id: int, limit: int) -> list[RunView]:
    return [_view(row) for row in await session.execute(_LIST, {"link_id": link_id, "limit": limit})]


def _view(row: Any) -> RunView:
    return RunView(
        link_id=row.link_id,
        id=row.id,
        kind=RunKind(row.kind),
        entity_type=EntityType(row.entity_type),
        options=_object(row.options),
        cursor=_object(row.cursor),
        status=RunStatus(row.status),
        total=row.total,
        seen=row.seen,
        done=row.done,
        drifted=row.drifted,
        queued=row.queued,
        failed=row.failed,
        error_message=row.error_message,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(dict(value)).decode()


def _object(value: Any) -> Mapping[str, Any]:
    loaded: dict[str, Any] = orjson.loads(value) if isinstance(value, str) else value
    return loaded
