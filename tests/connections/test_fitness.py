"""A shop's report, cut down to what the links of the connection keep the same."""

from __future__ import annotations

from typing import Any

import pytest

from app.connections.effective_sync import EffectiveSync, effective
from app.connections.opening import Use
from app.connectors.base import ConnectionReport
from app.modules.fitness import narrowed, switched_on_cells
from app.modules.registry import check_modules

REPORT = ConnectionReport(
    ok=True,
    kind="prestashop",
    details={
        "shop": "Boutique",
        "not_allowed": {
            "customer odoo_to_shop": "customers: PATCH, DELETE; languages: GET",
            "coupon odoo_to_shop": "cart_rules: DELETE",
            "image odoo_to_shop": "images: DELETE",
            "order shop_to_odoo": "order_cart_rules: GET",
            "reverse_sync": "carts: POST",
        },
    },
)


def use(entities: dict[str, Any], *, reverse_sync: bool = False) -> Use:
    return Use(sync=EffectiveSync.model_validate({"entities": entities}), reverse_sync=reverse_sync)


@pytest.mark.parametrize(
    ("entities", "problems"),
    [
        ({}, []),
        ({"customer": {"direction": "shop_to_odoo"}}, []),
        ({"customer": {}}, ["customer odoo_to_shop: the key lacks customers: PATCH; languages: GET"]),
        (
            {"customer": {"on_delete": "delete"}},
            ["customer odoo_to_shop: the key lacks customers: PATCH, DELETE; languages: GET"],
        ),
        ({"coupon": {}}, []),
        ({"coupon": {"on_delete": "delete"}}, ["coupon odoo_to_shop: the key lacks cart_rules: DELETE"]),
        ({"image": {}}, ["image odoo_to_shop: the key lacks images: DELETE"]),
        ({"order": {}}, ["order shop_to_odoo: the key lacks order_cart_rules: GET"]),
    ],
)
def test_a_right_that_lacks_is_a_problem_only_where_a_link_needs_it(
    entities: dict[str, Any], problems: list[str]
) -> None:
    report = narrowed(REPORT, switched_on_cells([use(entities)]))

    assert list(report.problems) == problems
    assert report.ok is not bool(problems)
    assert report.details == {"shop": "Boutique"}


def test_a_connection_of_two_links_needs_what_either_needs() -> None:
    cells = switched_on_cells([use({"coupon": {}}), use({"coupon": {"on_delete": "delete"}})])

    assert len(narrowed(REPORT, cells).problems) == 1


def test_what_envelopes_need_is_asked_for_where_a_link_takes_them() -> None:
    report = narrowed(REPORT, switched_on_cells([use({}, reverse_sync=True)]))

    assert (report.ok, report.problems) == (False, ("reverse_sync: the key lacks carts: POST",))


def test_a_report_without_limits_stays_as_it_is() -> None:
    report = ConnectionReport(ok=False, kind="odoo", problems=("no answer",))

    assert narrowed(report, {}) is report


def test_documents_and_leads_need_nothing_of_the_shops_key() -> None:
    sync = effective(check_modules({"sales": {}, "crm": {}}, shop_kind="prestashop").sync, {})

    assert switched_on_cells([Use(sync=sync, reverse_sync=False)]).keys() == {
        "customer odoo_to_shop",
        "customer shop_to_odoo",
        "webhooks",
    }


@pytest.mark.parametrize(("direction", "said"), [("shop_to_odoo", True), ("both", True), ("odoo_to_shop", False)])
def test_webhooks_that_cannot_be_made_hinder_no_link_and_are_told_where_it_listens(direction: str, said: bool) -> None:
    report = ConnectionReport(ok=True, kind="woocommerce", details={"not_allowed": {"webhooks": "webhooks: read"}})

    found = narrowed(report, switched_on_cells([use({"product": {"direction": direction}})]))

    late = "webhooks: the key lacks webhooks: read; changes are found by polling and reconciliation only"
    assert (found.ok, found.problems) == (True, (late,) if said else ())
