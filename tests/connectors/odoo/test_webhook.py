"""Odoo's own webhook body: which records it may mean. Bodies as 17.0 and 19.0 sent them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.odoo.webhook import MEANINGS, OdooHint, parse_hint
from app.entities.base import Action
from app.errors import BadPayload

STOCK_QUANT = {
    "_action": "Send Webhook Notification(#526)",
    "_id": 3,
    "_model": "stock.quant",
    "id": 3,
    "location_id": 8,
    "product_id": 6,
    "quantity": -1.0,
}


def native(model: str, native_id: int = 25, **fields: Any) -> bytes:
    body = {"_action": "Send Webhook Notification(#481)", "_id": native_id, "_model": model, "id": native_id}
    return json.dumps({**body, **fields}, sort_keys=True).encode()


def read(raw: bytes, **address: str) -> OdooHint:
    hint = parse_hint(raw, **address)
    assert hint is not None
    return hint


def names(hint: OdooHint) -> list[str]:
    return [f"{each.entity_type}:{each.native_id}" for each in hint.suspects]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (native("res.partner"), ["customer:25", "address:25"]),
        (native("res.partner", parent_id=False, type="contact"), ["customer:25"]),
        (native("res.partner", parent_id=7, type="contact"), ["customer:25", "address:25"]),
        (native("res.partner", parent_id=7, type="delivery"), ["address:25"]),
        (native("res.partner", parent_id=False, type="invoice"), ["customer:25"]),
        (native("product.category", 4), ["category:4"]),
        (native("product.template", 8, list_price=3.0), ["product:8"]),
        (native("product.template", 8, image_128=False), ["product:8", "image:8"]),
        (native("product.product", 8, default_code="XNOTF"), ["variant:8"]),
        (native("product.product", 8, product_tmpl_id=5), ["variant:8", "product:5"]),
        (
            native("product.template.attribute.value", 3, ptav_product_variant_ids=[11, 12]),
            ["variant:11", "variant:12"],
        ),
        (json.dumps(STOCK_QUANT).encode(), ["stock:6"]),
        (native("sale.order", 7, amount_total=96.60000000000001), ["order:7"]),
        (native("stock.picking", 3, sale_id=7, state="assigned"), ["order:7"]),
        (native("account.move", 4, move_type="out_invoice"), ["invoice:4"]),
        (native("account.move", 4), ["invoice:4"]),
        (native("loyalty.program", 2), ["coupon:2"]),
        (native("loyalty.rule", 9, program_id=2), ["coupon:2"]),
        (native("crm.lead", 4), ["lead:4"]),
    ],
)
def test_a_model_and_an_id_name_the_records_that_may_have_changed(raw: bytes, expected: list[str]) -> None:
    hint = read(raw)

    assert names(hint) == expected
    assert hint.notes == ()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (native("account.move", 5, move_type="entry"), "no customer's invoice"),
        (native("stock.picking", 5, sale_id=False), "belongs to no record of a shop"),
    ],
)
def test_what_concerns_no_shop_is_taken_with_a_note(raw: bytes, says: str) -> None:
    hint = read(raw)

    assert hint.suspects == ()
    assert says in hint.notes[0]


@pytest.mark.parametrize(
    ("raw", "address", "field", "says"),
    [
        (native("mail.message"), {}, "_model", "rules belong on: res.partner"),
        (b'{"_model": ["res.partner"], "_id": 1}', {}, "_model", "of no use here"),
        (b'{"_model": "res.partner"}', {}, "_id", "is missing"),
        (native("res.partner", 0), {}, "_id", "must be an id"),
        (native("stock.quant"), {}, "product_id", "tick it in the fields"),
        (native("stock.picking"), {}, "sale_id", "tick it in the fields"),
        (native("stock.picking", sale_id="S7"), {}, "sale_id", "must be an id"),
        (native("res.partner"), {"action": "vanished"}, "action", "created, updated, deleted"),
        (native("res.partner"), {"entity_type": "order"}, "entity_type", "a res.partner is no order"),
        (native("res.partner"), {"entity_type": "ship"}, "entity_type", "is not known"),
        (b'{"odoo_id": 7, "action": "updated"}', {}, "entity_type", "is not known"),
        (b'{"odoo_id": "x", "entity_type": "order"}', {}, "odoo_id", "must be an id"),
        (b'{"odoo_id": 7, "entity_type": "order", "action": "paid"}', {}, "action", "is not known"),
        (b'{"odoo_id": 7, "entity_type": "order", "module": 3}', {}, "module", "must be text"),
    ],
)
def test_a_hint_that_names_no_record_is_refused_in_words(
    raw: bytes, address: dict[str, str], field: str, says: str
) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_hint(raw, **address)

    assert caught.value.field == field
    assert says in caught.value.message


def test_only_the_address_can_say_that_a_record_was_deleted() -> None:
    deleted = read(native("res.partner", 35, email=False, name="ToDel"), action="deleted")
    by_name = read(native("res.partner", 35, _action="[shopsync boutique] res.partner deleted(#485)"))

    assert {each.action for each in deleted.suspects} == {Action.DELETED}
    assert {each.action for each in by_name.suspects} == {Action.UPDATED}


def test_a_deleted_variant_is_a_change_of_its_product() -> None:
    variant, product = read(native("product.product", 8, product_tmpl_id=5), action="deleted").suspects

    assert (variant.action, product.action) == (Action.DELETED, Action.UPDATED)


def test_the_address_can_name_the_one_entity_type_that_is_meant() -> None:
    assert names(read(native("product.template", 8), entity_type="image")) == ["image:8"]


def test_the_short_form_says_everything_itself() -> None:
    hint = read(b'{"module": "sales", "entity_type": "order", "odoo_id": "7", "action": "created"}')

    assert (names(hint), hint.module, hint.model) == (["order:7"], "sales", None)
    assert hint.suspects[0].action is Action.CREATED


@pytest.mark.parametrize(
    "raw",
    [
        b'{"event_id": "e", "entity_type": "customer", "action_type": "updated", "data": {"id": 67}}',
        b'{"event_id": "e", "entity_type": "customer", "action_type": "updated", "data": {"odoo_id": 67}}',
        b'{"event_id": "e", "odoo_id": 1, "data": {"_model": "x"}}',
        b'{"_model"',
        b'["_model", "odoo_id"]',
        b"",
    ],
)
def test_other_bodies_are_left_to_the_reader_of_envelopes(raw: bytes) -> None:
    assert parse_hint(raw) is None


@given(
    model=st.sampled_from([*MEANINGS, "res.bank"]),
    fields=st.dictionaries(
        st.sampled_from(
            ["_id", "product_id", "sale_id", "parent_id", "ptav_product_variant_ids", "type", "move_type", "image_128"]
        ),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)),
    ),
)
def test_any_body_is_a_hint_or_a_refusal(model: str, fields: dict[str, Any]) -> None:
    try:
        hint = read(json.dumps({"_model": model, **fields}).encode())
    except BadPayload:
        return
    assert all(int(each.native_id) > 0 for each in hint.suspects)
