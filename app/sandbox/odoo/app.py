"""The ASGI application: Odoo's routes, and the sandbox's own under `/_sandbox`."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.sandbox.odoo import json2, jsonrpc, xmlrpc
from app.sandbox.odoo.automation import Automation, Manner
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.faults import OdooError, http_not_found

JSON2_SINCE = 19
OVERLOADED = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n"
NO_DATABASE = (
    "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
    "<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n"
)
COOKIE_AND_HEADER = (
    "<!doctype html>\n<html lang=en>\n<title>403 Forbidden</title>\n<h1>Forbidden</h1>\n"
    "<p>Cannot use both the session_id cookie and the x-odoo-database header.</p>\n"
)


def create_app(db: Database, automation: Automation | None = None, *, more: Sequence[Route] = ()) -> Starlette:
    """The server of one database, with `more` routes; `app.state.odoo` gives tests the database and the automation."""
    server = Server(db=db, automation=automation or Automation())
    app = Starlette(
        routes=[
            Route("/jsonrpc", server.jsonrpc, methods=["GET", "POST"]),
            Route("/xmlrpc/2/{service}", xmlrpc.endpoint(db), methods=["POST"]),
            Route("/json/2/{model}/{method}", server.json2, methods=["GET", "POST", "PUT"]),
            Route("/json/2/{rest:path}", server.json2_elsewhere, methods=["GET", "POST", "PUT"]),
            Route("/json/version", server.version),
            Route("/web/version", server.version),
            Route("/web/webclient/version_info", server.version_info, methods=["GET", "POST"]),
            Route("/web/health", server.health),
            Route("/_sandbox/actions/reverse-sync", server.reverse_sync, methods=["POST"]),
            Route("/_sandbox/actions", server.actions),
            Route("/_sandbox/posts", server.posts),
            *more,
            Route("/{path:path}", server.website, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
        middleware=[Middleware(Finishing, server=server)],
    )
    app.state.odoo = server
    return app


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The handlers, and what they work on."""

    db: Database
    automation: Automation

    async def jsonrpc(self, request: Request) -> Response:
        if self.db.trouble and self.db.trouble[0] == "html":
            self.db.trouble.pop(0)
            return self._page(OVERLOADED, 500)
        if request.method != "POST" or not _is_json(request):
            return self._page("<!doctype html>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n", 400)
        try:
            body = json.loads(await request.body())
        except ValueError:
            return self._page("Invalid JSON data", 400)
        if not isinstance(body, dict):
            return self._page("Invalid JSON-RPC data", 400)
        return self._json(jsonrpc.answer(self.db, body))

    async def json2(self, request: Request) -> Response:
        if self.db.version < JSON2_SINCE:
            return await self.website(request)
        if self.db.trouble and self.db.trouble[0] == "html":
            self.db.trouble.pop(0)
            return self._page(OVERLOADED, 500)
        if refused := self._refused_before_login(request):
            return refused
        try:
            if request.method != "POST":
                raise http_not_found("Did you mean POST /json/2/<model>/<method>?")
            account = json2.log_in(self.db, request.headers.get("Authorization"))
            model, method = request.path_params["model"], request.path_params["method"]
            body = await _body(request)
            return self._json(json2.run(self.db, account, model, method, body))
        except OdooError as fault:
            headers = {"WWW-Authenticate": "Bearer"} if fault.status == 401 else {}
            return self._json(fault.data, fault.status, headers)

    async def json2_elsewhere(self, request: Request) -> Response:
        if self.db.version < JSON2_SINCE:
            return await self.website(request)
        fault = http_not_found("Did you mean POST /json/2/<model>/<method>?")
        return self._json(fault.data, fault.status)

    async def version(self, request: Request) -> Response:
        if self.db.version < JSON2_SINCE:
            return await self.website(request)
        info = jsonrpc.version_info(self.db)
        body = {"version_info": info["server_version_info"], "version": info["server_version"]}
        # The web client's page opens a session, the other one does not.
        opens = request.url.path.startswith("/web/")
        return self._json(body, headers={"Set-Cookie": "session_id=sandbox; Path=/"} if opens else {})

    async def version_info(self, request: Request) -> Response:
        if request.method != "POST":
            return self._page("<!doctype html>\n<title>415 Unsupported Media Type</title>\n", 415)
        body = {"jsonrpc": "2.0", "id": None, "result": jsonrpc.version_info(self.db)}
        return self._json(body, headers={"Set-Cookie": "session_id=sandbox; Path=/"})

    async def health(self, request: Request) -> Response:
        return self._json({"status": "pass"})

    async def website(self, request: Request) -> Response:
        return self._page("<!DOCTYPE html>\n<html><head><title>Odoo</title></head><h1>404</h1></html>\n", 404)

    async def reverse_sync(self, request: Request) -> Response:
        """Presses the rule for the envelope given, or for each of a list in turn, as a bulk edit does."""
        manner = Manner(request.query_params.get("manner", Manner.HEADER))
        body = await request.json()
        events = body if isinstance(body, list) else [body]
        try:
            sent = [(await self.automation.press(event, manner=manner)).as_json() for event in events]
        except OdooError as fault:
            return self._json(fault.data, fault.status)
        return self._json(sent if isinstance(body, list) else sent[0])

    async def actions(self, request: Request) -> Response:
        return self._json([sent.as_json() for sent in self.automation.sent])

    async def posts(self, request: Request) -> Response:
        """What rules made through the API posted."""
        return self._json(
            [{"url": one.url, "body": one.body, "status": one.status} for one in self.automation.hooks.posts]
        )

    def _refused_before_login(self, request: Request) -> Response | None:
        if request.method == "POST" and not _is_json(request):
            return self._page("<!doctype html>\n<title>415 Unsupported Media Type</title>\n", 415)
        wanted = request.headers.get("X-Odoo-Database")
        if wanted and "session_id" in request.cookies:
            return self._page(COOKIE_AND_HEADER, 403)
        if wanted and wanted != self.db.name:
            return self._page(NO_DATABASE, 404)
        return None

    def _json(self, body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return JSONResponse(body, status, headers={**(headers or {}), "Date": self._date()})

    def _page(self, html: str, status: int) -> Response:
        return HTMLResponse(html, status, headers={"Date": self._date()})

    def _date(self) -> str:
        return email.utils.format_datetime(self.db.now(), usegmt=True)


class Finishing:
    """Before an answer leaves, the webhooks of its transaction do: the caller waits for them."""

    def __init__(self, app: ASGIApp, *, server: Server) -> None:
        self._app, self._server = app, server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def finish_first(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._server.automation.hooks.finish(self._server.db)
            await send(message)

        await self._app(scope, receive, finish_first)


def _is_json(request: Request) -> bool:
    return request.headers.get("Content-Type", "").split(";")[0].strip() == "application/json"


async def _body(request: Request) -> object:
    """A chunked body is not read at all, without a word."""
    if "chunked" in request.headers.get("Transfer-Encoding", ""):
        return {}
    raw = await request.body()
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError as error:
        raise json2.malformed(error) from error
