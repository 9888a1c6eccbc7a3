"""Errors as `application/problem+json` (RFC 9457) that also carries `success: false` and `error` for simple senders."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.errors import AppError, Retryable, TooMany

PROBLEM = "application/problem+json"
# Classes of SQLSTATE for data, integrity and syntax: the database answered, and no resend will change what it said.
REFUSED_BY_DATABASE = frozenset({"22", "23", "42"})
# What is not plain from the phrase of the status.
_MEANING: Final = {
    HTTPStatus.BAD_GATEWAY: "The Odoo or the shop does not let us (key, right, address): a person has to mend it there "
    "or in its connection. Nothing was changed here.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is away (`database_away`), or the Odoo or the shop that had to be "
    "asked (`peer_down` and others): send it again later.",
}
_METHODS: Final = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """RFC 9457 with the two fields of the simple answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    success: bool = False
    error: str
    code: str
    field: str | None = Field(None, description="Which field is wrong, as a path into the body.")
    operation_id: str | None = None


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    field: str | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "success": False,
        "error": detail,
        "code": code,
    }
    if field is not None:
        body["field"] = field
    return JSONResponse(body | more, status_code=status, headers=headers, media_type=PROBLEM)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: these statuses answer with a problem."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {
            "description": _MEANING.get(HTTPStatus(status), HTTPStatus(status).phrase),
            "content": {PROBLEM: schema},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(SQLAlchemyError, _database_error)
    app.add_exception_handler(OSError, _database_error)
    app.add_exception_handler(Exception, _unexpected)


async def _app_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return problem(error.status_code, error.message, code=error.code, field=error.field, headers=_when_again(error))


def _when_again(error: AppError) -> dict[str, str] | None:
    match error:
        case TooMany():
            return {"Retry-After": str(error.retry_after_s)}
        case Retryable() if error.retry_in is not None:
            return {"Retry-After": str(max(math.ceil(error.retry_in.total_seconds()), 1))}
        case _:
            return None


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(HTTPStatus.BAD_REQUEST, f"{where}: {first['msg']}", code="bad_request", field=where)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        # A webhook's path may end in its secret: it is not said again, not even to its sender.
        path = "this address" if request.url.path.startswith("/webhooks/") else request.url.path
        detail = f"there is nothing at {path}; see /docs"
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    allowed = {"Allow": _allowed(request)} if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else {}
    return problem(error.status_code, detail, code=code, headers=dict(error.headers or {}) | allowed)


def _allowed(request: Request) -> str:
    """Of all routes at this address: the router names those of the first one only (RFC 9110 §15.5.6)."""
    routes = request.app.router.routes
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    return ", ".join(
        method for method, scope in scopes.items() if any(route.matches(scope)[0] is Match.FULL for route in routes)
    )


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    """Nothing was stored: the sender must know it, and may send again."""
    if isinstance(error, DBAPIError) and str(getattr(error.orig, "sqlstate", ""))[:2] in REFUSED_BY_DATABASE:
        return await _unexpected(request, error)
    # No trace: while the database is away this is said once per request, and the path may carry a secret.
    log.error("api.database_error", route=_route(request), error=type(error).__name__)
    full = isinstance(error, PoolTimeoutError)
    detail = "the database did not answer; nothing was stored, send it again" + (
        " (connection pool full)" if full else ""
    )
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, code="database_away", headers={"Retry-After": "1"})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("api.unexpected", route=_route(request), exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error; see the service's log", code="internal")


def _route(request: Request) -> str:
    """The template of the path: the path itself may end in a webhook secret."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))
