"""Is the connection fit for use, and what is missing."""

from __future__ import annotations

import httpx
import pytest
from pydantic import ValidationError

from app.connectors.base import Connector
from app.connectors.prestashop import permissions
from app.connectors.prestashop.connector import PrestashopConnector
from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import Direction, EntityType
from app.errors import BadPayload
from app.sandbox.prestashop import ApiKey, Sandbox, create_sandbox

RESTRICTED = "RESTRICTEDRESTRICTEDRESTRICTED01"


def connector(sandbox: Sandbox, *, url: str = "http://shop.test", key: str | None = None) -> PrestashopConnector:
    return PrestashopConnector(url, key or sandbox.key, name="boutique", transport=httpx.ASGITransport(sandbox))


async def test_a_shop_fit_for_use_says_its_version_zone_and_languages() -> None:
    open_: Connector = connector(create_sandbox())

    report = await open_.test()

    assert report.ok
    assert report.version == "8.2.1"
    assert report.details == {
        "shop": "RealShop",
        "writes_with": "PATCH",
        "time_zone": "Europe/Paris",
        "languages": ["en", "fr"],
    }
    assert report.problems == ()


async def test_what_the_key_may_not_do_is_named_and_is_a_problem_only_to_those_who_need_it() -> None:
    allowed = dict.fromkeys(permissions.NEEDED, ("GET", "POST", "PATCH", "DELETE"))
    sandbox = create_sandbox(keys={RESTRICTED: ApiKey(permissions={**allowed, "orders": ("GET",), "carts": ()})})

    report = await connector(sandbox, key=RESTRICTED).test()

    assert report.ok
    limits = report.details["not_allowed"]
    assert isinstance(limits, dict)
    assert limits["reverse_sync"] == "orders: POST, PATCH; carts: POST"
    assert report.problems == (
        "configurations: GET missing; allow it for this key, or set the options default_country, default_language, "
        "default_currency, time_zone",
    )


async def test_an_old_shop_needs_put_instead_of_patch() -> None:
    allowed = dict.fromkeys([*permissions.NEEDED, permissions.SETTINGS], ("GET", "POST", "PUT", "DELETE"))
    sandbox = create_sandbox(version="1.7.8.11", keys={RESTRICTED: ApiKey(permissions=allowed)})

    report = await connector(sandbox, key=RESTRICTED).test()

    assert report.ok
    assert report.details["writes_with"] == "PUT of the whole record"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"name": "drop"}, "is the address right and the server up?"),
        ({"name": "html"}, "is this a PrestaShop webservice?"),
        ({"name": "unavailable"}, "is not available (503)"),
        ({"status": 302, "headers": {"Location": "http://other.test/"}}, "was redirected"),
    ],
)
async def test_a_shop_that_cannot_be_tested_is_a_report_and_no_exception(fault: dict[str, object], words: str) -> None:
    sandbox = create_sandbox()
    sandbox.fail(**fault)  # type: ignore[arg-type]

    report = await connector(sandbox).test()

    assert not report.ok
    assert words in report.problems[0]


async def test_a_wrong_key_is_said_to_be_one() -> None:
    report = await connector(create_sandbox(), key="WRONGKEYWRONGKEYWRONGKEYWRONGKEY").test()

    assert "does not accept the webservice key" in report.problems[0]
    assert "WRONGKEY" not in report.problems[0]


@pytest.mark.parametrize("url", ["http://shop.test/api/", "http://shop.test/api", "http://shop.test/"])
async def test_the_address_may_end_in_api(url: str) -> None:
    assert (await connector(create_sandbox(), url=url).test()).ok


async def test_an_entity_type_without_a_port_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadPayload, match="has no lead; it has customer, address, order, coupon"):
        connector(create_sandbox()).port(EntityType.LEAD)


async def test_each_cell_has_a_port_and_says_what_no_signal_and_no_date_shows() -> None:
    open_ = connector(create_sandbox())
    cells = {cell.entity_type: cell for cell in open_.capabilities}

    assert cells.keys() >= {"customer", "address", "order", "coupon"}
    assert all(open_.port(entity_type).entity_type == entity_type for entity_type in cells)
    assert all(cell.directions and cell.unseen for cell in cells.values())
    assert cells[EntityType.CUSTOMER].directions == set(Direction)
    assert cells[EntityType.CUSTOMER].signals == {"created", "updated", "deleted"}
    assert "the newsletter box of the storefront" in cells[EntityType.CUSTOMER].unseen


@pytest.mark.parametrize(
    "options",
    [{"unknown": 1}, {"time_zone": "Mars/Olympus"}, {"default_country": "France"}, {"order_module": "../x"}],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PrestashopOptions.model_validate(options)
