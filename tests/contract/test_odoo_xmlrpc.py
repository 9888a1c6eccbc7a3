"""The sandbox's XML-RPC route answers as the real servers answered, row by row of the table."""

from __future__ import annotations

import xmlrpc.client
from typing import Any

import httpx
import pytest

from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from tests.contract.odoo_exchange import ANY
from tests.contract.odoo_table_xmlrpc import NONE_RESULT, XML_EXCHANGES, XmlExchange, call


@pytest.mark.parametrize("exchange", XML_EXCHANGES, ids=lambda exchange: exchange.recording)
async def test_the_sandbox_answers_as_the_recorded_server(exchange: XmlExchange) -> None:
    answer = await ask(seeded(version=exchange.version), exchange)

    check(exchange, answer)


@pytest.mark.parametrize("version", [17, 19])
async def test_a_method_without_a_result_is_carried_out_and_answered_with_a_fault(version: int) -> None:
    db = seeded(version=version)
    order = db.add("sale.order", {"name": "S1", "partner_id": 7})

    answer = await ask(db, call("odoo17/xmlrpc_fault_none_result_after_commit", "sale.order", "action_lock", [order]))

    assert isinstance(answer, xmlrpc.client.Fault)
    assert (answer.faultCode, NONE_RESULT in answer.faultString) == (1, True)
    assert db.tables["sale.order"][order]["locked"] is True


async def test_a_body_that_is_no_xml_is_a_fault_of_the_parser() -> None:
    app = create_app(seeded())

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://odoo.test") as client:
        response = await client.post("/xmlrpc/2/common", content="<nope", headers={"Content-Type": "text/xml"})

    assert response.status_code == 200
    with pytest.raises(xmlrpc.client.Fault, match="ExpatError: unclosed token: line 1, column 0"):
        xmlrpc.client.loads(response.text)


async def ask(db: Database, exchange: XmlExchange) -> object:
    """The value or the fault the sandbox answers with, both by way of real bytes."""
    args: tuple[Any, ...] = exchange.args
    body = xmlrpc.client.dumps(args, methodname=exchange.method, allow_none=True)
    transport = httpx.ASGITransport(app=create_app(db))
    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        response = await client.post(
            f"/xmlrpc/2/{exchange.service}", content=body, headers={"Content-Type": "text/xml"}
        )
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/xml")
    return parsed(response.text)


def parsed(text: str) -> object:
    try:
        return xmlrpc.client.loads(text)[0][0]
    except xmlrpc.client.Fault as fault:
        return fault


def check(exchange: XmlExchange, answer: object) -> None:
    if exchange.fault is None:
        assert not isinstance(answer, xmlrpc.client.Fault)
        assert exchange.result in (ANY, answer)
        return
    assert isinstance(answer, xmlrpc.client.Fault)
    assert answer.faultCode == exchange.fault
    assert exchange.says in answer.faultString
