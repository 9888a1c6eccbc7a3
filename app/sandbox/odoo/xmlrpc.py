"""`/xmlrpc/2/common` and `/xmlrpc/2/object`: the same calls as `/jsonrpc`, in XML and with numbered faults.

A result that is None, or holds one, was committed and still is a fault: the server finds out while it writes the
answer.
"""

from __future__ import annotations

import email.utils
import xmlrpc.client
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from app.sandbox.odoo import jsonrpc
from app.sandbox.odoo.database import Database

APPLICATION, WARNING, DENIED, NO_ACCESS = 1, 2, 3, 4
CODES: Mapping[str, int] = {
    "odoo.exceptions.UserError": WARNING,
    "odoo.exceptions.ValidationError": WARNING,
    "odoo.exceptions.MissingError": WARNING,
    "odoo.exceptions.RedirectWarning": WARNING,
    "odoo.exceptions.AccessDenied": DENIED,
    "odoo.exceptions.AccessError": NO_ACCESS,
}
TRACEBACK = "Traceback (most recent call last):\n  ...\n"
OVERLOADED = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"


def endpoint(db: Database) -> Callable[[Request], Awaitable[Response]]:
    """The handler of both addresses."""

    async def handle(request: Request) -> Response:
        date = {"Date": email.utils.format_datetime(db.now(), usegmt=True)}
        if db.trouble and db.trouble[0] == "html":
            db.trouble.pop(0)
            return HTMLResponse(OVERLOADED, 500, headers=date)
        said = answer(db, str(request.path_params["service"]), await request.body())
        return Response(said, media_type="text/xml", headers=date)

    return handle


def answer(db: Database, service: str, body: bytes) -> str:
    """The `methodResponse` for one `methodCall`."""
    try:
        args, method = xmlrpc.client.loads(body)
    except ExpatError as error:
        return _written(xmlrpc.client.Fault(APPLICATION, f"{TRACEBACK}xml.parsers.expat.ExpatError: {error}\n"))
    params = {"service": service, "method": method, "args": list(args)}
    envelope = jsonrpc.answer(db, {"params": params})
    wrong = envelope.get("error")
    if isinstance(wrong, Mapping):
        return _written(_fault(wrong["data"]))
    return _written((envelope.get("result"),))


def _fault(data: Mapping[str, Any]) -> xmlrpc.client.Fault:
    name, message = str(data["name"]), str(data["message"])
    code = CODES.get(name, APPLICATION)
    shown = message if code != APPLICATION else f"{TRACEBACK}{name.removeprefix('builtins.')}: {message}\n"
    return xmlrpc.client.Fault(code, shown)


def _written(said: xmlrpc.client.Fault | tuple[Any, ...]) -> str:
    try:
        return xmlrpc.client.dumps(said, methodresponse=True)
    except (TypeError, OverflowError) as error:
        fault = xmlrpc.client.Fault(APPLICATION, f"{TRACEBACK}{type(error).__name__}: {error}\n")
        return xmlrpc.client.dumps(fault, methodresponse=True)
