"""Sync settings that cannot be, said with their place; and what a link can do at all."""

from __future__ import annotations

from typing import Any

import pytest

from app.connections.effective_sync import EffectiveSync
from app.connections.sync_settings import LinkSync
from app.entities.base import Direction, EntityType, Side
from app.errors import BadPayload
from app.modules.matrix import Row, matrix
from app.modules.registry import check_modules, entity_types


def check(sync: dict[str, Any]) -> None:
    check_modules({"prestashop": {}}, shop_kind="prestashop", sync=LinkSync.model_validate(sync))


def mapping(**changes: Any) -> dict[str, Any]:
    return {"entity": "customer", "odoo_field": "ref", "shop_field": "siret"} | changes


@pytest.mark.parametrize(
    ("sync", "said"),
    [
        (
            {"entities": {"lead": {}}},
            "sync.entities.lead: no module of this link keeps it; there are: address, category",
        ),
        (
            {"entities": {"customer": {"owners": {"emial": "shop"}}}},
            "sync.entities.customer.owners.emial: customer has no such field; did you mean email?",
        ),
        (
            {"entities": {"stock": {"owners": {"price": "odoo"}}}},
            "sync.entities.stock.owners.price: stock has no such field; there are: product, quantity, variant",
        ),
        (
            {"entities": {"order": {}}, "mappings": [mapping()]},
            "sync.mappings.0: ref ⇄ siret is of customer, which is not in sync.entities",
        ),
        (
            {"entities": {"image": {}}, "mappings": [mapping(entity="image")]},
            "sync.mappings.0: ref ⇄ siret is of image, which has no fields to map",
        ),
        (
            {"entities": {"customer": {}}, "mappings": [mapping(), mapping(shop_field="ape")]},
            "sync.mappings.1.odoo_field: ref of odoo is mapped already; a field has one partner",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused_with_their_place(sync: dict[str, Any], said: str) -> None:
    with pytest.raises(BadPayload) as caught:
        check(sync)

    assert caught.value.message.startswith(said)
    assert caught.value.field == said.partition(": ")[0]


def test_everything_that_is_wrong_with_them_is_told_at_once() -> None:
    with pytest.raises(BadPayload) as caught:
        check({"entities": {"lead": {}, "customer": {"owners": {"a": "odoo", "b": "shop"}}}})

    assert len(caught.value.message.splitlines()) == 3


def test_one_field_may_be_mapped_in_two_entity_types_and_a_mapping_may_have_an_owner() -> None:
    check(
        {
            "entities": {"customer": {"owners": {"email": "shop", "x:ref:siret": "odoo"}}, "address": {}},
            "mappings": [mapping(), mapping(entity="address", shop_field="dni")],
        }
    )


def rows(sync: dict[str, Any]) -> dict[EntityType, Row]:
    found = matrix(EffectiveSync.model_validate(sync), entity_types(["prestashop"]), shop_kind="prestashop")
    return {row.entity_type: row for row in found}


def test_the_matrix_shows_how_a_change_is_noticed_on_each_side() -> None:
    row = rows({"entities": {"customer": {"direction": "odoo_to_shop", "poll_every_s": 60}}})[EntityType.CUSTOMER]

    odoo, shop = row.noticing
    assert row.possible == tuple(Direction)
    assert (odoo.side, odoo.taken, odoo.polled_every_s) == (Side.ODOO, True, 60)
    assert odoo.signals == ("created", "deleted", "updated")
    assert (shop.side, shop.taken, shop.polled_every_s) == (Side.SHOP, False, None)
    assert "the newsletter box of the storefront" in shop.unseen


def test_what_a_peer_shows_no_dates_of_is_not_called_polled() -> None:
    _, shop = rows({"entities": {"stock": {}}})[EntityType.STOCK].noticing

    assert (shop.taken, shop.polled_every_s) == (True, None)


def test_what_is_switched_on_comes_first_and_nothing_is_left_out() -> None:
    found = list(rows({"entities": {"stock": {}}}))

    assert found[0] is EntityType.STOCK
    assert set(found) == entity_types(["prestashop"])
