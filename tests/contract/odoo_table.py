"""What a real Odoo 17.0 answered over JSON-RPC, in brief; and all rows of both versions together.

Each row names the recording it was distilled from. `after` names rows that have to come first, because
the answer depends on them; a row without it is asked of a fresh server. `means` is what the connector has
to make of an error.
"""

from __future__ import annotations

from typing import Final

from app.errors import ActionRequired, AppError, Rejected, Retryable
from tests.contract.odoo_exchange import ACCESS, DENIED, GONE, INVALID, NO_DATABASE, USER, VALUE, Exchange, common, rpc
from tests.contract.odoo_table_json2 import JSON2

P: Final = "res.partner"
DATE: Final = "date_order"

LOGIN_17: Final = (
    common("jsonrpc_authenticate_good", "common", "authenticate", "odoo", "admin", "admin", {}, result=2),
    common("jsonrpc_login_good", "common", "login", "odoo", "admin", "admin", result=2),
    common("jsonrpc_authenticate_badpw", "common", "authenticate", "odoo", "admin", "nope", {}, result=False),
    common("jsonrpc_authenticate_baduser", "common", "authenticate", "odoo", "nobody", "nope", {}, result=False),
    common("jsonrpc_authenticate_wrongdb", "common", "authenticate", "nodb", "admin", "admin", {}, **NO_DATABASE),
    common("jsonrpc_execute_wrongdb", "object", "execute_kw", "nodb", 2, "admin", P, "search", [[]], {}, **NO_DATABASE),
    common("jsonrpc_execute_wrongpw", "object", "execute_kw", "odoo", 2, "nope", P, "search", [[]], {}, **DENIED),
    common("jsonrpc_execute_uid_false", "object", "execute_kw", "odoo", False, "admin", P, "search", [[]], **DENIED),
    common(
        "jsonrpc_execute_wronguid",
        *("object", "execute_kw", "odoo", 9999, "admin", P, "search", [[]], {}),
        error="odoo.exceptions.MissingError",
        says="Record does not exist or has been deleted.\n(Record: res.users(9999,), User: 9999)",
        means=ActionRequired,
    ),
)

CALLS_17: Final = (
    rpc("jsonrpc_err_unknown_model", "no.model", "search", [], **{**USER, "means": ActionRequired}),
    rpc(
        "jsonrpc_err_unknown_method",
        *(P, "nomethod", []),
        error="builtins.AttributeError",
        says="The method 'nomethod' does not exist on the model",
        means=ActionRequired,
    ),
    rpc("jsonrpc_err_private_method", P, "_write", [1], {}, **ACCESS, says="Private methods (such as _write)"),
    rpc(
        "jsonrpc_err_bad_kwarg",
        *(P, "search_read", []),
        kw={"feilds": ["name"]},
        error="builtins.TypeError",
        means=Rejected,
    ),
    rpc("jsonrpc_err_read_wrong_field", P, "read", [7], ["nofield"], **VALUE, says="Invalid field 'nofield' on model"),
    rpc("jsonrpc_err_write_wrong_field", P, "write", [7], {"nofield": 1}, **VALUE, says="Invalid field 'nofield'"),
    rpc("jsonrpc_err_create_wrong_field", P, "create", {"name": "x", "nofield": 1}, **VALUE, says="Invalid field"),
    rpc("jsonrpc_err_bad_domain_field", P, "search", [["nofield", "=", 1]], **VALUE, says="Invalid field res.partner"),
    rpc("jsonrpc_err_bad_domain_operator", P, "search", [["name", "==", 1]], **VALUE, says="Invalid leaf ('name'"),
    rpc("jsonrpc_err_write_bad_selection", P, "write", [7], {"type": "bogus"}, **VALUE, says="Wrong value for res"),
    rpc("jsonrpc_write_nul_char", P, "write", [7], {"ref": "a\x00b"}, **VALUE, says="A string literal cannot"),
    rpc("jsonrpc_err_create_missing_required", P, "create", {"email": "x@x"}, **INVALID, says="The operation cannot"),
    rpc("jsonrpc_err_recursive_parent", P, "write", [7], {"parent_id": 11}, **INVALID, says="You cannot create rec"),
    rpc(
        "jsonrpc_err_unlink_restricted",
        *(P, "unlink", [3]),
        error="odoo.exceptions.RedirectWarning",
        says="You cannot delete contacts linked to an active user",
        means=Rejected,
    ),
    rpc("jsonrpc_read_missing_id", P, "read", [999999], ["name"], result=[]),
    rpc("jsonrpc_read_mixed_missing_id", P, "read", [7, 999999], ["name"], result=[{"id": 7, "name": "Acme Inc"}]),
    rpc("jsonrpc_write_missing_id", P, "write", [999999], {"name": "x"}, **GONE),
    rpc("jsonrpc_write_mixed_missing_id", P, "write", [7, 999999], {"phone": "1"}, **GONE),
    rpc("jsonrpc_unlink_missing_id", P, "unlink", [999999], **GONE),
    rpc("jsonrpc_err_write_fk_violation", P, "write", [7], {"country_id": 999999}, **GONE),
    rpc("jsonrpc_ctx_unknown_lang", P, "read", [7], ["name"], kw={"context": {"lang": "xx_YY"}}),
    rpc(
        "multicompany_err_unknown_company",
        *("sale.order", "search", []),
        kw={"context": {"allowed_company_ids": [999]}, "limit": 1},
        **ACCESS,
    ),
    rpc("jsonrpc_err_access_write", P, "write", [7], {"name": "no"}, login="limited", **ACCESS, says="You are not"),
    rpc(
        "jsonrpc_err_access_model",
        *("sale.order", "search_read", []),
        kw={"fields": ["name"]},
        login="limited",
        **ACCESS,
        says="You are not allowed to access 'Sales Order' (sale.order) records.",
    ),
    rpc("jsonrpc_err_access_config", "ir.config_parameter", "search_read", [], login="limited", **ACCESS),
    rpc(
        "ir_model_data_check_object_reference_non_admin",
        *("ir.model.data", "check_object_reference", "woo", "nonadmin_1"),
        after=("odoo17/load_as_non_admin",),
    ),
)

VALUES_17: Final = (
    rpc("jsonrpc_read_load_empty", P, "read", [7], ["country_id", "parent_id"], kw={"load": ""}),
    rpc("jsonrpc_write_m2o_pair_as_read", P, "write", [7], {"country_id": [233, "United States"]}, result=True),
    rpc("jsonrpc_write_m2o_numeric_string", P, "write", [7], {"country_id": "233"}, result=True),
    rpc("jsonrpc_write_m2o_string_code", P, "write", [7], {"country_id": "US"}, result=True),
    rpc(
        "jsonrpc_read_after_m2o_string",
        *(P, "read", [7], ["country_id"]),
        result=[{"id": 7, "country_id": False}],
        after=("odoo17/jsonrpc_write_m2o_string_code",),
    ),
    rpc("jsonrpc_create_m2o_int", P, "create", {"name": "m2o int", "country_id": 233}),
    rpc("jsonrpc_create_m2o_numstr", P, "create", {"name": "m2o numstr", "country_id": "233"}),
    rpc(
        "jsonrpc_create_m2o_pair",
        *(P, "create", {"name": "m2o pair", "country_id": [233, "United States"]}),
        error="psycopg2.errors.InvalidTextRepresentation",
        says='invalid input syntax for type integer: "United States"',
        means=Rejected,
    ),
    rpc(
        "jsonrpc_create_m2o_true",
        *(P, "create", {"name": "m2o true", "country_id": True}),
        error="psycopg2.errors.DatatypeMismatch",
        means=Rejected,
    ),
    rpc("jsonrpc_write_empty_string", P, "write", [7], {"street2": ""}, result=True),
    rpc("jsonrpc_write_m2o_null", P, "write", [7], {"state_id": None}, result=True),
    rpc(
        "jsonrpc_read_after_empty_string",
        *(P, "read", [7], ["street2", "state_id"]),
        result=[{"id": 7, "street2": "", "state_id": False}],
        after=("odoo17/jsonrpc_write_empty_string", "odoo17/jsonrpc_write_m2o_null"),
    ),
    rpc("jsonrpc_datetime_in_2026_01_02", "sale.order", "create", {"partner_id": 7, DATE: "2026-01-02"}),
    rpc(
        "jsonrpc_datetime_in_2026_01_02_03_04_05",
        "sale.order",
        "create",
        {"partner_id": 7, DATE: "2026-01-02 03:04:05"},
    ),
    rpc(
        "jsonrpc_datetime_in_2026_01_02T03_04_05Z",
        *("sale.order", "create", {"partner_id": 7, DATE: "2026-01-02T03:04:05Z"}),
        **VALUE,
        says="time data '2026-01-02T03:04:05Z' does not match format '%Y-%m-%d %H:%M:%S'",
    ),
    rpc(
        "jsonrpc_datetime_in_2026_01_02_03_04_05_123456",
        *("sale.order", "create", {"partner_id": 7, DATE: "2026-01-02 03:04:05.123456"}),
        **VALUE,
        says="unconverted data remains: .123456",
    ),
    rpc("jsonrpc_search_archived_default", P, "search", [["name", "=", "Archived Co"]], result=[]),
    rpc(
        "jsonrpc_search_archived_active_test_false",
        *(P, "search", [["name", "=", "Archived Co"]]),
        kw={"context": {"active_test": False}},
        result=[15],
    ),
    rpc(
        "jsonrpc_search_archived_domain",
        *(P, "search", [["name", "=", "Archived Co"], ["active", "in", [True, False]]]),
        result=[15],
    ),
    rpc("jsonrpc_search_email_eq", P, "search", [["email", "=", "dup@example.com"]], result=[18]),
    rpc("jsonrpc_search_email_ilike", P, "search", [["email", "=ilike", "dup@example.com"]], result=[18, 19]),
    rpc(
        "jsonrpc_search_email_normalized", P, "search", [["email_normalized", "=", "dup@example.com"]], result=[18, 19]
    ),
    rpc("jsonrpc_search_ilike_wildcard", P, "search", [["email", "=ilike", "du_@example.com"]], result=[18, 19]),
    rpc("jsonrpc_search_or_domain", P, "search", ["|", ["name", "=", "Dup1"], ["name", "=", "Dup2"]], result=[18, 19]),
    rpc("jsonrpc_search_country", "res.country", "search", [["code", "=", "US"]], result=[233]),
    rpc("jsonrpc_m2m_command_set", P, "write", [7], {"category_id": [[6, 0, [1, 2]]]}, result=True),
    rpc("jsonrpc_m2m_plain_id_list", P, "write", [7], {"category_id": [1]}, result=True),
    rpc("jsonrpc_exists", P, "exists", [7, 999999], result=[7]),
    rpc("load_as_non_admin", P, "load", ["id", "name"], [["woo.nonadmin_1", "NA"]]),
    rpc(
        "load_with_error_row",
        *(P, "load", ["id", "name", "country_id/id"], [["woo.c44", "Woo 44", "base.us"], ["woo.c45", "", "base.nope"]]),
    ),
)

ORDERS_17: Final = (
    rpc("sale_order_err_without_partner", "sale.order", "create", {}, **INVALID, says="The operation cannot be"),
    rpc("sale_order_err_unknown_partner", "sale.order", "create", {"partner_id": 999999}, **GONE),
    rpc("sale_order_err_private_create_invoices", "sale.order", "_create_invoices", [3], **ACCESS),
)

# A few are no ordinary calls, or need a server in trouble; only the connector's reading of them is compared.
TROUBLE: Final[tuple[tuple[str, type[AppError] | None], ...]] = (
    ("odoo17/jsonrpc_err_pool_exhausted_http500_html", Retryable),
    ("odoo17/jsonrpc_err_pool_exhausted_in_call", Retryable),
    ("odoo17/stock_quant_action_apply_inventory", None),
    ("odoo17/sale_order_action_lock", None),
    ("odoo17/json2_absent_on_17", ActionRequired),
    ("odoo17/web_dataset_call_kw_no_session", ActionRequired),
    ("odoo17/loyalty_err_duplicate_code", Rejected),
    ("odoo17/product_err_duplicate_barcode", Rejected),
    ("odoo17/sale_order_err_confirm_twice", Rejected),
    ("odoo17/jsonrpc_err_password_changed_midsession", ActionRequired),
    ("odoo17/jsonrpc_err_user_deactivated", ActionRequired),
    ("odoo19/jsonrpc_err_bad_password", ActionRequired),
    ("odoo19/jsonrpc_expired_key", ActionRequired),
    ("odoo19/jsonrpc_err_wrong_method", ActionRequired),
    ("odoo19/jsonrpc_none_result", None),
    ("odoo19/json2_multidb_no_header", ActionRequired),
    ("odoo19/json2_auth_expired_key", ActionRequired),
    ("odoo19/json2_gzip_request_body", Rejected),
    ("odoo19/json2_ids_dict", Rejected),
    ("odoo19/sale_order_action_lock", None),
    ("odoo19/sale_order_err_confirm_twice", Rejected),
)

EXCHANGES: Final[tuple[Exchange, ...]] = (*LOGIN_17, *CALLS_17, *VALUES_17, *ORDERS_17, *JSON2)
BY_RECORDING: Final = {exchange.recording: exchange for exchange in EXCHANGES}
