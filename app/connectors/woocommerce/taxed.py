"""Prices as the shop holds them and as records do: records have them without tax, many shops with it. Pure.

`net(gross(price)) == price` for any price with up to four decimals: what Odoo holds comes back as it was. The other way
round a price that somebody typed in the shop is never written back, for nothing changed on the other side.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.entities.values import as_amount, plain

NO_TAX: Final = Decimal(0)
_SHORT: Final = 2
_LONG: Final = 4
"""Decimals of a price without tax, reckoned from one that has up to two decimals, and from one that has more."""
_MOST: Final = 6
"""Decimals that the shop keeps of a price (recording prod-09)."""
_TRIFLE: Final = Decimal(1).scaleb(-_MOST)


def net(price: Decimal, rate: Decimal) -> Decimal:
    """The price without `rate` percent of tax: of 19.99 with 19 % it is 16.80, of 19.9934 it is 16.8012."""
    if not rate:
        return price
    return _rounded(price / _factor(rate), _SHORT if _decimals(price) <= _SHORT else _LONG)


def gross(price: Decimal, rate: Decimal) -> Decimal:
    """The price with tax: the roundest that `net` makes the same price of, so that 16.80 is 19.99 and not 19.992.

    Where tax makes two decimals of four (10.008 and 25 % is 12.51), a trifle says that there were more.
    """
    if not rate:
        return price
    exact = price * _factor(rate)
    candidates = [_rounded(exact, places) for places in range(_SHORT, _MOST + 1)]
    trifling = _rounded(exact, _MOST) + _TRIFLE
    return next((one for one in [*candidates, trifling] if net(one, rate) == price), candidates[-1])


def held(price: Decimal, rate: Decimal) -> Decimal:
    """What of a price without tax comes back where the shop's has it."""
    return _rounded(price, _LONG) if rate and _decimals(price) > _LONG else price


def shortened(field: str, price: Decimal, rate: Decimal) -> tuple[str, ...]:
    """A note, if the shop does not hold all of it."""
    kept = held(price, rate)
    if kept == price:
        return ()
    return (f"{field} {plain(price)} is {plain(kept)} in the shop, whose prices have tax in them",)


def amount(text: object) -> Decimal | None:
    """None for what is no price: the shop keeps an empty text for "not for sale"."""
    try:
        return Decimal(as_amount(text))
    except ValueError:
        return None


def stored(price: Decimal) -> str:
    """As the shop takes it: plain text."""
    return plain(_rounded(price, _MOST))


def _factor(rate: Decimal) -> Decimal:
    return 1 + rate / 100


def _decimals(price: Decimal) -> int:
    exponent = price.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rounded(price: Decimal, places: int) -> Decimal:
    return price.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
