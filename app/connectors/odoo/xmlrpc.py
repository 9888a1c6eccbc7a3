"""XML-RPC over `/xmlrpc/2/common` and `/xmlrpc/2/object`: the wire that passes proxies which know no other.

Bodies by the standard library, read with entities and document types refused. Faults carry a number instead of a class:
1 is a traceback, whose last line names the class; 2 is a UserError, ValidationError or MissingError; 3 AccessDenied; 4
AccessError (17.0, 19.0).

A method that returns None *succeeds* and is committed, and only then the server fails to say so: fault 1, "cannot
marshal None". That is an answer without a value here.
"""

from __future__ import annotations

import asyncio
import math
import re
import xmlrpc.client
from collections.abc import Iterator, Mapping
from typing import Final, cast
from xml.parsers.expat import ExpatError

import httpx
import orjson
from defusedxml import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

from app.connectors.http import PeerClient
from app.connectors.odoo.errors import Fault, translate, translate_bare
from app.connectors.odoo.transport import is_read
from app.entities.base import Json
from app.errors import BadPayload

PATH: Final = "/xmlrpc/2"
XML_HEADERS: Final[Mapping[str, str]] = {"Content-Type": "text/xml", "Accept": "text/xml"}

LARGE: Final = 100_000
"""Bytes."""

NONE_RESULT: Final = Fault(name="builtins.TypeError", text="cannot marshal None unless allow_none is enabled")
BY_CODE: Final[Mapping[str, str]] = {
    "2": "odoo.exceptions.UserError",
    "3": "odoo.exceptions.AccessDenied",
    "4": "odoo.exceptions.AccessError",
}
# `(Record: res.partner(999999,), User: 2)`, the words in the user's language: only a MissingError ends like this.
_MISSING: Final = re.compile(r"^\(.*[a-z_.]+\([\d, ]+\), .*\d+\)$", re.MULTILINE)
NOT_XML_RPC: Final = (
    xmlrpc.client.Error,
    ExpatError,
    DefusedXmlException,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
)
"""What the standard library raises for the answers of others: it trusts whom it reads."""
_RAISED: Final = re.compile(r"^(?P<name>[A-Za-z_][\w.]*)(?:: (?P<text>.*))?$", re.DOTALL)
_UNSAYABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlRpcWire:
    """`Wire` in XML."""

    def __init__(self, peer: PeerClient) -> None:
        self._peer = peer

    @property
    def peer_name(self) -> str:
        return self._peer.name

    async def exchange(self, service: str, method: str, args: list[Json], *, call: str) -> tuple[Json, httpx.Response]:
        body = to_body(method, args, call=call)
        response = await self._peer.request(
            "POST", f"{PATH}/{service}", content=body, headers=XML_HEADERS, call=call, reads=is_read(call)
        )
        try:
            return await _parsed(response.content), response
        except xmlrpc.client.Fault as fault:
            said = to_fault(fault)
            if said == NONE_RESULT:
                return None, response
            raise translate(said, peer=self._peer.name, call=call) from None
        except NOT_XML_RPC as error:
            raise translate_bare(response.status_code, peer=self._peer.name, call=call, lacking="XML-RPC") from error


async def _parsed(content: bytes) -> Json:
    """Off the loop where it would hold it up: a thousand rows take a tenth of a second."""
    if len(content) < LARGE:
        return from_body(content)
    return await asyncio.to_thread(from_body, content)


def to_body(method: str, args: list[Json], *, call: str) -> bytes:
    """None goes as `<nil/>`, which Odoo takes. Raises `BadPayload` for what XML-RPC cannot say."""
    try:
        text = xmlrpc.client.dumps(tuple(args), methodname=method, allow_none=True)
    except (OverflowError, TypeError) as error:
        raise BadPayload(f"{call}: a value cannot be sent over XML-RPC ({error})") from error
    if wrong := _UNSAYABLE.search(text):
        raise BadPayload(f"{call}: a text holds the character {wrong.group()!r}, which XML cannot carry")
    return text.encode()


class _Reader(xmlrpc.client.Unmarshaller):
    """Takes finite numbers only: JSON has no other, and PostgreSQL's jsonb neither."""

    dispatch = dict(xmlrpc.client.Unmarshaller.dispatch)  # noqa: RUF012 - as the library has it

    def end_double(self, data: str) -> None:
        if not math.isfinite(float(data)):
            raise xmlrpc.client.ResponseError(f"{data} where a number belongs")
        super().end_double(data)

    dispatch["double"] = dispatch["float"] = end_double  # type: ignore[assignment]  # by the class of the method


def from_body(content: bytes) -> Json:
    """The one value of an answer. Raises `xmlrpc.client.Fault`, or one of `NOT_XML_RPC`."""
    reader = _Reader()
    parser = DefusedExpatParser(reader, forbid_dtd=True)
    parser.feed(content)
    parser.close()
    values = reader.close()
    if len(values) != 1:
        raise xmlrpc.client.ResponseError(f"{len(values)} values")
    # Odoo sends dates and bytes as strings, so what XML-RPC knows beyond JSON comes from somebody else: a TypeError.
    orjson.dumps(values[0])
    return cast(Json, values[0])


def to_fault(fault: xmlrpc.client.Fault) -> Fault:
    """Odoo's error by the class it is, as far as the number tells."""
    code, text = str(fault.faultCode), str(fault.faultString)
    if code == "1":
        return _raised(text)
    if code == "2" and _MISSING.search(text):
        return Fault(name="odoo.exceptions.MissingError", text=text)
    return Fault(name=BY_CODE.get(code, ""), text=text)


def _raised(traceback: str) -> Fault:
    """What a traceback ends with: `psycopg2.OperationalError: connection to …`; a built-in has no module there."""
    last = traceback.rpartition("Traceback (most recent call last):\n")[2]
    found = _RAISED.match("\n".join(_without_frames(last.splitlines())).strip())
    if found is None:
        return Fault(name="", text="the server answered with a traceback")
    name, text = found["name"], found["text"] or ""
    return Fault(name=name if "." in name else f"builtins.{name}", text=text)


def _without_frames(lines: list[str]) -> Iterator[str]:
    raised = False
    for line in lines:
        raised = raised or (line != "" and not line[0].isspace())
        if raised:
            yield line
