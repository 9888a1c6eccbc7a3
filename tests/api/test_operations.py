"""Operations as operators find, open, count and replay them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, write_logs
from tests.api.builders import LinkRow, execute, make_job, make_link, make_operation, rows


async def get(operator: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await operator.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_operations_come_newest_first_from_all_links_a_page_at_a_time(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow
) -> None:
    other = await make_link(sessions, state.ring, slug="outlet")
    made = []
    for number in range(5):
        each = other if number % 2 else link
        made.append(await make_operation(sessions, each, await make_job(sessions, each, str(number))))

    first = await get(operator, "/operations", limit=2)
    second = await get(operator, "/operations", limit=2, cursor=first["next_cursor"])
    third = await get(operator, "/operations", limit=2, cursor=second["next_cursor"])

    pages = [[each["operation_id"] for each in page["items"]] for page in (first, second, third)]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]
    assert third["next_cursor"] is None
    assert {each["link"] for each in first["items"]} == {"boutique", "outlet"}


@pytest.mark.parametrize(
    "filters",
    [
        {"link": "outlet"},
        {"status": "failed"},
        {"outcome": "rejected"},
        {"entity_type": "order"},
        {"entity_id": "1001"},
        {"event_id": "odoo-order-456"},
        {"since": "2026-01-05T12:00:00Z", "until": "2026-01-05T12:00:01+00:00"},
        {"link": "outlet", "status": "failed", "entity_id": "1001"},
    ],
)
async def test_each_filter_finds_the_one_operation_it_describes(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow, filters: dict[str, str]
) -> None:
    other = await make_link(sessions, state.ring, slug="outlet")
    await make_operation(sessions, link, await make_job(sessions, link), status="success", outcome="written")
    wanted = await make_operation(
        sessions,
        other,
        await make_job(sessions, other),
        event_id="odoo-order-456",
        status="failed",
        outcome="rejected",
        entity_type="order",
        entity_id="1001",
    )
    await execute(
        sessions,
        "UPDATE reverse_operations SET created_at = '2026-01-05T12:00:00Z' WHERE operation_id = CAST(:id AS uuid)",
        id=wanted,
    )

    found = await get(operator, "/operations", **filters)

    assert [each["operation_id"] for each in found["items"]] == [wanted]


@pytest.mark.parametrize(
    "filters",
    [
        {"statuss": "failed"},
        {"status": "broken"},
        {"limit": "201"},
        {"cursor": str(2**63)},
        {"since": "2026-01-05T12:00:00"},
        {"event_id": "a\0b"},
    ],
)
async def test_a_filter_that_makes_no_sense_is_a_bad_request_and_not_an_empty_list(
    operator: httpx.AsyncClient, filters: dict[str, str]
) -> None:
    answer = await operator.get("/operations", params=filters)

    assert answer.status_code == 400
    assert answer.json()["field"].startswith("query.")


async def test_a_link_that_does_not_exist_is_said_to_not_exist(operator: httpx.AsyncClient) -> None:
    for path in ("/operations", "/operations/stats", "/jobs", "/jobs/stats", "/logs"):
        answer = await operator.get(path, params={"link": "nope"})
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_link")


async def test_an_operation_is_shown_with_its_webhook_its_job_and_its_timeline(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link)
    operation_id = await make_operation(sessions, link, job_id, status="success", outcome="written", entity_id="67")
    elsewhere = await make_job(sessions, link, "68")
    async with sessions.begin() as session:
        await write_logs(
            session,
            [
                LogEntry(link_id=link.id, event="sync.retry", message="the shop is down", job_id=job_id),
                LogEntry(link_id=link.id, event="sync.failed", message="another record", job_id=elsewhere),
                LogEntry(link_id=link.id, event="sync.written", message="updated", operation_id=operation_id),
            ],
        )

    shown = await get(operator, f"/operations/{operation_id}")

    assert shown["source_payload"] == {"firstname": "John"}
    assert shown["delivery"]["body"].startswith('{"event_id": "odoo-customer-123"')
    assert (shown["job"]["id"], shown["job"]["native_id"], shown["link"]) == (job_id, "67", "boutique")
    assert [line["event"] for line in shown["timeline"]] == ["sync.retry", "sync.written"]


async def test_lines_its_job_wrote_after_the_operation_ended_are_not_on_its_timeline(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link)
    operation_id = await make_operation(sessions, link, job_id, status="success")
    await execute(sessions, "UPDATE reverse_operations SET finished_at = created_at + interval '1 minute'")
    async with sessions.begin() as session:
        await write_logs(
            session,
            [LogEntry(link_id=link.id, event=event, message="-", job_id=job_id) for event in ("sync.retry", "late")],
        )
    await execute(sessions, "UPDATE sync_logs SET created_at = now() + interval '1 hour' WHERE event = 'late'")

    shown = await get(operator, f"/operations/{operation_id}")

    assert [line["event"] for line in shown["timeline"]] == ["sync.retry"]


async def test_secrets_in_a_webhook_are_blanked_where_it_is_shown(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    operation_id = await make_operation(sessions, link, await make_job(sessions, link))
    await execute(
        sessions, "UPDATE deliveries SET body = :body", body=b'{"data": {"id": 67, "passwd": "hunter2hunter2"}}'
    )

    shown = await get(operator, f"/operations/{operation_id}")

    assert "hunter2" not in shown["delivery"]["body"]
    assert '"id":67' in shown["delivery"]["body"]


async def test_an_operation_that_does_not_exist_is_a_404_and_a_bad_id_a_400(operator: httpx.AsyncClient) -> None:
    assert (await operator.get(f"/operations/{uuid.uuid4()}")).status_code == 404
    assert (await operator.get("/operations/17")).status_code == 400
    assert (await operator.post(f"/operations/{uuid.uuid4()}/replay")).status_code == 404


async def test_operations_are_counted_by_status_outcome_link_and_entity_type_within_a_period(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link)
    for status, outcome in (("success", "written"), ("success", "written"), ("failed", "rejected"), ("failed", None)):
        await make_operation(sessions, link, job_id, status=status, outcome=outcome)
    old = await make_operation(sessions, link, job_id)
    await execute(
        sessions,
        "UPDATE reverse_operations SET created_at = now() - interval '2 days' WHERE operation_id = CAST(:id AS uuid)",
        id=old,
    )

    today = await get(operator, "/operations/stats")
    ever = await get(operator, "/operations/stats", since="2020-01-01T00:00:00Z", link="boutique")

    assert today["by_status"] == {"success": 2, "failed": 2}
    assert today["by_outcome"] == {"written": 2, "rejected": 1}
    assert (today["total"], ever["total"]) == (4, 5)
    assert {"link": "boutique", "entity_type": "customer", "status": "failed", "outcome": None, "count": 1} in today[
        "counts"
    ]


async def test_a_replay_is_a_new_operation_with_the_old_ones_fields_and_the_bell_is_rung(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, rings: list[int]
) -> None:
    job_id = await make_job(sessions, link, status="completed", outcome="rejected", payload='{"other": 1}')
    operation_id = await make_operation(sessions, link, job_id, status="failed", outcome="rejected")

    answer = await operator.post(f"/operations/{operation_id}/replay")

    assert answer.status_code == 202
    new_id = answer.json()["operation_id"]
    assert answer.headers["Location"] == f"/api/v1/operations/{new_id}"
    [job] = await rows(sessions, "SELECT id, native_id, payload FROM sync_queue WHERE status = 'pending'")
    assert (job.id, job.native_id, job.payload) == (answer.json()["job_id"], "67", {"firstname": "John"})
    [new] = await rows(sessions, "SELECT * FROM reverse_operations WHERE operation_id = CAST(:id AS uuid)", id=new_id)
    assert (str(new.replay_of), new.status, new.job_id, new.event_id) == (
        operation_id,
        "processing",
        job.id,
        "odoo-customer-123",
    )
    told = await get(operator, f"/operations/{operation_id}")
    assert [line["event"] for line in told["timeline"]] == ["operation.replayed"]
    assert told["timeline"][0]["context"]["by"] == "operator"
    assert rings == [1]


async def test_a_replay_merges_into_a_newer_pending_job_of_its_record(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link, status="completed", outcome="written")
    operation_id = await make_operation(sessions, link, job_id, status="success")
    newer = await make_job(sessions, link, payload='{"company": "Acme"}')

    answer = await operator.post(f"/operations/{operation_id}/replay")

    assert answer.json()["job_id"] == newer
    [job] = await rows(sessions, "SELECT payload FROM sync_queue WHERE id = :id", id=newer)
    assert job.payload == {"company": "Acme", "firstname": "John"}


async def test_an_operation_that_has_not_ended_is_not_replayed(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    operation_id = await make_operation(sessions, link, await make_job(sessions, link))

    answer = await operator.post(f"/operations/{operation_id}/replay")

    assert answer.status_code == 409
    assert len(await rows(sessions, "SELECT 1 FROM reverse_operations")) == 1


@pytest.mark.parametrize("switch", ["reverse_sync", "enabled"])
async def test_nothing_is_replayed_into_a_link_that_is_switched_off(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, switch: str
) -> None:
    job_id = await make_job(sessions, link, status="completed", outcome="written")
    operation_id = await make_operation(sessions, link, job_id, status="success")
    await execute(sessions, f"UPDATE links SET {switch} = false")  # noqa: S608 - one of two names

    answer = await operator.post(f"/operations/{operation_id}/replay")

    assert (answer.status_code, answer.json()["code"]) == (409, "switched_off")
    assert await rows(sessions, "SELECT 1 FROM sync_queue WHERE status = 'pending'") == []
