"""A connection as a whole: what `connection test` shows, its ports, and its line in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
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
PASSWORD = "an Application Password: add username and application_password to the connection"


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
        "not_allowed": {"image odoo_to_shop": PASSWORD},
        "clock_offset_s": report.details["clock_offset_s"],
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
    assert [problem for problem in signed.problems if "use https" in problem]


@pytest.mark.parametrize("url", ["https://shop.test", "http://localhost:8081", "http://127.0.0.1:8081"])
async def test_on_the_own_machine_and_over_https_nobody_reads_along(sandbox: Sandbox, url: str) -> None:
    assert (await opened(sandbox, url=url).test()).problems == ()


async def test_a_shop_too_old_to_list_by_date_is_a_problem_and_one_just_new_enough_none() -> None:
    old = await opened(create_sandbox(version="5.7.2")).test()
    new = await opened(create_sandbox(version="5.8.0")).test()

    assert (old.ok, new.ok) == (False, True)
    assert old.problems == ("WooCommerce 5.7.2 is too old: before 5.8 it does not list by date of change; update it",)


@pytest.mark.parametrize(("ahead_s", "said"), [(-3600, True), (35, True), (20, False)])
async def test_a_clock_that_is_off_is_told_and_hinders_nothing(ahead_s: int, said: bool) -> None:
    sandbox = create_sandbox(clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead_s))

    report = await opened(sandbox).test()

    assert report.ok
    assert abs(float(str(report.details["clock_offset_s"])) - ahead_s) <= 2
    assert bool([problem for problem in report.problems if "clocks differ" in problem]) is said


async def test_a_wrong_key_is_a_problem_and_no_exception(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=sandbox.key, consumer_secret="wrong").test()

    assert not report.ok
    assert "does not accept the login" in report.problems[0]


async def test_a_wrong_application_password_is_a_problem(sandbox: Sandbox) -> None:
    keys = {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}

    report = await opened(sandbox, **keys, username="shopadmin", application_password="wrong").test()

    assert not report.ok
    assert "Application Password does not work" in report.problems[0]


async def test_a_key_that_only_reads_opens_the_shop_and_says_what_it_cannot_write(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=READER, consumer_secret="cs_reader").test()

    lacking = _lacking(report.details)
    assert report.ok
    assert not [cell for cell in lacking if cell.endswith("shop_to_odoo")]
    assert lacking["order odoo_to_shop"] == "orders: write"
    assert lacking["image odoo_to_shop"] == f"products: write; {PASSWORD}"
    assert lacking["webhooks"] == "webhooks: write"


async def test_a_key_of_somebody_without_rights_says_what_is_closed(sandbox: Sandbox) -> None:
    report = await opened(sandbox, consumer_key=BUYER, consumer_secret="cs_buyer").test()

    lacking = _lacking(report.details)
    assert not report.ok
    assert lacking["customer shop_to_odoo"] == "customers: read; orders: read"
    assert lacking["product shop_to_odoo"] == "products: read"
    assert lacking["refund shop_to_odoo"] == "orders: read"
    assert lacking["coupon shop_to_odoo"] == "coupons: read"
    assert lacking["webhooks"].startswith("webhooks: read")


@pytest.mark.parametrize(
    ("options", "cell"),
    [
        ({}, "image odoo_to_shop"),
        ({"new_user_role": "subscriber"}, "customer odoo_to_shop"),
        ({"people": "users"}, "customer shop_to_odoo"),
        ({"people": "users"}, "customer odoo_to_shop"),
        ({"people": "users"}, "address shop_to_odoo"),
    ],
)
async def test_what_is_wordpress_own_lacks_an_application_password_where_there_is_none(
    sandbox: Sandbox, options: dict[str, Any], cell: str
) -> None:
    key = {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}
    without = open_connector(_peer(sandbox, options=options))
    with_one = open_connector(_peer(sandbox, options=options, credentials={**key, **user_of(sandbox)}))

    assert PASSWORD in _lacking((await without.test()).details)[cell]
    assert "not_allowed" not in (await with_one.test()).details


async def test_a_wordpress_user_without_a_right_is_told_which_it_lacks(sandbox: Sandbox) -> None:
    key = {"consumer_key": sandbox.key, "consumer_secret": sandbox.secret}
    sandbox.row("customers", 1)["role"] = "shop_manager"
    peer = _peer(sandbox, options={"people": "users"}, credentials={**key, **user_of(sandbox)})

    lacking = _lacking((await open_connector(peer).test()).details)

    assert lacking["customer odoo_to_shop"] == "rights of the WordPress user: create_users, DELETE"
    assert lacking.keys() == {"customer odoo_to_shop"}


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
