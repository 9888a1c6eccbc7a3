"""Orders and refunds as answers have them, with as many digits as `dp` asks for (ord-63)."""

from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

from .decimals import money, to_decimal
from .images import shown_image
from .lookup import PRODUCTS, sellable
from .meta import shown_meta
from .order_status import EDITABLE, NEEDS_PAYMENT, needs_processing, refunds_of
from .order_totals import unit_price
from .people import BILLING, SHIPPING
from .resources import Ask
from .settings import CURRENCIES
from .state import Json, Row

_SUMS = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
_DATES = ("date_created", "date_modified", "date_completed", "date_paid")
_PLAIN = ("payment_method", "payment_method_title", "transaction_id", "customer_ip_address", "customer_user_agent",
          "created_via", "customer_note", "cart_hash")  # fmt: skip
_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country")


def shown_order(ask: Ask, row: Row) -> Json:
    store, places = ask.store, places_of(ask)
    pay = f"{ask.origin}/checkout/order-pay/{row['id']}/?pay_for_order=true&key={row['order_key']}"
    symbol = unescape(CURRENCIES.get(row["currency"], ("", row["currency"]))[1])
    unpaid = row["status"] in NEEDS_PAYMENT and to_decimal(row["total"]) > 0
    return {
        **{name: row[name] for name in ("id", "parent_id", "status", "currency")},
        "version": store.setting("shop", "version"), "prices_include_tax": row["prices_include_tax"],
        **{name: money(row[name], places) for name in _SUMS}, "customer_id": row["customer_id"],
        "order_key": row["order_key"], "billing": _address(row["billing"], BILLING),
        "shipping": _address(row["shipping"], SHIPPING), **{name: row[name] for name in _PLAIN},
        "number": str(row["id"]), "meta_data": shown_meta(row, by_key=True), **shown_lines(ask, row),
        "coupon_lines": [{**line, "meta_data": _line_meta(line)} for line in row["coupon_lines"]],
        "refunds": [_in_order(one, places) for one in refunds_of(store, row["id"])], "payment_url": pay,
        "is_editable": row["status"] in EDITABLE, "needs_payment": unpaid,
        "needs_processing": needs_processing(store, row), **store.dates(row, *_DATES), "currency_symbol": symbol,
    }  # fmt: skip


def shown_refund(ask: Ask, row: Row, *, parent: bool) -> Json:
    """`parent`: `/refunds` says whose it is, `/orders/{id}/refunds` does not (ord-19, ord-23)."""
    return {
        "id": row["id"], **({"parent_id": row["parent_id"]} if parent else {}), **ask.store.dates(row, "date_created"),
        "amount": money(row["amount"], places_of(ask)), "reason": row["reason"], "refunded_by": row["refunded_by"],
        "refunded_payment": row["refunded_payment"], "meta_data": shown_meta(row), **shown_lines(ask, row),
    }  # fmt: skip


def shown_lines(ask: Ask, row: Row) -> Json:
    places = places_of(ask)
    return {
        "line_items": [_goods(ask, line, places) for line in row["line_items"]],
        "tax_lines": [_sums(line, places, "tax_total", "shipping_tax_total") for line in row["tax_lines"]],
        "shipping_lines": [_extra(line, places) for line in row["shipping_lines"]],
        "fee_lines": [_sums(line, places, "total", "total_tax") for line in row["fee_lines"]],
    }


def places_of(ask: Ask) -> int:
    return int(to_decimal(ask.params["dp"])) if ask.params.get("dp") else 2


def _goods(ask: Ask, line: Row, places: int) -> Json:
    """A product that is gone leaves its line with product 0 and no SKU (ord-71)."""
    product = sellable(ask.store, line["variation_id"] or line["product_id"])
    parent = ask.store.row(PRODUCTS, line["product_id"]) if line["variation_id"] else None
    return {
        "id": line["id"], "name": line["name"], "product_id": line["product_id"] if product or parent else 0,
        "variation_id": line["variation_id"] if product else 0, "quantity": line["quantity"],
        "tax_class": line["tax_class"],
        **{name: money(line[name], places) for name in ("subtotal", "subtotal_tax", "total", "total_tax")},
        "taxes": [dict(one) for one in line["taxes"]], "meta_data": _line_meta(line),
        "sku": (product["sku"] or (parent["sku"] if parent else "")) if product else None, "price": unit_price(line),
        "image": _picture(ask, product, parent), "parent_name": parent["name"] if parent else None,
    }  # fmt: skip


def _picture(ask: Ask, product: Row | None, parent: Row | None) -> Json:
    if product is None:
        return {"id": 0, "src": ""}
    ids = product["image_ids"] or (parent["image_ids"] if parent else [])
    image = shown_image(ask, ids[0]) if ids else None
    return {"id": str(image["id"]), "src": image["src"]} if image else {"id": "", "src": ""}


def _extra(line: Row, places: int) -> Json:
    shown = _sums(line, places, "total", "total_tax")
    return {name: value for name, value in shown.items() if name != "tax_class"}


def _sums(line: Row, places: int, *names: str) -> Json:
    amounts = {name: money(line[name], places) for name in names}
    return {"id": line["id"], **line, **amounts, "meta_data": _line_meta(line)}


def _line_meta(line: Row) -> list[Json]:
    """Each with the words a person sees: an attribute's name without its prefix."""
    return [
        {**one, "display_key": _display(one["key"]), "display_value": one["value"]} for one in line.get("meta_data", [])
    ]


def _display(key: str) -> str:
    return (
        key if key.startswith("_") or key == "coupon_info" else key.removeprefix("pa_").replace("-", " ").capitalize()
    )


def _address(address: Mapping[str, Any], names: Iterable[str]) -> Json:
    known = set(names)
    rest = [name for name in ("email", "phone") if name in known]
    return {name: address.get(name, "") for name in (*_ADDRESS, *rest)}


def _in_order(refund: Row, places: int) -> Json:
    return {"id": refund["id"], "reason": refund["reason"], "total": f"-{money(refund['amount'], places)}"}
