"""Connections: where they lead and whether they work. Credentials never leave the process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from app.api.auth import may_write
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.link_polling import CapabilityView, capability_views
from app.api.link_store import get_connection, read_connections, read_links
from app.api.paging import Word, to_view
from app.connections.models import Connection
from app.connections.opening import Timing, load_peer, load_uses
from app.connectors.base import ConnectionReport
from app.errors import ActionRequired
from app.modules.fitness import ask_report, narrowed, switched_on_cells
from app.redact import redact, redact_text

router = APIRouter(prefix="/connections", tags=["connections"])


class ConnectionInfo(BaseModel):
    name: str = Field(examples=["boutique"])
    kind: str = Field(examples=["prestashop", "woocommerce"])
    url: str = Field(examples=["https://boutique.example"])
    options: dict[str, Any] = Field(examples=[{"verify_tls": True}])
    links: list[str] = Field(examples=[["boutique"]], description="Slugs of the links that use it.")
    created_at: datetime
    updated_at: datetime


class ReportView(BaseModel):
    """What the peer said, and what is missing."""

    ok: bool
    name: str = Field(examples=["boutique"])
    kind: str = Field(examples=["prestashop", "woocommerce"])
    version: str | None = Field(examples=["8.1.7"])
    details: dict[str, Any]
    problems: list[str] = Field(examples=[["the key may not write customers: tick POST and PUT in the webservice"]])
    capabilities: list[CapabilityView] = Field(description="What this kind of connection can do at all.")


@router.get("", summary="All connections")
async def list_connections(session: Session) -> list[ConnectionInfo]:
    links = await read_links(session)
    return [
        _info(row, [each.link.slug for each in links if row.name in (each.odoo, each.shop)])
        for row in await read_connections(session)
    ]


@router.post(
    "/{name}/test",
    summary="Call the peer: version, permissions, what is missing",
    dependencies=[Depends(may_write)],
    responses=responses(404),
)
async def test_connection(name: Word, state: State) -> ReportView:
    """200 also when the peer is down or refuses: that is what `ok` and `problems` say."""
    async with state.sessions() as session:
        row = await get_connection(session, name)
        cells = switched_on_cells(await load_uses(session, name))
        try:
            timing = Timing(timeout_s=state.settings.peer_timeout_s, width=state.settings.peer_width)
            peer = await load_peer(session, state.ring, name, timing)
        except ActionRequired as error:
            unopened = ConnectionReport(ok=False, kind=row.kind, problems=(error.message,))
            return _report_view(name, row.kind, unopened)
    return _report_view(name, row.kind, narrowed(await ask_report(peer), cells))


@router.get("/{name}/capabilities", summary="What its kind can do, per entity type", responses=responses(404))
async def show_capabilities(name: Word, session: Session) -> list[CapabilityView]:
    """Known without asking the peer; its rights are what `test` asks for."""
    return capability_views((await get_connection(session, name)).kind)


def _report_view(name: str, kind: str, report: ConnectionReport) -> ReportView:
    return ReportView.model_validate(
        {
            "ok": report.ok,
            "name": name,
            "kind": report.kind,
            "version": report.version,
            "details": redact(report.details),
            "problems": [redact_text(problem) for problem in report.problems],
            "capabilities": capability_views(kind),
        }
    )


def _info(row: Connection, links: list[str]) -> ConnectionInfo:
    return to_view(ConnectionInfo, row, url=redact_text(row.url), options=redact(row.options), links=links)
