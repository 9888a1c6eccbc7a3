"""Lists of dated things and batches of products: lines read off the recordings list-*, batch-02 and err-0x."""

from .woocommerce_row import Row, Step

PRODUCTS, ORDERS = "/wc/v3/products", "/wc/v3/orders"
FIELDS = "_fields=id%2Cdate_modified_gmt"
GMT = "dates_are_gmt=true"


def _product(name: str, **more: object) -> Step:
    return Step(method="POST", path=PRODUCTS, body={"name": name, **more})


def _after(moment: str) -> str:
    return f"modified_after={moment.replace(':', '%3A')}"


# Products 10, 11 and 12, made at 11:00:00, :01 and :02 UTC; then 10 is changed at :03.
THREE = (_product("One"), _product("Two"), _product("Three"))
CHANGED = (*THREE, Step(method="PUT", path=f"{PRODUCTS}/10", body={"name": "One again"}))
COLOURS = [{"name": "Colour", "visible": True, "variation": True, "options": ["Red"]}]
RED = {"attributes": [{"name": "Colour", "option": "Red"}], "manage_stock": True, "stock_quantity": 5}
# A variable product 10 with variation 11, then the simple product 12, made at 11:00:02.
SHIRT = (
    _product("Shirt", type="variable", attributes=COLOURS),
    Step(method="POST", path=f"{PRODUCTS}/10/variations", body={**RED, "regular_price": "10"}),
    _product("Other"),
)
ORDER = Step(method="POST", path=ORDERS, body={"status": "processing"})
SOLD = {"status": "processing", "line_items": [{"product_id": 10, "variation_id": 11, "quantity": 1}]}
TRASHED = (ORDER, Step(method="DELETE", path=f"{ORDERS}/10"))
BAD_DATE = {"code": "rest_invalid_date", "message": "Invalid date.", "data": None}

LISTS = (
    Row(
        says="a_page_tells_the_total_and_the_next_page", recording="list-01", method="GET", before=THREE, status=200,
        path=f"{PRODUCTS}?per_page=2&page=1&{FIELDS}", ids=[12, 11], total=3,
        has={"0": {"id": 12, "date_modified_gmt": "2026-11-21T11:00:02"}},
        shows={"x-wp-totalpages": "2", "link": f'?per_page=2&page=2&{FIELDS}>; rel="next"'},
    ),
    Row(
        says="dotted_fields_of_products_lead_to_nothing", recording="list-02", method="GET", before=THREE, status=200,
        path=f"{PRODUCTS}?_fields=id%2Cdimensions.length%2Cimages.src&per_page=1", has={"0": {"id": 12}},
    ),
    Row(
        says="modified_after_the_last_change_is_empty", recording="list-03", method="GET", before=CHANGED, status=200,
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:05')}&{GMT}&{FIELDS}", ids=[], total=0,
    ),
    Row(
        says="without_dates_are_gmt_a_date_is_shop_local", recording="list-04", method="GET", before=THREE,
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:05')}&{FIELDS}", status=200, ids=[12, 11, 10],
    ),
    Row(
        says="a_zone_in_the_date_is_honoured", recording="list-05", method="GET", before=THREE, status=200,
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:05Z')}&{FIELDS}", ids=[],
    ),
    Row(
        says="a_date_that_is_none_is_refused", recording="list-06", method="GET",
        path=f"{PRODUCTS}?modified_after=yesterday", status=400, code="rest_invalid_param",
        message="Invalid parameter(s): modified_after", has={"data.details.modified_after": BAD_DATE},
    ),
    Row(
        says="products_go_by_date_of_change", recording="list-07", method="GET", before=CHANGED, status=200,
        path=f"{PRODUCTS}?orderby=modified&order=asc&{FIELDS}&per_page=3", ids=[11, 12, 10],
    ),
    Row(
        says="status_any_shows_drafts", recording="list-08", method="GET", status=200, total=2,
        before=[_product("One", status="draft"), _product("Two")], path=f"{PRODUCTS}?status=any&_fields=id%2Cstatus",
        has={"0.status": "publish", "1.status": "draft"},
    ),
    Row(
        says="modified_after_excludes_its_own_second", recording="list-10", method="GET", before=CHANGED, status=200,
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:03')}&{GMT}&{FIELDS}", ids=[],
    ),
    Row(
        says="a_variation_s_stock_moves_the_parent_s_date", recording="list-20", method="GET", status=200,
        before=[*SHIRT, Step(method="PUT", path=f"{PRODUCTS}/10/variations/11", body={"stock_quantity": 4})],
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:02')}&{GMT}&_fields=id%2Ctype", ids=[10],
        has={"0.type": "variable"},
    ),
    Row(
        says="a_variation_s_price_moves_the_parent_s_date", recording="list-21", method="GET", status=200,
        before=[*SHIRT, Step(method="PUT", path=f"{PRODUCTS}/10/variations/11", body={"regular_price": "12"})],
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:02')}&{GMT}&{FIELDS}", ids=[10],
    ),
    Row(
        says="variations_are_polled_under_their_parent", recording="list-22", method="GET", status=200,
        before=[*SHIRT, Step(method="PUT", path=f"{PRODUCTS}/10/variations/11", body={"regular_price": "12"})],
        path=f"{PRODUCTS}/10/variations?{_after('2026-11-21T11:00:02')}&{GMT}&{FIELDS}", ids=[11],
    ),
    Row(
        says="a_sold_variation_moves_the_parent_s_date", recording="list-23", method="GET", status=200,
        before=[*SHIRT, Step(method="POST", path=ORDERS, body=SOLD)],
        path=f"{PRODUCTS}?{_after('2026-11-21T11:00:02')}&{GMT}&{FIELDS}", ids=[10],
    ),
    Row(
        says="modified_after_of_orders_excludes_its_own_second", recording="list-24", method="GET", before=[ORDER],
        path=f"{ORDERS}?{_after('2026-11-21T11:00:00')}&{GMT}&{FIELDS}", status=200, ids=[],
    ),
    Row(
        says="a_date_of_orders_is_shop_local_too", recording="list-25", method="GET", before=[ORDER, ORDER],
        path=f"{ORDERS}?{_after('2026-11-21T11:00:00')}&{FIELDS}&per_page=1", status=200, ids=[11], total=2,
        shows={"link": "&per_page=1&status%5B0%5D=any&dp=2&context=view&page=2>"},
    ),
    Row(
        says="a_trashed_order_is_not_in_the_poll", recording="list-26", method="GET", before=TRASHED, status=200,
        path=f"{ORDERS}?{_after('2026-11-21T10:59:59')}&{GMT}&status=any&_fields=id%2Cstatus", ids=[],
    ),
    Row(
        says="status_trash_lists_a_trashed_order", recording="list-27", method="GET", before=TRASHED, status=200,
        path=f"{ORDERS}?{_after('2026-11-21T10:59:59')}&{GMT}&status=trash&_fields=id%2Cstatus",
        has={"0": {"id": 10, "status": "trash"}},
    ),
    Row(
        says="status_any_and_trash_lists_none", recording="list-28", method="GET", before=TRASHED, status=200,
        path=f"{ORDERS}?{_after('2026-11-21T10:59:59')}&{GMT}&status=any%2Ctrash&_fields=id%2Cstatus", ids=[], total=0,
    ),
    Row(
        says="the_first_page_before_an_insert", recording="list-30", method="GET", before=THREE, status=200,
        path=f"{PRODUCTS}?per_page=2&page=1&_fields=id", ids=[12, 11],
    ),
    Row(
        says="an_insert_between_pages_repeats_a_row", recording="list-31", method="GET", before=[*THREE, _product("4")],
        path=f"{PRODUCTS}?per_page=2&page=2&_fields=id", status=200, ids=[11, 10], total=4,
        shows={"link": '?per_page=2&page=1&_fields=id>; rel="prev"'},
    ),
    Row(
        says="a_list_as_body_has_no_fields", recording="err-03", method="POST", path=PRODUCTS, body=b"[1,2]",
        headers={"Content-Type": "application/json"}, status=201, has={"id": 10, "name": "Product"},
    ),
    Row(
        says="a_batch_of_products_is_mapped_by_place", recording="batch-02", method="POST", path=f"{PRODUCTS}/batch",
        before=[_product("One", regular_price="1")], status=200,
        body={
            "create": [{"name": "ok", "sku": "B-1"}, {"name": "dup", "sku": "B-1"}, {"sku": "noname"}],
            "update": [
                {"id": 10, "regular_price": "22"}, {"id": 999999, "name": "x"},
                {"id": 10, "regular_price": "bad", "status": "nope"}, {"name": "no id"},
            ],
            "delete": [777777],
        },
        has={
            "create.0.name": "ok", "create.1.id": 0, "create.1.error.code": "product_invalid_sku",
            "create.2.name": "Product", "update.0.id": 10, "update.1.id": 999999,
            "update.1.error.code": "woocommerce_rest_product_invalid_id", "update.1.error.data.status": 400,
            "update.2.id": 10, "update.3.id": None, "update.3.error.message": "Invalid ID.", "delete.0.id": 777777,
            "delete.0.error.data.status": 404,
        },
    ),
)  # fmt: skip
