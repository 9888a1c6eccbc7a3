"""Jobs as operators find, retry and cancel them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.api.state import ApiState
from app.db.session import SessionMaker
from tests.api.builders import LinkRow, make_job, make_link, make_operation, rows

FAILED: dict[str, Any] = {
    "status": "failed",
    "error_code": "temporary",
    "error_message": "the shop is down",
    "attempts": 12,
}
AT_WORK: dict[str, Any] = {"status": "processing", "leased_until": datetime(2026, 1, 5, tzinfo=UTC)}
OPEN_AGAIN = "SELECT status, error_message, finished_at, job_id FROM reverse_operations"


async def get(operator: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await operator.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def the_job(sessions: SessionMaker, job_id: int) -> Any:
    [row] = await rows(sessions, "SELECT * FROM sync_queue WHERE id = :id", id=job_id)
    return row


@pytest.mark.parametrize(
    "filters",
    [
        {"link": "outlet"},
        {"status": "completed"},
        {"outcome": "written"},
        {"direction": "shop_to_odoo"},
        {"entity_type": "order"},
        {"native_id": "1001"},
        {"held": "false", "status": "completed"},
    ],
)
async def test_each_filter_finds_the_one_job_it_describes(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow, filters: dict[str, str]
) -> None:
    other = await make_link(sessions, state.ring, slug="outlet")
    await make_job(sessions, link, held_reason="changed in the shop")
    columns: dict[str, Any] = {
        "status": "completed",
        "outcome": "written",
        "direction": "shop_to_odoo",
        "entity_type": "order",
    }
    wanted = await make_job(sessions, other, "1001", **columns)

    found = await get(operator, "/jobs", **filters)

    assert [job["id"] for job in found["items"]] == [wanted]


async def test_jobs_come_newest_first_a_page_at_a_time(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    made = [await make_job(sessions, link, str(number)) for number in range(3)]

    first = await get(operator, "/jobs", limit=2)
    second = await get(operator, "/jobs", limit=2, cursor=first["next_cursor"])

    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert second["next_cursor"] is None


async def test_held_jobs_are_found_by_that(operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow) -> None:
    held = await make_job(sessions, link, "1", held_reason="changed in the shop")
    await make_job(sessions, link, "2")

    found = await get(operator, "/jobs", held=True)

    assert [(job["id"], job["held_reason"]) for job in found["items"]] == [(held, "changed in the shop")]


async def test_a_job_is_shown_with_its_fields_and_the_events_it_carries(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link)
    operations = [await make_operation(sessions, link, job_id, event_id=f"e{number}") for number in range(2)]

    job = await get(operator, f"/jobs/{job_id}")

    assert (job["id"], job["link"], job["payload"]) == (job_id, "boutique", {"firstname": "John"})
    assert [each["operation_id"] for each in job["operations"]] == operations


@pytest.mark.parametrize(
    ("path", "status"), [("/jobs/4711", 404), ("/jobs/0", 400), ("/jobs/9223372036854775808", 400)]
)
async def test_a_job_that_does_not_exist_is_a_404_and_an_impossible_id_a_400(
    operator: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await operator.get(path)).status_code == status
    assert (await operator.post(f"{path}/retry")).status_code == status
    assert (await operator.post(f"{path}/cancel")).status_code == status


async def test_jobs_are_counted_by_status_with_the_held_ones_apart(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await make_job(sessions, link, "1")
    await make_job(sessions, link, "2", held_reason="changed in the shop")
    await make_job(sessions, link, "3", **FAILED)

    stats = await get(operator, "/jobs/stats", link="boutique")

    assert (stats["total"], stats["held"], stats["by_status"]) == (3, 1, {"pending": 2, "failed": 1})
    assert {each["held"] for each in stats["counts"]} == {True, False}


@pytest.mark.parametrize(
    "columns",
    [
        FAILED,
        {"status": "parked", "outcome": "parked"},
        {"status": "cancelled"},
        {"status": "completed", "outcome": "rejected"},
        {"held_reason": "changed in the shop"},
    ],
)
async def test_a_retried_job_is_pending_now_and_its_failed_operation_waits_for_an_answer_again(
    operator: httpx.AsyncClient,
    sessions: SessionMaker,
    link: LinkRow,
    rings: list[int],
    columns: dict[str, Any],
) -> None:
    job_id = await make_job(sessions, link, **columns)
    await make_operation(sessions, link, job_id, status="failed", error_message="the shop is down", error_status=500)

    answer = await operator.post(f"/jobs/{job_id}/retry")

    assert (answer.status_code, answer.json()["carried_by"]) == (202, job_id)
    job = await the_job(sessions, job_id)
    assert (job.status, job.outcome, job.attempts, job.held_reason, job.error_message) == (
        "pending",
        None,
        0,
        None,
        None,
    )
    [operation] = await rows(sessions, OPEN_AGAIN)
    assert (operation.status, operation.error_message, operation.finished_at) == ("processing", None, None)
    [line] = await rows(sessions, "SELECT event, context FROM sync_logs WHERE job_id = :id", id=job_id)
    assert (line.event, line.context["by"]) == ("job.retried", "operator")
    assert rings == [1]


async def test_what_a_job_has_done_stays_done_when_the_rest_is_retried(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link, **FAILED)
    await make_operation(sessions, link, job_id, event_id="done", status="success")
    await make_operation(sessions, link, job_id, event_id="open", status="failed")

    await operator.post(f"/jobs/{job_id}/retry")

    found = await rows(sessions, "SELECT event_id, status FROM reverse_operations ORDER BY id")
    assert [tuple(row) for row in found] == [("done", "success"), ("open", "processing")]


async def test_a_retry_goes_under_the_newer_pending_job_of_its_record_and_takes_its_operations_along(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    old = await make_job(sessions, link, payload='{"firstname": "Old", "company": "Acme"}', **FAILED)
    await make_operation(sessions, link, old, status="failed")
    newer = await make_job(sessions, link)

    answer = await operator.post(f"/jobs/{old}/retry")

    assert answer.json()["carried_by"] == newer
    job = await the_job(sessions, newer)
    assert (job.status, job.payload) == ("pending", {"firstname": "John", "company": "Acme"})
    merged = await the_job(sessions, old)
    assert (merged.status, merged.outcome) == ("cancelled", "merged")
    [operation] = await rows(sessions, OPEN_AGAIN)
    assert (operation.status, operation.job_id) == ("processing", newer)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"status": "completed", "outcome": "written"}, "replay its operation"),
        ({"status": "cancelled", "outcome": "merged", "error_message": "continued as job 9"}, "continued as job 9"),
        (AT_WORK, "being worked on"),
    ],
)
async def test_a_job_that_is_done_or_at_work_is_not_retried(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, columns: dict[str, Any], said: str
) -> None:
    job_id = await make_job(sessions, link, **columns)

    answer = await operator.post(f"/jobs/{job_id}/retry")

    assert answer.status_code == 409
    assert said in answer.json()["error"]
    assert (await the_job(sessions, job_id)).status == columns["status"]


@pytest.mark.parametrize("columns", [{}, {"held_reason": "changed in the shop"}, FAILED, {"status": "parked"}])
async def test_a_cancelled_job_answers_its_open_operations(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, columns: dict[str, Any]
) -> None:
    job_id = await make_job(sessions, link, **columns)
    await make_operation(sessions, link, job_id)

    answer = await operator.post(f"/jobs/{job_id}/cancel")

    assert answer.status_code == 200
    job = await the_job(sessions, job_id)
    assert (job.status, job.error_code, job.held_reason) == ("cancelled", "cancelled", None)
    assert job.processed_at is not None
    [operation] = await rows(sessions, OPEN_AGAIN)
    assert (operation.status, operation.error_message) == (
        "failed",
        "cancelled by operator; nothing more is written",
    )
    assert operation.finished_at is not None


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (AT_WORK, "being worked on"),
        ({"status": "completed", "outcome": "written"}, "completed"),
        ({"status": "cancelled"}, "cancelled already"),
    ],
)
async def test_a_job_at_work_or_finished_is_not_cancelled(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, columns: dict[str, Any], said: str
) -> None:
    job_id = await make_job(sessions, link, **columns)
    await make_operation(sessions, link, job_id)

    answer = await operator.post(f"/jobs/{job_id}/cancel")

    assert answer.status_code == 409
    assert said in answer.json()["error"]
    [operation] = await rows(sessions, OPEN_AGAIN)
    assert operation.status == "processing"


async def test_a_cancelled_job_can_be_retried(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    job_id = await make_job(sessions, link)
    await make_operation(sessions, link, job_id)
    await operator.post(f"/jobs/{job_id}/cancel")

    answer = await operator.post(f"/jobs/{job_id}/retry")

    assert answer.status_code == 202
    [operation] = await rows(sessions, OPEN_AGAIN)
    assert operation.status == "processing"


async def test_many_are_retried_by_filter_the_oldest_first_up_to_the_limit(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow, rings: list[int]
) -> None:
    other = await make_link(sessions, state.ring, slug="outlet")
    failed = [await make_job(sessions, link, str(number), **FAILED) for number in range(3)]
    untouched = [
        await make_job(sessions, other, **FAILED),
        await make_job(sessions, link, "9", status="parked"),
        await make_job(sessions, link, "10", **FAILED, entity_type="order"),
    ]
    wanted = {"status": "failed", "link": "boutique", "entity_type": "customer", "limit": 2}

    first = await operator.post("/jobs/retry", json=wanted)
    second = await operator.post("/jobs/retry", json=wanted)

    assert first.json() == {"success": True, "retried": 2, "more": True}
    assert second.json() == {"success": True, "retried": 1, "more": False}
    pending = await rows(sessions, "SELECT id FROM sync_queue WHERE status = 'pending' ORDER BY id")
    assert [row.id for row in pending] == failed
    assert {(await the_job(sessions, job_id)).status for job_id in untouched} == {"failed", "parked"}
    assert rings == [1, 1]


@pytest.mark.parametrize(("status", "retried"), [("completed", 1), ("cancelled", 1), ("pending", 1), ("processing", 0)])
async def test_a_filter_takes_only_what_may_be_retried(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, status: str, retried: int
) -> None:
    await make_job(sessions, link, "1", status="completed", outcome="written")
    await make_job(sessions, link, "2", status="completed", outcome="rejected")
    await make_job(sessions, link, "3", status="cancelled", outcome="merged")
    await make_job(sessions, link, "4", status="cancelled")
    await make_job(sessions, link, "5")
    await make_job(sessions, link, "6", held_reason="changed in the shop")
    await make_job(sessions, link, "7", **AT_WORK)

    answer = await operator.post("/jobs/retry", json={"status": status})

    assert answer.json()["retried"] == retried


@pytest.mark.parametrize("body", [{}, {"status": "failed", "lnk": "boutique"}, {"status": "failed", "limit": 201}])
async def test_retrying_by_a_filter_that_is_not_understood_retries_nothing(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, body: dict[str, Any]
) -> None:
    job_id = await make_job(sessions, link, **FAILED)

    answer = await operator.post("/jobs/retry", json=body)

    assert answer.status_code == 400
    assert (await the_job(sessions, job_id)).status == "failed"


async def test_retrying_for_a_link_that_does_not_exist_says_so(operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/jobs/retry", json={"status": "failed", "link": "nope"})

    assert answer.status_code == 404


async def test_the_jobs_of_a_run_and_among_them_those_that_need_a_person_are_found(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await make_job(sessions, link, "1")
    done = await make_job(sessions, link, "2", run_id=3, status="completed", outcome="created")
    refused = await make_job(sessions, link, "3", run_id=3, status="completed", outcome="rejected")
    parked = await make_job(sessions, link, "4", run_id=3, status="parked")
    failed = await make_job(sessions, link, "5", run_id=4, status="failed")

    async def found(**wanted: Any) -> list[int]:
        answer = await operator.get("/jobs", params=wanted)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert await found(run_id=3) == [parked, refused, done]
    assert await found(run_id=3, needs_person=True) == [parked, refused]
    assert await found(run_id=3, needs_person=False) == [done]
    assert await found(link="boutique", needs_person=True) == [failed, parked, refused]
    assert (await operator.get(f"/jobs/{parked}")).json()["run_id"] == 3
    assert (await operator.get("/jobs", params={"run_id": 0})).status_code == 400
