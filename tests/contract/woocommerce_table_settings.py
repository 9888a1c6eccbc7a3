"""Settings, currency and status: lines read off the recordings meta-*."""

from .woocommerce_row import Row

GENERAL = "/wc/v3/settings/general"
PUTTABLE = "GET, POST, PUT, PATCH"

SETTINGS = (
    Row(
        says="the_status_tells_version_and_currency", recording="meta-01", method="GET", path="/wc/v3/system_status",
        status=200,
        has={
            "environment.version": "9.9.5", "environment.wp_version": "6.8.8", "environment.default_timezone": "UTC",
            "settings.currency": "EUR", "settings.number_of_decimals": 2, "settings.HPOS_enabled": True,
            "security.secure_connection": True,
        },
    ),
    Row(
        says="general_settings_are_one_list_without_pages", recording="meta-02", method="GET", path=GENERAL,
        status=200, has={"0.id": "woocommerce_store_address", "0.type": "text"}, lacks=["0.group_id"],
        shows={"allow": "GET"},
    ),
    Row(
        says="a_single_setting_names_its_group", recording="meta-03", method="GET",
        path=f"{GENERAL}/woocommerce_currency", status=200,
        has={"id": "woocommerce_currency", "type": "select", "default": "USD", "value": "EUR", "group_id": "general"},
        shows={"allow": PUTTABLE},
    ),
    Row(
        says="the_currency_can_be_set", recording="meta-04", method="PUT", path=f"{GENERAL}/woocommerce_currency",
        body={"value": "USD"}, status=200, has={"value": "USD"},
        then={"/wc/v3/data/currencies/current": {"code": "USD", "symbol": "&#36;"}},
    ),
    Row(
        says="an_unknown_currency_is_refused", recording="meta-05", method="PUT",
        path=f"{GENERAL}/woocommerce_currency", body={"value": "ZZZ"}, status=400, code="rest_setting_value_invalid",
        message="An invalid setting value was passed.", then={f"{GENERAL}/woocommerce_currency": {"value": "EUR"}},
    ),
    Row(
        says="the_shop_s_currency_has_a_route", recording="meta-06", method="GET",
        path="/wc/v3/data/currencies/current", status=200, has={"code": "EUR", "name": "Euro", "symbol": "&euro;"},
    ),
    Row(
        says="taxes_are_a_checkbox_of_yes_and_no", recording="meta-07", method="PUT",
        path=f"{GENERAL}/woocommerce_calc_taxes", body={"value": "yes"}, status=200,
        has={"type": "checkbox", "value": "yes", "group_id": "general"}, lacks=["options"],
    ),
    Row(
        says="tax_settings_say_whether_prices_include_tax", recording="meta-08", method="GET",
        path="/wc/v3/settings/tax", status=200,
        has={"0.id": "woocommerce_prices_include_tax", "0.value": "no", "0.type": "radio"},
    ),
    Row(
        says="the_base_country_carries_its_state", recording="meta-09", method="PUT",
        path=f"{GENERAL}/woocommerce_default_country", body={"value": "DE:DE-BE"}, status=200,
        has={"value": "DE:DE-BE"},
    ),
    Row(
        says="the_namespace_has_an_index", recording="meta-10", method="GET", path="/wc/v3", status=200,
        has={"namespace": "wc/v3"}, shows={"allow": "GET"},
    ),
    Row(
        says="the_root_tells_the_zone_to_anyone", recording="meta-13", method="GET", path="/", key=None, secure=False,
        status=200, has={"gmt_offset": 1, "timezone_string": "Europe/Berlin", "url": "http://shop.test"},
    ),
    Row(
        says="prices_can_be_made_to_include_tax", recording="meta-20", method="PUT",
        path="/wc/v3/settings/tax/woocommerce_prices_include_tax", body={"value": "yes"}, status=200,
        has={"value": "yes", "group_id": "tax"},
    ),
)  # fmt: skip
