"""The window tests and demonstrations look through: `/_sandbox/...`, JSON, without a key.

GET    /_sandbox/requests | mails | hooks | faults | state/{resource}
DELETE /_sandbox/requests | mails | hooks | faults
POST   /_sandbox/faults   {"method": "PATCH", "path": "/customers/", "status": 503, "times": 2}
POST   /_sandbox/faults   {"name": "commit_then_drop", "method": "POST"}
POST   /_sandbox/edit     {"resource": "customers", "id": 67, "fields": {"firstname": "Jane"}}
POST   /_sandbox/add      {"resource": "addresses", "fields": {"id_customer": "67", "city": "New York", ...}}
POST   /_sandbox/order    {"customer": 67, "address": 8, "product": 8, "quantity": 2}
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .storefront import place_order

if TYPE_CHECKING:
    from .server import Sandbox


def routes(sandbox: "Sandbox") -> list[Route]:
    return [
        Route("/_sandbox/{log:str}", _log(sandbox), methods=["GET", "DELETE"]),
        Route("/_sandbox/state/{resource:str}", _state(sandbox), methods=["GET"]),
        Route("/_sandbox/faults", _fault(sandbox), methods=["POST"]),
        Route("/_sandbox/edit", _edit(sandbox), methods=["POST"]),
        Route("/_sandbox/add", _add(sandbox), methods=["POST"]),
        Route("/_sandbox/order", _order(sandbox), methods=["POST"]),
    ]


def _log(sandbox: "Sandbox") -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        logs = {
            "requests": sandbox.requests, "mails": sandbox.mails, "hooks": sandbox.hooks.log,
            "faults": sandbox.faults.pending,
        }  # fmt: skip
        log = logs.get(request.path_params["log"])
        if log is None:
            return _json({"error": "unknown log", "known": list(logs)}, status=404)
        if request.method == "DELETE":
            log.clear()  # type: ignore[attr-defined]  # each of them is a list or a deque
            return Response(status_code=204)
        return _json([asdict(entry) for entry in log])  # type: ignore[attr-defined]

    return show


def _state(sandbox: "Sandbox") -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        table = sandbox.shop.tables.get(request.path_params["resource"])
        if table is None:
            return _json({"error": "unknown resource", "known": list(sandbox.shop.tables)}, status=404)
        return _json(list(table.rows.values()))

    return show


def _fault(sandbox: "Sandbox") -> Callable[[Request], object]:
    async def add(request: Request) -> Response:
        fault = sandbox.fail(**orjson.loads(await request.body()))
        return _json(asdict(fault), status=201)

    return add


def _edit(sandbox: "Sandbox") -> Callable[[Request], object]:
    async def edit(request: Request) -> Response:
        wanted = orjson.loads(await request.body())
        sandbox.edit(wanted["resource"], int(wanted["id"]), **wanted["fields"])
        return _json(sandbox.row(wanted["resource"], int(wanted["id"])))

    return edit


def _add(sandbox: "Sandbox") -> Callable[[Request], object]:
    async def add(request: Request) -> Response:
        wanted = orjson.loads(await request.body())
        return _json({"id": sandbox.add(wanted["resource"], **wanted["fields"])}, status=201)

    return add


def _order(sandbox: "Sandbox") -> Callable[[Request], object]:
    async def order(request: Request) -> Response:
        return _json({"id": place_order(sandbox, **orjson.loads(await request.body()))}, status=201)

    return order


def _json(value: object, *, status: int = 200) -> Response:
    content = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2)
    return Response(content, status_code=status, media_type="application/json")
