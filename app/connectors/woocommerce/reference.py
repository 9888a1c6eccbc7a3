"""What a shop seldom changes: its currency, clock, taxes, and the states of countries.

Kept per connection for `TTL_S`. The shop's settings may be read by few users; what is taken from them has an option or
a fitting default where that is possible.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Final, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired

TTL_S: Final = 900.0
STANDARD: Final = "standard"
"""The tax class that products call `""` (recordings prod-01, tax-04)."""
_NO_RATE: Final = Decimal(0)
_CLOSED: Final = frozenset({NOT_PERMITTED, "no_resource"})
_CODE: Final = re.compile(r"[A-Z0-9]{1,6}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One tax rate. `percent`: 19 for 19 %. `place`: (country, state), either may be empty for "any"."""

    number: int
    percent: Decimal
    tax_class: str
    place: tuple[str, str]
    local: bool
    priority: int
    compound: bool
    order: int


class Reference:
    def __init__(
        self, client: WooClient, options: WoocommerceOptions, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._general = _Kept(lambda: _settings(client, "general"), clock)
        self._tax = _Kept(lambda: _settings(client, "tax"), clock)
        self._site = _Kept(client.site, clock)
        self._rates = _Kept(lambda: _tax_rates(client), clock)
        self._countries = _Kept(lambda: _states(client), clock)

    async def currency(self) -> str:
        """`EUR`: what the catalogue's prices are in. Orders have one of their own."""
        if self._options.currency:
            return self._options.currency
        return await self._setting("woocommerce_currency", option="currency")

    async def default_country(self) -> str:
        """`DE`, of the setting `DE:DE-BE` (recording meta-09)."""
        if self._options.default_country:
            return self._options.default_country.upper()
        return (await self._base())[0]

    async def decimals(self) -> int:
        """Of prices as the shop shows them."""
        number = (await self._general()).get("woocommerce_price_num_decimals", "")
        return int(number) if number.isdecimal() else 2

    async def time_zone(self) -> tzinfo:
        """The site says it to everybody (meta-13): by name, or as hours from UTC where no name is chosen."""
        site = {} if self._options.time_zone else await self._site()
        name = self._options.time_zone or str(site.get("timezone_string") or "")
        try:
            return ZoneInfo(name) if name else _from_utc(site.get("gmt_offset"))
        except (ZoneInfoNotFoundError, ValueError):
            return _from_utc(site.get("gmt_offset"))

    async def prices_include_tax(self) -> bool:
        """Whether the catalogue's prices do; never where taxes are switched off."""
        if (await self._general()).get("woocommerce_calc_taxes") != "yes":
            return False
        return (await self._tax()).get("woocommerce_prices_include_tax") == "yes"

    async def base_rate(self, tax_class: str) -> Decimal:
        """Percent of tax that a price of that class has in it: that of the shop's own place. None known: 0."""
        rates = (await self._rates()).values()
        return percent_at(rates, tax_class or STANDARD, await self._base())

    async def tax_rate(self, number: int) -> Decimal | None:
        """Percent of one rate by its id, as orders name it; None for one that was deleted."""
        rate = (await self._rates()).get(number)
        return rate.percent if rate else None

    async def state_code(self, country: str, code: str) -> str | None:
        """The shop's code of a state: `DE-BE` for `BE` in `DE`; None for one it does not know.

        A country that the shop lists no states of has none there; a shop that does not tell its lists takes any.
        """
        try:
            states = (await self._countries()).get(country, ())
        except ActionRequired as error:
            if error.code not in _CLOSED:
                raise
            return code
        return next((one for one in states if plain_state(country, one) == code.upper()), None)

    async def _base(self) -> tuple[str, str]:
        country, _, state = (await self._setting("woocommerce_default_country", option="default_country")).partition(
            ":"
        )
        return country, state

    async def _setting(self, name: str, *, option: str) -> str:
        try:
            value = (await self._general()).get(name, "")
        except ActionRequired as error:
            if error.code != NOT_PERMITTED:
                raise
            value = ""
        if value:
            return value
        raise ActionRequired(
            f"the shop's settings are not readable with this key; set the option {option}, or use a key of an "
            "administrator or shop manager",
            code=f"no_{option}",
        )


class _Kept(Generic[_T]):
    """An answer of the shop, for a while. A refusal is kept as well: settings are asked for with every batch."""

    def __init__(self, ask: Callable[[], Awaitable[_T]], clock: Callable[[], float]) -> None:
        self._ask, self._clock = ask, clock
        self._lock = asyncio.Lock()
        self._held: list[tuple[float, _T | ActionRequired]] = []

    async def __call__(self) -> _T:
        if not self._is_fresh():
            async with self._lock:
                if not self._is_fresh():
                    self._held = [(self._clock(), await self._answer())]
        value = self._held[0][1]
        if isinstance(value, ActionRequired):
            raise ActionRequired(value.message, code=value.code)
        return value

    def _is_fresh(self) -> bool:
        return bool(self._held) and self._clock() - self._held[0][0] < TTL_S

    async def _answer(self) -> _T | ActionRequired:
        try:
            return await self._ask()
        except ActionRequired as error:
            if error.code not in _CLOSED:
                raise
            return error


def percent_at(rates: Iterable[Rate], tax_class: str, place: tuple[str, str]) -> Decimal:
    """What the shop adds at a place: of each priority the most particular rate, one upon the other if compound."""
    found: dict[int, Rate] = {}
    for rate in sorted(_fitting(rates, tax_class, place), key=_rank):
        found.setdefault(rate.priority, rate)
    total = _NO_RATE
    for _, rate in sorted(found.items()):
        total += rate.percent * (1 + total / 100) if rate.compound else rate.percent
    return total


def plain_state(country: str, code: str) -> str | None:
    """`BE` of `DE-BE`, `13` of `JP13`, `CA` of `CA`; None for what people typed instead of a code."""
    bare = code.strip().upper()
    if len(bare) >= 4 and bare.startswith(country):
        bare = bare[2:].lstrip("-")
    return bare if _CODE.fullmatch(bare) else None


def _fitting(rates: Iterable[Rate], tax_class: str, place: tuple[str, str]) -> Iterator[Rate]:
    country, state = place
    for rate in rates:
        there = rate.place[0] in ("", country) and rate.place[1] in ("", state, plain_state(country, state))
        if rate.tax_class == tax_class and there and not rate.local:
            yield rate


def _rank(rate: Rate) -> tuple[int, bool, bool, int, int]:
    return (rate.priority, not rate.place[0], not rate.place[1], rate.order, rate.number)


async def _settings(client: WooClient, group: str) -> Mapping[str, str]:
    """`{"woocommerce_currency": "EUR", …}`."""
    return {str(row.get("id")): str(row.get("value") or "") for row in await client.rows(f"settings/{group}")}


async def _tax_rates(client: WooClient) -> Mapping[int, Rate]:
    rates = [_rate(row) for row in await client.rows("taxes")]
    return {rate.number: rate for rate in rates}


def _rate(row: Row) -> Rate:
    return Rate(
        number=_whole(row.get("id")),
        percent=_decimal(row.get("rate")),
        tax_class=str(row.get("class") or STANDARD),
        place=(str(row.get("country") or ""), str(row.get("state") or "")),
        local=any(row.get(name) for name in ("postcode", "city", "postcodes", "cities")),
        priority=_whole(row.get("priority")),
        compound=row.get("compound") is True,
        order=_whole(row.get("order")),
    )


async def _states(client: WooClient) -> Mapping[str, tuple[str, ...]]:
    """`{"DE": ("DE-BE", …)}`, of `data/countries`."""
    return {
        str(row.get("code")): tuple(str(one.get("code")) for one in _listed(row.get("states")) if isinstance(one, dict))
        for row in await client.rows("data/countries")
    }


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _from_utc(hours: Json) -> tzinfo:
    return timezone(timedelta(hours=float(hours))) if isinstance(hours, int | float) and hours else UTC


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _decimal(value: Json) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return _NO_RATE
