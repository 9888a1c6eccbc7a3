"""The form of a line read off the recordings: a request to the REST API, and what the shop did with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request; `path` without `/wp-json`. `body`: an object, or the bytes themselves.

    `key`: `admin`, `manager`, `customer`, `read`, `write`, `unknown`, `wrong` (secret), `app`, `app_manager`,
    `app_wrong` (application passwords), None: nobody. `by`: `basic`, `query`, `HMAC-SHA256`, `HMAC-SHA1`.
    """

    method: str
    path: str
    body: Mapping[str, object] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str | None = "admin"
    by: str = "basic"
    secure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Step):
    """`says` is the test's name, `recording` the name of the exchange it was read off.

    `code`, `message`: of the refusal. `has`: values of the answer by their dotted place (`create.1.error.code`);
    `lacks`: places that are not there. `ids`: of a list. `total`: how many there are. `shows`: answer headers that
    contain a text. `before`: requests made first, a second each. `then`: values read afterwards, by address; none:
    it is gone. `hooks`: what is delivered of this request, `customer.updated 3`.
    """

    says: str
    recording: str
    status: int
    code: str | None = None
    message: str | None = None
    has: Mapping[str, object] = field(default_factory=dict)
    lacks: Sequence[str] = ()
    ids: Sequence[int] | None = None
    total: int | None = None
    shows: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[Step] = ()
    then: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    hooks: Sequence[str] | None = None


def place(body: object, path: str) -> object:
    """The value at `billing.city` or `create.0.id`; `MISSING` where there is none."""
    for name in path.split("."):
        if isinstance(body, dict) and name in body:
            body = body[name]
        elif isinstance(body, list) and name.isdecimal() and int(name) < len(body):
            body = body[int(name)]
        else:
            return MISSING
    return body


MISSING = object()
