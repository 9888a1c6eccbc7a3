"""Orders, their parcels, states and messages, and stock: rows read off the recordings 500-550 and 700-711."""

from .prestashop_row import JSON, Row, Step, xml

_CART = Step(method="POST", path="/carts", body=xml("cart", {
    "id_currency": "1", "id_lang": "1", "id_customer": "2", "id_address_delivery": "5", "id_address_invoice": "5",
    "id_carrier": "2",
}, "<cart_rows><cart_row><id_product>8</id_product><id_product_attribute>0</id_product_attribute>"
   "<id_address_delivery>5</id_address_delivery><quantity>2</quantity></cart_row></cart_rows>"))  # fmt: skip
_ORDER = {
    "id_address_delivery": "5", "id_address_invoice": "5", "id_cart": "1002", "id_currency": "1", "id_lang": "1",
    "id_customer": "2", "id_carrier": "2", "module": "ps_wirepayment", "payment": "Bank wire", "total_paid": "23.80",
    "total_paid_real": "0", "total_products": "23.80", "total_products_wt": "28.56", "conversion_rate": "1",
}  # fmt: skip
_PLACE = Step(method="POST", path="/orders", body=xml("order", _ORDER))


def _history(order: str, state: str) -> bytes:
    return xml("order_history", {"id_order": order, "id_order_state": state})


def _order(fields: dict[str, str]) -> bytes:
    return xml("order", {"id": "1001", **fields})


ORDERS = (
    Row(says="an_order_is_computed_from_its_cart_and_a_difference_is_a_payment_error", recording="701",
        method="POST", path="/orders", before=[_CART], body=xml("order", _ORDER), status=201,
        has={"reference": "", "current_state": "", "date_add": "", "total_paid": "23.80"},
        mails=["[RealShop] Payment error"], hooks=["order created 1002"],
        then={"/orders/1002": {"current_state": "8", "total_paid": "30.800000", "total_paid_real": "23.800000",
                               "total_shipping": "7.000000", "valid": "0", "round_mode": "2"},
              "/stock_availables/8": {"quantity": "300"}}),
    Row(says="an_order_paid_in_full_is_accepted", recording="source", method="POST", path="/orders", before=[_CART],
        body=xml("order", _ORDER | {"total_paid": "30.80"}), status=201,
        mails=["[RealShop] Order confirmation", "[RealShop] Remote payment accepted"],
        then={"/orders/1002": {"current_state": "11", "valid": "1"}, "/stock_availables/8": {"quantity": "298"}}),
    Row(says="the_same_cart_again_is_500_with_a_sentence", recording="703", method="POST", path="/orders",
        before=[_CART, _PLACE], body=xml("order", _ORDER), status=500, content="text/html", mails=[],
        text="Cart cannot be loaded or an order has already been placed using this cart"),
    Row(says="an_unknown_cart_is_500_with_a_sentence", recording="705", method="POST", path="/orders",
        body=xml("order", _ORDER | {"id_cart": "99999"}), status=500, content="text/html", text="Cart cannot be"),
    Row(says="an_unknown_payment_module_is_500_with_nothing", recording="704", method="POST", path="/orders",
        before=[_CART], body=xml("order", _ORDER | {"module": "nosuchmodule"}), status=500, content="text/html",
        text=""),
    Row(says="putting_a_part_of_an_order_is_refused", recording="526", method="PUT", path="/orders/1001",
        body=_order({"note": "hello"}), status=400, codes=(41,), text='parameter "id_address_delivery" required'),
    Row(says="putting_the_required_fields_only_loses_state_and_reference", recording="527", method="PUT",
        path="/orders/1001", body=_order(_ORDER | {"id_cart": "1001"}), status=200, mails=[],
        then={"/orders/1001": {"current_state": "0", "reference": "", "id_shop": "0", "total_paid_tax_incl":
                               "0.000000"}}),
    Row(says="patching_the_state_always_mails", recording="510", method="PATCH", path="/orders/5",
        body=xml("order", {"id": "5", "current_state": "2"}), status=200, mails=["[RealShop] Payment accepted"],
        has={"current_state": "2", "invoice_number": "2", "total_paid_real": "27.3"}, hooks=["order updated 5"],
        then={"/orders/5": {"valid": "1", "total_paid_real": "27.300000"},
              "/order_carriers/5": {"id_order_invoice": "2"}, "/order_histories/1002": {"id_order_state": "2"},
              "/order_payments/2": {"amount": "27.300000", "order_reference": "KHWLILZLL"}}),
    Row(says="patching_the_same_state_mails_nobody_and_writes_no_history", recording="511", method="PATCH",
        path="/orders/1001", body=_order({"current_state": "2"}), status=200, mails=[], hooks=["order updated 1001"],
        then={"/order_histories/1002": {}}),
    Row(says="a_history_changes_the_state_without_a_mail", recording="512", method="POST", path="/order_histories",
        body=_history("1001", "3"), status=201, mails=[], hooks=["order updated 1001"],
        then={"/orders/1001": {"current_state": "3", "delivery_number": "1", "delivery_date": "2026-11-21 12:00:00"}}),
    Row(says="a_history_mails_when_asked", recording="513", method="POST", path="/order_histories?sendemail=1",
        body=_history("1001", "4"), status=201, mails=["[RealShop] Shipped"]),
    Row(says="sendemail_0_is_no", recording="706", method="POST", path="/order_histories?sendemail=0",
        body=_history("1001", "6"), status=201, mails=[], then={"/orders/1001": {"current_state": "6", "valid": "0"}}),
    Row(says="the_same_state_again_is_another_row_and_another_mail", recording="514", method="POST",
        path="/order_histories?sendemail=1", body=_history("1001", "4"), status=201, mails=["[RealShop] Shipped"],
        before=[Step(method="POST", path="/order_histories?sendemail=1", body=_history("1001", "4"))],
        then={"/order_histories/1003": {"id_order_state": "4"}}),
    Row(says="a_state_without_mail_mails_nobody", recording="505", method="PATCH", path="/orders/1001",
        body=_order({"current_state": "5"}), status=200, mails=[]),
    Row(says="an_unknown_state_is_500_with_nothing_and_changes_nothing", recording="515", method="POST",
        path="/order_histories", body=_history("1001", "999"), status=500, content="text/html", text="", hooks=[],
        then={"/orders/1001": {"current_state": "2"}}),
    Row(says="patching_to_an_unknown_state_is_500_with_nothing", recording="517", method="PATCH",
        path="/orders/1001", body=_order({"current_state": "999"}), status=500, content="text/html", text=""),
    Row(says="a_history_of_an_unknown_order_is_500_with_nothing", recording="516", method="POST",
        path="/order_histories", body=_history("9999", "2"), status=500, content="text/html", text=""),
    Row(says="a_canceled_order_gives_its_stock_back", recording="706", method="PATCH", path="/orders/1001",
        body=_order({"current_state": "6"}), status=200, mails=["[RealShop] Canceled"],
        then={"/stock_availables/8": {"quantity": "302"}}),
    Row(says="a_note_is_kept_as_it_is_and_mails_nobody", recording="519", method="PATCH", path="/orders/1001",
        body=_order({"note": "Line1 & <b>x</b>"}), status=200, mails=[], hooks=["order updated 1001"],
        then={"/orders/1001": {"note": "Line1 & <b>x</b>", "date_upd": "2026-11-21 12:00:00"}}),
    Row(says="the_shipping_number_writes_through_to_the_first_parcel", recording="520", method="PATCH",
        path="/orders/1001", body=_order({"shipping_number": "1Z999AA10"}), status=200, mails=[],
        has={"shipping_number": "1Z999AA10"}, hooks=["order updated 1001"],
        then={"/order_carriers/1001": {"tracking_number": "1Z999AA10"}}),
    Row(says="tracking_leaves_the_orders_date_alone_and_mails_nobody", recording="522", method="PATCH",
        path="/order_carriers/1001?sendemail=1", status=200, mails=[], hooks=["order updated 1001"],
        body=xml("order_carrier", {"id": "1001", "tracking_number": "1Z999AA10"}),
        then={"/orders/1001": {"shipping_number": "1Z999AA10", "date_upd": "2026-11-21 02:11:56"}}),
    Row(says="odd_marks_in_a_tracking_number_are_refused", recording="523", method="PATCH",
        path="/order_carriers/1001", body=xml("order_carrier", {"id": "1001", "tracking_number": "<bad> !!"}),
        status=400, codes=(85,), text="Property OrderCarrier-&gt;tracking_number is not valid"),
    Row(says="putting_a_parcel_loses_costs_and_date", recording="524", method="PUT", path="/order_carriers/1001",
        body=xml("order_carrier", {"id": "1001", "id_order": "1001", "id_carrier": "2", "tracking_number": "T"}),
        status=200, then={"/order_carriers/1001": {"shipping_cost_tax_excl": "0.000000", "id_order_invoice": "0",
                                                   "date_add": "2026-11-21 12:00:00"}}),
    Row(says="a_second_parcel_does_not_show_in_the_order", recording="525", method="POST", path="/order_carriers",
        body=xml("order_carrier", {"id_order": "1001", "id_carrier": "2", "tracking_number": "TRK-2ND"}),
        status=201, hooks=["order updated 1001"], then={"/orders/1001": {"shipping_number": ""}}),
    Row(says="a_deleted_order_leaves_its_details", recording="707", method="DELETE", path="/orders/1001", status=200,
        content=None, hooks=["order deleted 1001"], then={"/order_details/1001": {"id_order": "1001"}}),
    Row(says="a_list_of_orders_shows_tracking", recording="500", method="GET", status=200,
        path=f"/orders?filter[id]=[1001]&display=[id,shipping_number,valid]&{JSON}", content="application/json",
        has={"shipping_number": "", "valid": "1"}),
)  # fmt: skip

MESSAGES = (
    Row(says="a_private_message_is_told_as_its_order", recording="530", method="POST", path="/messages",
        body=xml("message", {"id_order": "1001", "message": "Private note from Odoo", "private": "1"}), status=201,
        mails=[], hooks=["order updated 1001"],
        then={"/messages/1": {"message": "Private note from Odoo", "private": "1", "id_cart": "0"}}),
    Row(says="a_message_of_a_thread_is_read_html_escaped", recording="534", method="POST", path="/customer_messages",
        before=[Step(method="POST", path="/customer_threads", body=xml("customer_thread", {
            "id_lang": "1", "id_customer": "67", "id_order": "1001", "id_contact": "0", "token": "abcdef123456"}))],
        body=xml("customer_message", {"id_customer_thread": "1", "message": "Internal: call & confirm"}), status=201,
        has={"message": "Internal: call & confirm"},
        then={"/customer_messages/1": {"message": "Internal: call &amp; confirm"},
              "/customer_threads/1": {"associations": {"customer_messages": [{"id": "1"}]}}}),
)  # fmt: skip

STOCK = (
    Row(says="stock_is_patched", recording="542", method="PATCH", path="/stock_availables/8", status=200,
        body=xml("stock_available", {"id": "8", "quantity": "123"}), has={"quantity": "123"},
        then={"/products/8": {"date_upd": "2026-11-21 02:11:55"}}),
    Row(says="stock_may_be_negative", recording="545", method="PATCH", path="/stock_availables/8", status=200,
        body=xml("stock_available", {"id": "8", "quantity": "-5"}), has={"quantity": "-5"}),
    Row(says="stock_has_no_decimals", recording="546", method="PATCH", path="/stock_availables/8", status=400,
        body=xml("stock_available", {"id": "8", "quantity": "1.5"}), codes=(85,)),
    Row(says="a_combinations_stock_recomputes_the_total", recording="549", method="PATCH",
        path="/stock_availables/20", body=xml("stock_available", {"id": "20", "quantity": "77"}), status=200,
        then={"/stock_availables/1": {"quantity": "377"}}),
    Row(says="putting_a_part_of_a_stock_row_is_refused", recording="544", method="PUT", path="/stock_availables/8",
        body=xml("stock_available", {"id": "8", "quantity": "55"}), status=400, codes=(41,)),
    Row(says="the_quantity_of_a_product_is_not_writable", recording="625", method="PATCH", path="/products/8",
        body=xml("product", {"id": "8", "quantity": "5"}), status=400, codes=(93,)),
    Row(says="the_quantity_of_a_product_is_always_zero", recording="603", method="GET",
        path=f"/products/8?display=[id,quantity]&{JSON}", status=200, content="application/json",
        has={"quantity": "0"}),
    Row(says="a_product_needs_a_price_only", recording="614", method="POST", path="/products",
        body=xml("product", {"price": "5"}), status=201),
    Row(says="a_comma_is_no_price", recording="618", method="POST", path="/products",
        body=xml("product", {"price": "5,20"}), status=400, codes=(85,)),
    Row(says="angle_brackets_in_a_product_name_are_code_84", recording="616", method="POST", path="/products",
        body=xml("product", {"price": "5", "name": {1: "Bad <name> {x}"}}), status=400, codes=(84,)),
)  # fmt: skip
