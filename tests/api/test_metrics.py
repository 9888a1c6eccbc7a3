"""The documented metrics are the metrics there are, and a scrape is answered whatever is away."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.api.state import ApiState
from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.portal.documents import DocumentContent, store_documents
from tests.api.builders import LinkRow, execute, make_job, make_operation

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(shopsync_\w+)` \| (\w+) \| (.*?) ?\| (.+) \|$", re.MULTILINE)

Described = dict[str, tuple[str, tuple[str, ...], str]]


def documented() -> Described:
    """Kind, labels and meaning by name."""
    return {
        name: (kind, tuple(re.findall(r"`(\w+)`", labels)), meaning)
        for name, kind, labels, meaning in ROW.findall(DOCUMENT.read_text())
    }


def declared() -> Described:
    counted = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    own: Described = {
        each._name + ("_total" if each._type == "counter" else ""): (
            str(each._type),
            tuple(each._labelnames),
            each._documentation,
        )
        for each in counted
    }
    stored: Described = {
        each.name: ("counter" if each.is_counter else "gauge", each.labels, each.help)
        for each in metrics.STORED_METRICS
    }
    return own | stored


async def scrape(client: httpx.AsyncClient) -> dict[str, dict[tuple[str, ...], float]]:
    """Values by sample name and label values."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_every_metric_is_documented_with_its_kind_labels_and_meaning() -> None:
    assert documented() == declared()


def test_every_metric_of_ours_is_declared_in_one_place() -> None:
    names = {each.name for each in REGISTRY.collect() if each.name.startswith("shopsync_")}

    assert names == {each._name for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)}


def test_every_stored_metric_is_in_the_list_of_them() -> None:
    assert {each for each in vars(metrics).values() if isinstance(each, metrics.StoredMetric)} == set(
        metrics.STORED_METRICS
    )


async def test_a_scrape_shows_how_every_link_stands(
    client: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow
) -> None:
    await make_operation(sessions, link, await make_job(sessions, link, "1"))
    await make_job(sessions, link, "2", held_reason="changed in the shop")
    await make_job(sessions, link, "3", status="failed")
    await execute(sessions, "UPDATE sync_queue SET scheduled_at = now() - interval '10 minutes'")
    await execute(sessions, "INSERT INTO workers (name) VALUES ('w1')")
    await execute(sessions, "INSERT INTO workers (name, seen_at) VALUES ('dead', now() - interval '31 seconds')")
    state.refusals.count(link_id=link.id, slug=link.slug, reason="forbidden")
    await state.refusals.flush()

    found = await scrape(client)

    assert found["shopsync_database_up"] == {(): 1}
    assert found["shopsync_workers_alive"] == {(): 1}
    assert found["shopsync_queue_jobs"] == {
        ("boutique", "pending"): 1,
        ("boutique", "held"): 1,
        ("boutique", "processing"): 0,
        ("boutique", "failed"): 1,
        ("boutique", "parked"): 0,
    }
    assert found["shopsync_queue_oldest_due_seconds"]["boutique",] >= 600
    assert found["shopsync_operations_unanswered"] == {("boutique",): 1}
    assert found["shopsync_operations_last_hour"]["boutique", "processing"] == 1
    assert found["shopsync_link_paused"] == {("boutique",): 0}
    assert found["shopsync_refused_webhooks_total"] == {("boutique", "forbidden"): 1}
    assert "shopsync_ingest_seconds_count" in found
    never = {
        metrics.LINK_LAST_SUCCESS.name,
        metrics.POLL_AGE_SECONDS.name,
        metrics.WEBHOOK_LAST_SEEN_AGE_SECONDS.name,
        metrics.RUNS_RUNNING.name,
        metrics.DOCUMENTS.name,
    }
    assert set(found) >= {each.name for each in metrics.STORED_METRICS} - never


async def test_a_held_a_paused_and_a_backing_off_job_are_not_due(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await make_job(sessions, link, "1", held_reason="changed in the shop")
    await make_job(sessions, link, "2", entity_type="order")
    await make_job(sessions, link, "3")
    await execute(sessions, "UPDATE sync_queue SET scheduled_at = now() - interval '1 hour'")
    await execute(sessions, "UPDATE sync_queue SET scheduled_at = now() + interval '1 hour' WHERE native_id = '3'")
    await execute(
        sessions,
        "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
        " VALUES (:link_id, 'odoo_to_shop', 'order', 'may not', now() + interval '1 hour')",
        link_id=link.id,
    )

    found = await scrape(client)

    assert found["shopsync_queue_oldest_due_seconds"] == {("boutique",): 0}
    assert found["shopsync_link_paused"] == {("boutique",): 1}


async def test_runs_under_way_and_documents_that_are_kept_are_counted_for_each_link(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    for status in ("running", "completed", "cancelled"):
        await execute(
            sessions,
            "INSERT INTO runs (link_id, kind, entity_type, status) VALUES (:link_id, 'import', 'product', :status)",
            link_id=link.id,
            status=status,
        )
    documents = [DocumentContent(odoo_id=str(number), data={}) for number in (1, 2)]
    async with sessions.begin() as session:
        await store_documents(session, link_id=link.id, entity_type=EntityType.INVOICE, documents=documents)

    found = await scrape(client)
    [shown] = (await client.get("/health")).json()["links"]

    assert found["shopsync_runs_running"] == {("import", "boutique"): 1}
    assert found["shopsync_documents"] == {("invoice", "boutique"): 2}
    assert (shown["runs"], shown["documents"]) == ({"import": 1}, {"invoice": 2})


async def test_a_lead_is_counted_once_and_who_writes_again_of_the_same_is_not(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, """UPDATE links SET module_sync = '{"entities": {"lead": {"direction": "both"}}}'""")
    before = (await scrape(client)).get("shopsync_leads_total", {}).get(("boutique",), 0)

    for _ in range(2):
        assert (await client.post("/forms/boutique/lead", json={"email": "jane@example.com"})).status_code == 202

    assert (await scrape(client))["shopsync_leads_total"]["boutique",] == before + 1


async def test_a_real_scrape_has_the_declared_labels_and_no_others(
    client: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow
) -> None:
    await make_operation(sessions, link, await make_job(sessions, link, "1"))
    state.refusals.count(link_id=link.id, slug=link.slug, reason="forbidden")
    metrics.observe_claim("odoo_to_shop", [0.1])
    metrics.observe_call("boutique", "prestashop", "read", "ok", 0.1)
    labels = {name: set(labels) for name, (_, labels, _) in declared().items()}

    answer = await client.get("/metrics")

    seen = {
        (family.name if family.type != "counter" else f"{family.name}_total"): set(sample.labels) - {"le"}
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if family.name.startswith("shopsync_")
    }
    assert seen.items() <= labels.items()
    assert {"shopsync_queue_jobs", "shopsync_peer_calls_total", "shopsync_queue_wait_seconds"} <= set(seen)


class TestWithoutADatabase:
    @pytest.fixture
    def database_url(self) -> str:
        return "postgresql://nobody@127.0.0.1:1/nothing"

    async def test_the_process_own_metrics_are_answered_and_nothing_is_made_up(self, client: httpx.AsyncClient) -> None:
        found = await scrape(client)

        assert found["shopsync_database_up"] == {(): 0}
        assert "process_cpu_seconds_total" in found
        assert set(found) & {each.name for each in metrics.STORED_METRICS} == {"shopsync_database_up"}
