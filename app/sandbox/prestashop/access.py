"""Who may do what: the webservice keys, and the 401 and 405 answers in the order the shop checks them."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from .errors import ApiError, did_you_mean
from .state import RESOURCES

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD")
KEY_LENGTH = 32
REALM = (
    'Basic realm="Welcome to PrestaShop Webservice, '
    'please enter the authentication key as the login. No password required."'
)
# Every name the real shop offers; those without a table here are refused as not being in the sandbox.
NAMES = (
    "addresses", "attachments", "carriers", "cart_rules", "carts", "categories", "combinations",
    "configurations", "contacts", "content_management_system", "countries", "currencies",
    "customer_messages", "customer_threads", "customers", "customizations", "deliveries", "employees",
    "groups", "guests", "image_types", "images", "languages", "manufacturers", "messages",
    "order_carriers", "order_cart_rules", "order_details", "order_histories", "order_invoices",
    "order_payments", "order_slip", "order_states", "orders", "price_ranges",
    "product_customization_fields", "product_feature_values", "product_features",
    "product_option_values", "product_options", "product_suppliers", "products", "search",
    "shop_groups", "shop_urls", "shops", "specific_price_rules", "specific_prices", "states",
    "stock_availables", "stock_movement_reasons", "stock_movements", "stocks", "stores", "suppliers",
    "supply_order_details", "supply_order_histories", "supply_order_receipt_histories",
    "supply_order_states", "supply_orders", "tags", "tax_rule_groups", "tax_rules", "taxes",
    "translated_configurations", "warehouse_product_locations", "warehouses", "weight_ranges", "zones",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """`permissions` None: everything. Otherwise resource -> methods allowed."""

    active: bool = True
    permissions: Mapping[str, Collection[str]] | None = field(default=None)

    def allows(self, resource: str) -> Collection[str]:
        return METHODS if self.permissions is None else self.permissions.get(resource, ())


class MissingKeyError(Exception):
    """Not even an attempt at a key: 401 in plain text."""


def key_of(authorization: str | None, ws_key: str | None) -> str:
    if ws_key:
        return ws_key
    if not authorization or not authorization.startswith("Basic "):
        raise MissingKeyError
    try:
        user = b64decode(authorization[6:]).decode("utf-8", "replace").partition(":")[0]
    except NotBase64 as problem:
        raise MissingKeyError from problem
    if not user:
        raise MissingKeyError
    return user


def authenticate(keys: Mapping[str, ApiKey], key: str) -> ApiKey:
    if len(key) != KEY_LENGTH:
        raise ApiError(401, (18, "Invalid authentication key format"))
    known = keys.get(key)
    if known is None or not known.active:
        raise ApiError(
            401, (20, "Authentification key is not active"), (21, "No permission for this authentication key")
        )
    return known


def authorize(key: ApiKey, resource: str, method: str, *, version: tuple[int, ...]) -> None:
    if resource not in NAMES:
        raise ApiError(400, (27, did_you_mean(f'Resource of type "{resource}" does not exists.', resource, NAMES)))
    if not key.allows(resource):
        message = f'Resource of type "{resource}" is not allowed with this authentication key'
        raise ApiError(401, (26, message))
    if method not in METHODS or (method == "PATCH" and version < (8,)):
        raise ApiError(405, (23, f"Method {method} is not valid"))
    if resource in RESOURCES and method in RESOURCES[resource].forbidden:
        raise ApiError(405, (101, f"Method {method} is not allowed for the resource {resource}"))
    if method not in key.allows(resource):
        message = f"Method {method} is not allowed for the resource {resource} with this authentication key"
        raise ApiError(405, (25, message))
