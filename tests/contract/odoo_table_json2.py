"""What a real Odoo 19.0 answered over JSON-2, in brief. See `odoo_exchange.Exchange` for how to read a row."""

from __future__ import annotations

from typing import Final

from app.errors import ActionRequired, Rejected
from tests.contract.odoo_exchange import (
    ABSENT_THING,
    ACCESS,
    ARGUMENTS,
    GONE,
    HTTP_500,
    INVALID,
    UNAUTHORIZED,
    USER,
    json2,
)

P: Final = "res.partner"
FIRST_LEVEL: Final = {"domain": [], "limit": 1}

JSON2: Final = (
    json2("json2_auth_no_key", f"{P}/search", FIRST_LEVEL, headers={}, **UNAUTHORIZED, says="User not auth"),
    json2(
        "json2_auth_bad_key",
        *(f"{P}/search", FIRST_LEVEL),
        headers={"Authorization": "Bearer 0123456789abcdef"},
        **UNAUTHORIZED,
        says="Invalid apikey",
    ),
    json2("json2_auth_no_key_unknown_model", "no.model/x", FIRST_LEVEL, headers={}, **UNAUTHORIZED),
    json2("json2_search", f"{P}/search", {"domain": [["name", "like", "J2 "]], "order": "id desc", "limit": 3}),
    json2("json2_err_search_no_domain", f"{P}/search", {}, **ARGUMENTS, says="missing a required argument: 'domain'"),
    json2("json2_body_is_list_positional", f"{P}/search", [[["name", "=", "x"]]], **ARGUMENTS),
    json2("json2_body_is_string", f"{P}/search", "str", **ARGUMENTS, says="missing a required argument: 'domain'"),
    json2("json2_err_unknown_kwarg", f"{P}/search", {"domain": [], "bogus": 1}, **ARGUMENTS, says="got an unexpected"),
    json2("json2_create_wrong_argname_vals", f"{P}/create", {"vals": {"name": "J2"}}, **ARGUMENTS),
    json2("json2_err_model_method_with_ids", f"{P}/create", {"ids": [1], "vals_list": [{"name": "x"}]}, **ARGUMENTS),
    json2("json2_read_id_instead_of_ids", f"{P}/read", {"id": 8, "fields": ["name"]}, **ARGUMENTS),
    json2("json2_err_private_method", f"{P}/_compute_display_name", {"ids": [1]}, status=403, **ACCESS),
    json2("json2_exists_returns_ids_recordset", f"{P}/exists", {"ids": [8, 999999]}, status=403, **ACCESS),
    json2("json2_err_wrong_method", f"{P}/no_method", {"ids": [1]}, **ABSENT_THING, says="The method 'res.partner"),
    json2("json2_err_wrong_model", "no.model/read", {"ids": [1]}, **ABSENT_THING, says="the model 'no.model' does"),
    json2("json2_err_write_missing", f"{P}/write", {"ids": [999999], "vals": {"phone": "1"}}, status=404, **GONE),
    json2(
        "json2_err_write_mixed_missing", f"{P}/write", {"ids": [8, 999999], "vals": {"phone": "9"}}, status=404, **GONE
    ),
    json2("json2_err_write_m2o_missing", f"{P}/write", {"ids": [8], "vals": {"country_id": 99999}}, status=404, **GONE),
    json2("json2_write_ids_strings", f"{P}/write", {"ids": ["8"], "vals": {"phone": "777"}}, status=404, **GONE),
    json2("json2_read_ids_list_of_string", f"{P}/read", {"ids": ["8"], "fields": ["name"]}, result=[]),
    json2(
        "json2_read_ids_scalar_int", f"{P}/read", {"ids": 8, "fields": ["name"]}, result=[{"id": 8, "name": "J2 One"}]
    ),
    json2(
        "json2_ids_duplicate",
        *(f"{P}/read", {"ids": [8, 8], "fields": ["name"]}),
        result=[{"id": 8, "name": "J2 One"}, {"id": 8, "name": "J2 One"}],
    ),
    json2("json2_read_no_ids", f"{P}/read", {"fields": ["name"]}, result=[]),
    json2("json2_write_no_ids", f"{P}/write", {"vals": {"phone": "1"}}, result=True),
    json2("json2_ids_null_write", f"{P}/write", {"ids": None, "vals": {"phone": "1"}}, result=True),
    json2("json2_create_dict_as_vals_list", f"{P}/create", {"vals_list": {"name": "J2 Dict"}}),
    json2("json2_write_m2o_string", f"{P}/write", {"ids": [8], "vals": {"country_id": "US"}}, result=True),
    json2(
        "json2_read_after_m2o_string",
        *(f"{P}/read", {"ids": [8], "fields": ["country_id"]}),
        result=[{"id": 8, "country_id": False}],
        after=("odoo19/json2_write_m2o_string",),
    ),
    json2("json2_err_read_wrong_field", f"{P}/read", {"ids": [8], "fields": ["nope"]}, **HTTP_500),
    json2(
        "json2_err_write_wrong_field",
        *(f"{P}/write", {"ids": [8], "vals": {"nope": "1"}}),
        status=500,
        error="builtins.KeyError",
        means=Rejected,
    ),
    json2("json2_err_search_wrong_field", f"{P}/search", {"domain": [["nope", "=", 1]]}, **HTTP_500),
    json2(
        "json2_err_search_bad_order",
        f"{P}/search",
        {"domain": [["name", "like", "J2"]], "order": "nope asc"},
        **HTTP_500,
    ),
    json2("json2_err_create_bad_selection", f"{P}/create", {"vals_list": [{"name": "x", "type": "bogus"}]}, **HTTP_500),
    json2("json2_err_context_not_dict", f"{P}/read", {"ids": [8], "fields": ["name"], "context": "x"}, **HTTP_500),
    json2(
        "json2_context_own_key",
        *(f"{P}/read", {"ids": [8], "fields": ["name"], "context": {"lang": "fr_FR", "sync_origin": "svc"}}),
        status=422,
        **{**USER, "means": ActionRequired},
        says="Invalid language code: fr_FR",
    ),
    json2(
        "json2_err_context_company",
        *(f"{P}/read", {"ids": [8], "fields": ["name"], "context": {"allowed_company_ids": [99]}}),
        status=403,
        **ACCESS,
    ),
    json2(
        "json2_err_create_required_missing", f"{P}/create", {"vals_list": [{"type": "contact"}]}, status=422, **INVALID
    ),
    json2(
        "json2_err_validation_recursion", f"{P}/write", {"ids": [8], "vals": {"parent_id": 8}}, status=422, **INVALID
    ),
    json2(
        "json2_err_unique_login",
        *("res.users/create", {"vals_list": [{"name": "d", "login": "admin"}]}),
        status=422,
        **INVALID,
        says="The operation cannot be completed: You can not have two users with the same login!",
    ),
    json2(
        "json2_err_access_limited",
        *("res.users/create", {"vals_list": [{"name": "z", "login": "z"}]}),
        status=403,
        login="limited",
        **ACCESS,
        says="You are not allowed to create 'User' (res.users) records.",
    ),
    json2(
        "json2_err_access_imd_limited",
        "ir.model.data/search",
        {"domain": [], "limit": 1},
        status=403,
        login="limited",
        **ACCESS,
    ),
    json2(
        "json2_imd_check_object_reference_limited",
        *("ir.model.data/check_object_reference", {"module": "base", "xml_id": "main_company"}),
        login="limited",
        result=["res.company", 1],
    ),
    json2("json2_users_context_get", "res.users/context_get", {}, result={"lang": "en_US", "tz": False, "uid": 2}),
    json2("json2_toggle_active", f"{P}/toggle_active", {"ids": [12]}, result=None),
    json2("json2_has_access", f"{P}/has_access", {"ids": [8], "operation": "write"}, result=True),
    json2(
        "json2_check_access_rights",
        *(f"{P}/check_access_rights", {"operation": "write", "raise_exception": False}),
        result=True,
    ),
    json2("json2_get_method", f"{P}/search", {}, method="GET", **ABSENT_THING, says="Did you mean POST"),
    json2("json2_path_model_only", P, {}, **ABSENT_THING, says="Did you mean POST"),
    json2("json2_path_with_id", f"{P}/1/read", {}, **ABSENT_THING, says="Did you mean POST"),
    json2(
        "domain_iso_z",
        f"{P}/search_count",
        {"domain": [["write_date", ">", "2020-01-01T00:00:00Z"]]},
        **HTTP_500,
        says="expecting only datetimes with no timezone",
    ),
    json2(
        "json2_content_type_text",
        *(f"{P}/search", FIRST_LEVEL),
        status=415,
        page=True,
        headers={"Content-Type": "text/plain"},
        means=ActionRequired,
    ),
    json2(
        "json2_multidb_header_unknown",
        *(f"{P}/search", FIRST_LEVEL),
        status=404,
        page=True,
        headers={"X-Odoo-Database": "nope"},
        means=ActionRequired,
    ),
    json2(
        "json2_session_cookie_and_dbheader",
        *(f"{P}/search", FIRST_LEVEL),
        status=403,
        page=True,
        headers={"X-Odoo-Database": "odoo", "Cookie": "session_id=x"},
        means=ActionRequired,
    ),
    json2(
        "load_bogus_field",
        f"{P}/load",
        {"fields": ["id", "name", "bogus"], "data": [["woo19.c3", "x", "y"]]},
        **HTTP_500,
    ),
)
