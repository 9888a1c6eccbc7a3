"""The window tests and demonstrations look through: `/_sandbox/...`, JSON, without a key.

GET    /_sandbox/requests | hooks | faults | state/{resource}
DELETE /_sandbox/requests | hooks | faults
POST   /_sandbox/faults   {"method": "PUT", "path": "/customers/", "status": 503, "times": 2}
POST   /_sandbox/faults   {"name": "commit_then_drop", "method": "POST"}
POST   /_sandbox/edit     {"resource": "customers", "id": 3, "fields": {"first_name": "Jane"}}
POST   /_sandbox/add      {"resource": "variations", "parents": [13], "fields": {"regular_price": "5"}}
POST   /_sandbox/remove   {"resource": "products", "id": 13, "force": true}
POST   /_sandbox/order    {"email": "ada@example.com", "lines": [{"product_id": 13, "quantity": 2}], "coupon": "TEN"}
POST   /_sandbox/settle   answers when every webhook is delivered or given up
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .errors import ApiError
from .storefront import place_order

if TYPE_CHECKING:
    from .server import Sandbox

Handler = Callable[[Any], Response]


def routes(sandbox: "Sandbox") -> list[Route]:
    return [
        Route("/_sandbox/faults", _post(_fault(sandbox)), methods=["POST"]),
        Route("/_sandbox/edit", _post(_edit(sandbox)), methods=["POST"]),
        Route("/_sandbox/add", _post(_add(sandbox)), methods=["POST"]),
        Route("/_sandbox/remove", _post(_remove(sandbox)), methods=["POST"]),
        Route("/_sandbox/order", _post(_order(sandbox)), methods=["POST"]),
        Route("/_sandbox/settle", _settle(sandbox), methods=["POST"]),
        Route("/_sandbox/{log:str}", _log(sandbox), methods=["GET", "DELETE"]),
        Route("/_sandbox/state/{resource:str}", _state(sandbox), methods=["GET"]),
    ]


def _log(sandbox: "Sandbox") -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        logs = {"requests": sandbox.requests, "hooks": sandbox.hooks.log, "faults": sandbox.faults.pending}
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
        name = request.path_params["resource"]
        if name not in sandbox.service.resources:
            known = [one.name for one in sandbox.service.resources]
            return _json({"error": "unknown resource", "known": known}, status=404)
        return _json(sandbox.rows(name))

    return show


def _post(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An unknown resource or id is a 404, what the shop refuses its own status."""

    async def handle(request: Request) -> Response:
        try:
            return handler(orjson.loads(await request.body()))
        except KeyError as missing:
            return _json({"error": f"not there: {missing.args[0]}"}, status=404)
        except ApiError as refused:
            return _json(refused.body(), status=refused.status)

    return handle


def _fault(sandbox: "Sandbox") -> Handler:
    def add(wanted: Any) -> Response:
        return _json(asdict(sandbox.fail(**wanted)), status=201)

    return add


def _edit(sandbox: "Sandbox") -> Handler:
    def edit(wanted: Any) -> Response:
        sandbox.edit(wanted["resource"], wanted["id"], **wanted["fields"])
        return _json({"id": wanted["id"]})

    return edit


def _add(sandbox: "Sandbox") -> Handler:
    def add(wanted: Any) -> Response:
        parents = tuple(wanted.get("parents") or ())
        return _json({"id": sandbox.add(wanted["resource"], parents=parents, **wanted["fields"])}, status=201)

    return add


def _remove(sandbox: "Sandbox") -> Handler:
    def remove(wanted: Any) -> Response:
        sandbox.remove(wanted["resource"], wanted["id"], force=bool(wanted.get("force")))
        return Response(status_code=204)

    return remove


def _order(sandbox: "Sandbox") -> Handler:
    """A customer's checkout in the storefront; the fields are those of `storefront.place_order`."""

    def order(wanted: Any) -> Response:
        return _json({"id": place_order(sandbox, **wanted)}, status=201)

    return order


def _settle(sandbox: "Sandbox") -> Callable[[Request], Awaitable[Response]]:
    async def settle(request: Request) -> Response:
        await sandbox.settled()
        return Response(status_code=204)

    return settle


def _json(value: object, *, status: int = 200) -> Response:
    content = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2)
    return Response(content, status_code=status, media_type="application/json")


def _plain(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
