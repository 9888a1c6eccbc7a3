"""One trace from the webhook through PostgreSQL and the worker to the shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
from asgi_lifespan import LifespanManager
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy.ext.asyncio import AsyncEngine

from app.main import create_app
from app.settings import Settings
from tests.flows.offices.premises import SECRET
from tests.flows.world import World, open_world
from tests.tracing.jobs import SENDER, TRACE, id_of, parent_of, trace_of, traceparent

PATH = "/webhooks/odoo/boutique"


@pytest.fixture
async def world(engine: AsyncEngine) -> AsyncIterator[World]:
    async with open_world(engine) as opened:
        opened.shop.hooks.url = None
        yield opened


@pytest.fixture
async def odoo(
    world: World, settings: Settings, spans: InMemorySpanExporter, database_url: str, redis_url: str
) -> AsyncIterator[httpx.AsyncClient]:
    """What posts from Odoo to the API."""
    app = create_app(settings, database_url=database_url, redis_url=redis_url)
    async with (
        LifespanManager(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://api.test", headers={"X-Webhook-Secret": SECRET}
        ) as client,
    ):
        yield client


async def post(
    odoo: httpx.AsyncClient, number: int, *, path: str = PATH, firstname: str = "John", **headers: str
) -> None:
    body: dict[str, Any] = {
        "event_id": f"customer-{number}-{firstname}",
        "entity_type": "customer",
        "action_type": "updated",
        "data": {"id": number, "firstname": firstname},
    }
    answer = await odoo.post(path, json=body, headers=headers)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text


def named(spans: Sequence[ReadableSpan], start: str) -> list[ReadableSpan]:
    return [span for span in spans if span.name.startswith(start)]


async def test_a_webhook_its_job_and_the_calls_of_it_are_one_trace_of_the_sender(
    world: World, odoo: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    await post(odoo, 67, traceparent=traceparent())
    await world.drainer.drain()

    found = spans.get_finished_spans()
    [request] = named(found, "POST")
    [job] = named(found, "job")
    calls = named(found, "prestashop")
    assert {trace_of(span) for span in found} == {TRACE}
    assert parent_of(request) == int(SENDER, 16)
    assert parent_of(job) == id_of(request)
    assert {parent_of(call) for call in calls} == {id_of(job)}
    assert request.name == "POST /webhooks/odoo/{link}"
    assert job.attributes is not None
    assert job.attributes["shopsync.outcome"] == "written"
    assert [call.name for call in calls] == [f"prestashop {each.method}" for each in world.shop.requests]
    assert {(call.attributes or {})["http.response.status_code"] for call in calls} == {200}


async def test_three_jobs_of_one_batch_have_their_own_traces_and_the_batch_links_to_them(
    world: World, odoo: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    numbers = [67, *(int(world.shop.add("customers", **PERSON, email=f"{name}@example.com")) for name in ("a", "b"))]
    for number in numbers:
        await post(odoo, number)
    await world.drainer.drain()

    found = spans.get_finished_spans()
    jobs, requests = named(found, "job"), named(found, "POST")
    [batch] = named(found, "batch")
    calls = named(found, "prestashop")
    assert {parent_of(job) for job in jobs} == {id_of(request) for request in requests}
    assert len({trace_of(job) for job in jobs}) == 3
    assert {link.context.span_id for link in batch.links} == {id_of(job) for job in jobs}
    assert [link.context.span_id for job in jobs for link in job.links] == 3 * [id_of(batch)]
    assert calls
    assert {trace_of(call) for call in calls} == {trace_of(batch)}
    assert trace_of(batch) not in {trace_of(job) for job in jobs}


async def test_a_job_into_which_a_newer_event_merged_goes_on_with_the_newer_ones_trace(
    world: World, odoo: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    await post(odoo, 67, firstname="Jane", traceparent=traceparent("1" * 32))
    await post(odoo, 67, firstname="Joan", traceparent=traceparent("2" * 32))
    await post(odoo, 67, firstname="June", traceparent="no trace at all")

    [row] = await world.rows("SELECT traceparent FROM sync_queue")
    newest = named(spans.get_finished_spans(), "POST")[-1]
    assert row.traceparent.split("-")[1] == trace_of(newest)
    assert trace_of(newest) not in {"1" * 32, "2" * 32}


async def test_a_secret_in_the_address_is_in_no_span(
    world: World, odoo: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    await post(odoo, 67, path=f"{PATH}/{SECRET}")
    await world.drainer.drain()

    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "/webhooks/odoo/{link}/{token}" in told
    assert SECRET not in told
    assert "67" not in "".join(span.name for span in spans.get_finished_spans())


async def test_what_is_no_webhook_is_not_traced(odoo: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    assert (await odoo.get("/livez")).status_code == httpx.codes.OK

    assert spans.get_finished_spans() == ()


PERSON = {"firstname": "Ann", "lastname": "Lee", "active": "1", "passwd": "x"}
