"""What a coupon takes off each line of an order, and when it may. Pure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

from .cells import Row, amount, numbers, text, whole

CENT = Decimal("0.01")
Amounts = list[Decimal]


def refusal(coupon: Mapping[str, object] | None, code: str, *, now: str, goods: Decimal) -> str | None:
    """The shop's sentence where a coupon may not be used; `now` as `date_expires_gmt` is written."""
    if coupon is None:
        return f"Coupon &quot;{code}&quot; does not exist!"
    if text(coupon, "date_expires_gmt") and text(coupon, "date_expires_gmt") < now:
        return "This coupon has expired."
    if whole(coupon, "usage_limit") and whole(coupon, "usage_count") >= whole(coupon, "usage_limit"):
        return f"Usage limit for coupon &quot;{text(coupon, 'code')}&quot; has been reached."
    if goods < amount(coupon, "minimum_amount"):
        return f"The minimum spend for coupon &quot;{text(coupon, 'code')}&quot; is {amount(coupon, 'minimum_amount')}."
    return None


def shares(coupon: Mapping[str, object], lines: Sequence[Row], prices: Amounts) -> Amounts:
    """What is taken off each line. `prices`: what each line costs, in the way prices are entered."""
    meant = [price if _is_meant(coupon, line) else Decimal(0) for line, price in zip(lines, prices, strict=True)]
    value = amount(coupon, "amount")
    kind = text(coupon, "discount_type")
    if kind == "percent":
        return _spread(_floor(sum(meant, Decimal(0)) * value / 100, half_up=True), meant)
    if kind == "fixed_product":
        pairs = zip(lines, meant, strict=True)
        return [min(value * amount(line, "quantity"), price) for line, price in pairs]
    return _spread(min(value, sum(meant, Decimal(0))), meant)


def apply_shares(lines: Sequence[Row], taken: Amounts, *, net: Callable[[Row, Decimal], Decimal]) -> Amounts:
    """Lowers each line's total; returns what was taken, without tax."""
    lowered: Amounts = []
    for line, share in zip(lines, taken, strict=True):
        without_tax = min(net(line, share), amount(line, "total"))
        line["total"] = str(amount(line, "total") - without_tax)
        lowered.append(without_tax)
    return lowered


def _is_meant(coupon: Mapping[str, object], line: Row) -> bool:
    ids = {whole(line, "product_id"), whole(line, "variation_id")}
    only, never = numbers(coupon, "product_ids"), numbers(coupon, "excluded_product_ids")
    return (not only or bool(ids & set(only))) and not ids & set(never)


def _spread(whole_sum: Decimal, prices: Amounts) -> Amounts:
    """By price, in whole cents; what rounding leaves over goes cent by cent to the lines from the first on."""
    together = sum(prices, Decimal(0))
    if not together:
        return [Decimal(0) for _ in prices]
    parts = [_floor(whole_sum * price / together) for price in prices]
    left = whole_sum - sum(parts, Decimal(0))
    for place, price in enumerate(prices):
        more = min(CENT, left) if price > parts[place] else Decimal(0)
        parts[place] += more
        left -= more
    return parts


def _floor(value: Decimal, *, half_up: bool = False) -> Decimal:
    return (value + CENT / 2 if half_up else value).quantize(CENT, rounding=ROUND_FLOOR)
