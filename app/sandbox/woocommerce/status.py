"""Routes that are read only: the index, the system's status, the shop's currency, what a person may download."""

from .countries import countries
from .errors import ApiError
from .resources import Ask
from .routing import View
from .settings import CURRENCIES
from .state import Json

NAMESPACES = ("oembed/1.0", "wc/v3", "wc/v1", "wc/v2", "wc/store", "wc/store/v1", "wp/v2")
WP_VERSION = "6.8.8"


def index(ask: Ask) -> Json:
    """Without a key; tells the zone (meta-13)."""
    store, home = ask.store, ask.store.setting("shop", "home")
    offset = store.now().astimezone(store.zone).utcoffset()
    hours = (offset.total_seconds() if offset else 0) / 3600
    approve = f"{home}/wp-admin/authorize-application.php"
    return {
        "name": store.name, "description": "", "url": home, "home": home,
        "gmt_offset": int(hours) if hours.is_integer() else hours, "timezone_string": store.zone.key,
        "namespaces": list(NAMESPACES),
        "authentication": {"application-passwords": {"endpoints": {"authorization": approve}}},
    }  # fmt: skip


def namespace(ask: Ask) -> Json:
    return {"namespace": "wc/v3", "routes": {"/wc/v3": [["GET"]]}}


def system_status(ask: Ask) -> Json:
    store = ask.store
    version, currency = store.setting("shop", "version"), store.setting("general", "woocommerce_currency")
    general = store.settings["general"]
    return {
        "environment": {
            "home_url": store.setting("shop", "home"), "site_url": store.setting("shop", "home"), "version": version,
            "wp_version": WP_VERSION, "php_version": "8.2.35", "default_timezone": "UTC", "wp_cron": True,
        },
        "database": {"wc_database_version": version},
        "active_plugins": [{"plugin": "woocommerce/woocommerce.php", "name": "WooCommerce", "version": version}],
        "settings": {
            "api_enabled": False, "force_ssl": False, "currency": currency,
            "currency_symbol": CURRENCIES.get(currency, ("", ""))[1],
            "currency_position": general["woocommerce_currency_pos"],
            "thousand_separator": general["woocommerce_price_thousand_sep"],
            "decimal_separator": general["woocommerce_price_decimal_sep"],
            "number_of_decimals": int(general["woocommerce_price_num_decimals"]), "HPOS_enabled": True,
            "HPOS_sync_enabled": False,
        },
        "security": {"secure_connection": ask.origin.startswith("https"), "hide_errors": True},
    }  # fmt: skip


def currency(ask: Ask) -> Json:
    code = ask.store.setting("general", "woocommerce_currency")
    name, symbol = CURRENCIES.get(code, (code, code))
    base = f"{ask.origin}/wp-json/wc/v3/data/currencies"
    links = {"self": [{"href": f"{base}/{code}", "targetHints": {"allow": ["GET"]}}], "collection": [{"href": base}]}
    return {"code": code, "name": name, "symbol": symbol, "_links": links}


def downloads(ask: Ask) -> list[Json]:
    if ask.store.row("users", int(ask.parents[0])) is None:
        raise ApiError(404, "woocommerce_rest_customer_invalid_id", "Invalid resource ID.")
    return []


VIEWS = (
    View(route="", show=index, public=True),
    View(route="wc/v3", show=namespace, public=True),
    View(route="wc/v3/system_status", show=system_status, dotted=True),
    View(route="wc/v3/data/currencies/current", show=currency),
    View(route="wc/v3/data/countries", show=countries),
    View(route=r"wc/v3/customers/(\d+)/downloads", show=downloads),
)
