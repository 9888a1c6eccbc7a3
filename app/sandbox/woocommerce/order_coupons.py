"""Coupons of an order: checked, taken off its lines, and counted as used."""

from decimal import Decimal
from typing import Any

from .coupons import coupon_of_code
from .decimals import number, plain, to_decimal
from .discounts import apply_shares, refusal, shares
from .errors import ApiError
from .meta import put_meta
from .order_lines import ITEM_META, ITEMS, base_country
from .order_totals import taxed_at
from .state import Json, Row, Store
from .tax_rates import Rate, net_of, rates_for, tax_of

COUNTED = ("pending", "processing", "on-hold", "completed")


def put_coupons(store: Store, order: Row, given: list[Json]) -> None:
    """The order has these coupons afterwards and no others. Errors: 400 where one may not be used (ord-41)."""
    goods = sum((to_decimal(line["subtotal"]) for line in order["line_items"]), Decimal(0))
    applied = {str(line["code"]).lower() for line in order["coupon_lines"]}
    coupons = [_usable(store, str(one.get("code") or ""), applied, goods) for one in given]
    for line in order["line_items"] if order["coupon_lines"] else ():
        line["total"] = line["subtotal"]
    order["coupon_lines"] = [_apply(store, order, coupon) for coupon in coupons]


def count_use(store: Store, order: Row) -> None:
    """Once for each order that counts; given back when it is cancelled. Nobody is told."""
    counts = order["status"] in COUNTED
    if counts == order["coupons_counted"] or (not counts and order["status"] != "cancelled"):
        return
    order["coupons_counted"] = counts
    for line in order["coupon_lines"]:
        coupon = coupon_of_code(store, line["code"])
        if coupon is not None:
            coupon["usage_count"] = max(0, coupon["usage_count"] + (1 if counts else -1))
            user = str(order["customer_id"] or order["billing"]["email"])
            coupon["used_by"] = [*coupon["used_by"], user] if counts else [u for u in coupon["used_by"] if u != user]


def _usable(store: Store, code: str, applied: set[str], goods: Decimal) -> Row:
    coupon = coupon_of_code(store, code)
    if coupon is not None and code.lower() in applied:
        return coupon
    seen = {**coupon, **store.dates(coupon, "date_expires")} if coupon is not None else None
    now = str(store.dates({"now": store.now()}, "now")["now_gmt"])
    why = refusal(seen, code, now=now, goods=goods)
    if why is not None or coupon is None:
        raise ApiError(400, "woocommerce_rest_invalid_coupon", why or "")
    return coupon


def _apply(store: Store, order: Row, coupon: Row) -> Row:
    """A coupon counts in the prices as they are entered: with tax inside, a part of it is tax."""
    lines: list[Row] = order["line_items"]
    rates = [_rates(store, order, line) for line in lines]
    inside = bool(order["prices_include_tax"])
    prices = [
        _gross(line, found) if inside else to_decimal(line["subtotal"])
        for line, found in zip(lines, rates, strict=True)
    ]
    by_line = {line["id"]: found for line, found in zip(lines, rates, strict=True)}

    def net(line: Any, share: Decimal) -> Decimal:
        return net_of(share, by_line[line["id"]]) if inside else share

    taken = apply_shares(lines, shares(coupon, lines, prices), net=net)
    taxes = (part for one, found in zip(taken, rates, strict=True) for part in tax_of(one, found).values())
    return _line(store, coupon, sum(taken, Decimal(0)), sum(taxes, Decimal(0)))


def _line(store: Store, coupon: Row, discount: Decimal, tax: Decimal) -> Row:
    amount = to_decimal(coupon["amount"])
    line: Row = {
        "id": store.next_id(ITEMS), "code": coupon["code"], "discount": plain(discount), "discount_tax": plain(tax),
        "discount_type": coupon["discount_type"], "nominal_amount": number(amount),
        "free_shipping": coupon["free_shipping"], "meta_data": [],
    }  # fmt: skip
    info = f'[{coupon["id"]},"{coupon["code"]}","{coupon["discount_type"]}",{plain(amount)}]'
    put_meta(store, line, [{"key": "coupon_info", "value": info}], counter=ITEM_META)
    return line


def _rates(store: Store, order: Row, line: Row) -> list[Rate]:
    return rates_for(store.table("taxes"), taxed_at(order, base_country(store)), line["tax_class"])


def _gross(line: Row, rates: list[Rate]) -> Decimal:
    subtotal = to_decimal(line["subtotal"])
    return (subtotal + sum(tax_of(subtotal, rates).values())).quantize(Decimal("0.01"))
