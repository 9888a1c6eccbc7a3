"""The XML wire: what goes into a body, what comes out of one, and what its numbered faults mean."""

from __future__ import annotations

import asyncio
import xmlrpc.client

import httpx
import pytest

from app.connectors.odoo.errors import translate
from app.connectors.odoo.xmlrpc import LARGE, NONE_RESULT, from_body, to_body, to_fault
from app.entities.base import Json
from app.errors import ActionRequired, AppError, BadPayload, NotFound, Rejected, Retryable
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, open_odoo
from tests.connectors.odoo.wires import client_played

TRACEBACK = 'Traceback (most recent call last):\n  File "/odoo/http.py", line 1, in call\n    return run()\n'


async def test_one_login_serves_a_burst_of_calls_and_nothing_goes_by_another_way() -> None:
    connector, recorder = open_odoo(17, protocol="xmlrpc")

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(connector.client.search("res.partner", []))

    called = [str(xmlrpc.client.loads(request.content)[1]) for request in recorder.requests]
    assert called == ["version", "authenticate", *["execute_kw"] * 8]
    assert {request.url.path for request in recorder.requests} == {"/xmlrpc/2/common", "/xmlrpc/2/object"}
    assert all(request.headers["Content-Type"] == "text/xml" for request in recorder.requests)


async def test_every_call_carries_its_context_over_xml_as_well() -> None:
    connector, recorder = open_odoo(17, protocol="xmlrpc", company_ids=[1])

    await connector.client.search("res.partner", [])

    args, _ = xmlrpc.client.loads(recorder.requests[-1].content)
    named = args[6]
    assert isinstance(named, dict)
    assert named["context"] == {
        "lang": "en_US",
        "tracking_disable": True,
        "sync_origin": "odoo-shop-sync",
        "allowed_company_ids": [1],
    }


async def test_a_withdrawn_key_is_logged_in_anew_by_the_next_call() -> None:
    db = seeded(version=17, api_key=KEY)
    client = open_odoo(db=db, protocol="xmlrpc")[0].client
    await client.search("res.partner", [])
    db.accounts[0].expired = True
    with pytest.raises(ActionRequired, match="Access Denied") as raised:
        await client.search("res.partner", [])
    assert raised.value.code == "bad_login"

    db.accounts[0].expired = False
    assert await client.search("res.partner", [["id", "=", 7]]) == [7]


@pytest.mark.parametrize(
    "value",
    [None, False, True, 0, 2**31 - 1, -(2**31), 19.99, "", "a\nb\tc & <d>", "\U0001f600", [], {}, [[6, 0, [1]]]],
)
def test_values_come_through_as_they_are(value: Json) -> None:
    answer = to_body("execute_kw", [value], call="x").decode()

    [back], method = xmlrpc.client.loads(answer)

    assert (back, type(back), method) == (value, type(value), "execute_kw")


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, "a\x00b", "a\x0bb", "\ud800", "\ufffe"])
async def test_what_xml_cannot_carry_is_refused_by_the_call_and_never_sent(value: Json) -> None:
    connector, recorder = open_odoo(17, protocol="xmlrpc")
    await connector.client.fields("res.partner")
    before = len(recorder.requests)

    with pytest.raises(BadPayload, match=r"res\.partner\.write"):
        await connector.client.write("res.partner", [7], {"ref": value})

    assert len(recorder.requests) == before


ANSWER = "<?xml version='1.0'?><methodResponse><params>{}</params></methodResponse>"
BOMB = """<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<methodResponse><params><param><value><string>&c;</string></value></param></params></methodResponse>"""
DTD = BOMB.replace(BOMB[BOMB.index("[") : BOMB.index("]") + 1], 'SYSTEM "file:///etc/passwd"').replace("&c;", "x")


@pytest.mark.parametrize(
    "page",
    [
        BOMB,
        DTD,
        "<html><body>maintenance</body></html>",
        "",
        "not xml",
        ANSWER.format(""),
        ANSWER.format("<param><value><int>x</int></value></param>"),
        ANSWER.format("<param><value><int>1</int></value></param>")[:-40],
        "<methodResponse><fault><value><int>1</int></value></fault></methodResponse>",
        ANSWER.format("<param><value><boolean>2</boolean></value></param>"),
        ANSWER.format(
            "<param><value><struct><member><value><array/></value><value/></member></struct></value></param>"
        ),
        ANSWER.format("<param><value><double>nan</double></value></param>"),
        ANSWER.format(f"<param><value><int>{2**64}</int></value></param>"),
        ANSWER.format("<param><value><dateTime.iso8601>20261121T00:00:00</dateTime.iso8601></value></param>"),
        ANSWER.format("<param><value><base64>AA==</base64></value></param>"),
        ANSWER.format("<param><value><bigdecimal>x</bigdecimal></value></param>"),
    ],
    ids=[
        *("bomb", "document type", "html", "empty", "text", "no value", "no number", "cut off", "fault without words"),
        *("no boolean", "name that is a list", "nan", "huge number", "date", "bytes", "no decimal"),
    ],
)
async def test_what_is_no_answer_of_odoo_is_tried_again(page: str) -> None:
    client = client_played("xmlrpc", lambda request: httpx.Response(200, text=page))

    with pytest.raises(Retryable, match="without XML-RPC"):
        await client.search("res.partner", [])


async def test_a_large_answer_is_read_like_a_small_one() -> None:
    rows = [{"id": number, "name": "x" * 100} for number in range(1000)]
    large = xmlrpc.client.dumps((rows,), methodresponse=True)
    client = client_played("xmlrpc", lambda request: httpx.Response(200, text=large))

    assert len(large) > LARGE
    assert await client.search_read("res.partner", [], ["name"]) == rows


def test_an_entity_is_refused_before_it_is_expanded() -> None:
    with pytest.raises(ValueError, match="DTDForbidden"):
        from_body(BOMB.encode())


@pytest.mark.parametrize(
    ("status", "means"), [(500, Retryable), (502, Retryable), (403, ActionRequired), (404, ActionRequired)]
)
async def test_a_page_is_read_by_its_status(status: int, means: type[AppError]) -> None:
    client = client_played("xmlrpc", lambda request: httpx.Response(status, text="<html>"))

    with pytest.raises(means):
        await client.search("res.partner", [])


@pytest.mark.parametrize(
    ("code", "text", "name", "means"),
    [
        (3, "Access Denied", "odoo.exceptions.AccessDenied", ActionRequired),
        (4, "You are not allowed to …", "odoo.exceptions.AccessError", ActionRequired),
        (2, "Barcode(s) already assigned", "odoo.exceptions.UserError", Rejected),
        (
            2,
            "L'enregistrement n'existe pas ou a été supprimé.\n(Enregistrement : res.partner(7, 9), Utilisateur : 2)",
            "odoo.exceptions.MissingError",
            NotFound,
        ),
        (
            2,
            "L'enregistrement n'existe pas.\n(Enregistrement : res.users(9999,), Utilisateur : 9999)",
            "odoo.exceptions.MissingError",
            ActionRequired,
        ),
        (1, f"{TRACEBACK}ValueError: Invalid field 'x' on model 'y'\n", "builtins.ValueError", Rejected),
        (1, f"{TRACEBACK}AssertionError\n", "builtins.AssertionError", Rejected),
        (
            1,
            f"{TRACEBACK}KeyError: 'nodb'\n\nDuring handling of the above exception, another exception occurred:\n\n"
            f'{TRACEBACK}psycopg2.OperationalError: FATAL:  database "nodb" does not exist\n\n',
            "psycopg2.OperationalError",
            ActionRequired,
        ),
        (
            1,
            f"{TRACEBACK}psycopg2.errors.SyntaxError: syntax error at or near\nLINE 4:   WHERE id IN ()\n     ^\n",
            "psycopg2.errors.SyntaxError",
            Rejected,
        ),
        (1, f"{TRACEBACK}psycopg2.pool.PoolError: The Connection Pool Is Full\n", "psycopg2.pool.PoolError", Retryable),
        (1, f"{TRACEBACK}odoo.addons.x.Odd: what\n", "odoo.addons.x.Odd", Retryable),
        (1, f"{TRACEBACK}OverflowError: int exceeds XML-RPC limits\n", "builtins.OverflowError", ActionRequired),
        (1, "", "", Retryable),
        (5, "unheard of", "", Retryable),
        ("warning -- MissingError", "", "", Retryable),
    ],
)
def test_a_numbered_fault_becomes_the_class_it_is(code: int | str, text: str, name: str, means: type[AppError]) -> None:
    fault = to_fault(xmlrpc.client.Fault(code, text))  # type: ignore[arg-type]

    assert fault.name == name
    error = translate(fault, peer="erp", call="res.partner.write")
    assert type(error) is means
    assert "File" not in error.message


def test_only_the_fault_about_the_answer_itself_is_a_success() -> None:
    assert to_fault(xmlrpc.client.Fault(1, f"{TRACEBACK}TypeError: {NONE_RESULT.text}\n")) == NONE_RESULT
    assert to_fault(xmlrpc.client.Fault(1, f"{TRACEBACK}TypeError: missing 1 argument\n")) != NONE_RESULT
    assert to_fault(xmlrpc.client.Fault(2, NONE_RESULT.text)) != NONE_RESULT
