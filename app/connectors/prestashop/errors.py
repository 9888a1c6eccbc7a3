"""What an answer of the webservice means, as one table. Statuses lie, so the code in the body is asked first.

A duplicate e-mail is a 500, a missing permission a 405 or 401, a fatal PHP error a 500 without a body, a missing
record a 404 without one (PrestaShop 8.2.1: recordings 125-136, 202-247, 515-517, 703-705, 914-917). A 403 is no
answer of PrestaShop but of a firewall before it: on a read it keeps us out; on a write, which always follows a read,
it is about the content.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import httpx
import orjson

from app.connectors.http import retry_after
from app.connectors.prestashop import xml
from app.entities.values import storable, whole
from app.errors import NOT_PERMITTED as NOT_PERMITTED_CODE
from app.errors import ActionRequired, AppError, Conflict, NotFound, PeerDown, Rejected, Retryable
from app.redact import redact_text

BAD_KEY = frozenset({17, 18, 19, 20, 21})
WEBSERVICE_OFF = 22
NOT_PERMITTED = frozenset({23, 25, 26, 101})
UNKNOWN_RESOURCE = 27
UNKNOWN_FIELD = frozenset({32, 33, 35, 38, 81})
MISSING_FIELD = 41
INVALID = frozenset({84, 85})
GONE = frozenset({57, 61, 87, 88, 92})
"""57 and 61: an image that is not there, or not on the shop's disk."""
NOT_READ = 127
DUPLICATE_EMAIL = frozenset({140, 141})
CART_USED = b"an order has already been placed using this cart"

_PROPERTY = re.compile(r"property (\w+)->(\w+)", re.IGNORECASE)
_PARAMETER = re.compile(r'parameter "(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One error of a body, its text unescaped: PrestaShop escapes it for HTML even in JSON (recordings 206,
    207)."""

    code: int
    message: str


def translate(response: httpx.Response, *, shop: str, resource: str) -> AppError:
    """The answer to a call that did not end in 2xx. `shop` is the connection's name."""
    method = response.request.method
    where = f"{shop}: {method} {resource}"
    faults = faults_of(response)
    for fault in faults:
        if error := _by_code(fault, where=where, method=method, resource=resource):
            return error
    return _by_status(response, faults, where=where, method=method, resource=resource)


def faults_of(response: httpx.Response) -> list[Fault]:
    """The errors of a body in XML or JSON; none for a body that is neither."""
    if "json" in response.headers.get("Content-Type", ""):
        return _json_faults(response.content)
    if b"<errors>" not in response.content:
        return []
    try:
        root = xml.parse(response.content)
    except xml.NotXmlError:
        return []
    return [_fault(node.findtext("code"), node.findtext("message")) for node in root.iter("error")]


def _json_faults(raw: bytes) -> list[Fault]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return []
    errors = body.get("errors") if isinstance(body, dict) else None
    rows = errors if isinstance(errors, list) else []
    return [_fault(row.get("code"), row.get("message")) for row in rows if isinstance(row, dict)]


def _fault(code: object, message: object) -> Fault:
    text = redact_text(storable(html.unescape(str(message or "")))).strip()
    return Fault(code=whole(str(code).strip()) or 0, message=text.split("\nOriginal XML", 1)[0])


def _by_code(fault: Fault, *, where: str, method: str, resource: str) -> AppError | None:
    match fault.code:
        case code if code in DUPLICATE_EMAIL:
            return Conflict(
                f"{where}: another customer of the shop has this e-mail address",
                code="duplicate_email",
                field="email",
            )
        case code if code in BAD_KEY:
            return ActionRequired(
                f"{where}: the shop does not accept the webservice key ({fault.message}); check the key and that it "
                "is active in Advanced Parameters > Webservice",
                code="bad_key",
            )
        case code if code == WEBSERVICE_OFF:
            return ActionRequired(
                f"{where}: the shop's webservice is switched off; switch it on in Advanced Parameters > Webservice",
                code="webservice_off",
            )
        case code if code in NOT_PERMITTED:
            return not_permitted(where, method=method, resource=resource)
        case code if code == UNKNOWN_RESOURCE:
            return ActionRequired(f"{where}: the shop has no such resource; which version is it?", code="no_resource")
        case code if code in UNKNOWN_FIELD:
            return Rejected(f"{where}: {_short(fault.message)}", code="unknown_field")
        case code if code in GONE:
            return NotFound(f"{where}: the shop has no such record")
        case code if code == NOT_READ:
            return Rejected(f"{where}: the shop could not read the XML sent", code="not_read")
        case code if code in INVALID or code == MISSING_FIELD:
            return Rejected(f"{where}: {_short(fault.message)}", code="invalid", field=_field(fault.message))
        case _:
            return None


def not_permitted(where: str, *, method: str, resource: str) -> ActionRequired:
    return ActionRequired(
        f"{where}: the webservice key may not {method} {resource}; allow it for this key in Advanced Parameters > "
        "Webservice",
        code=NOT_PERMITTED_CODE,
    )


def _by_status(response: httpx.Response, faults: list[Fault], *, where: str, method: str, resource: str) -> AppError:
    said = _short(faults[0].message) if faults else ""
    match response.status_code:
        case 401:
            return ActionRequired(f"{where}: the shop asks for a webservice key (401)", code="bad_key")
        case 403 if method != "GET":
            return Rejected(
                f"{where}: refused (403) by something in front of the shop, such as a firewall that dislikes the "
                "content",
                code="forbidden",
            )
        case 403:
            return ActionRequired(
                f"{where}: refused (403) by something in front of the shop, such as a firewall; let this service pass",
                code="forbidden",
            )
        case 404 if "PSWS-Version" in response.headers or not response.content:
            return NotFound(f"{where}: the shop has no such record")
        case 404:
            return ActionRequired(
                f"{where}: there is no webservice at this address (404); check the connection's url",
                code="bad_url",
            )
        case 405:
            return not_permitted(where, method=method, resource=resource)
        case 500 if CART_USED in response.content:
            return Conflict(f"{where}: the cart is unknown or was ordered already", code="cart_used")
        case 503:
            waits = response.headers.get("Retry-After")
            return PeerDown(f"{where}: the shop is not available (503)", retry_in=retry_after(waits) if waits else None)
        case status if status >= 500:
            return Retryable(f"{where}: the shop failed ({status}) {said or 'without a reason'}", code="shop_error")
        case status:
            return Rejected(f"{where}: refused ({status}) {said}".rstrip(), code="refused")


def _field(message: str) -> str | None:
    if found := _PROPERTY.search(message):
        return found.group(2)
    return found.group(1) if (found := _PARAMETER.search(message)) else None


def _short(text: str) -> str:
    """Unknown filters are answered with the list of all that exist."""
    return text if len(text) <= 300 else text[:297] + "…"
