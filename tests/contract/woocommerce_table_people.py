"""Customers and WordPress users: lines read off the recordings cust-*, user-* and whx-5x, whx-6x."""

from .woocommerce_row import Row, Step
from .woocommerce_table import ALL, INVALID, anna

LIST = "/wc/v3/customers"
PEOPLE = "/wp/v2/users"
EMAIL = "Anna.Muster@Example.test"
BAD_EMAIL = "Invalid parameter(s): email"
BILLING = {
    "first_name": "Anna", "last_name": "Müster", "company": "ACME", "address_1": "Hauptstr. 1", "address_2": "",
    "city": "Berlin", "postcode": "10115", "state": "DE-BE", "country": "DE", "email": "billing@example.test",
    "phone": "+49 30 123",
}  # fmt: skip
SHIPPING = {"first_name": "A", "last_name": "M", "address_1": "Lager 2", "city": "Berlin", "postcode": "10117",
            "country": "DE", "phone": "555"}  # fmt: skip
META = [{"key": "odoo_id", "value": "77"}, {"key": "_private_odoo", "value": {"a": 1}}]
FULL = anna(first_name="Anna", last_name="Müster", billing=BILLING, shipping=SHIPPING, meta_data=META)
ONLY = Step(method="POST", path=LIST, body={"email": "only@example.test"})
NAG = {"key": "default_password_nag", "value": "1"}
TAKEN = (
    "An account is already registered with anna.muster@example.test. Please log in or use a different email address."
)
OUT_OF_BOUNDS = "per_page must be between 1 (inclusive) and 100 (inclusive)"
ORDERS = "orderby is not one of id, include, name, and registered_date."
MODIFIED = "2026-11-21T12:00:01"
U1 = Step(
    method="POST", path=PEOPLE, key="app", secure=False,
    body={"username": "u1", "email": "u1@example.test", "password": "pw-long-1234567", "roles": ["customer"],
          "first_name": "U", "meta": {"odoo_id": "1"}},
)  # fmt: skip

CUSTOMERS = (
    Row(
        says="a_customer_is_made_with_addresses_and_a_foreign_meta", recording="cust-01", method="POST", path=LIST,
        body=FULL.body, status=201,
        has={
            "id": 4, "email": EMAIL, "role": "customer", "username": "anna", "billing.state": "DE-BE",
            "shipping.company": "", "date_created": "2026-11-21T12:00:00", "date_created_gmt": "2026-11-21T11:00:00",
            "date_modified_gmt": "2026-11-21T11:00:00", "is_paying_customer": False, "meta_data.0.key": NAG["key"],
            "meta_data.0.value": "1", "meta_data.1.key": "odoo_id", "meta_data.1.value": "77",
        },
        lacks=["meta_data.2", "shipping.email"], shows={"location": "https://shop.test/wp-json/wc/v3/customers/4"},
    ),
    Row(
        says="what_was_written_is_read", recording="cust-02", method="GET", path=f"{LIST}/4", before=[FULL],
        status=200, has={"billing": BILLING, "last_name": "Müster"}, lacks=["meta_data.2"], shows={"allow": ALL},
    ),
    Row(
        says="a_taken_address_does_not_say_whose_it_is", recording="cust-03", method="POST", path=LIST, before=[FULL],
        body={"email": EMAIL.lower()}, status=400, code="registration-error-email-exists", message=TAKEN,
        has={"data": {"status": 400}},
    ),
    Row(
        says="a_bad_address_of_a_new_customer_has_a_code_of_its_own", recording="cust-04", method="POST", path=LIST,
        body={"email": "not-an-email"}, status=400, code="customer_invalid_email", message="Invalid email address",
    ),
    Row(
        says="a_customer_needs_an_address", recording="cust-05", method="POST", path=LIST, body={"first_name": "x"},
        status=400, code="rest_missing_callback_param", message="Missing parameter(s): email",
    ),
    Row(
        says="a_taken_user_name_is_told", recording="cust-06", method="POST", path=LIST, before=[FULL],
        body={"email": "other1@example.test", "username": "anna"}, status=400,
        code="registration-error-username-exists",
        message="An account is already registered with that username. Please choose another.",
    ),
    Row(
        says="a_user_name_is_made_of_the_address", recording="cust-07", method="POST", path=LIST,
        body={"email": "only@example.test"}, status=201,
        has={"username": "only", "first_name": "", "meta_data.0.value": "1"},
    ),
    Row(
        says="email_finds_in_any_case", recording="cust-08", method="GET",
        path=f"{LIST}?email=anna.muster%40example.test", before=[FULL], status=200, ids=[4], total=1,
    ),
    Row(
        says="role_all_finds_the_administrator", recording="cust-09", method="GET",
        path=f"{LIST}?email=shopadmin%40example.test&role=all", status=200, ids=[1],
        has={"0.role": "administrator", "0.date_modified": None},
    ),
    Row(
        says="email_looks_among_customers_only", recording="cust-10", method="GET",
        path=f"{LIST}?email=shopadmin%40example.test", status=200, ids=[], total=0, shows={"x-wp-totalpages": "0"},
    ),
    Row(
        says="search_finds_names", recording="cust-11", method="GET", path=f"{LIST}?search=M%C3%BCster", before=[FULL],
        status=200, ids=[4],
    ),
    Row(
        says="search_does_not_find_the_billing_address", recording="cust-12", method="GET",
        path=f"{LIST}?search=billing%40example.test", before=[FULL], status=200, ids=[],
    ),
    Row(
        says="a_put_merges_also_within_billing", recording="cust-13", method="PUT", path=f"{LIST}/4", before=[FULL],
        body={"first_name": "Annika", "billing": {"phone": "+49 30 999"}}, status=200,
        has={
            "first_name": "Annika", "last_name": "Müster", "billing.phone": "+49 30 999", "billing.city": "Berlin",
            "billing.first_name": "Anna", "date_modified": MODIFIED,
        },
    ),
    Row(
        says="an_identical_put_moves_the_date", recording="cust-14", method="PUT", path=f"{LIST}/4",
        before=[FULL, Step(method="PUT", path=f"{LIST}/4", body={"first_name": "Annika"})],
        body={"first_name": "Annika"}, status=200, has={"date_modified": "2026-11-21T12:00:02"},
    ),
    Row(
        says="a_taken_address_of_a_put_looks_like_a_bad_one", recording="cust-15", method="PUT", path=f"{LIST}/4",
        before=[FULL, ONLY], body={"email": "only@example.test"}, status=400,
        code="woocommerce_rest_customer_invalid_email", message="Email address is invalid.",
    ),
    Row(
        says="a_bad_address_of_a_put_is_an_invalid_parameter", recording="cust-16", method="PUT", path=f"{LIST}/3",
        body={"email": "bad"}, status=400, code="rest_invalid_param", message=BAD_EMAIL,
        has={"data.details.email": {"code": "rest_invalid_email", "message": "Invalid email address.", "data": None}},
    ),
    Row(
        says="a_user_name_stays", recording="cust-17", method="PUT", path=f"{LIST}/3", body={"username": "annika"},
        status=400, code="woocommerce_rest_customer_invalid_argument", message="Username isn't editable.",
    ),
    Row(
        says="a_patch_merges", recording="cust-18", method="PATCH", path=f"{LIST}/4", before=[FULL],
        body={"last_name": "Müller"}, status=200, has={"first_name": "Anna", "last_name": "Müller"},
    ),
    Row(
        says="a_post_to_a_customer_merges", recording="cust-19", method="POST", path=f"{LIST}/4", before=[FULL],
        body={"last_name": "Meyer"}, status=200, has={"first_name": "Anna", "last_name": "Meyer"},
    ),
    Row(
        says="a_bad_billing_address_is_told_of_billing", recording="cust-20", method="PUT", path=f"{LIST}/3",
        body={"billing": {"country": "Germany", "email": "billing-bad"}}, status=400, code="rest_invalid_param",
        message=INVALID,
        has={"data.params.billing": "Invalid email address.", "data.details.billing.code": "rest_invalid_email"},
    ),
    Row(
        says="countries_states_and_postcodes_are_not_checked", recording="cust-21", method="PUT", path=f"{LIST}/3",
        body={"billing": {"country": "Germany", "state": "NOPE", "postcode": "not a postcode"}}, status=200,
        has={"billing.country": "Germany", "billing.state": "NOPE", "billing.postcode": "not a postcode"},
    ),
    Row(
        says="a_meta_of_the_same_key_is_changed_in_place", recording="cust-22", method="PUT", path=f"{LIST}/4",
        before=[FULL], body={"meta_data": [{"key": "odoo_id", "value": "78"}]}, status=200,
        has={"meta_data.1.id": 2, "meta_data.1.value": "78"}, lacks=["meta_data.2"],
    ),
    Row(
        says="a_meta_of_null_is_deleted", recording="cust-23", method="PUT", path=f"{LIST}/4", before=[FULL],
        body={"meta_data": [{"key": "odoo_id", "value": None}]}, status=200, has={"meta_data.0.key": NAG["key"]},
        lacks=["meta_data.1"],
    ),
    Row(
        says="a_role_in_the_body_means_nothing", recording="cust-24", method="PUT", path=f"{LIST}/3",
        body={"role": "shop_manager"}, status=200, has={"role": "customer"},
    ),
    Row(
        says="an_unknown_field_means_nothing", recording="cust-25", method="PUT", path=f"{LIST}/3",
        body={"nonexistent": "1"}, status=200, lacks=["nonexistent"],
    ),
    Row(
        says="an_unknown_customer_is_404", recording="cust-29", method="GET", path=f"{LIST}/999999", status=404,
        code="woocommerce_rest_invalid_id", message="Invalid resource ID.", shows={"allow": ALL},
    ),
    Row(
        says="customers_have_no_trash", recording="cust-30", method="DELETE", path=f"{LIST}/3", status=501,
        code="woocommerce_rest_trash_not_supported", message="Customers do not support trashing.",
        then={f"{LIST}/3": {"id": 3}},
    ),
    Row(
        says="a_shop_manager_does_not_delete_the_administrator", recording="cust-31", method="DELETE",
        path=f"{LIST}/1?force=true", key="manager", status=403, code="woocommerce_rest_cannot_delete",
        message="Sorry, you are not allowed to delete this resource.", shows={"allow": "GET"},
    ),
    Row(
        says="the_administrator_is_a_customer_by_id", recording="cust-32", method="GET", path=f"{LIST}/1", status=200,
        has={"id": 1, "role": "administrator"}, shows={"allow": "GET, POST, PUT, PATCH"},
    ),
    Row(
        says="a_shop_manager_does_not_change_the_administrator", recording="cust-33", method="PUT", path=f"{LIST}/1",
        key="manager", body={"first_name": "hack"}, status=403, code="woocommerce_rest_cannot_edit",
        message="Sorry, you are not allowed to edit this resource.", shows={"allow": "GET"},
    ),
    Row(
        says="modified_after_is_no_filter_of_customers", recording="cust-35", method="GET", before=[FULL],
        path=f"{LIST}?modified_after=2020-01-01T00%3A00%3A00&dates_are_gmt=true", status=200, ids=[4, 3], total=2,
    ),
    Row(
        says="customers_have_no_order_by_date", recording="cust-36", method="GET", path=f"{LIST}?orderby=modified",
        status=400, code="rest_invalid_param", has={"data.params.orderby": ORDERS},
    ),
    Row(
        says="fields_of_a_list_leave_its_links", recording="cust-37", method="GET", before=[FULL, ONLY],
        path=f"{LIST}?_fields=id%2Cemail%2Cmeta_data&per_page=2", status=200, total=3,
        has={"1": {"id": 5, "email": "only@example.test", "meta_data": [{"id": 4, **NAG}]}}, lacks=["0._links"],
        shows={"link": '_fields=id%2Cemail%2Cmeta_data&per_page=2&page=2>; rel="next"'},
    ),
    Row(
        says="a_page_of_101_is_refused", recording="cust-38", method="GET", path=f"{LIST}?per_page=101", status=400,
        code="rest_invalid_param",
        has={"data.params.per_page": OUT_OF_BOUNDS, "data.details.per_page.code": "rest_out_of_bounds"},
    ),
    Row(
        says="a_page_of_none_is_refused", recording="cust-39", method="GET", path=f"{LIST}?per_page=0", status=400,
        code="rest_invalid_param", has={"data.params.per_page": OUT_OF_BOUNDS},
    ),
    Row(
        says="beyond_the_last_page_is_an_empty_list", recording="cust-40", method="GET",
        path=f"{LIST}?per_page=2&page=99", before=[FULL, ONLY], status=200, ids=[], total=3,
        shows={"x-wp-totalpages": "2"},
    ),
    Row(
        says="include_picks_by_id", recording="cust-41", method="GET", path=f"{LIST}?include=4%2C3", before=[FULL],
        status=200, ids=[4, 3], total=2,
    ),
    Row(
        says="a_deleted_customer_is_shown_once_more", recording="cust-42", method="DELETE",
        path=f"{LIST}/4?force=true", before=[FULL], status=200, has={"id": 4, "email": EMAIL}, then={f"{LIST}/4": {}},
    ),
    Row(
        says="a_deleted_customer_is_404", recording="cust-43", method="GET", path=f"{LIST}/4",
        before=[FULL, Step(method="DELETE", path=f"{LIST}/4?force=true")], status=404,
        code="woocommerce_rest_invalid_id",
    ),
    Row(
        says="deleting_again_is_400_and_not_404", recording="cust-44", method="DELETE", path=f"{LIST}/4?force=true",
        before=[FULL, Step(method="DELETE", path=f"{LIST}/4?force=true")], status=400,
        code="woocommerce_rest_invalid_id", message="Invalid resource id.",
    ),
    Row(
        says="addresses_are_ascii", recording="cust-45", method="POST", path=LIST,
        body={"email": "jörg+x@exämple.test"}, status=400, code="customer_invalid_email",
    ),
    Row(
        says="markup_stays_and_backslashes_vanish", recording="cust-46", method="POST", path=LIST,
        body={
            "email": "long@example.test", "first_name": "x" * 300,
            "billing": {"address_1": '<b>bold</b> & "q" \\ back', "company": "A & B <script>"},
        },
        status=201,
        has={
            "first_name": "x" * 300, "billing.address_1": '<b>bold</b> & "q"  back',
            "billing.company": "A & B <script>",
        },
    ),
    Row(
        says="a_customer_without_downloads_has_an_empty_list", recording="cust-47", method="GET",
        path=f"{LIST}/3/downloads", status=200, ids=[], shows={"allow": "GET"},
    ),
    Row(
        says="customers_of_the_future_are_all_customers", recording="list-09", method="GET", status=200, total=1,
        path=f"{LIST}?modified_after=2030-01-01T00%3A00%3A00&dates_are_gmt=true&_fields=id%2Cdate_modified_gmt",
        has={"0": {"id": 3, "date_modified_gmt": None}},
    ),
)  # fmt: skip

USERS = (
    Row(
        says="strangers_create_no_users", recording="user-01", method="POST", path=PEOPLE, key=None, secure=False,
        body={"username": "u1", "email": "u1@example.test", "password": "pw"}, status=401,
        code="rest_cannot_create_user", message="Sorry, you are not allowed to create new users.",
        shows={"allow": "GET"},
    ),
    Row(
        says="a_user_is_made_and_unknown_meta_is_dropped", recording="user-02", method="POST", path=PEOPLE, key="app",
        secure=False, body=U1.body, status=201,
        has={
            "id": 4, "username": "u1", "name": "U", "roles": ["customer"], "meta": {"persisted_preferences": []},
            "registered_date": "2026-11-21T11:00:00+00:00", "link": "http://shop.test/author/u1/",
        },
        shows={"location": "http://shop.test/wp-json/wp/v2/users/4", "allow": "GET, POST"},
    ),
    Row(
        says="a_taken_login_is_500", recording="user-03", method="POST", path=PEOPLE, key="app", before=[U1],
        body={"username": "u1", "email": "u2@example.test", "password": "pw"}, status=500, code="existing_user_login",
        message="Sorry, that username already exists!", has={"data": None},
    ),
    Row(
        says="a_taken_address_of_a_user_is_500", recording="user-04", method="POST", path=PEOPLE, key="app",
        before=[U1], body={"username": "u2", "email": "u1@example.test", "password": "pw"}, status=500,
        code="existing_user_email", message="Sorry, that email address is already used!", has={"data": None},
    ),
    Row(
        says="a_user_needs_a_password", recording="user-05", method="POST", path=PEOPLE, key="app",
        body={"username": "u3", "email": "u3@example.test"}, status=400, code="rest_missing_callback_param",
        message="Missing parameter(s): password",
    ),
    Row(
        says="a_bad_address_of_a_user_is_an_invalid_parameter", recording="user-06", method="POST", path=PEOPLE,
        key="app", body={"username": "u3", "email": "bad", "password": "x"}, status=400, code="rest_invalid_param",
        message=BAD_EMAIL, has={"data.params.email": "Invalid email address."},
    ),
    Row(
        says="a_user_changes_and_keeps_the_name_shown", recording="user-07", method="PUT", path=f"{PEOPLE}/4",
        key="app", before=[U1], body={"first_name": "Upd", "roles": ["editor"]}, status=200,
        has={"name": "U", "first_name": "Upd", "roles": ["editor"], "extra_capabilities": {"editor": True}},
        shows={"allow": ALL},
    ),
    Row(
        says="context_edit_shows_address_and_roles", recording="user-08", method="GET", key="app", before=[U1],
        path=f"{PEOPLE}/4?context=edit", status=200, has={"email": "u1@example.test", "roles": ["customer"]},
    ),
    Row(
        says="context_view_hides_them", recording="user-09", method="GET", path=f"{PEOPLE}/4", key="app", before=[U1],
        status=200, has={"name": "U", "slug": "u1", "is_super_admin": False}, lacks=["email", "roles", "username"],
    ),
    Row(
        says="users_are_found_by_address", recording="user-10", method="GET", key="app", before=[U1],
        path=f"{PEOPLE}?search=u1%40example.test&context=edit", status=200, ids=[4], total=1,
    ),
    Row(
        says="deleting_a_user_needs_an_heir", recording="user-11", method="DELETE", path=f"{PEOPLE}/3", key="app",
        status=400, code="rest_missing_callback_param", message="Missing parameter(s): reassign",
    ),
    Row(
        says="force_does_not_stand_for_an_heir", recording="user-12", method="DELETE", path=f"{PEOPLE}/3?force=true",
        key="app", status=400, code="rest_missing_callback_param",
    ),
    Row(
        says="a_user_goes_with_force_and_an_heir", recording="user-13", method="DELETE", key="app",
        path=f"{PEOPLE}/3?force=true&reassign=1", status=200, has={"deleted": True, "previous.id": 3},
        then={f"{LIST}/3": {}},
    ),
    Row(
        says="an_unknown_heir_is_refused", recording="user-14", method="DELETE", key="app",
        path=f"{PEOPLE}/3?force=true&reassign=999999", status=400, code="rest_user_invalid_reassign",
        message="Invalid user ID for reassignment.",
    ),
    Row(
        says="a_shop_manager_sees_no_administrator_and_counts_him", recording="user-16", method="GET",
        path=f"{PEOPLE}?context=edit&_fields=id%2Cemail%2Croles", key="app_manager", status=200, ids=[3, 2], total=3,
        has={"1": {"id": 2, "email": "syncbot@example.test", "roles": ["shop_manager"]}}, shows={"allow": "GET"},
    ),
    Row(
        says="a_shop_manager_makes_no_editors", recording="user-17", method="POST", path=PEOPLE, key="app_manager",
        body={"username": "u9", "email": "u9@example.test", "password": "pw", "roles": ["editor"]}, status=403,
        code="rest_cannot_create_user",
    ),
    Row(
        says="a_shop_manager_makes_no_users_at_all", recording="user-18", method="POST", path=PEOPLE,
        key="app_manager", body={"username": "u8", "email": "u8@example.test", "password": "pw", "roles": ["customer"]},
        status=403, code="rest_cannot_create_user", shows={"allow": "GET"},
    ),
    Row(
        says="me_is_who_asks", recording="user-19", method="GET", path=f"{PEOPLE}/me?context=edit", key="app",
        status=200, has={"id": 1, "username": "shopadmin", "roles": ["administrator"], "is_super_admin": True},
    ),
)  # fmt: skip
