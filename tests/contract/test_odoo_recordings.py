"""The full recordings of real Odoo 17.0 and 19.0 servers, against the tables, the sandbox and the connector.

They lie beside the project, not in it. Where they are absent this file is skipped; what they taught is kept in
`odoo_table.py` and `odoo_table_json2.py`, which need none.
"""

from __future__ import annotations

import json
import re
import xmlrpc.client
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.odoo.json2 import Json2
from app.connectors.odoo.jsonrpc import JsonRpcWire
from app.connectors.odoo.rpc import Rpc, Wire
from app.connectors.odoo.transport import Transport
from app.connectors.odoo.xmlrpc import XmlRpcWire
from app.errors import AppError, Rejected, Retryable
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.wires import client_answered
from tests.contract.odoo_exchange import ANY, Exchange
from tests.contract.odoo_table import BY_RECORDING, EXCHANGES, TROUBLE
from tests.contract.odoo_table_xmlrpc import XML_EXCHANGES, XML_READINGS, XmlExchange
from tests.contract.test_odoo_sandbox import KEY, ask, split
from tests.contract.test_odoo_xmlrpc import check, parsed

FOLDER = Path(__file__).resolve().parents[2].parent / "shared/peers/captures"
if not (FOLDER / "odoo17").is_dir():
    pytest.skip("the recordings of real Odoo servers are not beside the project", allow_module_level=True)

EVERY = sorted(f"{folder}/{path.stem}" for folder in ("odoo17", "odoo19") for path in (FOLDER / folder).glob("*.json"))


def recorded(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.recording)
def test_the_table_says_what_was_recorded(exchange: Exchange) -> None:
    response = recorded(exchange.recording)["response"]

    assert response["status"] == exchange.status
    assert response["headers"]["content-type"].startswith("text/html") == exchange.page
    if exchange.page:
        return
    error, result = split(exchange, response["body"])
    assert (error or {}).get("name") == exchange.error
    assert str((error or {}).get("message", "")).startswith(exchange.says)
    assert exchange.result in (ANY, result) or same_shape(exchange.result, result)


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.recording)
async def test_the_recorded_request_gets_the_recorded_outcome_from_the_sandbox(exchange: Exchange) -> None:
    app = create_app(seeded(version=exchange.version, api_key=KEY))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://odoo.test") as client:
        for earlier in exchange.after:
            await ask(client, as_recorded(BY_RECORDING[earlier]))
        response = await ask(client, as_recorded(exchange))

    assert response.status_code == exchange.status
    if not exchange.page:
        error, _ = split(exchange, response.json())
        assert (error or {}).get("name") == exchange.error


@pytest.mark.parametrize("exchange", XML_EXCHANGES, ids=lambda exchange: exchange.recording)
def test_the_xml_table_says_what_was_recorded(exchange: XmlExchange) -> None:
    capture = recorded(exchange.recording)

    check(exchange, parsed(capture["response"]["body"]))
    sent, method = xmlrpc.client.loads(capture["request"]["body"])
    # The first is the database, named as it pleased; some were sent without the empty keyword arguments.
    assert (method, sent[1:]) == (exchange.method, exchange.args[1 : len(sent)])


def as_recorded(exchange: Exchange) -> Exchange:
    """The row with the body that was really sent, by the row's user: not all of the server's exist here."""
    body = recorded(exchange.recording)["request"]["body"]
    if exchange.path == "/jsonrpc" and body["params"]["service"] == "object":
        assert isinstance(exchange.body, dict)
        body["params"]["args"][:3] = exchange.body["params"]["args"][:3]
    return replace(exchange, body=body)


@pytest.mark.parametrize(
    ("recording", "means"),
    [
        *((row.recording, row.means) for row in EXCHANGES),
        *((row.recording, row.means) for row in XML_EXCHANGES),
        *TROUBLE,
        *XML_READINGS,
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_connector_reads_a_recorded_answer_as_the_table_says(
    recording: str, means: type[AppError] | None
) -> None:
    raised = await reading_of(recorded(recording))

    assert type(raised) is means if means else raised is None


@pytest.mark.parametrize("recording", EVERY)
async def test_no_recorded_answer_surprises_the_connector(recording: str) -> None:
    capture = recorded(recording)
    if not isinstance(capture, dict) or not called(capture):
        return

    raised = await reading_of(capture)

    assert raised is None or isinstance(raised, AppError)
    if raised is not None:
        assert "Traceback" not in raised.message


def called(capture: dict[str, Any]) -> bool:
    """Whether it is an answer one of the transports could have got."""
    path = (capture.get("request") or {}).get("path", "")
    response = capture.get("response") or {}
    return path.startswith(("/jsonrpc", "/xmlrpc/2/", "/json/2/", "/web/dataset")) and bool(response.get("status"))


@pytest.mark.parametrize(
    "recording",
    [
        "odoo17/sale_order_action_cancel_returns_wizard",
        "odoo17/stock_picking_button_validate_returns_backorder_wizard",
        "odoo17/stock_quant_apply_conflict_returns_wizard",
    ],
)
async def test_a_recorded_wizard_is_a_refusal_and_not_a_success(recording: str) -> None:
    client = client_answered("jsonrpc", recorded(recording)["response"]["body"]["result"])

    with pytest.raises(Rejected) as raised:
        await client.run_action("sale.order", "action_cancel", [1])

    assert raised.value.code == "wizard"


@pytest.mark.parametrize("recording", [name for name in EVERY if re.search(r"/load_race(_attempt)?_\d+$", name)])
async def test_a_recorded_race_of_loads_is_won_or_tried_again(recording: str) -> None:
    result = load_result(recorded(recording)["response"]["body"])
    loading = client_answered("jsonrpc", result).load("res.partner", ["id", "name"], [["woo.race", "Race"]])

    if result["ids"]:
        assert await loading == result["ids"]
        return
    with pytest.raises(Retryable) as raised:
        await loading
    assert raised.value.code == "busy"


def load_result(body: Any) -> Any:
    """Over JSON-2 the body is the result."""
    return body["result"] if "jsonrpc" in body else body


async def reading_of(capture: dict[str, Any]) -> AppError | None:
    """What the transport raises for a recorded answer, or None."""
    body = capture["response"]["body"]
    content = (body if isinstance(body, str) else json.dumps(body)).encode()
    answer = httpx.Response(capture["response"]["status"], content=content)
    peer = PeerClient("http://odoo.test", name="erp", transport=httpx.MockTransport(lambda request: answer))
    try:
        await transport_for(capture, peer).call("res.partner", "search")
    except AppError as error:
        return error
    finally:
        await peer.aclose()
    return None


def transport_for(capture: dict[str, Any], peer: PeerClient) -> Transport:
    if capture["request"]["path"].startswith("/json/2"):
        return Json2(peer, database="odoo", api_key="k")
    xml = capture["request"]["path"].startswith("/xmlrpc/2/")
    wire: Wire = XmlRpcWire(peer) if xml else JsonRpcWire(peer)
    transport = Rpc(wire, protocol="xmlrpc" if xml else "jsonrpc", database="odoo", username="admin", api_key="k")
    transport._uid = 2  # logged in already: the recorded answer is that of the call
    return transport


def same_shape(wanted: object, got: object) -> bool:
    """Rows of other records: the same keys and kinds."""
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(same_shape, wanted, got))
    if isinstance(wanted, dict) and isinstance(got, dict):
        return wanted.keys() == got.keys()
    return type(wanted) is type(got)
