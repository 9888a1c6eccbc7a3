"""Lists of the operator API: filters that refuse what they do not know, newest first, cursors instead of offsets.

A cursor is the id of the last row seen. Rows are read per link along the index (link_id, id), so that a page costs its
own length however long the table is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator
from sqlalchemy import ColumnElement, Select, any_, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.connections.models import Link
from app.db.sync_log import SyncLog
from app.ingest.models import ReverseOperation
from app.portal.models import Lead
from app.queue.models import Job
from app.sync.models import Conflict, Drift, Run

MOST_ROWS = 200
_LARGEST_ID = 2**63 - 1

# PostgreSQL stores no NUL; refused here it is a bad request, there it would look like a broken database.
Word = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
# A guest of a shop is known by an e-mail address: `guest:jane@example.com`.
NativeId = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
RowId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]

Row = TypeVar("Row", Job, ReverseOperation, SyncLog, Conflict, Run, Drift, Lead)
View = TypeVar("View", bound=BaseModel)


class Filters(BaseModel):
    """A filter that is misspelled must not answer with everything."""

    model_config = ConfigDict(extra="forbid")


class PageFilters(Filters):
    link: Word | None = Field(None, description="Slug of a link.", examples=["boutique"])
    limit: int = Field(50, ge=1, le=MOST_ROWS, description="Rows in the answer, newest first.")
    cursor: int | None = Field(None, ge=1, le=_LARGEST_ID, description="`next_cursor` of the page before.")


class Period(Filters):
    since: AwareDatetime | None = Field(None, description="From this time on, with zone: 2026-01-05T12:00:00Z.")
    until: AwareDatetime | None = Field(None, description="Before this time, with zone.")

    @field_validator("since", "until")
    @classmethod
    def _is_a_moment(cls, value: datetime | None) -> datetime | None:
        """In UTC; the edges of the calendar have no such moment in every zone."""
        try:
            return None if value is None else value.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("is outside of the years 1 to 9999 in UTC") from error

    def on(self, column: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.since is not None:
            conditions.append(column >= self.since)
        if self.until is not None:
            conditions.append(column < self.until)
        return conditions


class Page(BaseModel, Generic[View]):
    items: list[View]
    next_cursor: int | None = Field(None, description="Give it as `cursor` for what is older; null on the last page.")


async def read_page(
    session: AsyncSession,
    kind: type[Row],
    view: type[View],
    filters: PageFilters,
    conditions: Sequence[ColumnElement[bool]],
) -> Page[View]:
    """One row more than asked for is read, to know whether there is a next page."""
    found = (await session.execute(_newest_first(kind, filters, conditions))).all()
    kept = found[: filters.limit]
    items = [to_view(view, row, link=slug) for slug, row in kept]
    return Page(items=items, next_cursor=kept[-1][1].id if len(found) > len(kept) else None)


def _newest_first(kind: type[Row], filters: PageFilters, conditions: Sequence[ColumnElement[bool]]) -> Select[str, Row]:
    rows = select(kind).where(kind.link_id == Link.id, *conditions)
    if filters.cursor is not None:
        rows = rows.where(kind.id < filters.cursor)
    of_link = aliased(kind, rows.order_by(kind.id.desc()).limit(filters.limit + 1).correlate(Link).lateral())
    query = select(Link.slug, of_link).join(of_link, true())
    if filters.link is not None:
        query = query.where(Link.slug == filters.link)
    return query.order_by(of_link.id.desc()).limit(filters.limit + 1)


def to_view(view: type[View], row: object, **more: Any) -> View:
    """The fields a response model names, taken from a row of the same names; `more` are those the row has not."""
    columns = {name: getattr(row, name) for name in view.model_fields if name not in more}
    return view.model_validate(columns | more)


def in_any_link(link_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """For a look-up by id alone: every key leads with the link, and named like this the index serves."""
    return link_id == any_(func.array(select(Link.id).scalar_subquery()))
