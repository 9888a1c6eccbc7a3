"""What the REST API answers when it does not do as asked: `{"code", "message", "data": {"status"}}`.

The commonest refusals of WordPress itself have a function each; a resource raises `ApiError` with its own words.
"""

from collections.abc import Iterable, Mapping

from .state import Json


class ApiError(Exception):
    """One refusal. `more` stands in `data` beside the status; `bare`: `data` is null, as with WordPress' users."""

    def __init__(
        self, status: int, code: str, message: str, *, more: Mapping[str, object] | None = None, bare: bool = False
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message
        self.more, self.bare = dict(more or {}), bare

    def body(self) -> Json:
        data = None if self.bare else {"status": self.status, **self.more}
        return {"code": self.code, "message": self.message, "data": data}


def no_route() -> ApiError:
    """Also for a method the route does not have (err-02)."""
    return ApiError(404, "rest_no_route", "No route was found matching the URL and request method.")


def missing_params(names: Iterable[str]) -> ApiError:
    wanted = list(names)
    said = f"Missing parameter(s): {', '.join(wanted)}"
    return ApiError(400, "rest_missing_callback_param", said, more={"params": wanted})


def invalid_params(found: Mapping[str, "Complaint"]) -> ApiError:
    """`found`: parameter name -> what is wrong with it."""
    details = {name: one.body() for name, one in found.items()}
    more = {"params": {name: one.message for name, one in found.items()}, "details": details}
    return ApiError(400, "rest_invalid_param", f"Invalid parameter(s): {', '.join(found)}", more=more)


def invalid_json() -> ApiError:
    more = {"json_error_code": 4, "json_error_message": "Syntax error"}
    return ApiError(400, "rest_invalid_json", "Invalid JSON body passed.", more=more)


def trash_not_supported(plural: str) -> ApiError:
    """`plural` as the sentence begins: `Customers`."""
    said = f"{plural} do not support trashing."
    return ApiError(501, "woocommerce_rest_trash_not_supported", said)


class Complaint:
    """What is wrong with one parameter."""

    def __init__(self, code: str, message: str, *, data: Mapping[str, object] | None = None) -> None:
        self.code, self.message, self.data = code, message, data

    def body(self) -> Json:
        return {"code": self.code, "message": self.message, "data": None if self.data is None else dict(self.data)}
