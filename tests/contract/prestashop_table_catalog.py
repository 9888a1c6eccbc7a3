"""Products, combinations and images: rows read off the recordings 014-017 and 610-653."""

from .prestashop_row import JSON, Row, Step, xml

_PNG = b"\x89PNG\r\n\x1a\n a drawing"
_FORM = {"Content-Type": "multipart/form-data; boundary=xyz"}


def _form(picture: bytes, *, field: str = "image") -> bytes:
    head = (
        f'--xyz\r\nContent-Disposition: form-data; name="{field}"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    )
    return head.encode() + picture + b"\r\n--xyz--\r\n"


_NEW = Step(method="POST", path="/products", body=xml("product", {"price": "5", "reference": "NEW"}))
_PICTURE = Step(method="POST", path="/images/products/17", headers=_FORM, body=_form(_PNG))

PRODUCTS = (
    Row(says="a_product_without_a_price_is_refused", recording="613", method="POST", path="/products",
        body=xml("product", {"name": {1: "x", 2: "x"}}), status=400, codes=(41,)),
    Row(says="a_script_in_a_description_is_refused", recording="617", method="POST", path="/products", status=400,
        body=xml("product", {"price": "5", "description": {1: "<script>alert(1)</script>"}}), codes=(84,)),
    Row(says="a_new_product_is_dead_unless_it_is_told_otherwise", recording="612", method="POST", path="/products",
        body=xml("product", {"price": "5", "name": {1: "Min", 2: "Min"}}), status=201, hooks=["product created 17"],
        then={"/products/17": {"active": "0", "state": "0", "minimal_quantity": "0", "id_category_default": "0",
                               "product_type": "", "type": "simple"}}),
    Row(says="a_slug_is_made_of_the_name", recording="615", method="POST", path="/products", status=201,
        body=xml("product", {"price": "5", "name": {1: "Only name", 2: "Nom"}}),
        then={"/products/17": {"link_rewrite": [{"id": "1", "value": "only-name"}, {"id": "2", "value": "nom"}]}}),
    Row(says="a_new_product_has_a_stock_row_of_its_own", recording="611", method="POST", path="/products", status=201,
        body=_NEW.body, then={"/stock_availables/48": {"id_product": "17", "id_product_attribute": "0",
                                                       "quantity": "0"}}),
    Row(says="the_manufacturers_name_is_not_writable", recording="622", method="PUT", path="/products/8", status=400,
        body=xml("product", {"id": "8", "price": "1", "manufacturer_name": ""}), codes=(93,)),
    Row(says="products_are_filtered_by_the_date_of_change", recording="652", method="GET", content="application/json",
        path=f"/products?filter[date_upd]=>[2026-11-21 11:00:00]&date=1&display=[id]&sort=[date_upd_ASC]&{JSON}",
        before=[_NEW], status=200, ids=[17]),
    Row(says="a_product_goes_with_its_combinations_stock_and_images", recording="653", method="DELETE",
        path="/products/1", status=200, content=None,
        hooks=["product deleted 1", "variant deleted 1", "variant deleted 2", "image deleted 1/1",
               "image deleted 1/2"],
        then={"/combinations/1": {}, "/stock_availables/1": {}, "/stock_availables/20": {}}),
    Row(says="a_type_is_set_by_its_word", recording="source", method="PATCH", path="/products/8", status=200,
        body=xml("product", {"id": "8", "type": "virtual"}),
        then={"/products/8": {"type": "virtual", "is_virtual": "1"}}),
    Row(says="a_combination_gets_a_stock_row_and_only_its_own_hook", recording="650", method="POST",
        path="/combinations", status=201, hooks=["variant created 29"],
        body=xml("combination", {"id_product": "8", "minimal_quantity": "1", "reference": "ODOO-1-S", "price": "1"},
                 "<product_option_values><product_option_value><id>1</id></product_option_value>"
                 "</product_option_values>"),
        then={"/combinations/29": {"price": "1.000000", "associations": {"product_option_values": [{"id": "1"}]}},
              "/stock_availables/48": {"id_product": "8", "id_product_attribute": "29"}}),
    Row(says="a_combinations_stock_tells_of_the_total_too", recording="549", method="PATCH",
        path="/stock_availables/20", body=xml("stock_available", {"id": "20", "quantity": "77"}), status=200,
        hooks=["stock updated 20", "stock updated 1"]),
)  # fmt: skip

IMAGES = (
    Row(says="images_are_listed_by_kind", recording="014", method="GET", path="/images", status=200,
        text="/api/images/products"),
    Row(says="images_of_a_product_are_its_declinations", recording="016", method="GET", path="/images/products/8",
        status=200, text='<declination id="8"'),
    Row(says="a_list_of_images_in_json_is_an_error", recording="638", method="GET",
        path=f"/images/products/8?{JSON}", status=500, content="application/json", codes=(61,)),
    Row(says="a_first_image_is_the_cover_and_comes_back_whole", recording="630", method="POST",
        path="/images/products/17", headers=_FORM, body=_form(_PNG), before=[_NEW], status=200,
        has={"id_product": "17", "position": "1", "cover": "1"}, hooks=["image created 17/17"],
        then={"/products/17": {"id_default_image": "17"}}),
    Row(says="a_second_image_is_added_and_no_cover", recording="631", method="POST", path="/images/products/17",
        headers=_FORM, body=_form(_PNG), before=[_NEW, _PICTURE], status=200, has={"position": "2", "cover": ""},
        then={"/products/17": {"id_default_image": "17"}}),
    Row(says="what_is_no_picture_is_refused", recording="633", method="POST", path="/images/products/8",
        headers=_FORM, body=_form(b"text"), status=400, codes=(76,)),
    Row(says="a_bare_picture_is_refused", recording="634", method="POST", path="/images/products/8",
        headers={"Content-Type": "image/png"}, body=_PNG, status=400, codes=(76,)),
    Row(says="a_picture_of_a_missing_product_is_refused", recording="635", method="POST",
        path="/images/products/99999", headers=_FORM, body=_form(_PNG), status=400, codes=(76,)),
    Row(says="a_picture_is_sent_as_it_is", recording="637", method="GET", path="/images/products/8/8", status=200,
        content="image/png"),
    Row(says="a_missing_picture_is_a_400", recording="source", method="GET", path="/images/products/8/999",
        status=400, codes=(57,)),
    Row(says="a_deleted_picture_is_told_by_its_address", recording="639", method="DELETE",
        path="/images/products/8/8", status=200, content=None, hooks=["image deleted 8/8"],
        then={"/products/8": {"id_default_image": ""}}),
    Row(says="a_cover_is_chosen_at_the_product", recording="source", method="PATCH", path="/products/17", status=200,
        body=xml("product", {"id": "17", "id_default_image": "18"}), before=[_NEW, _PICTURE, _PICTURE],
        then={"/products/17": {"id_default_image": "18"}}),
)  # fmt: skip
