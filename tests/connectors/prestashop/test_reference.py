"""What is remembered about a shop, and when it is asked again."""

from __future__ import annotations

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.prestashop.client import PrestashopClient
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.reference import MISS_S, TTL_S, Reference
from app.errors import ActionRequired, Rejected
from app.sandbox.prestashop import ApiKey, Sandbox, create_sandbox

RESTRICTED = "RESTRICTEDRESTRICTEDRESTRICTED01"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def reference(sandbox: Sandbox, clock: Clock, key: str | None = None, **options: object) -> Reference:
    peer = PeerClient(
        "http://shop.test", name="boutique", auth=(key or sandbox.key, ""), transport=httpx.ASGITransport(sandbox)
    )
    return Reference(PrestashopClient(peer), PrestashopOptions.model_validate(options), clock=clock)


async def test_a_table_is_asked_for_once_until_it_is_old() -> None:
    sandbox, clock = create_sandbox(), Clock()
    shop = reference(sandbox, clock)

    await shop.country("FR")
    await shop.country(8)
    assert len(sandbox.requests) == 1

    clock.now = TTL_S
    await shop.country("FR")
    assert len(sandbox.requests) == 2


async def test_a_country_added_just_now_is_found_after_a_miss() -> None:
    sandbox, clock = create_sandbox(), Clock()
    shop = reference(sandbox, clock)
    await shop.country("FR")
    number = sandbox.add("countries", iso_code="ZZ", active="1", name="Zedland", id_zone="1", call_prefix="1")
    clock.now = MISS_S

    assert (await shop.country("zz"))["id"] == number


async def test_misses_in_a_row_do_not_ask_again_and_again() -> None:
    sandbox, clock = create_sandbox(), Clock()
    shop = reference(sandbox, clock)

    for _ in range(5):
        with pytest.raises(Rejected, match="it has DE, FR, US"):
            await shop.country("XX")

    assert len(sandbox.requests) == 1


async def test_a_state_code_of_one_country_needs_no_country() -> None:
    shop = reference(create_sandbox(), Clock())

    assert (await shop.state("ny", country=None))["id"] == 35


async def test_a_state_code_of_several_countries_needs_the_country() -> None:
    sandbox = create_sandbox()
    sandbox.add("states", id_country="4", id_zone="2", iso_code="NY", name="Not York", active="1")
    shop = reference(sandbox, Clock())

    with pytest.raises(Rejected, match="several countries"):
        await shop.state("NY", country=None)
    assert (await shop.state("NY", country=21))["id"] == 35


async def test_without_permission_for_the_settings_the_options_are_asked_for() -> None:
    allowed = ApiKey(permissions={"countries": ("GET",), "currencies": ("GET",), "languages": ("GET",)})
    sandbox = create_sandbox(keys={RESTRICTED: allowed})
    shop = reference(sandbox, Clock(), RESTRICTED)

    with pytest.raises(ActionRequired, match="set the option default_country"):
        await shop.default_country()
    assert await shop.time_zone() is None
    assert (await shop.default_currency())["iso_code"] == "EUR", "the only one there is"
    assert await shop.default_groups() == [3]


async def test_options_come_before_the_shops_settings() -> None:
    shop = reference(create_sandbox(), Clock(), default_country="us", default_language="fr", time_zone="Asia/Tokyo")

    zone = await shop.time_zone()

    assert (await shop.default_country())["id"] == 21
    assert await shop.default_language() == 2
    assert zone is not None
    assert zone.key == "Asia/Tokyo"


async def test_default_groups_of_the_link_must_exist() -> None:
    shop = reference(create_sandbox(), Clock(), default_customer_groups=[1, 3])

    assert await shop.default_groups() == [1, 3]
    with pytest.raises(Rejected):
        await reference(create_sandbox(), Clock(), default_customer_groups=[9]).default_groups()


async def test_an_old_version_of_a_carrier_is_refused_with_the_reason() -> None:
    sandbox = create_sandbox()
    sandbox.edit("carriers", 2, deleted="1")

    with pytest.raises(Rejected, match="old version of a carrier"):
        await reference(sandbox, Clock()).carrier(2)
