"""What a peer holds otherwise than it was sent, with the reason. All else comes back as it is.

Keys name a kind (`woocommerce`) or one version of it (`odoo 19`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.entities.base import EntityType, Json, Record
from tests.contract.conformance_matrix import ODOO, PRESTASHOP, WOOCOMMERCE, kind_of

NOT_HELD: Final[Mapping[tuple[str, EntityType, str], str]] = {
    (ODOO, EntityType.ADDRESS, "label"): "Odoo has no name for an address besides who lives there",
    ("odoo 19", EntityType.ADDRESS, "mobile"): "19 has no mobile number",
    (ODOO, EntityType.CATEGORY, "active"): "categories of products cannot be archived in Odoo",
    (PRESTASHOP, EntityType.VARIANT, "active"): "the shop cannot switch a combination off",
    (WOOCOMMERCE, EntityType.CUSTOMER, "company"): "WooCommerce keeps a company with an address only",
    (WOOCOMMERCE, EntityType.CUSTOMER, "website"): "an account has none in wc/v3; that of WordPress' user is users.py",
    (WOOCOMMERCE, EntityType.CUSTOMER, "language"): "an account of the shop has no language",
    (WOOCOMMERCE, EntityType.CUSTOMER, "active"): "an account is there or it is not (recording cust-30)",
    (WOOCOMMERCE, EntityType.ADDRESS, "mobile"): "the shop has one phone number for an address",
    (WOOCOMMERCE, EntityType.ADDRESS, "label"): "which of the account's two it is, is said by the shop alone",
    (WOOCOMMERCE, EntityType.CATEGORY, "active"): "the shop cannot switch a category off",
    (WOOCOMMERCE, EntityType.COUPON, "name"): "a coupon of the shop has no name besides its code",
    (WOOCOMMERCE, EntityType.COUPON, "valid_from"): "the shop's coupons begin at once",
}
"""Fields that no record of this peer has."""

_CENTS = "Odoo rounds to the decimal accuracy of the field, two places unless an operator raised it"
_DAYS = "Odoo keeps days, from the start of the first to the end of the last"
_WITH_TAX = "six decimals of a price with tax hold four of one without (taxed.py)"
_TWICE = "the shop's clock shows this hour twice and does not say which one is meant: the first"
_SCHEME = "http:// goes without saying, for Odoo puts it there itself"
HELD_OTHERWISE: Final[Mapping[tuple[str, EntityType, str, Json], tuple[Json, str]]] = {
    (ODOO, EntityType.CUSTOMER, "website", "http://brien.test/x"): ("brien.test/x", _SCHEME),
    (PRESTASHOP, EntityType.CUSTOMER, "website", "http://brien.test/x"): ("brien.test/x", _SCHEME),
    (ODOO, EntityType.PRODUCT, "price", "16.666667"): ("16.67", _CENTS),
    (ODOO, EntityType.PRODUCT, "weight", "0.345"): ("0.35", _CENTS),
    (ODOO, EntityType.VARIANT, "price_extra", "0.416667"): ("0.42", _CENTS),
    (ODOO, EntityType.COUPON, "valid_from", "2024-03-30T23:00:00+00:00"): ("2024-03-31T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2024-03-31T01:00:00+00:00"): ("2024-03-31T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2024-10-27T00:30:00+00:00"): ("2024-10-27T00:00:00+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_from", "2024-10-27T01:30:00+00:00"): ("2024-10-27T00:00:00+00:00", _DAYS),
    (PRESTASHOP, EntityType.COUPON, "valid_from", "2024-10-27T01:30:00+00:00"): (
        "2024-10-27T00:30:00+00:00",
        _TWICE,
    ),
    (ODOO, EntityType.COUPON, "valid_until", "2024-10-27T22:59:59+00:00"): ("2024-10-27T23:59:59+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_until", "2025-03-30T00:59:59+00:00"): ("2025-03-29T23:59:59+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "valid_until", "2025-10-26T00:59:59+00:00"): ("2025-10-25T23:59:59+00:00", _DAYS),
    (WOOCOMMERCE, EntityType.COUPON, "valid_until", "2025-10-26T00:59:59+00:00"): ("2025-10-25T23:59:59+00:00", _TWICE),
    (ODOO, EntityType.COUPON, "valid_until", "2026-12-31T22:59:59+00:00"): ("2026-12-31T23:59:59+00:00", _DAYS),
    (ODOO, EntityType.COUPON, "uses", 0): (1, "a limit in Odoo is of one use at least"),
    (WOOCOMMERCE, EntityType.COUPON, "uses", 0): (1, "the shop takes 0 for no limit"),
    ("woocommerce 9.9.5 gross", EntityType.PRODUCT, "price", "16.666667"): ("16.6667", _WITH_TAX),
    ("woocommerce 9.9.5 gross", EntityType.VARIANT, "price_extra", "0.416667"): ("0.4167", _WITH_TAX),
    (WOOCOMMERCE, EntityType.ORDER, "status", "shipped"): ("done", "`completed` stands for both: see order_status.py"),
}
"""What a peer makes of one value, and why."""

REFUSED: Final[Mapping[tuple[str, EntityType, str, Json], str]] = {
    (WOOCOMMERCE, EntityType.CUSTOMER, "email", "zoë@exämple.test"): "WordPress takes ASCII only (recording cust-45)",
}
"""Values that a peer refuses, naming the field; it keeps what it had."""

NEVER_AS_SENT: Final[Mapping[tuple[str, EntityType, str], str]] = {
    (PRESTASHOP, EntityType.IMAGE, "content"): "the shop draws every picture anew (recordings 630, 634)",
}
"""Fields that come back changed whatever was written: neither compared, nor without difference to what was wanted."""


def held(name: str, kind: EntityType, wanted: Record) -> Record:
    """The fields as this peer holds them."""
    family = kind_of(name)
    lost = {field for one, other, field in NOT_HELD if other is kind and one in (family, name)}
    shown: dict[str, Json] = {}
    for field, value in wanted.items():
        if field in lost or field in redrawn(name, kind):
            continue
        found = [HELD_OTHERWISE.get((one, kind, field, as_text(value))) for one in (family, name)]
        shown[field] = next((each[0] for each in found if each), value)
    return shown


def redrawn(name: str, kind: EntityType) -> set[str]:
    family = kind_of(name)
    return {field for one, other, field in NEVER_AS_SENT if other is kind and one == family}


def refused(name: str, kind: EntityType, field: str, value: Json) -> bool:
    return any((one, kind, field, as_text(value)) in REFUSED for one in (kind_of(name), name))


def as_text(value: Json) -> Json:
    return value if isinstance(value, str | bool | int | None) else str(value)
