"""What Odoo's errors mean for us: a table by the class name Odoo sends, and one by HTTP status without one.

The name is what the protocols carry (`error.data.name` over JSON-RPC, `name` over JSON-2; over XML-RPC a
number or a traceback that `xmlrpc.py` turns into one) and what does not change with the user's language.
Statuses say less: 500 is a wrong field name (final) or an exhausted pool (temporary), 404 is a deleted
record, a missing module or an unselected database. Texts are looked at only where one name means two things.

Read off real 17.0 and 19.0 servers; `debug` carries the server's traceback and paths and is never passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import NOT_PERMITTED, ActionRequired, AppError, NotFound, PeerDown, Rejected, Retryable
from app.redact import redact_text

MAX_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error as Odoo sent it: the class's name and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """`advice` is what a person can do, appended to the message; Odoo's own text comes first."""

    make: Callable[..., AppError]
    code: str
    advice: str = ""


NO_ACCESS = Meaning(
    ActionRequired,
    NOT_PERMITTED,
    "give the connection's Odoo user this right, then resume the link",
)
# Not a right that one entity type lacks: no call at all goes through.
NO_COMPANY = Meaning(
    ActionRequired,
    "no_company",
    "allow the connection's Odoo user this company, or change `company_ids` of the connection",
)
BAD_LOGIN = Meaning(
    ActionRequired,
    "bad_login",
    "check database, username and API key of the connection; keys expire in Odoo 18 and later",
)
WRONG_DATABASE = Meaning(ActionRequired, "wrong_database", "set the connection's database to one this server has")
NOT_INSTALLED = Meaning(
    ActionRequired,
    "not_installed",
    "is the Odoo app that brings this model installed, and the version supported?",
)
BUSY = Meaning(Retryable, "busy")
REFUSED = Meaning(Rejected, "refused")
INVALID = Meaning(Rejected, "invalid")

# First hit wins, before the names: cases where one class name covers a permanent and a passing fault.
BY_TEXT: tuple[tuple[re.Pattern[str], Meaning], ...] = (
    (re.compile(r"database \S+ does not exist"), WRONG_DATABASE),
    (re.compile(r"could not serialize access|deadlock detected|Connection Pool Is Full"), BUSY),
    # A unique violation that two parallel confirmations run into; the second attempt goes through (17.0).
    (re.compile(r"cannot follow twice the same object"), BUSY),
    # Two creates with one external id: the loser's next attempt finds the winner's record (17.0).
    (re.compile(r"ir_model_data_module_name_uniq_index"), BUSY),
    (re.compile(r"^Access to unauthorized or invalid companies"), NO_COMPANY),
    (re.compile(r"^Object \S+ doesn't exist$"), NOT_INSTALLED),
    (re.compile(r"^[Tt]he (method|model) '.+' does not exist"), NOT_INSTALLED),
    (
        re.compile(r"^Invalid language code"),
        Meaning(
            ActionRequired,
            "bad_language",
            "activate the language in Odoo (Settings > Translations > Languages), or change `lang` of the connection",
        ),
    ),
    # The call was made as a user id that no longer exists: the login, not the record, is gone. The words around the ids
    # are in the user's language.
    (re.compile(r"\([^()]*res\.users\((\d+),\),[^()]*\b\1\)"), BAD_LOGIN),
    # XML-RPC has whole numbers to 2^31 only; the call itself was carried out.
    (
        re.compile(r"int exceeds XML-RPC limits"),
        Meaning(ActionRequired, "wrong_transport", "set `transport` of the connection to auto or jsonrpc"),
    ),
)

BY_NAME: Mapping[str, Meaning] = {
    "odoo.exceptions.AccessDenied": BAD_LOGIN,
    "odoo.exceptions.AccessError": NO_ACCESS,
    "odoo.exceptions.MissingError": Meaning(NotFound, "not_found"),
    "odoo.exceptions.ValidationError": REFUSED,
    "odoo.exceptions.UserError": REFUSED,
    "odoo.exceptions.RedirectWarning": REFUSED,
    "odoo.http.SessionExpiredException": BAD_LOGIN,
    "psycopg2.pool.PoolError": BUSY,
    "psycopg2.OperationalError": BUSY,
    "psycopg2.InterfaceError": BUSY,
    "psycopg2.errors.SerializationFailure": BUSY,
    "psycopg2.errors.DeadlockDetected": BUSY,
    "psycopg2.errors.LockNotAvailable": BUSY,
    "psycopg2.errors.QueryCanceled": BUSY,
    "psycopg2.errors.InFailedSqlTransaction": BUSY,
    "psycopg2.errors.AdminShutdown": BUSY,
    "builtins.MemoryError": BUSY,
    "werkzeug.exceptions.Unauthorized": BAD_LOGIN,
    "werkzeug.exceptions.Forbidden": NO_ACCESS,
    "werkzeug.exceptions.NotFound": NOT_INSTALLED,
    "werkzeug.exceptions.BadRequest": INVALID,
    "werkzeug.exceptions.UnprocessableEntity": INVALID,
    "werkzeug.exceptions.RequestEntityTooLarge": INVALID,
}
# Programming and data errors: wrong field, bad selection value, ISO date, a string where a number belongs.
BY_PREFIX: tuple[tuple[str, Meaning], ...] = (("builtins.", INVALID), ("psycopg2.", INVALID), ("xml.", INVALID))
# A module's own exception: unknown to us, so it gets the attempts a passing fault gets and is then shown
# to a person.
UNKNOWN = Meaning(Retryable, "unknown_fault")

NOT_ODOO = Meaning(
    ActionRequired,
    "wrong_address",
    "is the connection's url the root of an Odoo server, and its database the right one?",
)
FORBIDDEN = Meaning(
    ActionRequired,
    "forbidden",
    "something before Odoo refuses its API there: a firewall, a proxy, or a plan without external API",
)
# Answers without a JSON body: a proxy, the website, or Odoo before any model code ran.
BY_STATUS: Mapping[int, Meaning] = {
    400: INVALID,
    401: BAD_LOGIN,
    403: FORBIDDEN,
    404: NOT_ODOO,
    405: NOT_ODOO,
    413: INVALID,
    415: NOT_ODOO,
    # A proxy says so while Odoo is stopped: no job's fault, so a long maintenance uses up no attempts. A 502 may be a
    # server process that this very call killed, and counts.
    503: Meaning(PeerDown, "peer_down"),
}


def translate(fault: Fault, *, peer: str, call: str) -> AppError:
    """Our error for one of Odoo's, e.g. `erp: res.partner.write: Barcode(s) already assigned`."""
    meaning = _meaning(fault)
    return meaning.make(_message(peer, call, shorten(fault.text) or fault.name, meaning.advice), code=meaning.code)


def translate_bare(status: int, *, peer: str, call: str, lacking: str = "JSON") -> AppError:
    """For an answer that is none of Odoo's API: an HTML page, an empty body. What the table lacks may pass."""
    meaning = BY_STATUS.get(status, Meaning(Retryable, "not_json"))
    text = f"answered {status} without {lacking}"
    return meaning.make(_message(peer, call, text, meaning.advice), code=meaning.code)


def shorten(text: str) -> str:
    """Odoo's texts run over lines of groups and hints; the first says what it is about."""
    first = next((line.strip() for line in redact_text(text).splitlines() if line.strip()), "")
    return first if len(first) <= MAX_TEXT else first[: MAX_TEXT - 1] + "…"


def is_contention(text: str) -> bool:
    """True for a text that names a lost race, where `load` reports it as a message instead of raising."""
    return any(pattern.search(text) for pattern, meaning in BY_TEXT if meaning is BUSY)


def _meaning(fault: Fault) -> Meaning:
    for pattern, meaning in BY_TEXT:
        if pattern.search(fault.text):
            return meaning
    if named := BY_NAME.get(fault.name):
        return named
    return next((meaning for prefix, meaning in BY_PREFIX if fault.name.startswith(prefix)), UNKNOWN)


def _message(peer: str, call: str, text: str, advice: str) -> str:
    return f"{peer}: {call}: {text}" + (f"; {advice}" if advice else "")
