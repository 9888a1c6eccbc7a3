"""What an order may be sent with, its statuses, and what it is when nobody says anything."""

from collections.abc import Mapping
from typing import Any

from .params import BOOLEAN, EMAIL, INTEGER, META, OBJECT, STRING, Param
from .people import BILLING, SHIPPING, empty
from .query import DATED, PAGING

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN BWP BYR BYN BZD CAD CDF CHF
CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GGP GHS GIP GMD GNF GTQ GYD HKD HNL HRK
HTG HUF IDR ILS IMP INR IQD IRR IRT ISK JEP JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PRB PYG QAR RON
RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
UZS VEF VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CURRENCIES = tuple(_CODES.split())
STATUSES: Mapping[str, str] = {
    "auto-draft": "Draft", "pending": "Pending payment", "processing": "Processing", "on-hold": "On hold",
    "completed": "Completed", "cancelled": "Cancelled", "refunded": "Refunded", "failed": "Failed",
    "checkout-draft": "Draft",
}  # fmt: skip
LINES = ("line_items", "shipping_lines", "fee_lines", "coupon_lines")
OBJECTS = Param(kind="array", items=OBJECT)
FIELDS: Mapping[str, Param] = {
    "status": Param(enum=tuple(STATUSES)), "currency": Param(enum=CURRENCIES), "customer_id": INTEGER,
    "customer_note": STRING, "parent_id": INTEGER, "payment_method": STRING, "payment_method_title": STRING,
    "transaction_id": STRING, "meta_data": META, "set_paid": BOOLEAN, **dict.fromkeys(LINES, OBJECTS),
    "billing": Param(kind="object", fields=dict.fromkeys(BILLING, STRING) | {"email": EMAIL}),
    "shipping": Param(kind="object", fields=dict.fromkeys((*SHIPPING,), STRING)),
}  # fmt: skip
LISTS: Mapping[str, Param] = {
    **PAGING, **DATED, "orderby": Param(enum=("date", "id", "include", "title", "slug", "modified")),
    "status": Param(kind="array", items=Param(enum=("any", "trash", *STATUSES))), "customer": INTEGER,
    "product": INTEGER, "dp": INTEGER,
}  # fmt: skip
WRITABLE = ("currency", "customer_note", "payment_method", "payment_method_title", "transaction_id", "parent_id")


def fresh_order() -> dict[str, Any]:
    """`stock_reduced`, `sales_counted`, `coupons_counted`: what was already done for it, not shown."""
    return {
        "parent_id": 0, "status": "pending", "customer_id": 0, "billing": empty(BILLING), "shipping": empty(SHIPPING),
        **dict.fromkeys(("payment_method", "payment_method_title", "transaction_id", "customer_ip_address"), ""),
        **dict.fromkeys(("customer_user_agent", "customer_note", "cart_hash"), ""), "created_via": "rest-api",
        "date_completed": None, "date_paid": None, "meta_data": [], "tax_lines": [], **{name: [] for name in LINES},
        "stock_reduced": False, "sales_counted": False, "coupons_counted": False,
    }  # fmt: skip
