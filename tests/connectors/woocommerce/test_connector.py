"""A connection as a whole: what `connection test` shows, its ports, and its line in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.connectors.base import Capability, Connector, Counting, Listing
from app.connectors.hooked import Hooked
from app.connectors.peer import Peer
from app.connectors.registry import open_connector
from app.connectors.woocommerce.capabilities import CAPABILITIES
from app.connectors.woocommerce.connector import WoocommerceConnector
from app.entities.base import Direction, EntityType
from app.errors import ActionRequired, BadPayload
from app.sandbox.woocommerce import Sandbox, create_sandbox
from app.sandbox.woocommerce.access import ApiKey
from tests.connectors.woocommerce.people import store

READER, BUYER = "ck_reader", "ck_buyer"


@pytest.fixture
def sandbox() -> Sandbox:
    keys = {
        READER: ApiKey(secret="cs_reader", permissions="read"),
        BUYER: ApiKey(secret="cs_buyer", user="jane"),
    }
    return create_sandbox(keys=keys)


def opened(sandbox: Sandbox, *, url: str = "https://shop.test", **credentials: str) -> WoocommerceConnector:
    given = credentials or {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}
    return WoocommerceConnector(url, given, name="store", transport=httpx.ASGITransport(sandbox))


def user_of(sandbox: Sandbox) -> Mapping[str, str]:
    return {"username": sandbox.app_user, "application_password": sandbox.app_password}


async def test_the_report_of_a_shop_that_opens(sandbox: Sandbox) -> None:
    report = await opened(sandbox).test()

    assert report.ok
    assert (report.kind, report.version, report.problems) == ("woocommerce", "9.9.5", ())
    assert report.details == {
        "shop": "Real Woo",
        "signs_with": "Basic over https",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "prices_include_tax": False,
    }
    assert [one.path for one in sandbox.requests if one.method != "GET"] == ["/wp-json/wc/v3/products/batch"]


async def test_the_report_says_whose_the_application_password_is(sandbox: Sandbox) -> None:
    report = await opened(sandbox, **user_of(sandbox)).test()

    assert report.ok
    assert report.details["application_password"] == "shopadmin (administrator)"


async def test_the_report_says_what_everybody_can_read_over_http(sandbox: Sandbox) -> None:
    signed = await opened(sandbox, url="http://shop.test").test()
    plain = await opened(sandbox, url="http://shop.test", **user_of(sandbox)).test()

    assert signed.ok
    assert plain.ok
    assert "OAuth" in str(signed.details["signs_with"])
    assert "use https" in str(plain.details["signs_with"])


async def test_a_wrong_key_is_a_problem_and_no_exception(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=sandbox.key, consumer_secret="wrong").test()

    assert not report.ok
    assert "does not accept the login" in report.problems[0]


async def test_a_wrong_application_password_is_a_problem(sandbox: Sandbox) -> None:
    keys = {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}

    report = await opened(sandbox, **keys, username="shopadmin", application_password="wrong").test()

    assert not report.ok
    assert "Application Password does not work" in report.problems[0]


async def test_a_key_that_only_reads_opens_the_shop_and_says_so(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=READER, consumer_secret="cs_reader").test()

    assert report.ok
    assert list(_lacking(report.details)) == ["writing"]


async def test_a_key_of_somebody_without_rights_says_what_is_closed(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=BUYER, consumer_secret="cs_buyer").test()

    assert not report.ok
    assert {"customer", "product", "order", "coupon", "settings"} <= _lacking(report.details).keys()


async def test_a_shop_that_is_down_is_a_problem(sandbox: Sandbox) -> None:
    sandbox.fail(name="maintenance")

    report = await opened(sandbox).test()

    assert not report.ok
    assert "503" in report.problems[0]


async def test_a_site_without_woocommerce_is_a_problem() -> None:
    def site(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/wp-json/":
            return httpx.Response(200, json={"name": "Blog", "namespaces": ["wp/v2"]})
        return httpx.Response(404, json={"code": "rest_no_route", "message": "No route", "data": {"status": 404}})

    credentials = {"consumer_key": "ck", "consumer_secret": "cs"}
    connector = WoocommerceConnector(
        "https://shop.test", credentials, name="store", transport=httpx.MockTransport(site)
    )

    report = await connector.test()

    assert not report.ok
    assert "is WooCommerce active" in report.problems[0]
    await connector.aclose()


async def test_the_address_may_be_given_with_the_interface_in_it(sandbox: Sandbox) -> None:
    assert (await opened(sandbox, url="https://shop.test/wp-json/").test()).ok


def test_there_is_a_port_for_each_capability_and_none_for_what_the_shop_lacks() -> None:
    connector = store().connector

    for cell in CAPABILITIES:
        assert connector.port(cell.entity_type).entity_type is cell.entity_type
    assert connector.capabilities is CAPABILITIES
    with pytest.raises(BadPayload, match="has no lead"):
        connector.port(EntityType.LEAD)


def test_it_is_a_connector_whose_webhooks_are_made_through_it() -> None:
    connector: Connector = store().connector

    assert isinstance(connector, Hooked)


@pytest.mark.parametrize("kind", [EntityType.CUSTOMER, EntityType.PRODUCT, EntityType.ORDER, EntityType.COUPON])
def test_what_is_imported_in_bulk_is_listed_with_content_and_counted(kind: EntityType) -> None:
    port = store().connector.port(kind)

    assert isinstance(port, Listing)
    assert isinstance(port, Counting)


def test_nothing_without_a_date_of_change_counts_as_polled() -> None:
    polled = {cell.entity_type for cell in CAPABILITIES if cell.polled}

    assert polled.isdisjoint({EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.CATEGORY, EntityType.COUPON})
    assert all(cell.unseen for cell in CAPABILITIES)


def test_refunds_go_one_way() -> None:
    cells = {cell.entity_type: cell for cell in CAPABILITIES}

    assert cells[EntityType.REFUND].directions == frozenset({Direction.SHOP_TO_ODOO})
    assert isinstance(cells[EntityType.ORDER], Capability)


@pytest.mark.parametrize("whose", ["key", "user"])
async def test_the_registry_opens_it_with_either_pair_of_credentials(sandbox: Sandbox, whose: str) -> None:
    key = {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}

    connector = open_connector(_peer(sandbox, credentials=key if whose == "key" else user_of(sandbox)))

    assert (await connector.test()).ok
    await connector.aclose()


async def test_settings_that_do_not_fit_are_named(sandbox: Sandbox) -> None:
    with pytest.raises(ActionRequired, match="people"):
        open_connector(_peer(sandbox, options={"people": "everybody"}))


def _peer(sandbox: Sandbox, **how: Any) -> Peer:
    fields = {"credentials": {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}} | how
    return Peer(
        name="store", kind="woocommerce", url="https://shop.test", transport=httpx.ASGITransport(sandbox), **fields
    )


def _lacking(details: Mapping[str, Any]) -> Mapping[str, str]:
    found = details["not_allowed"]
    assert isinstance(found, dict)
    return found
