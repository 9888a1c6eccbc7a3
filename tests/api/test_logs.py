"""The journal, searched."""

from __future__ import annotations

import httpx
import pytest

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, LogLevel, write_logs
from tests.api.builders import LinkRow, execute, make_link


@pytest.mark.parametrize(
    "filters",
    [
        {"link": "outlet"},
        {"level": "warning"},
        {"event": "sync.rejected"},
        {"operation_id": "e1a6"},
        {"job_id": "17"},
        {"q": "100% of the E-MAIL"},
        {"since": "2026-01-05T12:00:00Z", "until": "2026-01-06T00:00:00Z"},
    ],
)
async def test_each_filter_finds_the_one_line_it_describes(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow, filters: dict[str, str]
) -> None:
    other = await make_link(sessions, state.ring, slug="outlet")
    async with sessions.begin() as session:
        await write_logs(
            session,
            [
                LogEntry(link_id=link.id, event="sync.written", message="100 of the e-mail"),
                LogEntry(
                    link_id=other.id,
                    event="sync.rejected",
                    level=LogLevel.WARNING,
                    message="refused: 100% of the e-mail",
                    context={"code": "bad_payload"},
                    operation_id="e1a6",
                    job_id=17,
                ),
            ],
        )
    await execute(sessions, "UPDATE sync_logs SET created_at = '2026-01-05T12:00:00Z' WHERE job_id = 17")

    answer = await operator.get("/logs", params=filters)

    assert answer.status_code == 200, answer.text
    [line] = answer.json()["items"]
    assert (line["link"], line["context"], line["created_at"]) == (
        "outlet",
        {"code": "bad_payload"},
        "2026-01-05T12:00:00Z",
    )


async def test_lines_come_newest_first_a_page_at_a_time(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    async with sessions.begin() as session:
        entries = [LogEntry(link_id=link.id, event="sync.written", message=str(number)) for number in range(3)]
        await write_logs(session, entries)

    first = (await operator.get("/logs", params={"limit": 2})).json()
    second = (await operator.get("/logs", params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [line["message"] for line in first["items"] + second["items"]] == ["2", "1", "0"]
    assert second["next_cursor"] is None
