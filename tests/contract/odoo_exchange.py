"""How a row of the Odoo tables is written: one request, and what the real server answered to it, in brief."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import ActionRequired, AppError, NotFound, Rejected

ANY: Final = object()
ABSENT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """`result` is what came back on success (ABSENT: neither `result` nor `error`); `says` begins the error's text.

    `login` is `admin` or `limited`; over JSON-2 the request carries that user's key unless `headers` say
    otherwise.
    """

    recording: str
    path: str
    body: object
    method: str = "POST"
    status: int = 200
    error: str | None = None
    says: str = ""
    result: object = ANY
    page: bool = False
    means: type[AppError] | None = None
    after: tuple[str, ...] = ()
    login: str = "admin"
    headers: Mapping[str, str] | None = None

    @property
    def version(self) -> int:
        return int(self.recording[len("odoo") : len("odoo") + 2])


def rpc(recording: str, model: str, method: str, *args: object, **row: Any) -> Exchange:
    """One `execute_kw` recorded on 17.0; keyword arguments of the method go as `kw`."""
    kw = row.pop("kw", {})
    uid, password = (2, "admin") if row.get("login", "admin") == "admin" else (6, "limited")
    return common(recording, "object", "execute_kw", "odoo", uid, password, model, method, list(args), kw, **row)


def common(recording: str, service: str, method: str, *args: object, **row: Any) -> Exchange:
    params = {"service": service, "method": method, "args": list(args)}
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    return Exchange(recording=f"odoo17/{recording}", path="/jsonrpc", body=body, **row)


def json2(recording: str, call: str, body: object, **row: Any) -> Exchange:
    return Exchange(recording=f"odoo19/{recording}", path=f"/json/2/{call}", body=body, **row)


ACCESS: Final[dict[str, Any]] = {"error": "odoo.exceptions.AccessError", "means": ActionRequired}
DENIED: Final[dict[str, Any]] = {"error": "odoo.exceptions.AccessDenied", "means": ActionRequired}
GONE: Final[dict[str, Any]] = {"error": "odoo.exceptions.MissingError", "means": NotFound}
VALUE: Final[dict[str, Any]] = {"error": "builtins.ValueError", "means": Rejected}
INVALID: Final[dict[str, Any]] = {"error": "odoo.exceptions.ValidationError", "means": Rejected}
USER: Final[dict[str, Any]] = {"error": "odoo.exceptions.UserError", "means": Rejected}
NO_DATABASE: Final[dict[str, Any]] = {"error": "psycopg2.OperationalError", "means": ActionRequired}
UNAUTHORIZED: Final[dict[str, Any]] = {
    "status": 401,
    "error": "werkzeug.exceptions.Unauthorized",
    "means": ActionRequired,
}
ARGUMENTS: Final[dict[str, Any]] = {
    "status": 422,
    "error": "werkzeug.exceptions.UnprocessableEntity",
    "means": Rejected,
}
ABSENT_THING: Final[dict[str, Any]] = {
    "status": 404,
    "error": "werkzeug.exceptions.NotFound",
    "means": ActionRequired,
}
HTTP_500: Final[dict[str, Any]] = {**VALUE, "status": 500}
