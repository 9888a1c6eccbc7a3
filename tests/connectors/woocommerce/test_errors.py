"""What answers mean, by the recordings they were seen in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.connectors.woocommerce.errors import of_item, translate
from app.errors import NOT_PERMITTED, ActionRequired, AppError, Conflict, NotFound, PeerDown, Rejected, Retryable

WC = "woocommerce_rest_"
NO_KEY = "Sorry, you cannot list resources."
READ_ONLY = "The API key provided does not have write permissions."


def body(code: str, message: str = "Said.", status: int | None = 400, **data: Any) -> dict[str, Any]:
    return {"code": code, "message": message, "data": None if status is None else {"status": status, **data}}


def answered(status: int, content: object, *, method: str = "POST") -> AppError:
    request = httpx.Request(method, "https://shop.test/wp-json/wc/v3/things")
    if isinstance(content, dict):
        response = httpx.Response(status, json=content, request=request)
    else:
        response = httpx.Response(status, content=str(content), request=request)
    return translate(response, shop="store", resource="things")


SEEN: list[tuple[str, int, dict[str, Any], type[AppError], str, str | None]] = [
    ("auth-01", 401, body(f"{WC}cannot_view", NO_KEY, 401), ActionRequired, "bad_key", None),
    ("auth-10", 401, body(f"{WC}authentication_error", "Consumer secret is invalid.", 401), ActionRequired, "bad_key",
     None),
    ("auth-12", 401, body(f"{WC}authentication_error", READ_ONLY, 401), ActionRequired, NOT_PERMITTED, None),
    ("auth-14", 403, body(f"{WC}cannot_view", NO_KEY, 403), ActionRequired, NOT_PERMITTED, None),
    ("batch-01", 413, body(f"{WC}request_entity_too_large", status=413), Rejected, "too_large", None),
    ("coup-02", 400, body(f"{WC}coupon_code_already_exists"), Conflict, "duplicate_code", "code"),
    ("coup-08", 400, body("rest_missing_callback_param", params=["code"]), Rejected, "invalid", "code"),
    ("cust-03", 400, body("registration-error-email-exists"), Conflict, "duplicate_email", "email"),
    ("cust-04", 400, body("customer_invalid_email"), Rejected, "invalid", "email"),
    ("cust-06", 400, body("registration-error-username-exists"), Conflict, "duplicate_username", "username"),
    ("cust-15", 400, body(f"{WC}customer_invalid_email"), Rejected, "email_refused", "email"),
    ("cust-16", 400, body("rest_invalid_param", params={"email": "Invalid email address."}), Rejected, "invalid",
     "email"),
    ("cust-27", 400, body("rest_invalid_json"), Rejected, "invalid", None),
    ("cust-29", 404, body(f"{WC}invalid_id", status=404), NotFound, "not_found", None),
    ("cust-30", 501, body(f"{WC}trash_not_supported", status=501), Rejected, "cannot_trash", None),
    ("cust-31", 403, body(f"{WC}cannot_delete", status=403), ActionRequired, NOT_PERMITTED, None),
    ("cust-44", 400, body(f"{WC}invalid_id"), NotFound, "not_found", None),
    ("err-01", 503, body("wp_die", status=503), PeerDown, "peer_down", None),
    ("err-02", 404, body("rest_no_route", status=404), ActionRequired, "no_resource", None),
    ("err-07", 401, body("invalid_username", "<b>Error:</b> Unknown.", None), ActionRequired, "bad_key", None),
    ("ord-21", 500, {"code": f"{WC}cannot_create_order_refund", "message": "Invalid refund amount.", "data": 500},
     Rejected, "refund_refused", None),
    ("ord-36", 400, body(f"{WC}invalid_customer_id"), Rejected, "invalid", "customer"),
    ("ord-54", 400, body(f"{WC}shop_order_invalid_id"), NotFound, "not_found", None),
    ("prod-03", 400, body("product_invalid_sku", resource_id=10), Conflict, "duplicate_sku", "sku"),
    ("prod-29", 400, body("woocommerce_product_invalid_image_id"), Rejected, "image_refused", "content"),
    ("prod-63", 400, body("product_invalid_global_unique_id", resource_id=216), Conflict, "duplicate_barcode",
     "barcode"),
    ("trash-05", 400, body(f"{WC}product_not_created"), Conflict, "sku_held", "sku"),
    ("trash-09", 410, body(f"{WC}already_trashed", status=410), NotFound, "not_found", None),
    ("user-01", 401, body("rest_cannot_create_user", status=401), ActionRequired, "bad_key", None),
    ("user-03", 500, body("existing_user_login", status=None), Conflict, "duplicate_email", "email"),
    ("user-04", 500, body("existing_user_email", status=None), Conflict, "duplicate_email", "email"),
    ("user-11", 400, body("rest_missing_callback_param", params=["reassign"]), Rejected, "invalid", "reassign"),
    ("user-18", 403, body("rest_cannot_create_user", status=403), ActionRequired, NOT_PERMITTED, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "content", "kind", "code", "field"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN]
)
def test_what_an_answer_means(
    status: int, content: dict[str, Any], kind: type[AppError], code: str, field: str | None
) -> None:
    error = answered(status, content)

    assert (type(error), error.code, error.field) == (kind, code, field)


def test_the_owner_of_a_taken_sku_is_named() -> None:
    error = answered(400, body("product_invalid_sku", "Invalid or duplicated SKU.", resource_id=10))

    assert error.message == "store: POST things: Invalid or duplicated SKU. (id 10)"


def test_an_item_of_a_batch_means_what_a_single_call_would() -> None:
    error = of_item(body("registration-error-email-exists", "Taken."), shop="store", resource="create in customers")

    assert isinstance(error, Conflict)
    assert error.message == "store: create in customers: Taken."


@pytest.mark.parametrize(
    ("status", "method", "kind", "code"),
    [
        (404, "GET", ActionRequired, "bad_url"),
        (403, "GET", ActionRequired, "forbidden"),
        (403, "PUT", Rejected, "forbidden"),
        (413, "POST", Rejected, "too_large"),
        (500, "POST", Retryable, "shop_error"),
        (504, "GET", Retryable, "shop_error"),
        (503, "GET", PeerDown, "peer_down"),
        (418, "GET", Rejected, "refused"),
    ],
)
def test_what_a_page_in_front_of_the_interface_means(status: int, method: str, kind: type[AppError], code: str) -> None:
    error = answered(status, "<html><h1>No</h1></html>", method=method)

    assert (type(error), error.code) == (kind, code)


def test_markup_and_long_lists_are_not_passed_on() -> None:
    error = answered(400, body("rest_invalid_param", "<b>Wrong</b> &quot;status&quot; " + "x" * 900))

    assert error.message.startswith('store: POST things: Wrong "status" xxx')
    assert len(error.message) < 340
