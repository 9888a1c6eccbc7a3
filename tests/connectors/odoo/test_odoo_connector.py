"""The connector: its ports, and the connection report, which never raises for a peer in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.connectors.base import Connector
from app.connectors.odoo.connector import OdooConnector
from app.entities.base import EntityType
from app.errors import BadPayload
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, open_odoo

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("version", "asked", "transport"), [(17, "auto", "jsonrpc"), (19, "auto", "json2"), (19, "xmlrpc", "xmlrpc")]
)
async def test_a_good_connection_says_version_transport_user_and_rights(
    version: int, asked: str, transport: str
) -> None:
    db = seeded(version=version, api_key=KEY)
    db.models.pop("crm.lead", None)
    connector: Connector = open_odoo(db=db, protocol=asked)[0]

    report = await connector.test()

    assert report.ok
    assert report.kind == "odoo"
    assert str(report.version).startswith(f"{version}.0")
    assert report.details["transport"] == transport
    assert report.details["uid"] == 2
    rights = report.details["rights"]
    assert isinstance(rights, dict)
    assert rights["res.partner"] == "read, create, write"
    assert rights["crm.lead"] == "not installed"
    assert report.problems == ()


@pytest.mark.parametrize("version", [17, 19])
async def test_missing_rights_are_named_with_what_they_are_for(version: int) -> None:
    connector, _ = open_odoo(version, username="limited", api_key=f"{KEY}-limited")

    report = await connector.test()

    assert not report.ok
    assert any("create, write res.partner (customers and addresses)" in problem for problem in report.problems)
    assert any("sale.order (orders)" in problem for problem in report.problems)


async def test_a_right_only_one_entity_type_needs_is_a_problem_but_no_stop() -> None:
    db = seeded(version=17, api_key=KEY)
    db.models["res.partner"] = replace(db.models["res.partner"], admin_only=frozenset())
    connector, _ = open_odoo(db=db, username="limited", api_key=f"{KEY}-limited")

    report = await connector.test()

    assert report.ok
    assert any("sale.order (orders)" in problem for problem in report.problems)


@pytest.mark.parametrize("version", [17, 19])
async def test_a_wrong_key_is_a_report_and_not_an_exception(version: int) -> None:
    connector, _ = open_odoo(version, api_key="a-wrong-secret-key")

    report = await connector.test()

    assert not report.ok
    assert "API key" in report.problems[0]
    assert "a-wrong-secret-key" not in repr(report)


async def test_a_server_that_is_down_or_is_none_is_a_report() -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    for play in (refused, lambda request: httpx.Response(200, text="<html>a shop</html>")):
        connector = OdooConnector(
            "http://odoo.test", "odoo", "admin", KEY, name="erp", transport=httpx.MockTransport(play)
        )
        report = await connector.test()
        assert not report.ok
        assert report.version is None
        assert len(report.problems) == 1
        await connector.aclose()


@pytest.mark.parametrize(("ahead", "seen"), [(timedelta(0), False), (timedelta(minutes=3), True)])
async def test_clocks_that_differ_are_a_problem(ahead: timedelta, seen: bool) -> None:
    db = seeded(version=17, api_key=KEY, now=lambda: NOON + ahead)
    connector, _ = open_odoo(db=db, now=lambda: NOON)

    report = await connector.test()

    assert report.details["clock_offset_s"] == ahead.total_seconds() + 0.5
    assert any("clocks differ by 180 s" in problem for problem in report.problems) is seen


async def test_a_key_that_runs_out_soon_is_announced() -> None:
    db = seeded(version=19, api_key=KEY, now=lambda: NOON)
    db.tables["res.users.apikeys"][1]["expiration_date"] = "2026-11-25 00:00:00"
    connector, _ = open_odoo(db=db, now=lambda: NOON)

    report = await connector.test()

    assert report.ok
    assert any("expires 2026-11-25" in problem for problem in report.problems)


async def test_every_entity_type_it_is_able_to_keep_has_its_port_and_opening_it_asks_nothing() -> None:
    connector, recorder = open_odoo(17)
    able = {capability.entity_type for capability in connector.capabilities}

    assert EntityType.CUSTOMER in able
    for entity_type in able:
        assert connector.port(entity_type).entity_type is entity_type
    assert recorder.requests == []


async def test_what_has_no_port_is_refused_by_name() -> None:
    connector, _ = open_odoo(17)

    with pytest.raises(BadPayload, match="no port for voucher") as raised:
        connector.port("voucher")  # type: ignore[arg-type]

    assert raised.value.code == "no_port"


async def test_neither_key_nor_password_shows_in_what_the_objects_print() -> None:
    connector, _ = open_odoo(17)

    transport = await connector.client.transport()

    assert KEY not in repr(connector) + repr(connector.client) + repr(transport)
