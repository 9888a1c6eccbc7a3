"""Products and their pictures, codes, stock and trash: lines read off prod-*, trash-*, err-03 … -09, whx-01 … -20."""

from .woocommerce_row import Row, Step

PRODUCTS = "/wc/v3/products"
WIDGET: dict[str, object] = {
    "name": "Widget", "type": "simple", "sku": "W-1", "regular_price": "19.90", "description": "<p>x</p>",
    "manage_stock": True, "stock_quantity": 10, "weight": "1.5",
    "meta_data": [{"key": "odoo_id", "value": "1001"}, {"key": "_odoo_hash", "value": "abc"}],
}  # fmt: skip
INVALID_ID = "woocommerce_rest_product_invalid_id"
UPLOAD = "woocommerce_product_image_upload_error"
RED, BAD = "http://pictures.test/red.png", "http://pictures.test/bad.png"
NOT_A_PICTURE = "Invalid image: Sorry, you are not allowed to upload this file type."


def made(body: dict[str, object] = WIDGET) -> Step:
    """Becomes product 10, where it is the first."""
    return Step(method="POST", path=PRODUCTS, body=body)


def put(body: dict[str, object], product: int = 10) -> Step:
    return Step(method="PUT", path=f"{PRODUCTS}/{product}", body=body)


def deleted(product: int = 10, *, force: bool = False) -> Step:
    return Step(method="DELETE", path=f"{PRODUCTS}/{product}{'?force=true' if force else ''}")


def written(says: str, recording: str, body: dict[str, object], has: dict[str, object], **more: object) -> Row:
    """The widget is sent `body`, and shows `has`."""
    steps: dict[str, object] = {"before": [made()], **more}
    return Row(
        says=says, recording=recording, method="PUT", path=f"{PRODUCTS}/10", body=body, status=200, has=has,
        **steps,  # type: ignore[arg-type]
    )  # fmt: skip


def refused(says: str, recording: str, body: dict[str, object], code: str, message: str, **more: object) -> Row:
    steps: dict[str, object] = {"before": [made()], **more}
    return Row(
        says=says, recording=recording, method="PUT", path=f"{PRODUCTS}/10", body=body, status=400, code=code,
        message=message, **steps,  # type: ignore[arg-type]
    )  # fmt: skip


def listed(says: str, recording: str, query: str, ids: list[int], *before: Step) -> Row:
    return Row(
        says=says, recording=recording, method="GET", path=f"{PRODUCTS}?{query}", before=before, status=200, ids=ids
    )


FIELDS = (
    Row(says="a_simple_product_shows_every_field", recording="prod-01", method="POST", path=PRODUCTS, body=WIDGET,
        status=201, shows={"location": f"https://shop.test/wp-json{PRODUCTS}/10"},
        has={"id": 10, "slug": "widget", "type": "simple", "status": "publish", "price": "19.90", "sale_price": "",
             "date_created": "2026-11-21T12:00:00", "date_created_gmt": "2026-11-21T11:00:00", "purchasable": True,
             "total_sales": 0, "stock_quantity": 10, "stock_status": "instock", "weight": "1.5", "on_sale": False,
             "dimensions": {"length": "", "width": "", "height": ""}, "attributes": [], "images": [],
             "categories": [{"id": 15, "name": "Uncategorized", "slug": "uncategorized"}], "variations": [],
             "permalink": "https://shop.test/product/widget/", "generated_slug": "widget", "average_rating": "0",
             "price_html": '<span class="woocommerce-Price-amount amount"><bdi>'
                           '<span class="woocommerce-Price-currencySymbol">&euro;</span>19.90</bdi></span>',
             "meta_data.0.key": "odoo_id", "meta_data.1.key": "_odoo_hash", "global_unique_id": ""}),
    Row(says="a_read_wraps_the_description_and_knows_less", recording="prod-02", method="GET", path=f"{PRODUCTS}/10",
        before=[made()], status=200, lacks=("permalink_template", "generated_slug"),
        has={"description": "<p>x</p>\n", "average_rating": "0.00"}),
    Row(says="an_sku_twice_names_its_owner", recording="prod-03", method="POST", path=PRODUCTS, before=[made()],
        body={"name": "Other", "sku": "W-1"}, status=400, code="product_invalid_sku",
        message="Invalid or duplicated SKU.", has={"data.resource_id": 10, "data.unique_sku": "W-1-1"}),
    listed("an_sku_finds_its_product", "prod-04", "sku=W-1", [10], made()),
    listed("an_unknown_sku_finds_nothing", "prod-05", "sku=NOPE", [], made()),
    listed("several_skus_go_by_comma", "prod-06", "sku=W-1,W-2", [10], made()),
    listed("an_sku_is_found_in_any_case", "prod-07", "sku=w-1", [10], made()),
    refused("a_price_is_no_number", "prod-08", {"regular_price": 21.5}, "rest_invalid_param",
            "Invalid parameter(s): regular_price",
            has={"data.params.regular_price": "regular_price is not of type string."}),
    written("a_price_keeps_its_decimals", "prod-09", {"regular_price": "21.123456"}, {"price": "21.123456"}),
    written("a_comma_parts_thousands", "prod-10", {"regular_price": "21,50"}, {"price": "2150"}),
    written("a_word_is_no_price_and_no_error", "prod-11", {"regular_price": "abc"},
            {"price": "", "regular_price": "", "purchasable": False, "price_html": ""}),
    written("a_negative_price_is_kept", "prod-12", {"regular_price": "-5"}, {"price": "-5", "purchasable": True}),
    written("no_price_is_not_purchasable", "prod-13", {"regular_price": ""}, {"price": "", "purchasable": False}),
    written("a_sale_above_the_regular_price_is_dropped", "prod-14", {"regular_price": "20", "sale_price": "30"},
            {"price": "20", "sale_price": "", "on_sale": False}),
    written("a_sale_price_counts_until_its_end", "prod-15",
            {"regular_price": "20.00", "sale_price": "15.00", "date_on_sale_to": "2027-01-31T00:00:00"},
            {"price": "15.00", "on_sale": True, "date_on_sale_to_gmt": "2027-01-30T23:00:00"}),
    written("null_does_not_take_the_end_of_a_sale_away", "prod-16", {"sale_price": "", "date_on_sale_to": None},
            {"sale_price": "", "on_sale": False, "date_on_sale_to": "2027-01-31T00:00:00"},
            before=[made(), put({"sale_price": "15.00", "date_on_sale_to": "2027-01-31T00:00:00"})]),
    written("a_stock_is_set", "prod-17", {"stock_quantity": 7}, {"stock_quantity": 7}),
    written("the_same_stock_again_moves_the_date", "prod-18", {"stock_quantity": 10},
            {"stock_quantity": 10, "date_modified_gmt": "2026-11-21T11:00:01"}),
    written("a_stock_of_0_is_out_of_stock", "prod-19", {"stock_quantity": 0}, {"stock_status": "outofstock"}),
    written("a_stock_may_be_negative", "prod-20", {"stock_quantity": -3}, {"stock_quantity": -3}),
    refused("a_stock_is_a_whole_number", "prod-21", {"stock_quantity": 2.5}, "rest_invalid_param",
            "Invalid parameter(s): stock_quantity",
            has={"data.params.stock_quantity": "stock_quantity is not of type integer."}),
    written("a_stock_of_null_is_0", "prod-22", {"stock_quantity": None}, {"stock_quantity": 0}),
    written("a_stock_that_is_not_counted_is_null", "prod-23", {"manage_stock": False, "stock_quantity": 9},
            {"manage_stock": False, "stock_quantity": None}),
    written("a_quantity_alone_does_not_begin_to_count", "prod-24", {"stock_quantity": 9}, {"stock_quantity": None},
            before=[made(), put({"manage_stock": False})]),
    written("a_stock_is_counted_again", "prod-25", {"manage_stock": True, "stock_quantity": 50},
            {"stock_quantity": 50, "stock_status": "instock"}, before=[made(), put({"manage_stock": False})]),
    Row(says="an_unknown_product_is_404", recording="prod-40", method="GET", path=f"{PRODUCTS}/999999", status=404,
        code=INVALID_ID, message="Invalid ID."),
    Row(says="a_broken_body_of_a_product_is_400", recording="prod-41", method="POST", path=PRODUCTS, body=b"{bad",
        headers={"Content-Type": "application/json"}, status=400, code="rest_invalid_json"),
    Row(says="nothing_becomes_a_product_called_product", recording="prod-42", method="POST", path=PRODUCTS, body={},
        status=201, has={"name": "Product", "slug": "product", "price": "", "manage_stock": False}),
    Row(says="an_unknown_type_is_400", recording="prod-43", method="POST", path=PRODUCTS, status=400,
        body={"name": "x", "type": "bogus"}, code="rest_invalid_param",
        has={"data.params.type": "type is not one of simple, grouped, external, and variable."}),
    Row(says="a_new_product_has_no_id_of_ours", recording="prod-44", method="POST", path=PRODUCTS, status=400,
        body={"id": 12345, "name": "x"}, code="woocommerce_rest_product_exists"),
    Row(says="a_slug_twice_is_numbered", recording="prod-45", method="POST", path=PRODUCTS, before=[made()],
        body={"name": "Other", "slug": "widget"}, status=201, has={"slug": "widget-2", "generated_slug": "other"}),
    written("a_stock_can_be_moved_by_a_difference", "prod-51", {"inventory_delta": -2}, {"stock_quantity": 8}),
    listed("a_text_is_searched_in_names", "prod-61", "search=Widg", [10], made(), made({"name": "Other"})),
    written("a_gtin_is_kept", "prod-62", {"global_unique_id": "4006381333931"},
            {"global_unique_id": "4006381333931"}),
    refused("a_gtin_twice_names_its_owner", "prod-63", {"global_unique_id": "4006381333931"},
            "product_invalid_global_unique_id", "Invalid or duplicated GTIN, UPC, EAN or ISBN.",
            before=[made(), made({"name": "Other", "global_unique_id": "4006381333931"})],
            has={"data.resource_id": 11}),
    written("letters_of_a_gtin_vanish", "prod-64", {"global_unique_id": "abc"}, {"global_unique_id": ""}),
    Row(says="a_list_as_a_body_is_no_body", recording="err-03", method="POST", path=PRODUCTS, body=b"[1,2]",
        headers={"Content-Type": "application/json"}, status=201, has={"name": "Product"}),
    written("a_name_is_filtered", "err-06", {"name": 'Tüte 😀 & <b>x</b> "q" \\ y'},
            {"name": 'Tüte 😀 &amp; <b>x</b> "q"  y', "generated_slug": "tute-😀-x-q-y"}),
    Row(says="a_post_to_a_product_changes_it", recording="err-09", method="POST", path=f"{PRODUCTS}/10",
        before=[made()], body={"name": "Override"}, status=200, has={"name": "Override", "slug": "widget"}),
)  # fmt: skip

PICTURES = (
    written("a_picture_comes_from_its_address", "prod-26", {"images": [{"src": RED, "alt": "red", "name": "Red"}]},
            {"images.0.id": 11, "images.0.name": "Red", "images.0.alt": "red",
             "images.0.src": "https://shop.test/wp-content/uploads/2026/11/red.png",
             "images.0.date_created": "2026-11-21T13:00:01", "images.0.date_created_gmt": "2026-11-21T11:00:01"}),
    written("the_same_address_again_is_another_picture", "prod-27", {"images": [{"src": RED}]},
            {"images.0.id": 12, "images.0.name": "red-1.png",
             "images.0.src": "https://shop.test/wp-content/uploads/2026/11/red-1.png"},
            before=[made(), put({"images": [{"src": RED}]})]),
    written("a_picture_is_taken_by_its_id", "prod-28", {"images": [{"id": 11}]}, {"images.0.id": 11},
            before=[made(), put({"images": [{"src": RED}]}), put({"images": []})]),
    refused("an_unknown_picture_is_400", "prod-29", {"images": [{"id": 999999}]},
            "woocommerce_product_invalid_image_id", "#999999 is an invalid image ID."),
    refused("a_picture_that_is_not_there_is_400", "prod-30", {"images": [{"src": "http://pictures.test/no.png"}]},
            UPLOAD, "Error getting remote image http://pictures.test/no.png. Error: Not Found"),
    refused("what_is_no_picture_is_400", "prod-31", {"images": [{"src": BAD}]}, UPLOAD, NOT_A_PICTURE),
    written("no_pictures_are_no_pictures", "prod-33", {"images": []}, {"images": []},
            before=[made(), put({"images": [{"src": RED}]})]),
    refused("a_failed_picture_leaves_nothing_of_its_request", "prod-65",
            {"name": "NEWNAME", "regular_price": "999", "images": [{"src": BAD}]}, UPLOAD, NOT_A_PICTURE,
            then={f"{PRODUCTS}/10": {"name": "Widget", "regular_price": "19.90", "images": []}}, hooks=[]),
)  # fmt: skip

TRASH = (
    Row(says="a_deleted_product_shows_what_it_was", recording="trash-01", method="DELETE", path=f"{PRODUCTS}/10",
        before=[made()], status=200, has={"status": "publish", "slug": "widget"}),
    Row(says="a_product_in_the_trash_can_be_read", recording="trash-02", method="GET", path=f"{PRODUCTS}/10",
        before=[made(), deleted()], status=200, has={"status": "trash", "sku": "W-1",
                                                     "date_modified_gmt": "2026-11-21T11:00:01"}),
    listed("the_trash_is_not_in_lists", "trash-03", "include=10", [], made(), deleted()),
    listed("the_trash_is_listed_when_asked_for", "trash-04", "status=trash", [10], made(), deleted()),
    Row(says="the_trash_keeps_its_sku_and_does_not_say_whose", recording="trash-05", method="POST", path=PRODUCTS,
        before=[made(), deleted()], body={"name": "reuse", "sku": "W-1"}, status=400,
        code="woocommerce_rest_product_not_created", lacks=("data.resource_id",),
        message="The product with SKU (W-1) you are trying to insert is already present in the lookup table"),
    listed("the_trash_is_not_found_by_sku", "trash-06", "sku=W-1", [], made(), deleted()),
    written("a_status_takes_out_of_the_trash", "trash-07", {"status": "publish"},
            {"status": "publish", "slug": "widget", "meta_data.2.key": "_wp_trash_meta_status",
             "meta_data.3.key": "_wp_trash_meta_time"}, before=[made(), deleted()]),
    Row(says="the_trash_is_gone_already", recording="trash-09", method="DELETE", path=f"{PRODUCTS}/10",
        before=[made(), deleted()], status=410, code="woocommerce_rest_already_trashed",
        message="The product has already been deleted."),
    Row(says="force_takes_from_the_trash_for_good", recording="trash-10", method="DELETE",
        path=f"{PRODUCTS}/10?force=true", before=[made(), deleted()], status=200,
        has={"status": "trash", "slug": "widget__trashed", "meta_data.4.key": "_wp_desired_post_slug"},
        then={f"{PRODUCTS}/10": {}}),
    Row(says="a_product_that_is_gone_is_404", recording="trash-11", method="GET", path=f"{PRODUCTS}/10", status=404,
        before=[made(), deleted(force=True)], code=INVALID_ID),
)  # fmt: skip

TOLD_OF = (
    Row(says="a_new_product_is_told", recording="whx-01", method="POST", path=PRODUCTS, body=WIDGET, status=201,
        hooks=["product.created 10"]),
    written("a_put_is_told_once", "whx-02", {"regular_price": "11"}, {}, hooks=["product.updated 10"]),
    written("an_identical_put_is_told", "whx-03", {"regular_price": "19.90"}, {}, hooks=["product.updated 10"]),
    written("an_empty_put_is_told_and_moves_the_date", "whx-04", {}, {"date_modified_gmt": "2026-11-21T11:00:01"},
            hooks=["product.updated 10"]),
    written("a_stock_is_told_as_its_product", "whx-05", {"stock_quantity": 90}, {}, hooks=["product.updated 10"]),
    written("no_categories_is_uncategorized", "whx-06", {"categories": [], "description": "d"},
            {"categories.0.id": 15, "description": "d"}, hooks=["product.updated 10"],
            then={f"{PRODUCTS}/10": {"description": "<p>d</p>\n"}}),
    written("a_meta_alone_is_told", "whx-08", {"meta_data": [{"key": "odoo_write_id", "value": "w-2"}]},
            {"meta_data.2.value": "w-2"}, hooks=["product.updated 10"]),
    written("the_same_meta_again_is_told_and_no_second_one", "whx-09",
            {"meta_data": [{"key": "odoo_id", "value": "1001"}]}, {"meta_data.0.value": "1001"},
            hooks=["product.updated 10"], lacks=("meta_data.2",)),
    Row(says="a_batch_tells_of_each_product", recording="whx-15", method="POST", path=f"{PRODUCTS}/batch",
        before=[made(), made({"name": "Other"})], status=200, hooks=["product.updated 10", "product.updated 11"],
        body={"update": [{"id": 10, "regular_price": "41"}, {"id": 11, "regular_price": "101"}]}),
    Row(says="a_product_in_the_trash_is_told_as_a_coupon_too", recording="whx-16", method="DELETE",
        path=f"{PRODUCTS}/10", before=[made()], status=200, hooks=["coupon.deleted 10", "product.deleted 10"]),
    written("out_of_the_trash_is_told_as_an_update", "whx-17", {"status": "publish"}, {},
            before=[made(), deleted()], hooks=["product.updated 10"]),
    Row(says="a_forced_delete_is_told_to_nobody", recording="whx-18", method="DELETE",
        path=f"{PRODUCTS}/10?force=true", before=[made()], status=200, hooks=[]),
)  # fmt: skip
