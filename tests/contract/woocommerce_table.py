"""Keys, methods, formats and batches: lines read off the recordings auth-*, err-*, batch-* and cust-26 … -28."""

from .woocommerce_row import Row, Step

LIST = "/wc/v3/customers"
ALL = "GET, POST, PUT, PATCH, DELETE"
PLAIN = {"0.id": 3, "0.email": "plain@example.test", "0.date_modified": None}
INVALID = "Invalid parameter(s): billing"
NOBODY = "woocommerce_rest_cannot_view"
NO_AUTH = "woocommerce_rest_authentication_error"
SORRY = "Sorry, you cannot list resources."
UNKNOWN_USER = "<strong>Error:</strong> Unknown username. Check again or try your email address."
BAD_BILLING = "billing is not of type object."


def anna(**more: object) -> Step:
    """Becomes customer 4."""
    return Step(method="POST", path=LIST, body={"email": "Anna.Muster@Example.test", "username": "anna", **more})


ACCESS = (
    Row(
        says="without_a_key_lists_are_401", recording="auth-01", method="GET", path=LIST, key=None, secure=False,
        status=401, code=NOBODY, message=SORRY,
    ),
    Row(
        says="basic_over_http_is_not_looked_at", recording="auth-02", method="GET", path=LIST, secure=False,
        status=401, code=NOBODY, message=SORRY,
    ),
    Row(
        says="query_keys_over_http_are_not_looked_at", recording="auth-03", method="GET", path=LIST, by="query",
        secure=False, status=401, code=NOBODY,
    ),
    Row(
        says="a_sha256_signature_counts_over_http", recording="auth-04", method="GET", path=f"{LIST}?per_page=1",
        by="HMAC-SHA256", secure=False, status=200, ids=[3], has=PLAIN, shows={"allow": "GET, POST"},
    ),
    Row(
        says="a_sha1_signature_counts_over_http", recording="auth-05", method="GET", path=f"{LIST}?per_page=1",
        by="HMAC-SHA1", secure=False, status=200, ids=[3],
    ),
    Row(
        says="basic_counts_where_a_proxy_says_https", recording="auth-06", method="GET", path=f"{LIST}?per_page=1",
        secure=False, headers={"X-Forwarded-Proto": "https"}, status=200,
        has={"0._links.self.0.href": "https://shop.test/wp-json/wc/v3/customers/3"},
        shows={"link": '<https://shop.test/wp-json/>; rel="https://api.w.org/"'},
    ),
    Row(
        says="query_keys_count_where_a_proxy_says_https", recording="auth-07", method="GET", path=f"{LIST}?per_page=1",
        by="query", secure=False, headers={"X-Forwarded-Proto": "https"}, status=200, ids=[3],
    ),
    Row(
        says="an_application_password_counts_for_woocommerce_too", recording="auth-08", method="GET",
        path=f"{LIST}?per_page=1", key="app", secure=False, status=200,
        has={"0._links.self.0.href": "http://shop.test/wp-json/wc/v3/customers/3"},
    ),
    Row(
        says="an_unknown_key_is_nobody", recording="auth-09", method="GET", path=LIST, key="unknown", status=401,
        code=NOBODY, message=SORRY,
    ),
    Row(
        says="a_wrong_secret_is_told", recording="auth-10", method="GET", path=LIST, key="wrong", status=401,
        code=NO_AUTH, message="Consumer secret is invalid.",
    ),
    Row(
        says="a_wrong_signature_is_told", recording="auth-11", method="GET", path=LIST, key="wrong", by="HMAC-SHA256",
        secure=False, status=401, code=NO_AUTH, message="Invalid signature - provided signature does not match.",
    ),
    Row(
        says="a_reading_key_does_not_write_and_that_is_401", recording="auth-12", method="POST", path=LIST, key="read",
        body={"email": "x@example.test"}, status=401, code=NO_AUTH,
        message="The API key provided does not have write permissions.", then={f"{LIST}/4": {}},
    ),
    Row(
        says="a_writing_key_does_not_read", recording="auth-13", method="GET", path=LIST, key="write", status=401,
        code=NO_AUTH, message="The API key provided does not have read permissions.",
    ),
    Row(
        says="a_key_of_a_user_without_rights_is_403", recording="auth-14", method="GET", path=LIST, key="customer",
        status=403, code=NOBODY, message=SORRY,
    ),
    Row(
        says="a_customer_does_not_even_see_himself", recording="auth-15", method="GET", path=f"{LIST}/3",
        key="customer", status=403, code=NOBODY, message="Sorry, you cannot view this resource.",
    ),
    Row(
        says="a_shop_manager_reads_the_system_status_by_dotted_fields", recording="auth-16", method="GET",
        path="/wc/v3/system_status?_fields=environment.version%2Csettings.currency", key="manager", status=200,
        has={"environment": {"version": "9.9.5"}, "settings": {"currency": "EUR"}}, lacks=["_links", "database"],
    ),
    Row(
        says="a_wrong_application_password_is_nobody_at_woocommerce", recording="auth-17", method="GET", path=LIST,
        key="app_wrong", secure=False, status=401, code=NOBODY,
    ),
    Row(
        says="a_consumer_key_is_an_unknown_user_of_wordpress", recording="user-15", method="GET",
        path="/wp/v2/users?context=edit", status=401, code="invalid_username", message=UNKNOWN_USER,
    ),
)  # fmt: skip

FORMATS = (
    Row(
        says="a_method_the_route_lacks_is_a_missing_route", recording="err-02", method="DELETE", path=LIST, status=404,
        code="rest_no_route", message="No route was found matching the URL and request method.",
    ),
    Row(
        says="a_body_of_plain_text_is_no_body", recording="err-04", method="POST", path=LIST,
        body=b'{"email":"ct@example.test"}', headers={"Content-Type": "text/plain"}, status=400,
        code="rest_missing_callback_param", message="Missing parameter(s): email", has={"data.params": ["email"]},
    ),
    Row(
        says="a_slash_at_the_end_does_not_matter", recording="err-08", method="GET",
        path=f"{LIST}/?per_page=1&_fields=id", before=[anna()], status=200, has={"0": {"id": 4}}, total=2,
        shows={"link": '<https://shop.test/wp-json/wc/v3/customers?per_page=1&_fields=id&page=2>; rel="next"'},
    ),
    Row(
        says="a_post_to_an_id_updates", recording="err-09", method="POST", path=f"{LIST}/3",
        body={"first_name": "Override"}, status=200, has={"id": 3, "first_name": "Override"}, shows={"allow": ALL},
    ),
    Row(
        says="a_head_is_a_list_without_a_body", recording="err-10", method="HEAD", path=f"{LIST}?per_page=1",
        before=[anna()], status=200, total=2, shows={"link": 'rel="next"', "x-wp-totalpages": "2"},
    ),
    Row(
        says="a_text_where_an_object_belongs_is_named", recording="cust-26", method="PUT", path=f"{LIST}/3",
        body={"billing": "string"}, status=400, code="rest_invalid_param", message=INVALID,
        has={
            "data.params.billing": BAD_BILLING, "data.details.billing.code": "rest_invalid_type",
            "data.details.billing.data": {"param": "billing"},
        },
    ),
    Row(
        says="broken_json_is_told", recording="cust-27", method="PUT", path=f"{LIST}/3", body=b'{"first_name": "x"',
        headers={"Content-Type": "application/json"}, status=400, code="rest_invalid_json",
        message="Invalid JSON body passed.",
        has={"data": {"status": 400, "json_error_code": 4, "json_error_message": "Syntax error"}},
    ),
    Row(
        says="a_form_is_as_good_as_json", recording="cust-28", method="PUT", path=f"{LIST}/3",
        body=b"first_name=Form&billing[city]=Bonn", headers={"Content-Type": "application/x-www-form-urlencoded"},
        status=200, has={"first_name": "Form", "billing.city": "Bonn", "billing.country": ""},
    ),
    Row(
        says="options_tells_the_methods", recording="cust-48", method="OPTIONS", path=LIST, status=200,
        has={"namespace": "wc/v3", "methods": ["GET", "POST"], "endpoints.0.methods": ["GET"]},
        shows={"allow": "GET, POST"},
    ),
    Row(
        says="an_unknown_route_is_404", recording="meta-11", method="GET", path="/wc/v3/nope", status=404,
        code="rest_no_route",
    ),
)  # fmt: skip

MANY = [{"email": f"n{at}@example.test"} for at in range(101)]
TOO_MANY = "Unable to accept more than 100 items for this request."
BATCHES = (
    Row(
        says="a_hundred_and_one_items_are_413_and_nothing_is_written", recording="batch-01", method="POST",
        path=f"{LIST}/batch", body={"create": MANY}, status=413, code="woocommerce_rest_request_entity_too_large",
        message=TOO_MANY, shows={"allow": "POST, PUT, PATCH"}, then={f"{LIST}/4": {}},
    ),
    Row(
        says="the_hundred_counts_all_kinds_together", recording="batch-03", method="POST", path=f"{LIST}/batch",
        body={"create": MANY[:51], "delete": list(range(1000, 1050))}, status=413,
        code="woocommerce_rest_request_entity_too_large", message=TOO_MANY,
    ),
    Row(
        says="an_empty_batch_answers_an_empty_list", recording="batch-04", method="POST", path=f"{LIST}/batch", body={},
        status=200, has={}, shows={"allow": "POST, PUT, PATCH"}, ids=[],
    ),
    Row(
        says="each_item_of_a_batch_has_a_fate_of_its_own", recording="cust-34", method="POST", path=f"{LIST}/batch",
        before=[anna()], status=200,
        body={
            "create": [
                {"email": "b1@example.test", "first_name": "B1"}, {"email": "b1@example.test"}, {"email": "nonsense"},
            ],
            "update": [{"id": 3, "first_name": "Batch"}, {"id": 999999, "first_name": "x"}], "delete": [4, 888888],
        },
        has={
            "create.0.id": 5, "create.0.username": "b1", "create.1.id": 0,
            "create.1.error.code": "registration-error-email-exists", "create.2.id": 0,
            "create.2.error.code": "customer_invalid_email", "update.0.first_name": "Batch", "update.1.id": 999999,
            "update.1.error.code": "woocommerce_rest_invalid_id", "update.1.error.data.status": 400,
            "delete.0.id": 4, "delete.1.id": 888888, "delete.1.error.message": "Invalid resource id.",
        },
        then={f"{LIST}/4": {}, f"{LIST}/3": {"first_name": "Batch"}},
    ),
)  # fmt: skip
