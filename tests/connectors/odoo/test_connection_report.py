"""What the report says of the rights that the enabled entity types need, and of a server that refuses its API."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import Callable

import httpx
import pytest

from app.connectors.base import ConnectionReport
from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.rights import NEEDS
from app.connectors.peer import Peer
from app.connectors.registry import open_connector
from app.entities.base import EntityType
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, open_odoo

HEALTHY = httpx.Response(200, json={"status": "pass"})
VERSION = {
    "jsonrpc": "2.0",
    "result": {"server_version": "17.0", "server_version_info": [17, 0, 0, "final", 0, ""]},
}
DENIED = {
    "jsonrpc": "2.0",
    "error": {"code": 200, "data": {"name": "odoo.exceptions.AccessDenied", "message": "Access Denied"}},
}


def test_every_entity_type_has_a_model_whose_rights_are_asked() -> None:
    assert frozenset().union(*(need.entity_types for need in NEEDS)) == set(EntityType)


async def test_only_the_rights_of_enabled_entity_types_are_asked() -> None:
    connector, recorder = open_odoo(17, entity_types=[EntityType.CATEGORY])

    report = await connector.test()

    assert report.ok
    assert report.details["rights"] == {"product.category": "read, create, write"}
    asked = [body["params"]["args"][3:5] for body in recorder.bodies if body["params"]["service"] == "object"]
    assert asked == [["product.category", "check_access_rights"]] * 3


async def test_an_app_that_an_enabled_entity_type_needs_is_a_problem_and_one_nobody_wants_is_none() -> None:
    db = seeded(version=17, api_key=KEY)
    db.models.pop("crm.lead", None)

    wanted = await open_odoo(db=db, entity_types=[EntityType.CUSTOMER, EntityType.LEAD])[0].test()
    unwanted = await open_odoo(db=db)[0].test()

    assert wanted.ok
    assert wanted.problems == ("crm.lead (leads) is not installed in this database; install its app",)
    assert unwanted.problems == ()


async def test_a_user_with_too_few_rights_is_told_for_the_enabled_types_only() -> None:
    connector, _ = open_odoo(17, entity_types=[EntityType.CATEGORY], username="limited", api_key=f"{KEY}-limited")

    report = await connector.test()

    assert any("may not create, write product.category" in problem for problem in report.problems)
    assert not any("res.partner" in problem for problem in report.problems)


@pytest.mark.parametrize(
    "refusal",
    [
        lambda request: httpx.Response(200, json=DENIED),
        lambda request: httpx.Response(403, text="<html>Forbidden</html>"),
        lambda request: httpx.Response(303, headers={"Location": "https://www.example.com/pricing"}),
        lambda request: httpx.Response(404, text="<html>no such page</html>"),
    ],
    ids=["access denied", "forbidden", "redirected", "no route"],
)
@pytest.mark.parametrize("protocol", ["auto", "xmlrpc"])
async def test_an_api_that_is_refused_where_the_web_answers_may_be_one_of_the_plan(
    refusal: Callable[[httpx.Request], httpx.Response], protocol: str
) -> None:
    report = await report_of(
        lambda request: HEALTHY if request.url.path == "/web/health" else refusal(request), protocol
    )

    assert not report.ok
    assert "its plan may have no external API" in report.problems[1]


async def test_the_plan_is_not_named_where_the_version_is_told_and_the_right_is_missing() -> None:
    report = await open_odoo(17, username="limited", api_key=f"{KEY}-limited")[0].test()

    assert not any("plan" in problem for problem in report.problems)


async def test_the_plan_is_not_named_where_no_odoo_answers_at_all() -> None:
    report = await report_of(lambda request: httpx.Response(403, text="<html>Forbidden</html>"), "auto")

    assert len(report.problems) == 1
    assert "plan without external API" in report.problems[0]


async def test_how_the_connection_is_to_be_spoken_to_is_how_it_is_spoken_to() -> None:
    _, recorder = open_odoo(17)
    peer = Peer(
        name="erp",
        kind="odoo",
        url="http://odoo.test",
        credentials={"database": "odoo", "username": "admin", "api_key": KEY},
        connection_options={"transport": "xmlrpc", "lang": "fr_FR", "company_ids": [1]},
        transport=recorder,
    )
    connector = open_connector(peer)

    report = await connector.test()

    assert report.ok
    assert report.details["transport"] == "xmlrpc"
    sent = xmlrpc.client.loads(recorder.requests[-1].content)[0][6]
    assert isinstance(sent, dict)
    assert sent["context"]["lang"] == "fr_FR"
    assert sent["context"]["allowed_company_ids"] == [1]


async def report_of(play: Callable[[httpx.Request], httpx.Response], protocol: str) -> ConnectionReport:
    connector = OdooConnector(
        *("http://odoo.test", "odoo", "admin", KEY),
        name="erp",
        protocol=protocol,  # type: ignore[arg-type]
        transport=httpx.MockTransport(play),
    )
    try:
        return await connector.test()
    finally:
        await connector.aclose()
