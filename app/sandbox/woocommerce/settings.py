"""`wc/v3/settings/{group}`: the settings the recordings show, each with what it may be.

A value outside of a setting's options is a 400; the others take any text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ApiError, no_route
from .resources import Ask, Resource
from .state import Json, Row, Store

CURRENCIES = {
    "EUR": ("Euro", "&euro;"), "USD": ("United States (US) dollar", "&#36;"), "GBP": ("Pound sterling", "&pound;"),
    "CHF": ("Swiss franc", "&#67;&#72;&#70;"), "DKK": ("Danish krone", "kr."), "SEK": ("Swedish krona", "&#107;&#114;"),
    "PLN": ("Polish złoty", "&#122;&#322;"), "CZK": ("Czech koruna", "&#75;&#269;"), "JPY": ("Japanese yen", "&yen;"),
    "RON": ("Romanian leu", "lei"), "HUF": ("Hungarian forint", "&#70;&#116;"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    label: str
    kind: str = "text"
    default: str = ""
    options: Mapping[str, str] | None = None


_CODES = {code: name for code, (name, _) in CURRENCIES.items()}
_YES_NO = {"yes": "Yes", "no": "No"}
_INCLUSIVE = {
    "yes": "Yes, I will enter prices inclusive of tax", "no": "No, I will enter prices exclusive of tax",
}  # fmt: skip
_KNOWN: Mapping[str, Mapping[str, Setting]] = {
    "general": {
        "woocommerce_store_address": Setting(label="Address line 1"),
        "woocommerce_store_address_2": Setting(label="Address line 2"),
        "woocommerce_store_city": Setting(label="City"),
        "woocommerce_default_country": Setting(label="Country / State", kind="select", default="US:CA"),
        "woocommerce_store_postcode": Setting(label="Postcode / ZIP"),
        "woocommerce_allowed_countries": Setting(label="Selling location(s)", kind="select", default="all"),
        "woocommerce_all_except_countries": Setting(label="Sell to all countries, except for", kind="multiselect"),
        "woocommerce_specific_allowed_countries": Setting(label="Sell to specific countries", kind="multiselect"),
        "woocommerce_ship_to_countries": Setting(label="Shipping location(s)", kind="select"),
        "woocommerce_specific_ship_to_countries": Setting(label="Ship to specific countries", kind="multiselect"),
        "woocommerce_default_customer_address": Setting(
            label="Default customer location", kind="select", default="base"
        ),
        "woocommerce_calc_taxes": Setting(label="Enable taxes", kind="checkbox", default="no", options=_YES_NO),
        "woocommerce_enable_coupons": Setting(label="Enable coupons", kind="checkbox", default="yes", options=_YES_NO),
        "woocommerce_calc_discounts_sequentially": Setting(label="", kind="checkbox", default="no", options=_YES_NO),
        "woocommerce_currency": Setting(label="Currency", kind="select", default="USD", options=_CODES),
        "woocommerce_currency_pos": Setting(label="Currency position", kind="select", default="left"),
        "woocommerce_price_thousand_sep": Setting(label="Thousand separator", default=","),
        "woocommerce_price_decimal_sep": Setting(label="Decimal separator", default="."),
        "woocommerce_price_num_decimals": Setting(label="Number of decimals", kind="number", default="2"),
    },
    "tax": {
        "woocommerce_prices_include_tax": Setting(
            label="Prices entered with tax", kind="radio", default="no",
            options=_INCLUSIVE,
        ),
        "woocommerce_tax_based_on": Setting(label="Calculate tax based on", kind="select", default="shipping"),
        "woocommerce_shipping_tax_class": Setting(label="Shipping tax class", kind="select", default="inherit"),
        "woocommerce_tax_round_at_subtotal": Setting(label="Rounding", kind="checkbox", default="no", options=_YES_NO),
        "woocommerce_tax_classes": Setting(label="Additional tax classes", kind="textarea"),
        "woocommerce_tax_display_shop": Setting(label="Display prices in the shop", kind="select", default="excl"),
        "woocommerce_tax_display_cart": Setting(
            label="Display prices during cart and checkout", kind="select", default="excl"
        ),
        "woocommerce_price_display_suffix": Setting(label="Price display suffix"),
        "woocommerce_tax_total_display": Setting(label="Display tax totals", kind="select", default="itemized"),
    },
}  # fmt: skip


class Settings(Resource):
    name = "settings"
    route = "wc/v3/settings/{word}"
    id_pattern = r"[\w-]+"
    verbs = ("list", "get", "update")
    paged = False

    def list(self, ask: Ask) -> Sequence[Row]:
        group = str(ask.parents[0])
        if group not in _KNOWN:
            raise ApiError(404, "rest_setting_setting_group_invalid", "Invalid setting group.")
        return [_row(ask.store, group, name) for name in _KNOWN[group]]

    def get(self, ask: Ask, row_id: Any) -> Row:
        group = str(ask.parents[0])
        if row_id not in _KNOWN.get(group, {}):
            raise ApiError(404, "rest_setting_setting_invalid", "Invalid setting.")
        return _row(ask.store, group, row_id) | {"group_id": group}

    def update(self, ask: Ask, row_id: Any) -> Row:
        group = str(ask.parents[0])
        self.get(ask, row_id)
        value, setting = str(ask.body.get("value", "")), _KNOWN[group][row_id]
        if setting.options is not None and value not in setting.options:
            raise ApiError(400, "rest_setting_value_invalid", "An invalid setting value was passed.")
        ask.store.settings[group][row_id] = value
        return self.get(ask, row_id)

    def shown(self, ask: Ask, row: Row) -> Json:
        return dict(row)

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        group = next((group for group, known in _KNOWN.items() if row_id in known), None)
        if group is None:
            raise no_route()
        return (group,)


def plant_settings(store: Store, *, version: str, currency: str, prices_include_tax: bool, home: str) -> None:
    """Taxes are on, with the shop in Berlin."""
    store.settings = {group: {name: one.default for name, one in known.items()} for group, known in _KNOWN.items()}
    store.settings["general"] |= {
        "woocommerce_currency": currency, "woocommerce_calc_taxes": "yes", "woocommerce_default_country": "DE:DE-BE",
    }  # fmt: skip
    store.settings["tax"]["woocommerce_prices_include_tax"] = "yes" if prices_include_tax else "no"
    store.settings["shop"] = {"version": version, "home": home}


def _row(store: Store, group: str, name: str) -> Row:
    setting = _KNOWN[group][name]
    row = {"id": name, "label": setting.label, "description": "", "type": setting.kind, "default": setting.default}
    options = {} if setting.options is None or setting.kind == "checkbox" else {"options": dict(setting.options)}
    return row | options | {"tip": "", "value": store.settings[group][name]}
