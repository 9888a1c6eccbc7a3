"""What the dashboard shows and the alerts look at is counted under these names and labels, and explained."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from app.settings_docs import ROOT
from tests.api.test_metrics import declared
from tests.integrations.promql import asked, faults

FOLDER = ROOT / "integrations" / "monitoring"
DOCUMENT = (ROOT / "docs" / "monitoring.md").read_text()
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
[GROUP] = yaml.safe_load((FOLDER / "prometheus-alerts.yml").read_text())["groups"]
ALERTS: list[dict[str, Any]] = GROUP["rules"]
KNOWN = declared()
ROW = re.compile(r"^\| `(\w+)` \| `(.+?)` \| (\w+) \| (\w+) \| (.+) \|$", re.MULTILINE)
LABEL = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
# Told by an alert or by /health; a curve of them says nothing.
NOT_SHOWN = {
    "shopsync_link_last_accepted_timestamp_seconds",
    "shopsync_operations_unanswered",
    "shopsync_webhook_problems",
    "shopsync_documents",
}

panels = pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel["title"]))
alerts = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))


def expressions(panel: dict[str, Any]) -> list[str]:
    """With what Grafana puts in for its variables."""
    return [str(target["expr"]).replace("$__rate_interval", "1m").replace("$link", ".*") for target in panel["targets"]]


@panels
def test_a_panel_asks_for_metrics_and_labels_that_there_are(panel: dict[str, Any]) -> None:
    assert [fault for each in expressions(panel) for fault in faults(each, KNOWN)] == []


@panels
def test_a_panel_shows_seconds_as_seconds_and_nothing_else(panel: dict[str, Any]) -> None:
    unit = panel["fieldConfig"]["defaults"]["unit"]
    in_seconds = {"_seconds" in each for each in expressions(panel)}

    assert in_seconds == {unit == "s"}
    per_second = {
        "rate(" in each and "histogram_quantile" not in each and " / " not in each for each in expressions(panel)
    }
    assert per_second == {unit in {"reqps", "ops"}}


@panels
def test_a_panel_uses_the_chosen_data_source_and_links(panel: dict[str, Any]) -> None:
    assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}
    for target in panel["targets"]:
        with_links = [each for each in asked(target["expr"]) if "link" in KNOWN[each.family(KNOWN) or ""][1]]
        assert all("link" in each.labels for each in with_links), target["expr"]


def test_the_boards_panels_have_numbers_and_places_of_their_own() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"]) == len(set(places))
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "link"]
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in DASHBOARD["panels"])


def test_every_metric_is_on_the_board_but_those_that_are_named_here() -> None:
    shown = {each.family(KNOWN) for panel in PANELS for expr in expressions(panel) for each in asked(expr)}

    assert set(KNOWN) - shown == NOT_SHOWN


@alerts
def test_an_alert_asks_for_metrics_and_labels_that_there_are(alert: dict[str, Any]) -> None:
    assert faults(alert["expr"], KNOWN) == []


@alerts
def test_an_alert_says_what_is_wrong_and_what_to_do_with_labels_that_it_has(alert: dict[str, Any]) -> None:
    said = alert["annotations"]
    told = {label for text in said.values() for label in LABEL.findall(text)}

    assert set(said) == {"summary", "description"}
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    for label in told:
        assert re.search(rf"by \([^)]*\b{label}\b", alert["expr"]), label


def test_the_page_lists_the_alerts_as_they_are() -> None:
    listed = [
        {"alert": name, "expr": expr.replace("\\|", "|"), "for": duration, "severity": severity, "advice": advice}
        for name, expr, duration, severity, advice in ROW.findall(DOCUMENT)
    ]

    assert listed == [
        {
            "alert": alert["alert"],
            "expr": alert["expr"],
            "for": alert["for"],
            "severity": alert["labels"]["severity"],
            "advice": LABEL.sub("LINK", alert["annotations"]["description"]),
        }
        for alert in ALERTS
    ]


def test_the_example_configuration_reads_the_alerts_and_asks_api_and_workers() -> None:
    example = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    api, worker = example["scrape_configs"]

    assert [(FOLDER / name).exists() for name in example["rule_files"]] == [True]
    assert api["static_configs"] == [{"targets": [f"api:{services['api']['environment']['PORT']}"]}]
    [looked_up] = worker["dns_sd_configs"]
    assert set(looked_up["names"]) <= set(services)
    assert f"WORKER_METRICS_PORT={looked_up['port']}" in DOCUMENT


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("max(shopsync_nothing)", "there is no shopsync_nothing"),
        ('max(shopsync_link_paused{shop="a"})', "shopsync_link_paused has no shop"),
        ("max by (shop) (shopsync_link_paused)", "nothing has shop"),
        ("rate(shopsync_link_paused[1m])", "rate of shopsync_link_paused, a gauge"),
        ("sum(shopsync_leads_total)", "nothing of shopsync_leads_total, a counter"),
        ("sum(rate(shopsync_leads_total))", "the range of shopsync_leads_total"),
        ("histogram_quantile(0.5, sum(rate(shopsync_ingest_seconds_bucket[1m])))", "a quantile needs buckets by le"),
        ("max(shopsync_ingest_seconds)", "there is no shopsync_ingest_seconds"),
    ],
)
def test_an_expression_that_would_show_nothing_is_found(expression: str, fault: str) -> None:
    assert fault in faults(expression, KNOWN)
