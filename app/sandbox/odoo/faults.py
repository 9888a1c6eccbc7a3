"""Odoo's errors by the class name a caller gets to see, and the status JSON-2 gives each."""

from __future__ import annotations

from collections.abc import Mapping

STATUS: Mapping[str, int] = {
    "werkzeug.exceptions.BadRequest": 400,
    "werkzeug.exceptions.Unauthorized": 401,
    "odoo.exceptions.AccessDenied": 403,
    "odoo.exceptions.AccessError": 403,
    "odoo.exceptions.MissingError": 404,
    "werkzeug.exceptions.NotFound": 404,
    "odoo.exceptions.UserError": 422,
    "odoo.exceptions.ValidationError": 422,
    "odoo.exceptions.RedirectWarning": 422,
    "werkzeug.exceptions.UnprocessableEntity": 422,
}


class OdooError(Exception):
    """One error as Odoo serialises it: `name` is the class, `debug` the traceback it always sends."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.message = message

    @property
    def status(self) -> int:
        return STATUS.get(self.name, 500)

    @property
    def data(self) -> dict[str, object]:
        return {
            "name": self.name,
            "debug": f"Traceback (most recent call last):\n  ...\n{self.name}: {self.message}",
            "message": self.message,
            "arguments": [self.message],
            "context": {},
        }


def access_denied() -> OdooError:
    return OdooError("odoo.exceptions.AccessDenied", "Access Denied")


def access_error(message: str) -> OdooError:
    return OdooError("odoo.exceptions.AccessError", message)


def user_error(message: str) -> OdooError:
    return OdooError("odoo.exceptions.UserError", message)


def validation_error(message: str) -> OdooError:
    return OdooError("odoo.exceptions.ValidationError", message)


def missing(model: str, record_id: object, uid: int) -> OdooError:
    return OdooError(
        "odoo.exceptions.MissingError",
        f"Record does not exist or has been deleted.\n(Record: {model}({record_id!r},), User: {uid})",
    )


def value_error(message: str) -> OdooError:
    return OdooError("builtins.ValueError", message)


def type_error(message: str) -> OdooError:
    return OdooError("builtins.TypeError", message)


def unauthorized(message: str = "Invalid apikey") -> OdooError:
    return OdooError("werkzeug.exceptions.Unauthorized", message)


def unprocessable(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.UnprocessableEntity", message)


def http_not_found(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.NotFound", message)


def bad_request(message: str) -> OdooError:
    return OdooError("werkzeug.exceptions.BadRequest", message)


def pool_exhausted() -> OdooError:
    return OdooError("psycopg2.pool.PoolError", "The Connection Pool Is Full")
