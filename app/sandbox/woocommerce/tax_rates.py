"""Which tax rates hold for a place and a class, and what they ask of an amount. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .cells import amount, text, whole
from .decimals import PRECISION, rounded

STANDARD = "standard"
INHERIT = ("", STANDARD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    country: str
    state: str = ""
    postcode: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`percent` 19 is 19 %. `code` is shown in an order: "DE-MWST-1"."""

    id: int
    code: str
    label: str
    percent: Decimal
    compound: bool
    shipping: bool


def rates_for(taxes: Iterable[Mapping[str, object]], place: Place, tax_class: str) -> list[Rate]:
    """The first rate of each priority, as the shop takes them. An empty field of a rate fits everything."""
    wanted = STANDARD if tax_class in INHERIT else tax_class
    fitting = [row for row in taxes if (text(row, "class") or STANDARD) == wanted and _fits(row, place)]
    chosen: dict[int, Rate] = {}
    for row in sorted(fitting, key=lambda row: (whole(row, "priority"), whole(row, "order"), whole(row, "id"))):
        chosen.setdefault(whole(row, "priority"), _rate(row))
    return list(chosen.values())


def tax_of(net: Decimal, rates: Iterable[Rate]) -> dict[int, Decimal]:
    """By rate id; a compound rate is asked of the amount and the taxes before it."""
    taxes: dict[int, Decimal] = {}
    for rate in sorted(rates, key=lambda rate: rate.compound):
        base = net + sum(taxes.values()) if rate.compound else net
        taxes[rate.id] = rounded(base * rate.percent / 100, PRECISION)
    return taxes


def net_of(gross: Decimal, rates: Iterable[Rate]) -> Decimal:
    """What is left of a price that includes its taxes: 100.00 at 19 % -> 84.033613 (ord-60)."""
    factor = Decimal(1)
    for rate in sorted(rates, key=lambda rate: rate.compound):
        factor += (factor if rate.compound else 1) * rate.percent / 100
    return rounded(gross / factor, PRECISION)


def _fits(row: Mapping[str, object], place: Place) -> bool:
    asked = (place.country, place.state, place.postcode, place.city)
    given = (text(row, "country"), text(row, "state"), text(row, "postcode"), text(row, "city"))
    return all(not rule or rule.upper() == value.upper() for rule, value in zip(given, asked, strict=True))


def _rate(row: Mapping[str, object]) -> Rate:
    parts = (text(row, "country"), text(row, "state"), text(row, "name") or "TAX", str(whole(row, "priority")))
    return Rate(
        id=whole(row, "id"), code="-".join(part for part in parts if part).upper(), label=text(row, "name") or "Tax",
        percent=amount(row, "rate"), compound=bool(row.get("compound")), shipping=bool(row.get("shipping")),
    )  # fmt: skip
