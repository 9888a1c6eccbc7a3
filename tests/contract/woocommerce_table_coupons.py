"""Coupons and taxes: lines read off coup-*, tax-*, whx-70 … -74."""

from .woocommerce_row import Row, Step

COUPONS, TAXES = "/wc/v3/coupons", "/wc/v3/taxes"
SAVE10 = {
    "code": "SAVE10", "discount_type": "percent", "amount": "10", "individual_use": True,
    "date_expires": "2027-01-01T00:00:00",
}  # fmt: skip
MADE = Step(method="POST", path=COUPONS, body=SAVE10)
GONE = Step(method="DELETE", path=f"{COUPONS}/10")
TAKEN = "woocommerce_rest_coupon_code_already_exists"


def coupon_put(says: str, recording: str, body: dict[str, object], has: dict[str, object]) -> Row:
    return Row(
        says=says, recording=recording, method="PUT", path=f"{COUPONS}/10", body=body, before=[MADE], status=200,
        has=has,
    )  # fmt: skip


CODES = (
    Row(says="a_coupon_has_two_digits", recording="coup-01", method="POST", path=COUPONS, body=SAVE10, status=201,
        has={"id": 10, "code": "SAVE10", "amount": "10.00", "status": "publish", "discount_type": "percent",
             "date_expires": "2027-01-01T00:00:00", "date_expires_gmt": "2026-12-31T23:00:00", "usage_count": 0,
             "individual_use": True, "usage_limit": None, "minimum_amount": "0.00", "used_by": []}),
    Row(says="a_code_twice_is_400", recording="coup-02", method="POST", path=COUPONS, before=[MADE],
        body={"code": "SAVE10", "amount": "5"}, status=400, code=TAKEN, message="The coupon code already exists"),
    Row(says="a_code_in_another_case_is_the_same", recording="coup-03", method="POST", path=COUPONS, before=[MADE],
        body={"code": "save10", "amount": "5"}, status=400, code=TAKEN),
    Row(says="a_code_is_found_in_any_case", recording="coup-04", method="GET", path=f"{COUPONS}?code=Save10",
        before=[MADE], status=200, ids=[10]),
    coupon_put("an_amount_gets_its_digits", "coup-05", {"amount": "12.5"}, {"amount": "12.50"}),
    Row(says="more_than_a_hundred_percent_is_400", recording="coup-06", method="PUT", path=f"{COUPONS}/10",
        before=[MADE], body={"amount": "200"}, status=400, code="coupon_invalid_amount",
        message="Invalid discount amount"),
    coupon_put("a_word_is_an_amount_of_nothing", "coup-07", {"amount": "abc"}, {"amount": "0.00"}),
    Row(says="a_coupon_needs_a_code", recording="coup-08", method="POST", path=COUPONS, body={"amount": "5"},
        status=400, code="rest_missing_callback_param", message="Missing parameter(s): code"),
    Row(says="a_fixed_coupon", recording="coup-09", method="POST", path=COUPONS, status=201,
        body={"code": "FIX5", "discount_type": "fixed_cart", "amount": "5"},
        has={"amount": "5.00", "date_expires": None, "individual_use": False}),
    Row(says="a_coupon_goes_to_the_trash", recording="coup-10", method="DELETE", path=f"{COUPONS}/10",
        before=[MADE], status=200, has={"status": "publish"}, then={f"{COUPONS}/10": {"status": "trash"}}),
    Row(says="a_coupon_in_the_trash_can_be_read", recording="coup-11", method="GET",
        path=f"{COUPONS}/10?_fields=id,code,status", before=[MADE, GONE], status=200,
        has={"code": "SAVE10", "status": "trash"}),
    Row(says="the_code_of_a_coupon_in_the_trash_is_free", recording="coup-12", method="POST", path=COUPONS,
        body=SAVE10, before=[MADE, GONE], status=201, has={"id": 11}),
    Row(says="a_coupon_is_deleted_for_good", recording="coup-13", method="DELETE", path=f"{COUPONS}/10?force=true",
        before=[MADE, GONE], status=200, has={"status": "trash", "meta_data.0.key": "_wp_trash_meta_status",
                                              "meta_data.2.value": "save10"}, then={f"{COUPONS}/10": {}}),
    Row(says="a_batch_of_coupons_fails_one_by_one", recording="coup-14", method="POST", path=f"{COUPONS}/batch",
        before=[MADE], status=200,
        body={"create": [{"code": "B1", "amount": "1"}, {"code": "B1", "amount": "1"}],
              "update": [{"id": 10, "amount": "11"}]},
        has={"create.0.id": 11, "create.1.id": 0, "create.1.error.code": TAKEN, "update.0.amount": "11.00"}),
    Row(says="an_unknown_coupon_is_404", recording="coup-15", method="GET", path=f"{COUPONS}/999999", status=404,
        code="woocommerce_rest_shop_coupon_invalid_id", message="Invalid ID."),
    coupon_put("an_update_does_not_move_a_coupons_date", "coup-20", {"amount": "2"},
               {"amount": "2.00", "date_modified_gmt": "2026-11-21T11:00:00"}),
    Row(says="an_updated_coupon_is_not_in_the_poll", recording="coup-21", method="GET", status=200, ids=[],
        path=f"{COUPONS}?modified_after=2026-11-21T11:00:00&dates_are_gmt=true",
        before=[MADE, Step(method="PUT", path=f"{COUPONS}/10", body={"amount": "2"})]),
    Row(says="a_new_coupon_is_told", recording="whx-70", method="POST", path=COUPONS, body=SAVE10, status=201,
        hooks=["coupon.created 10"]),
    Row(says="an_updated_coupon_is_told", recording="whx-71", method="PUT", path=f"{COUPONS}/10", before=[MADE],
        body={"amount": "2"}, status=200, hooks=["coupon.updated 10"]),
    Row(says="an_identical_coupon_is_told", recording="whx-72", method="PUT", path=f"{COUPONS}/10", before=[MADE],
        body={"amount": "10"}, status=200, hooks=["coupon.updated 10"]),
    Row(says="a_coupon_in_the_trash_is_told_as_a_product_too", recording="whx-73", method="DELETE", before=[MADE],
        path=f"{COUPONS}/10", status=200, hooks=["coupon.deleted 10", "product.deleted 10"]),
    Row(says="a_coupon_deleted_by_force_is_told_to_nobody", recording="whx-74", method="DELETE",
        path=f"{COUPONS}/10?force=true", before=[MADE], status=200, hooks=[]),
)  # fmt: skip

RATES = (
    Row(says="a_rate_has_four_digits", recording="tax-01", method="POST", path=TAXES, status=201,
        body={"country": "DE", "rate": "19.0000", "name": "MwSt", "class": "standard", "shipping": True},
        has={"id": 3, "country": "DE", "rate": "19.0000", "priority": 1, "compound": False, "shipping": True,
             "order": 0, "class": "standard", "postcodes": [], "cities": []}),
    Row(says="a_whole_rate_gets_its_digits", recording="tax-02", method="POST", path=TAXES, status=201,
        body={"country": "DE", "rate": "7", "name": "MwSt red", "class": "reduced-rate"}, has={"rate": "7.0000"}),
    Row(says="a_rate_may_be_there_twice", recording="tax-03", method="POST", path=TAXES, status=201,
        body={"country": "DE", "rate": "19.0000", "name": "MwSt", "class": "standard"}, has={"id": 3}),
    Row(says="rates_are_listed", recording="tax-04", method="GET", path=TAXES, status=200, ids=[1, 2], total=2),
    Row(says="tax_classes_have_names", recording="tax-05", method="GET", path=f"{TAXES}/classes", status=200,
        has={"0.slug": "standard", "0.name": "Standard rate", "1.slug": "reduced-rate", "2.slug": "zero-rate"}),
    Row(says="a_rate_has_no_trash", recording="tax-06", method="DELETE", path=f"{TAXES}/2", status=501,
        code="woocommerce_rest_trash_not_supported", message="Taxes do not support trashing."),
    Row(says="a_rate_is_deleted_by_force", recording="tax-07", method="DELETE", path=f"{TAXES}/2?force=true",
        status=200, has={"id": 2}, then={f"{TAXES}/2": {}}),
)  # fmt: skip
