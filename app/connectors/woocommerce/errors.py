"""What an answer of WooCommerce or WordPress means, as one table. Statuses lie, so the code in the body is asked first.

A taken user name is a 500 (recordings user-03, -04), a refund that can never be is a 500 (ord-21, -22), a key that may
not write is a 401 (auth-12), a record that is gone is a 404 when read and a 400 when written or deleted (ord-53, -54,
cust-44). Items of a batch have the same codes with statuses of their own (batch-02). Two refusals have one code: an
e-mail address that is wrong and one that is taken (cust-15, -45).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx
import orjson

from app.connectors.http import retry_after
from app.entities.base import Json
from app.entities.values import storable
from app.errors import NOT_PERMITTED, ActionRequired, AppError, Conflict, NotFound, PeerDown, Rejected, Retryable
from app.redact import redact_text

TAKEN: Final[Mapping[str, tuple[str, str]]] = {
    "registration-error-email-exists": ("duplicate_email", "email"),
    "existing_user_email": ("duplicate_email", "email"),
    # In a race, and over wp/v2: the user name is made of the e-mail address (recording timings).
    "existing_user_login": ("duplicate_email", "email"),
    "registration-error-username-exists": ("duplicate_username", "username"),
    "product_invalid_sku": ("duplicate_sku", "sku"),
    "product_invalid_global_unique_id": ("duplicate_barcode", "barcode"),
    # A product in the trash keeps its SKU (trash-05); of two creates at once the loser gets this code too (timings).
    "woocommerce_rest_product_not_created": ("sku_held", "sku"),
    "woocommerce_rest_coupon_code_already_exists": ("duplicate_code", "code"),
    "term_exists": ("duplicate_name", "name"),
}
"""Somebody else has it: our code, and the field."""
FINAL: Final[Mapping[str, tuple[str, str | None]]] = {
    "customer_invalid_email": ("invalid", "email"),
    "woocommerce_rest_customer_invalid_email": ("email_refused", "email"),
    "woocommerce_rest_cannot_create_order_refund": ("refund_refused", None),
    "woocommerce_rest_invalid_customer_id": ("invalid", "customer"),
    "woocommerce_rest_invalid_coupon": ("invalid", "discounts"),
    "woocommerce_rest_trash_not_supported": ("cannot_trash", None),
    "woocommerce_product_image_upload_error": ("image_refused", "content"),
    "woocommerce_product_invalid_image_id": ("image_refused", "content"),
    "rest_user_invalid_reassign": ("invalid", None),
}
"""Refused for good, whatever the status says: our code, and the field."""
GONE: Final = frozenset(
    {
        "woocommerce_rest_invalid_id",
        "woocommerce_rest_product_invalid_id",
        "woocommerce_rest_shop_order_invalid_id",
        "woocommerce_rest_shop_coupon_invalid_id",
        "woocommerce_rest_shop_webhook_invalid_id",
        "woocommerce_rest_product_variation_invalid_id",
        "woocommerce_rest_product_variation_invalid_parent",
        "woocommerce_rest_term_invalid",
        "woocommerce_rest_already_trashed",
        "rest_user_invalid_id",
        "rest_post_invalid_id",
    }
)
LACKS_RIGHT: Final = re.compile(r"(woocommerce_)?rest_(cannot_\w+|forbidden\w*|not_logged_in|user_cannot_\w+)")
BAD_LOGIN: Final = frozenset(
    {"invalid_username", "incorrect_password", "invalid_email", "application_passwords_disabled"}
)
WRONG_KEY: Final = "woocommerce_rest_authentication_error"
NO_ROUTE: Final = "rest_no_route"
INVALID: Final = frozenset({"rest_invalid_param", "rest_missing_callback_param", "rest_invalid_json"})
_TAG: Final = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The error of a body, `{"code", "message", "data": {"status", …}}`; its text plain, for messages carry HTML."""

    status: int
    code: str = ""
    said: str = ""
    data: Mapping[str, Json] = field(default_factory=dict)


def translate(response: httpx.Response, *, shop: str, resource: str) -> AppError:
    """The answer to a call that did not end in 2xx. `shop` is the connection's name."""
    method = response.request.method
    fault = fault_of(_body(response.content), status=response.status_code)
    return _meaning(fault, where=f"{shop}: {method} {resource}", reads=method == "GET", header=response.headers)


def of_item(error: Json, *, shop: str, resource: str) -> AppError:
    """The `error` of one item of a batch (batch-02)."""
    return _meaning(fault_of(error, status=400), where=f"{shop}: {resource}", reads=False, header={})


def fault_of(body: Json, *, status: int) -> Fault:
    """`status` counts where the body names none; 0 as a code where the body is none of the API's."""
    if not isinstance(body, dict):
        return Fault(status=status)
    data = body.get("data")
    more = data if isinstance(data, dict) else {}
    named = more.get("status")
    text = redact_text(storable(html.unescape(_TAG.sub("", str(body.get("message") or ""))))).strip()
    return Fault(
        status=named if isinstance(named, int) else status, code=str(body.get("code") or ""), said=text, data=more
    )


def _meaning(fault: Fault, *, where: str, reads: bool, header: Mapping[str, str]) -> AppError:
    return _by_code(fault, where) or _by_right(fault, where) or _by_status(fault, where, reads=reads, header=header)


def _by_code(fault: Fault, where: str) -> AppError | None:
    if fault.code in TAKEN:
        code, name = TAKEN[fault.code]
        owner = fault.data.get("resource_id")
        return Conflict(f"{where}: {_said(fault)}{f' (id {owner})' if owner else ''}", code=code, field=name)
    if fault.code in FINAL:
        final, where_to = FINAL[fault.code]
        return Rejected(f"{where}: {_said(fault)}", code=final, field=where_to)
    if fault.code in GONE:
        return NotFound(f"{where}: the shop has no such record")
    if fault.code in INVALID:
        return Rejected(f"{where}: {_said(fault)}{_details(fault)}", code="invalid", field=_parameter(fault))
    return None


def _by_right(fault: Fault, where: str) -> AppError | None:
    """An unknown key is nobody, who lacks every right: a 401 where a known one without the right is a 403 (auth-09,
    -14). That a key may not read or write is a 401 as well, told apart by its text only (auth-12, -13)."""
    if fault.code == WRONG_KEY and "permissions" in fault.said:
        return not_permitted(where, fault.said)
    if fault.status == 401 or fault.code == WRONG_KEY or fault.code in BAD_LOGIN:
        return ActionRequired(
            f"{where}: the shop does not accept the login (401 {_said(fault)}); check the consumer key and secret in "
            "WooCommerce > Settings > Advanced > REST API, and the Application Password where one is used",
            code="bad_key",
        )
    if LACKS_RIGHT.fullmatch(fault.code):
        return not_permitted(where, fault.said)
    if fault.code == NO_ROUTE:
        return ActionRequired(
            f"{where}: the shop has no such address in its REST API; is WooCommerce active there, and new enough?",
            code="no_resource",
        )
    return None


def not_permitted(where: str, said: str) -> ActionRequired:
    return ActionRequired(
        f"{where}: not allowed ({said}); give the key Read/Write permissions and a user who may do this",
        code=NOT_PERMITTED,
    )


def _by_status(fault: Fault, where: str, *, reads: bool, header: Mapping[str, str]) -> AppError:
    match fault.status:
        case 404 if fault.code:
            return NotFound(f"{where}: the shop has no such record")
        case 404:
            return ActionRequired(
                f"{where}: there is no REST API at this address (404); check the connection's url, and that the shop's "
                "permalinks are not plain",
                code="bad_url",
            )
        case 403:
            return _kept_out(where, reads=reads)
        case 410:
            return NotFound(f"{where}: the shop has no such record any more")
        case 413:
            return Rejected(f"{where}: too large for the shop's server (413)", code="too_large")
        case 503:
            waits = header.get("Retry-After")
            return PeerDown(f"{where}: the shop is not available (503)", retry_in=retry_after(waits) if waits else None)
        case status if status >= 500:
            return Retryable(f"{where}: the shop failed ({status}) {_said(fault)}", code="shop_error")
        case status:
            return Rejected(f"{where}: refused ({status}) {_said(fault)}", code="refused")


def _kept_out(where: str, *, reads: bool) -> AppError:
    """No answer of the REST API: on a read it keeps us out, on a write it may be about the content."""
    before = f"{where}: refused (403) by something in front of the shop, such as a firewall"
    if reads:
        return ActionRequired(f"{before}; let this service pass", code="forbidden")
    return Rejected(f"{before} that dislikes the content", code="forbidden")


def _parameter(fault: Fault) -> str | None:
    """`params` is a list of missing names or a mapping of wrong ones (cust-05, -16)."""
    names = fault.data.get("params")
    return next((str(name) for name in names), None) if isinstance(names, list | dict) else None


def _details(fault: Fault) -> str:
    reasons = fault.data.get("params")
    return f" ({_short(redact_text('; '.join(map(str, reasons.values()))))})" if isinstance(reasons, dict) else ""


def _said(fault: Fault) -> str:
    return _short(fault.said) or fault.code or "without a reason"


def _short(text: str) -> str:
    """A wrong status is answered with the list of all that exist (ord-07)."""
    return text if len(text) <= 300 else text[:297] + "…"


def _body(raw: bytes) -> Json:
    try:
        value: Json = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value
