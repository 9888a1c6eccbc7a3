"""Orders, their lines, refunds and stock: lines read off ord-*, whx-30 … -43, whx-57."""

from .woocommerce_row import Row, Step
from .woocommerce_table_products import PRODUCTS, made

ORDERS = "/wc/v3/orders"
GUEST = {
    "first_name": "G", "last_name": "Uest", "address_1": "Str 1", "city": "Berlin", "postcode": "10115",
    "country": "DE", "email": "guest@example.test", "phone": "1",
}  # fmt: skip
STOCKED = made({
    "name": "Stocked", "sku": "STK", "regular_price": "100", "manage_stock": True, "stock_quantity": 20,
})  # fmt: skip
TWO: dict[str, object] = {"billing": GUEST, "line_items": [{"product_id": 10, "quantity": 2}]}
ONE: dict[str, object] = {"line_items": [{"product_id": 10, "quantity": 1}]}
PLACED = (STOCKED, Step(method="POST", path=ORDERS, body=TWO))
"""Product 10 and order 11, pending, with line 1 of two pieces."""


def order_put(body: dict[str, object]) -> Step:
    return Step(method="PUT", path=f"{ORDERS}/11", body=body)


PROCESSING = (*PLACED, order_put({"status": "processing"}))
WITH_LINE_3 = (*PROCESSING, order_put({"line_items": [{"product_id": 10, "quantity": 1}]}))
COMPLETED = (*PLACED, order_put({"status": "completed"}))
COUPON = Step(method="POST", path="/wc/v3/coupons",
              body={"code": "SAVE10", "discount_type": "percent", "amount": "10"})  # fmt: skip
IN_TRASH = Step(method="DELETE", path=f"{ORDERS}/11")
WITHOUT_GATEWAY = "The payment gateway for this order does not exist."
NO_ORDER = "woocommerce_rest_shop_order_invalid_id"
NO_REFUND = "woocommerce_rest_cannot_create_order_refund"


def stock(quantity: int) -> dict[str, dict[str, object]]:
    return {f"{PRODUCTS}/10": {"stock_quantity": quantity}}


def changed(
    says: str, recording: str, body: dict[str, object], has: dict[str, object], left: int, *before: Step,
    hooks: list[str] | None = None,
) -> Row:  # fmt: skip
    """Order 11 is sent `body`, shows `has`, and leaves `left` pieces in stock."""
    return Row(
        says=says, recording=recording, method="PUT", path=f"{ORDERS}/11", body=body, status=200, has=has,
        before=before or PROCESSING, then=stock(left), hooks=hooks,
    )  # fmt: skip


def placed(says: str, recording: str, body: dict[str, object], has: dict[str, object], **more: object) -> Row:
    steps: dict[str, object] = {"before": [STOCKED], **more}
    return Row(
        says=says, recording=recording, method="POST", path=ORDERS, body=body, status=201, has=has,
        **steps,  # type: ignore[arg-type]
    )  # fmt: skip


def denied(says: str, recording: str, body: dict[str, object], code: str, **more: object) -> Row:
    steps: dict[str, object] = {"before": [STOCKED], **more}
    return Row(
        says=says, recording=recording, method="POST", path=ORDERS, body=body, status=400, code=code,
        **steps,  # type: ignore[arg-type]
    )  # fmt: skip


def searched(says: str, recording: str, query: str, ids: list[int], *before: Step) -> Row:
    return Row(says=says, recording=recording, method="GET", path=f"{ORDERS}?{query}", before=before, status=200,
               ids=ids)  # fmt: skip


PLACING = (
    placed("an_order_of_a_guest_is_pending_and_taxed", "ord-01", TWO,
           {"id": 11, "status": "pending", "currency": "EUR", "currency_symbol": "€", "customer_id": 0,
            "total": "238.00", "total_tax": "38.00", "cart_tax": "38.00", "number": "11", "date_paid": None,
            "billing.email": "guest@example.test", "shipping.country": "", "needs_payment": True,
            "is_editable": True, "needs_processing": True, "created_via": "rest-api", "version": "9.9.5",
            "prices_include_tax": False, "refunds": [], "line_items.0.price": 100, "line_items.0.sku": "STK",
            "line_items.0.taxes": [{"id": 1, "total": "38", "subtotal": "38"}], "line_items.0.parent_name": None,
            "line_items.0.image": {"id": "", "src": ""}, "tax_lines.0.rate_code": "DE-MWST-1",
            "tax_lines.0.rate_percent": 19, "tax_lines.0.tax_total": "38.00"}, then=stock(20)),
    Row(says="an_order_reads_as_it_was_written", recording="ord-02", method="GET", path=f"{ORDERS}/11",
        before=PLACED, status=200, has={"total": "238.00", "line_items.0.id": 1, "tax_lines.0.id": 2}),
    placed("the_same_order_again_is_another", "ord-03", TWO, {"id": 12, "line_items.0.id": 3}, before=PLACED),
    placed("a_customer_gives_his_address_only_as_email", "ord-30",
           {"customer_id": 3, "status": "processing", "set_paid": True, **ONE,
            "shipping_lines": [{"method_id": "flat_rate", "method_title": "Flat", "total": "4.90"}],
            "fee_lines": [{"name": "Fee", "total": "2", "tax_status": "taxable"}],
            "coupon_lines": [{"code": "SAVE10"}],
            "meta_data": [{"key": "odoo_id", "value": "9"}, {"key": "_odoo_priv", "value": "p"}]},
           {"status": "processing", "discount_total": "10.00", "discount_tax": "1.90", "shipping_total": "4.90",
            "shipping_tax": "0.93", "cart_tax": "17.48", "total": "115.31", "total_tax": "18.41",
            "billing.email": "plain@example.test", "billing.last_name": "", "line_items.0.total": "90.00",
            "line_items.0.subtotal": "100.00", "line_items.0.price": 90, "shipping_lines.0.total_tax": "0.93",
            "shipping_lines.0.taxes": [{"id": 1, "total": "0.931", "subtotal": ""}], "fee_lines.0.amount": "",
            "fee_lines.0.total_tax": "0.38", "coupon_lines.0.discount": "10", "coupon_lines.0.discount_tax": "1.9",
            "coupon_lines.0.discount_type": "percent", "coupon_lines.0.nominal_amount": 10,
            "coupon_lines.0.meta_data.0.key": "coupon_info", "tax_lines.0.shipping_tax_total": "0.93",
            "meta_data.0.key": "_odoo_priv", "date_paid": "2026-11-21T12:00:02"},
           before=[STOCKED, COUPON], then=stock(19)),
    placed("a_line_may_name_an_sku", "ord-31", {"line_items": [{"sku": "STK", "quantity": 1}]},
           {"line_items.0.product_id": 10, "total": "119.00"}),
    placed("an_unknown_product_is_an_empty_line", "ord-32", {"line_items": [{"product_id": 999999, "quantity": 1}]},
           {"line_items.0.product_id": 0, "line_items.0.name": "", "line_items.0.sku": None, "total": "0.00",
            "line_items.0.image": {"id": 0, "src": ""}, "needs_payment": False, "needs_processing": False}),
    placed("an_unknown_sku_is_an_empty_line", "ord-33", {"line_items": [{"sku": "NOPE", "quantity": 1}]},
           {"line_items.0.product_id": 0, "line_items.0.total": "0.00", "line_items.0.quantity": 1}),
    placed("an_order_needs_nothing", "ord-34", {}, {"line_items": [], "tax_lines": [], "total": "0.00"}),
    placed("more_is_sold_than_there_is", "ord-35",
           {"status": "processing", "line_items": [{"product_id": 10, "quantity": 500}]},
           {"total": "59500.00", "line_items.0.meta_data.0.key": "_reduced_stock"}, then=stock(-480)),
    denied("an_unknown_customer_is_400", "ord-36", {"customer_id": 999999, **ONE},
           "woocommerce_rest_invalid_customer_id", message="Customer ID is invalid."),
    denied("a_bad_email_of_a_bill_is_400", "ord-37", {"billing": {"email": "bad"}, **ONE}, "rest_invalid_param",
           has={"data.params.billing": "Invalid email address."}),
    denied("a_line_without_a_product_is_400", "ord-38",
           {"line_items": [{"name": "Custom", "quantity": 1, "subtotal": "5", "total": "5"}]},
           "woocommerce_rest_required_product_reference", message="Product ID or SKU is required."),
    placed("an_order_may_be_in_another_currency", "ord-39", {"currency": "USD", **ONE},
           {"currency": "USD", "currency_symbol": "$", "total": "119.00"}),
    denied("an_unknown_currency_is_400", "ord-40", {"currency": "ZZZ", **ONE}, "rest_invalid_param",
           message="Invalid parameter(s): currency"),
    denied("an_unknown_coupon_is_400_and_leaves_an_order", "ord-77", {"coupon_lines": [{"code": "NOTACODE"}], **ONE},
           "woocommerce_rest_invalid_coupon", message="Coupon &quot;NOTACODE&quot; does not exist!",
           then={f"{ORDERS}/11": {"status": "pending", "total": "119.00"}}),
    placed("totals_numbers_and_dates_of_a_body_mean_nothing", "ord-42",
           {"total": "1.00", "date_created": "2020-01-01T00:00:00", "number": "X1", **ONE},
           {"total": "119.00", "number": "11", "date_created": "2026-11-21T12:00:01"}),
    Row(says="a_batch_of_orders_fails_one_by_one", recording="ord-48", method="POST", path=f"{ORDERS}/batch",
        before=PLACED, status=200,
        body={"create": [ONE], "update": [{"id": 11, "status": "on-hold"}, {"id": 999999, "status": "on-hold"}]},
        has={"create.0.id": 12, "update.0.status": "on-hold", "update.0.is_editable": True,
             "update.1.error.code": NO_ORDER, "update.1.error.data.status": 400}),
    placed("a_key_against_doubles_is_ignored", "ord-75", TWO, {"id": 12}, headers={"Idempotency-Key": "k"},
           before=[STOCKED, Step(method="POST", path=ORDERS, body=TWO, headers={"Idempotency-Key": "k"})]),
)  # fmt: skip

CHANGES = (
    changed("processing_takes_from_the_stock_and_is_paid", "ord-04", {"status": "processing"},
            {"date_paid": "2026-11-21T12:00:02", "is_editable": False, "needs_payment": False,
             "line_items.0.meta_data.0.display_value": "2"}, 18, *PLACED),
    changed("what_is_paid_is_not_paid_again", "ord-05", {"set_paid": True, "transaction_id": "T1"},
            {"transaction_id": "T1", "status": "processing", "date_paid": "2026-11-21T12:00:02"}, 18),
    changed("the_same_status_again_moves_the_date_only", "ord-06", {"status": "processing"},
            {"date_modified": "2026-11-21T12:00:03"}, 18),
    Row(says="an_unknown_status_is_400", recording="ord-07", method="PUT", path=f"{ORDERS}/11", before=PLACED,
        body={"status": "shipped"}, status=400, code="rest_invalid_param",
        has={"data.params.status": "status is not one of auto-draft, pending, processing, on-hold, completed, "
                                   "cancelled, refunded, failed, and checkout-draft."}),
    changed("a_line_without_an_id_is_one_more", "ord-08", {"line_items": [{"product_id": 10, "quantity": 1}]},
            {"line_items.1.id": 3, "total": "357.00", "line_items.1.meta_data.0.value": "1"}, 17),
    changed("a_quantity_alone_leaves_the_total", "ord-09", {"line_items": [{"id": 1, "quantity": 5}]},
            {"line_items.0.total": "200.00", "line_items.0.price": 40, "total": "238.00"}, 15),
    changed("a_line_below_its_subtotal_is_a_discount", "ord-10",
            {"line_items": [{"id": 1, "quantity": 3, "subtotal": "300", "total": "270"}]},
            {"discount_total": "30.00", "discount_tax": "5.70", "cart_tax": "51.30", "total": "321.30",
             "line_items.0.taxes": [{"id": 1, "total": "51.3", "subtotal": "57"}], "line_items.0.price": 90}, 17),
    changed("a_line_without_a_product_is_taken_away", "ord-11", {"line_items": [{"id": 1, "product_id": None}]},
            {"line_items.0.id": 3, "total": "119.00"}, 19, *WITH_LINE_3),
    Row(says="a_line_of_another_order_is_400", recording="ord-12", method="PUT", path=f"{ORDERS}/11", before=PLACED,
        body={"line_items": [{"id": 999999, "quantity": 1}]}, status=400, code="woocommerce_rest_invalid_item_id",
        message="Order item ID provided is not associated with order."),
    changed("an_empty_list_of_lines_does_nothing", "ord-13", {"line_items": []}, {"line_items.0.quantity": 2}, 18),
    changed("a_completed_order_has_a_date", "ord-17", {"status": "completed"},
            {"date_completed": "2026-11-21T12:00:03", "date_paid": "2026-11-21T12:00:02"}, 18),
    changed("a_cancelled_order_gives_back_and_keeps_its_dates", "ord-24", {"status": "cancelled"},
            {"date_completed": "2026-11-21T12:00:02", "line_items.0.meta_data": []}, 20, *COMPLETED),
    changed("a_pending_order_takes_nothing_from_the_stock", "ord-90", {"status": "pending"}, {}, 20, *PLACED),
    changed("an_order_on_hold_takes_from_the_stock", "ord-90", {"status": "on-hold"}, {}, 18, *PLACED),
    changed("a_refunded_order_gives_nothing_back", "ord-90", {"status": "refunded"}, {"refunds.0.total": "-238.00"},
            18, *PROCESSING),
    changed("a_failed_order_gives_nothing_back", "ord-90", {"status": "failed"}, {}, 18, *COMPLETED),
    Row(says="the_status_refunded_makes_a_refund_by_itself", recording="ord-91", method="GET",
        path=f"{ORDERS}/11/refunds", before=[*PROCESSING, order_put({"status": "refunded"})], status=200, ids=[12],
        has={"0.amount": "238.00", "0.reason": "Order fully refunded.", "0.line_items": []}),
    Row(says="a_product_that_is_gone_leaves_its_line", recording="ord-71", method="GET", path=f"{ORDERS}/11",
        before=[*PLACED, Step(method="DELETE", path=f"{PRODUCTS}/10?force=true")], status=200,
        has={"line_items.0.product_id": 0, "line_items.0.sku": None, "line_items.0.name": "Stocked",
             "line_items.0.price": 100, "line_items.0.image": {"id": 0, "src": ""}, "total": "238.00"}),
    Row(says="a_customer_who_is_gone_leaves_a_guests_order", recording="ord-73", method="GET", path=f"{ORDERS}/11",
        before=[STOCKED, Step(method="POST", path=ORDERS, body={"customer_id": 3, **ONE}),
                Step(method="DELETE", path="/wc/v3/customers/3?force=true")], status=200,
        has={"customer_id": 0, "billing.email": "plain@example.test"}),
    Row(says="a_deleted_product_shows_what_it_was_at_last", recording="ord-70", method="DELETE", before=PLACED,
        path=f"{PRODUCTS}/10?force=true", status=200, has={"sku": "STK", "stock_quantity": 20}),
    Row(says="conditions_of_a_request_are_ignored", recording="ord-76", method="PUT", path=f"{PRODUCTS}/10",
        before=[STOCKED], headers={"If-Match": '"x"', "If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"},
        body={"name": "Stocked"}, status=200, has={"name": "Stocked"}),
    Row(says="an_absolute_stock_undoes_a_sale", recording="prod-52", method="PUT", path=f"{PRODUCTS}/10",
        before=PROCESSING, body={"stock_quantity": 20}, status=200, has={"stock_quantity": 20}),
)  # fmt: skip

NOTES = (
    Row(says="a_note_is_the_shops", recording="ord-14", method="POST", path=f"{ORDERS}/11/notes", before=PLACED,
        body={"note": "internal"}, status=201,
        has={"id": 2, "author": "WooCommerce", "note": "internal", "customer_note": False}),
    Row(says="a_note_may_be_the_customers", recording="ord-15", method="POST", path=f"{ORDERS}/11/notes",
        before=PLACED, body={"note": "to customer", "customer_note": True}, status=201, has={"customer_note": True}),
    Row(says="notes_tell_what_became_of_the_stock", recording="ord-16", method="GET", path=f"{ORDERS}/11/notes",
        before=WITH_LINE_3, status=200, ids=[4, 2, 3],
        has={"0.note": "Adjusted stock: Stocked (18&rarr;17)", "0.author": "shopadmin",
             "1.note": "Stock levels reduced: Stocked (STK) 20&rarr;18",
             "2.note": "Order status changed from Pending payment to Processing."}),
)  # fmt: skip

REFUNDS = (
    Row(says="a_refund_brings_pieces_back", recording="ord-18", method="POST", path=f"{ORDERS}/11/refunds",
        before=COMPLETED, status=201, then=stock(19), hooks=["product.updated 10", "order.updated 11"],
        body={"amount": "10.00", "reason": "dmg", "api_refund": False,
              "line_items": [{"id": 1, "quantity": 1, "refund_total": 10, "refund_tax": []}]},
        has={"id": 12, "amount": "10.00", "reason": "dmg", "refunded_by": 1, "refunded_payment": False,
             "line_items.0.quantity": -1, "line_items.0.total": "-10.00", "line_items.0.total_tax": "0.00",
             "line_items.0.price": 10, "line_items.0.meta_data.0.key": "_refunded_item_id", "tax_lines": []},
        lacks=("parent_id",)),
    Row(says="an_order_lists_its_refunds", recording="ord-19", method="GET", path=f"{ORDERS}/11/refunds", ids=[12],
        before=[*COMPLETED, Step(method="POST", path=f"{ORDERS}/11/refunds",
                                 body={"amount": "10", "api_refund": False})], status=200, total=1),
    Row(says="a_refund_moves_the_orders_date", recording="ord-20", method="GET", path=f"{ORDERS}/11", status=200,
        before=[*COMPLETED, Step(method="POST", path=f"{ORDERS}/11/refunds", body={
            "amount": "10", "reason": "dmg", "api_refund": False, "line_items": [{"id": 1, "quantity": 1}]})],
        has={"refunds": [{"id": 12, "reason": "dmg", "total": "-10.00"}], "status": "completed", "total": "238.00",
             "date_modified": "2026-11-21T12:00:03", "line_items.0.meta_data.0.value": "1",
             "line_items.0.meta_data.1.key": "_restock_refunded_items"}),
    Row(says="a_refund_too_high_is_500", recording="ord-21", method="POST", path=f"{ORDERS}/11/refunds",
        before=COMPLETED, body={"amount": "99999", "api_refund": False}, status=500, code=NO_REFUND,
        message="Invalid refund amount.", has={"data": 500}),
    Row(says="a_refund_asks_the_gateway_unless_told_not_to", recording="ord-22", method="POST",
        path=f"{ORDERS}/11/refunds", before=COMPLETED, body={"amount": "1"}, status=500, code=NO_REFUND,
        message=WITHOUT_GATEWAY, has={"data": 500}, then={f"{ORDERS}/11": {"refunds": []}}),
    Row(says="all_refunds_say_whose_they_are", recording="ord-23", method="GET", path="/wc/v3/refunds", status=200,
        before=[*COMPLETED, Step(method="POST", path=f"{ORDERS}/11/refunds",
                                 body={"amount": "10", "api_refund": False})], ids=[12], has={"0.parent_id": 11}),
)  # fmt: skip

FINDING = (
    searched("an_email_of_a_bill_is_searched", "ord-43", "search=guest%40example.test&_fields=id,billing.email",
             [11], *PLACED, Step(method="POST", path=ORDERS, body=ONE)),
    searched("several_statuses_go_by_comma", "ord-44", "status=processing,completed", [11], *PROCESSING,
             Step(method="POST", path=ORDERS, body=ONE)),
    searched("orders_of_a_customer", "ord-45", "customer=3", [12], *PLACED,
             Step(method="POST", path=ORDERS, body={"customer_id": 3, **ONE})),
    searched("orders_of_guests_are_those_of_customer_0", "ord-46", "customer=0", [11], *PLACED,
             Step(method="POST", path=ORDERS, body={"customer_id": 3, **ONE})),
    searched("the_oldest_change_first", "ord-47",
             "modified_after=2026-01-01T00:00:00&dates_are_gmt=true&orderby=modified&order=asc", [12, 11], *PLACED,
             Step(method="POST", path=ORDERS, body=ONE), order_put({})),
    searched("a_filter_by_meta_is_none", "ord-80", "meta_key=odoo_id&meta_value=nope", [11], *PLACED),
    searched("a_transaction_is_searched", "ord-81", "search=ODOO-TX-4711", [11], *PLACED,
             order_put({"transaction_id": "ODOO-TX-4711"})),
    searched("meta_is_not_searched", "ord-82", "search=META-4711", [], *PLACED,
             order_put({"meta_data": [{"key": "odoo_id", "value": "META-4711"}]})),
    searched("notes_of_customers_are_not_searched", "ord-83", "search=nothing-like-this", [], *PLACED,
             order_put({"customer_note": "nothing-like-this"})),
    Row(says="more_digits_are_shown_when_asked_for", recording="ord-63", method="GET", path=f"{ORDERS}/11?dp=4",
        before=PLACED, status=200, has={"total": "238.0000", "line_items.0.total_tax": "38.0000"}),
)  # fmt: skip

GONE = (
    Row(says="an_order_goes_to_the_trash_and_gives_nothing_back", recording="ord-49", method="DELETE",
        path=f"{ORDERS}/11", before=PROCESSING, status=200, has={"status": "processing"}, then=stock(18)),
    Row(says="an_order_in_the_trash_can_be_read", recording="ord-50", method="GET", path=f"{ORDERS}/11",
        before=[*PLACED, IN_TRASH], status=200, has={"status": "trash"}),
    changed("a_status_takes_an_order_out_of_the_trash", "ord-51", {"status": "processing"},
            {"status": "processing", "meta_data.0.value": "wc-processing", "meta_data.1.key": "_wp_trash_meta_time"},
            18, *PROCESSING, IN_TRASH),
    Row(says="an_order_is_deleted_for_good_and_gives_nothing_back", recording="ord-52", method="DELETE",
        path=f"{ORDERS}/11?force=true", before=PROCESSING, status=200, then={**stock(18), f"{ORDERS}/11": {}}),
    Row(says="an_order_that_is_gone_is_404", recording="ord-53", method="GET", path=f"{ORDERS}/11", status=404,
        code=NO_ORDER),
    Row(says="writing_an_order_that_is_gone_is_400", recording="ord-54", method="PUT", path=f"{ORDERS}/11",
        body={"status": "on-hold"}, status=400, code=NO_ORDER),
)  # fmt: skip

TOLD_OF_ORDERS = (
    placed("a_new_order_is_told_twice", "whx-30", TWO, {}, hooks=["order.created 11", "order.updated 11"]),
    placed("a_paid_order_tells_of_the_stock_too", "whx-31", {**TWO, "status": "processing", "set_paid": True}, {},
           hooks=["order.created 11", "order.updated 11", "product.updated 10"]),
    changed("a_status_tells_of_the_stock", "whx-32", {"status": "processing"}, {}, 18, *PLACED,
            hooks=["order.updated 11", "product.updated 10"]),
    changed("the_same_status_is_told_without_the_stock", "whx-33", {"status": "processing"}, {}, 18,
            hooks=["order.updated 11"]),
    changed("a_meta_of_an_order_is_told", "whx-34", {"meta_data": [{"key": "odoo_id", "value": "S1"}]},
            {"meta_data.0.value": "S1"}, 18, hooks=["order.updated 11"]),
    Row(says="a_note_is_told_to_nobody", recording="whx-35", method="POST", path=f"{ORDERS}/11/notes", status=201,
        before=PLACED, body={"note": "hello"}, hooks=[]),
    changed("completing_is_told_without_the_stock", "whx-36", {"status": "completed"}, {}, 18,
            hooks=["order.updated 11"]),
    Row(says="a_refund_is_told_as_stock_and_order", recording="whx-37", method="POST", path=f"{ORDERS}/11/refunds",
        before=PROCESSING, status=201, then=stock(19), hooks=["product.updated 10", "order.updated 11"],
        body={"amount": "33.00", "api_refund": False, "line_items": [{"id": 1, "quantity": 1, "refund_total": 33}]}),
    changed("cancelling_tells_of_the_stock", "whx-38", {"status": "cancelled"}, {}, 20,
            hooks=["order.updated 11", "product.updated 10"]),
    Row(says="an_order_in_the_trash_is_told_as_deleted", recording="whx-39", method="DELETE", path=f"{ORDERS}/11",
        before=PLACED, status=200, hooks=["order.deleted 11"]),
    changed("an_order_out_of_the_trash_is_told_to_nobody", "whx-40", {"status": "pending"}, {"status": "pending"},
            20, *PLACED, IN_TRASH, hooks=[]),
    Row(says="an_order_deleted_by_force_is_told_to_nobody", recording="whx-41", method="DELETE",
        path=f"{ORDERS}/11?force=true", before=PLACED, status=200, hooks=[]),
    Row(says="a_batch_tells_of_each_order", recording="whx-42", method="POST", path=f"{ORDERS}/batch",
        before=[STOCKED], body={"create": [TWO, TWO]}, status=200,
        hooks=["order.created 11", "order.updated 11", "order.created 12", "order.updated 12"]),
    denied("a_phantom_order_is_told_of", "whx-43", {**TWO, "coupon_lines": [{"code": "NOTACODE"}]},
           "woocommerce_rest_invalid_coupon", hooks=["order.created 11", "order.updated 11"]),
    placed("a_customers_order_does_not_tell_of_the_customer", "whx-57",
           {"customer_id": 3, "status": "processing", "set_paid": True, **TWO}, {},
           hooks=["order.created 11", "order.updated 11", "product.updated 10"]),
)  # fmt: skip
