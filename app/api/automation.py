"""Odoo's automation rules of a link: compare, install, repair, remove."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from app.api.auth import Caller, Writer, may_read
from app.api.deps import State
from app.api.errors import responses
from app.api.paging import Filters, Word
from app.api.state import ApiState
from app.connectors.odoo.automation import Doing
from app.db.sync_log import LogEntry, write_logs
from app.ingest.automation import Report, Terms, load_terms, manage

router = APIRouter(
    prefix="/links/{slug}/odoo/automation",
    tags=["links"],
    dependencies=[Depends(may_read)],
    responses=responses(400, 401, 403, 404, 429, 500, 502, 503),
)


class InstallOrder(BaseModel):
    model_config = Filters.model_config

    repair: bool = Field(False, description="Also mend what somebody changed, and remove ours that nothing needs.")
    dry_run: bool = Field(False, description="Say what would be done and do nothing.")
    url: str | None = Field(
        None, description="Where Odoo reaches this service; else PUBLIC_URL.", examples=["https://sync.example.com"]
    )


class RuleView(BaseModel):
    name: str = Field(examples=["[shopsync boutique] res.partner"])
    verdict: str = Field(examples=["differs"], description="right, missing, differs or not wanted.")
    differences: list[str] = Field(examples=[["it is switched off"]])


class ActView(BaseModel):
    act: str = Field(examples=["make"], description="make, mend or remove.")
    name: str = Field(examples=["[shopsync boutique] res.partner"])


class AutomationView(BaseModel):
    """The rules as they are after what was done."""

    right: bool = Field(description="Odoo has the rules that the link needs, and no others of ours.")
    odoo: str = Field(examples=["erp"], description="Name of the connection.")
    version: str = Field(examples=["17.0"])
    rules: list[RuleView]
    acts: list[ActView] = Field(description="What was done; with `dry_run`, what would be.")
    notes: list[str]


@router.get("", summary="Odoo's rules as they are, against what they should be")
async def show_automation(
    slug: Word,
    state: State,
    url: Annotated[str | None, Query(description="Where Odoo reaches this service; else PUBLIC_URL.")] = None,
) -> AutomationView:
    return _view(await _manage(state, await _terms(state, slug), Doing.SHOW, url=url))


@router.post("", summary="Make the rules that are missing, or repair them")
async def install_automation(slug: Word, order: InstallOrder, caller: Writer, state: State) -> AutomationView:
    doing = Doing.REPAIR if order.repair else Doing.INSTALL
    terms = await _terms(state, slug)
    report = await _manage(state, terms, doing, url=order.url, dry_run=order.dry_run)
    if not order.dry_run:
        await _note(state, terms, report, doing, caller)
    return _view(report)


@router.delete("", summary="Remove this link's rules, and nobody else's")
async def remove_automation(slug: Word, caller: Writer, state: State) -> AutomationView:
    terms = await _terms(state, slug)
    report = await _manage(state, terms, Doing.REMOVE)
    await _note(state, terms, report, Doing.REMOVE, caller)
    return _view(report)


async def _terms(state: ApiState, slug: str) -> Terms:
    async with state.sessions() as session:
        return await load_terms(session, state.ring, slug)


async def _manage(
    state: ApiState, terms: Terms, doing: Doing, *, url: str | None = None, dry_run: bool = False
) -> Report:
    return await manage(
        terms,
        doing,
        public_url=url or state.settings.public_url,
        dry_run=dry_run,
        timeout_s=state.settings.peer_timeout_s,
    )


async def _note(state: ApiState, terms: Terms, report: Report, doing: Doing, caller: Caller) -> None:
    if not report.acts:
        return
    acts = [f"{act} {name}" for act, name in report.acts]
    entry = LogEntry(
        link_id=terms.link.id,
        event="odoo.automation",
        message=f"Odoo's rules: {doing} by {caller.name}",
        module="api",
        context={"by": caller.name, "acts": acts},
    )
    async with state.sessions.begin() as session:
        await write_logs(session, [entry])


def _view(report: Report) -> AutomationView:
    return AutomationView(
        right=report.right,
        odoo=report.odoo,
        version=report.version,
        rules=[
            RuleView(name=rule.name, verdict=rule.verdict, differences=list(rule.differences)) for rule in report.rules
        ],
        acts=[ActView(act=act, name=name) for act, name in report.acts],
        notes=list(report.notes),
    )
