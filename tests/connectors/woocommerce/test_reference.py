"""What a shop seldom changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.reference import Rate, Reference, percent_at, plain_state
from app.errors import ActionRequired, Retryable
from app.sandbox.woocommerce import Sandbox, create_sandbox
from tests.connectors.woocommerce.test_client import client_of

REFUSED = '{"code":"woocommerce_rest_cannot_view","message":"Sorry.","data":{"status":403}}'


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reference(client: WooClient, clock: Clock | None = None, **options: Any) -> Reference:
    return Reference(client, WoocommerceOptions.model_validate(options), clock=clock or Clock())


def rate(percent: str, place: tuple[str, str] = ("DE", ""), **how: Any) -> Rate:
    plain = Rate(
        number=1,
        percent=Decimal(percent),
        tax_class="standard",
        place=place,
        local=False,
        priority=1,
        compound=False,
        order=0,
    )
    return replace(plain, **how)


async def test_a_shop_says_its_currency_country_clock_and_decimals() -> None:
    sandbox = create_sandbox(currency="CHF")
    known = reference(client_of(sandbox))

    assert await known.currency() == "CHF"
    assert await known.default_country() == "DE"
    assert str(await known.time_zone()) == "Europe/Berlin"
    assert await known.decimals() == 2
    assert len(sandbox.requests) == 2


async def test_options_are_taken_before_what_the_shop_says() -> None:
    sandbox = create_sandbox()
    known = reference(client_of(sandbox), currency="USD", default_country="fr", time_zone="America/New_York")

    assert await known.currency() == "USD"
    assert await known.default_country() == "FR"
    assert str(await known.time_zone()) == "America/New_York"
    assert not sandbox.requests


async def test_settings_are_asked_for_again_after_a_while() -> None:
    sandbox, clock = create_sandbox(), Clock()
    known = reference(client_of(sandbox), clock)
    assert await known.currency() == "EUR"
    sandbox.edit("settings", "woocommerce_currency", value="USD")

    assert await known.currency() == "EUR"
    clock.now = 901.0
    assert await known.currency() == "USD"


async def test_settings_that_may_not_be_read_are_asked_for_once_and_their_option_is_named() -> None:
    sandbox = create_sandbox()
    sandbox.fail("GET", "settings/general", status=403, body=REFUSED, content_type="application/json", times=9)
    known = reference(client_of(sandbox))

    for _ in range(2):
        with pytest.raises(ActionRequired, match="option currency"):
            await known.currency()

    assert len(sandbox.requests) == 1


async def test_trouble_of_the_shop_is_not_remembered() -> None:
    sandbox = create_sandbox()
    sandbox.fail("GET", "settings/general", name="critical_error")
    known = reference(client_of(sandbox))

    with pytest.raises(Retryable):
        await known.currency()

    assert await known.currency() == "EUR"


@pytest.mark.parametrize(
    ("taxes", "inclusive", "expected"), [("yes", True, True), ("no", True, False), ("yes", False, False)]
)
async def test_prices_hold_tax_only_where_taxes_are_on(taxes: str, inclusive: bool, expected: bool) -> None:
    sandbox = create_sandbox(prices_include_tax=inclusive)
    sandbox.edit("settings", "woocommerce_calc_taxes", value=taxes)

    assert await reference(client_of(sandbox)).prices_include_tax() is expected


async def test_the_rate_in_a_price_is_that_of_the_shops_own_place(sandbox: Sandbox) -> None:
    sandbox.add("taxes", country="FR", rate="20.0000", name="TVA")
    reduced: Any = {"class": "reduced-rate"}
    sandbox.add("taxes", country="DE", rate="7.0000", name="MwSt red", **reduced)
    known = reference(client_of(sandbox))

    assert await known.base_rate("") == Decimal("19")
    assert await known.base_rate("reduced-rate") == Decimal("7")
    assert await known.base_rate("zero-rate") == 0
    assert await known.tax_rate(999) is None


@pytest.fixture
def sandbox() -> Sandbox:
    return create_sandbox()


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([], "0"),
        ([rate("19")], "19"),
        ([rate("19"), rate("19", number=2)], "19"),
        ([rate("5", ("", ""), number=1), rate("19", number=2)], "19"),
        ([rate("19"), rate("2", ("DE", "BE"), number=2, priority=2)], "21"),
        ([rate("10"), rate("10", number=2, priority=2, compound=True)], "21"),
        ([rate("19", ("FR", ""))], "0"),
        ([rate("19", local=True)], "0"),
        ([rate("19", tax_class="reduced-rate")], "0"),
    ],
)
def test_of_each_priority_the_most_particular_rate_counts(rates: list[Rate], expected: str) -> None:
    assert percent_at(rates, "standard", ("DE", "DE-BE")) == Decimal(expected)


@pytest.mark.parametrize(
    ("country", "code", "expected"),
    [
        ("DE", "DE-BE", "BE"),
        ("JP", "JP13", "13"),
        ("US", "CA", "CA"),
        ("CA", "CA", "CA"),
        ("it", "mi", "MI"),
        ("FR", "Île-de-France", None),
        ("GB", "Greater London", None),
    ],
)
def test_a_states_code_stands_without_its_country(country: str, code: str, expected: str | None) -> None:
    assert plain_state(country, code) == expected


@pytest.mark.parametrize(
    ("country", "code", "expected"),
    [
        ("DE", "BE", "DE-BE"),
        ("US", "CA", "CA"),
        ("JP", "13", "JP13"),
        ("DE", "XX", None),
        ("FR", "75", None),
        ("ZZ", "A", None),
    ],
)
async def test_a_state_is_known_by_the_shops_own_code(
    sandbox: Sandbox, country: str, code: str, expected: str | None
) -> None:
    assert await reference(client_of(sandbox)).state_code(country, code) == expected


async def test_a_shop_that_does_not_tell_its_states_takes_any(sandbox: Sandbox) -> None:
    sandbox.fail("GET", "data/countries", status=403, body=REFUSED, content_type="application/json", times=9)

    assert await reference(client_of(sandbox)).state_code("DE", "XX") == "XX"


@pytest.mark.parametrize(("offset", "hours"), [(5.5, 5.5), (-3, -3), (0, 0)])
async def test_a_clock_without_a_name_is_hours_from_utc(offset: float, hours: float) -> None:
    def site(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"timezone_string": "", "gmt_offset": offset}, request=request)

    login = Login(consumer_key="ck", consumer_secret="cs")
    peer = PeerClient("https://shop.test", name="store", auth=login, transport=httpx.MockTransport(site))

    zone = await reference(WooClient(peer, login)).time_zone()

    assert zone.utcoffset(None) == timedelta(hours=hours)
