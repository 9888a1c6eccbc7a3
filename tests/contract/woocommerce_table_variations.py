"""Variable products and their variations: lines read off var-*, list-20 … -23, whx-11 … -14."""

from .woocommerce_row import Row, Step
from .woocommerce_table_products import INVALID_ID, PRODUCTS, made

SHIRT: dict[str, object] = {
    "name": "Shirt", "type": "variable", "sku": "S",
    "attributes": [{"name": "Size", "visible": True, "variation": True, "options": ["S", "M", "L"]}],
}  # fmt: skip
SMALL: dict[str, object] = {
    "sku": "S-S", "regular_price": "10", "attributes": [{"name": "Size", "option": "S"}], "manage_stock": True,
    "stock_quantity": 3, "meta_data": [{"key": "odoo_id", "value": "5"}],
}  # fmt: skip
VARIATIONS = f"{PRODUCTS}/10/variations"
SMALL_SHIRT = (made(SHIRT), Step(method="POST", path=VARIATIONS, body=SMALL))
NO_VARIATION = "woocommerce_rest_product_variation_invalid_id"
GONE = Step(method="DELETE", path=f"{VARIATIONS}/11")


def medium(**more: object) -> dict[str, object]:
    return {"regular_price": "11", "attributes": [{"name": "Size", "option": "M"}], **more}


VARIED = (
    Row(says="a_variable_product_without_variations_is_out_of_stock", recording="var-01", method="POST",
        path=PRODUCTS, body=SHIRT, status=201,
        has={"type": "variable", "price": "", "purchasable": False, "stock_status": "outofstock",
             "has_options": True, "manage_stock": False, "variations": [],
             "attributes": [{"id": 0, "name": "Size", "slug": "Size", "position": 0, "visible": True,
                             "variation": True, "options": ["S", "M", "L"]}]}),
    Row(says="a_variation_is_made_below_its_parent", recording="var-02", method="POST", path=VARIATIONS, body=SMALL,
        before=[made(SHIRT)], status=201,
        has={"id": 11, "type": "variation", "name": "S", "parent_id": 10, "price": "10", "tax_class": "parent",
             "attributes": [{"id": 0, "name": "Size", "slug": "size", "option": "S"}], "image": None,
             "permalink": "https://shop.test/product/shirt/?attribute_size=S", "stock_quantity": 3}),
    Row(says="an_sku_is_the_only_one_among_variations_too", recording="var-03", method="POST", path=VARIATIONS,
        before=[made(SHIRT)], body=medium(sku="S"), status=400, code="product_invalid_sku",
        has={"data.resource_id": 10, "data.unique_sku": "S-1"}),
    Row(says="the_same_options_twice_are_two_variations", recording="var-04", method="POST", path=VARIATIONS,
        before=SMALL_SHIRT, status=201, has={"id": 12, "name": "S"},
        body={"sku": "S-S2", "regular_price": "10", "attributes": [{"name": "Size", "option": "S"}]}),
    Row(says="an_unknown_option_is_taken", recording="var-05", method="POST", path=VARIATIONS, before=SMALL_SHIRT,
        body={"sku": "S-XXL", "attributes": [{"name": "Size", "option": "XXL"}]}, status=201,
        has={"attributes.0.option": "XXL", "name": "XXL"}),
    Row(says="variations_are_listed_the_youngest_first", recording="var-06", method="GET", path=VARIATIONS,
        before=[*SMALL_SHIRT, Step(method="POST", path=VARIATIONS, body=medium())], status=200, ids=[12, 11],
        total=2),
    Row(says="a_parent_has_the_lowest_price_and_the_date_of_its_variations", recording="var-07", method="GET",
        path=f"{PRODUCTS}/10", before=SMALL_SHIRT, status=200,
        has={"price": "10", "regular_price": "", "purchasable": True, "variations": [11],
             "stock_status": "instock", "date_modified_gmt": "2026-11-21T11:00:01"}),
    Row(says="a_price_is_that_of_the_variation", recording="var-08", method="PUT", path=f"{VARIATIONS}/11",
        body={"regular_price": "12"}, before=SMALL_SHIRT, status=200, has={"price": "12"},
        then={f"{PRODUCTS}/10": {"price": "12", "date_modified_gmt": "2026-11-21T11:00:02"}}),
    Row(says="an_sku_finds_a_variation", recording="var-09", method="GET",
        path=f"{PRODUCTS}?sku=S-S&_fields=id,sku,type,parent_id", before=SMALL_SHIRT, status=200, ids=[11],
        has={"0": {"id": 11, "sku": "S-S", "type": "variation", "parent_id": 10}}),
    Row(says="a_variation_reads_as_a_product", recording="var-10", method="GET", path=f"{PRODUCTS}/11",
        before=SMALL_SHIRT, status=200,
        has={"type": "variation", "name": "Shirt - S", "slug": "shirt-s", "parent_id": 10, "categories": [],
             "total_sales": "0", "reviews_allowed": False, "variations": [], "stock_quantity": 3,
             "attributes": [{"id": 0, "name": "Size", "slug": "size", "option": "S"}]}),
    Row(says="a_variation_is_not_written_as_a_product", recording="var-11", method="PUT", path=f"{PRODUCTS}/11",
        body={"regular_price": "13"}, before=SMALL_SHIRT, status=404, code="woocommerce_rest_invalid_product_id",
        message="To manipulate product variations you should use the "
                "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint."),
    Row(says="a_batch_of_variations_has_odd_ids_where_it_fails", recording="var-12", method="POST",
        path=f"{VARIATIONS}/batch", before=SMALL_SHIRT, status=200,
        body={"create": [medium()], "update": [{"id": 11, "stock_quantity": 4}, {"id": 1, "stock_quantity": 4}],
              "delete": [424242]},
        has={"create.0.sku": "S", "update.0.stock_quantity": 4, "update.1.id": 1,
             "update.1.error.code": NO_VARIATION, "update.1.error.data.status": 404,
             "delete.0.id": {"id": 424242, "product_id": 10, "force": True}}),
    Row(says="a_price_on_the_parent_is_ignored", recording="var-13", method="PUT", path=f"{PRODUCTS}/10",
        body={"regular_price": "99"}, before=SMALL_SHIRT, status=200, has={"price": "10", "regular_price": ""}),
    Row(says="a_variation_goes_to_the_trash_and_says_publish", recording="var-14", method="DELETE",
        path=f"{VARIATIONS}/11", before=SMALL_SHIRT, status=200, has={"status": "publish", "id": 11}),
    Row(says="a_variation_in_the_trash_can_be_read", recording="var-15", method="GET", path=f"{VARIATIONS}/11",
        before=[*SMALL_SHIRT, GONE], status=200,
        has={"status": "trash", "purchasable": False, "tax_class": "", "meta_data.3.value": "shirt-s"}),
    Row(says="variations_in_the_trash_are_listed_when_asked_for", recording="var-16", method="GET",
        path=f"{VARIATIONS}?status=trash&_fields=id,status", before=[*SMALL_SHIRT, GONE], status=200, ids=[11]),
    Row(says="a_variation_of_another_parent_is_404", recording="documented", method="GET", before=SMALL_SHIRT,
        path=f"{PRODUCTS}/99/variations/11", status=404, code=NO_VARIATION),
    Row(says="no_variations_below_what_is_not_there", recording="documented", method="GET",
        path=f"{PRODUCTS}/99/variations", status=404, code=INVALID_ID),
    Row(says="a_variation_is_told_as_a_product", recording="whx-11", method="POST", path=VARIATIONS, body=SMALL,
        before=[made(SHIRT)], status=201, hooks=["product.created 11"]),
    Row(says="the_parent_is_not_told_of_a_price", recording="whx-12", method="PUT", path=f"{VARIATIONS}/11",
        body={"regular_price": "6"}, before=SMALL_SHIRT, status=200, hooks=["product.updated 11"]),
    Row(says="the_parent_is_not_told_of_a_stock", recording="whx-13", method="PUT", path=f"{VARIATIONS}/11",
        body={"stock_quantity": 2}, before=SMALL_SHIRT, status=200, hooks=["product.updated 11"]),
    Row(says="a_variation_deleted_by_force_is_told_to_nobody", recording="whx-14", method="DELETE",
        path=f"{VARIATIONS}/11?force=true", before=SMALL_SHIRT, status=200, hooks=[],
        then={f"{VARIATIONS}/11": {}, f"{PRODUCTS}/10": {"variations": []}}),
)  # fmt: skip
