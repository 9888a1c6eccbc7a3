"""Which rules Odoo should have, and what differs from that in those it has. Pure."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.odoo import coupon, coupon_write, customer, invoice, lead, order_rows, order_tracking, product
from app.connectors.odoo.automation import (
    Act,
    Doing,
    Found,
    Target,
    Trigger,
    Verdict,
    Wanted,
    acts_of,
    check_target,
    check_version,
    compare,
    wanted_rules,
    watched_models,
)
from app.connectors.odoo.automation_watches import WATCHES
from app.connectors.odoo.webhook import MEANINGS
from app.entities.base import EntityType
from app.errors import ActionRequired, BadPayload

TARGET = Target(slug="boutique", base_url="https://sync.example/", secrets=("s3cret+1", "older"), own_uid=7)
NO_EXTRA: Mapping[EntityType, Sequence[str]] = {}


def known_of(entity_types: Collection[EntityType], *, without: Collection[str] = ()) -> dict[str, dict[str, int]]:
    """A database that has every model and field asked for, but those of `without` (`model` or `model.field`)."""
    return {
        model: {name: 1000 + n for n, name in enumerate(sorted(names)) if f"{model}.{name}" not in without}
        for model, names in watched_models(entity_types, extra=NO_EXTRA).items()
        if model not in without
    }


def rules_of(*entity_types: EntityType, target: Target = TARGET, without: Collection[str] = ()) -> dict[str, Wanted]:
    rules, _ = wanted_rules(target, entity_types, known_of(entity_types, without=without), extra=NO_EXTRA)
    return {rule.name.removeprefix(target.prefix): rule for rule in rules}


def stored(rule: Wanted, **changes: Any) -> Found:
    """The rule as Odoo has it right after it was made."""
    found = Found(
        id=1,
        name=rule.name,
        model=rule.model,
        active=True,
        trigger=rule.trigger.value,
        fields=rule.fields,
        domain=rule.domain,
        action_id=2,
        url=rule.urls[0],
        sent=rule.sent,
    )
    return replace(found, **changes)


def test_a_contact_that_is_saved_or_deleted_is_told() -> None:
    rules = rules_of(EntityType.CUSTOMER)

    assert list(rules) == ["res.partner", "res.partner deleted"]
    saved, deleted = rules.values()
    assert (saved.trigger, deleted.trigger) == (Trigger.SAVED, Trigger.DELETED)
    assert saved.domain == "[('write_uid', '!=', 7)]"
    assert saved.urls[0] == "https://sync.example/webhooks/odoo/boutique/s3cret%2B1"
    assert saved.sent == {"parent_id", "type"}


def test_who_wrote_last_does_not_keep_a_deletion_from_being_told() -> None:
    deleted = rules_of(EntityType.CUSTOMER)["res.partner deleted"]

    assert (deleted.domain, deleted.fields) == (None, frozenset())
    assert deleted.urls[0].endswith("?action=deleted")


def test_a_rule_fires_for_the_fields_of_the_enabled_entity_types_only() -> None:
    customers, addresses = rules_of(EntityType.CUSTOMER), rules_of(EntityType.ADDRESS)

    assert "street" not in customers["res.partner"].fields
    assert "website" not in addresses["res.partner"].fields
    both = rules_of(EntityType.CUSTOMER, EntityType.ADDRESS)["res.partner"]
    assert both.fields == customers["res.partner"].fields | addresses["res.partner"].fields


@pytest.mark.parametrize(
    ("kind", "model", "read", "unwatched"),
    [
        (EntityType.CUSTOMER, "res.partner", customer.FIELDS, {"parent_name", "email_normalized"}),
        # Of the template they are computed: the variant's rule tells of its barcode.
        (EntityType.PRODUCT, "product.template", product.FIELDS, {"barcode", "product_variant_count", "currency_id"}),
        # Lines are taken over once; what follows from them is in the amounts.
        (EntityType.ORDER, "sale.order", order_rows.FIELDS, {"order_line"}),
        (EntityType.ORDER, "stock.picking", order_tracking.FIELDS, {"sale_id"}),
        (EntityType.INVOICE, "account.move", invoice.FIELDS, {"move_type"}),
        (EntityType.COUPON, "loyalty.program", coupon.FIELDS, {"total_order_count"}),
        (EntityType.COUPON, "loyalty.rule", coupon_write.PART_FIELDS["loyalty.rule"], {"program_id"}),
        (EntityType.COUPON, "loyalty.reward", coupon_write.PART_FIELDS["loyalty.reward"], {"program_id"}),
        (EntityType.LEAD, "crm.lead", lead.FIELDS, {"email_normalized"}),
    ],
)
def test_what_a_port_reads_is_watched_apart_from_what_follows_from_the_rest(
    kind: EntityType, model: str, read: Sequence[str], unwatched: set[str]
) -> None:
    assert set(read) - rules_of(kind)[model].fields == unwatched


def test_a_field_that_the_version_lacks_is_left_out() -> None:
    rule = rules_of(EntityType.ADDRESS, without={"res.partner.mobile"})["res.partner"]

    assert "mobile" not in rule.fields
    assert "phone" in rule.fields


@pytest.mark.parametrize(
    ("without", "says"),
    [
        ({"stock.quant"}, "stock.quant is not installed in this Odoo: its changes (stock) are not told"),
        ({"stock.quant.product_id"}, "stock.quant has no field product_id"),
    ],
)
def test_what_the_database_cannot_tell_is_said(without: set[str], says: str) -> None:
    kinds = (EntityType.STOCK,)

    rules, notes = wanted_rules(TARGET, kinds, known_of(kinds, without=without), extra=NO_EXTRA)

    assert rules == []
    assert says in notes[0]


def test_stock_of_internal_locations_is_told_whoever_moved_it() -> None:
    rule = rules_of(EntityType.STOCK)["stock.quant"]

    assert rule.domain == "[('location_id.usage', '=', 'internal')]"
    assert rule.sent == {"product_id"}


def test_only_customers_invoices_are_told() -> None:
    saved, deleted = rules_of(EntityType.INVOICE).values()

    assert saved.domain == "[('write_uid', '!=', 7), ('move_type', 'in', ['out_invoice', 'out_refund'])]"
    assert deleted.domain == "[('move_type', 'in', ['out_invoice', 'out_refund'])]"


def test_an_image_is_named_by_the_address_so_that_its_bytes_need_not_be_sent() -> None:
    rule = rules_of(EntityType.IMAGE)["product.template image"]

    assert (rule.fields, rule.sent) == (frozenset({"image_1920"}), frozenset())
    assert rule.urls[0].endswith("?entity_type=image")


def test_where_our_writes_are_news_to_another_link_there_is_no_guard() -> None:
    assert rules_of(EntityType.CUSTOMER, target=replace(TARGET, own_uid=None))["res.partner"].domain is None


def test_an_operators_own_field_is_watched_too() -> None:
    kinds = (EntityType.CUSTOMER,)
    extra = {EntityType.CUSTOMER: ["x_siret", "x_unknown"]}
    known = known_of(kinds)
    known["res.partner"]["x_siret"] = 9

    rules, _ = wanted_rules(TARGET, kinds, known, extra=extra)

    assert "x_siret" in rules[0].fields
    assert "x_unknown" not in rules[0].fields
    assert "x_siret" in watched_models(kinds, extra=extra)["res.partner"]


def test_every_rule_posts_what_the_door_understands() -> None:
    for watch in WATCHES:
        meanings = MEANINGS[watch.model]
        assert set(watch.fields) <= {meaning.entity_type for meaning in meanings}
        needed = {each.id_field for each in meanings if each.needed and each.id_field != "_id"}
        assert needed <= set(watch.sent) & set(watch.needed)


def test_no_condition_uses_what_is_not_there() -> None:
    for rule in rules_of(*EntityType).values():
        conditions = ast.literal_eval(rule.domain or "[]")
        assert all(len(condition) == 3 for condition in conditions)
        assert "context" not in (rule.domain or "")


def test_what_was_just_made_is_right() -> None:
    rules = list(rules_of(*EntityType).values())

    compared = compare(rules, [stored(rule, id=n) for n, rule in enumerate(rules)])

    assert {each.verdict for each in compared} == {Verdict.RIGHT}
    assert acts_of(compared, Doing.REPAIR) == []


@pytest.mark.parametrize(
    "domain",
    [
        '[["write_uid", "!=", 7], ["move_type", "in", ["out_invoice", "out_refund"]]]',
        '["&", ("move_type", "in", ["out_invoice", "out_refund"]), ("write_uid", "!=", 7)]',
    ],
)
def test_a_condition_that_odoos_editor_wrote_anew_is_the_same(domain: str) -> None:
    rule = rules_of(EntityType.INVOICE)["account.move"]

    assert compare([rule], [stored(rule, domain=domain)])[0].verdict is Verdict.RIGHT


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"active": False}, "it is switched off"),
        ({"trigger": "on_write"}, "trigger: on_write instead of on_create_or_write"),
        ({"fields": frozenset({"email", "vat"})}, "trigger fields: lacks active, company_name"),
        ({"fields": frozenset({"email", "vat"})}, "trigger fields: has vat besides"),
        ({"domain": None}, "condition: lacks the guard against our own writes"),
        ({"domain": "[('write_uid', '!=', 8)]"}, "condition: lacks the guard against our own writes"),
        ({"domain": "[('id', '=', 1)] if uid else []"}, "condition: lacks the guard against our own writes"),
        ({"action_id": None, "url": None}, "action: none that sends a webhook"),
        ({"url": "https://sync.example/webhooks/odoo/boutique/older"}, "address: carries the older webhook secret"),
        ({"url": "https://elsewhere.example/"}, "address: another than this service's"),
        ({"sent": frozenset({"type"})}, "fields in the body: lacks parent_id"),
        ({"model": "crm.lead"}, "model: crm.lead instead of res.partner"),
    ],
)
def test_what_somebody_changed_is_said_without_the_secret(changes: dict[str, Any], says: str) -> None:
    rule = rules_of(EntityType.CUSTOMER)["res.partner"]

    [compared] = compare([rule], [stored(rule, **changes)])

    assert compared.verdict is Verdict.DIFFERS
    assert any(line.startswith(says) for line in compared.differences), compared.differences
    assert not any(secret in line for secret in ("s3cret", "older/") for line in compared.differences)


def test_install_makes_repair_mends_as_well_and_remove_takes_all() -> None:
    saved, deleted = rules_of(EntityType.CUSTOMER).values()
    lead = next(iter(rules_of(EntityType.LEAD).values()))
    found = [stored(saved, active=False), stored(saved, id=5), stored(lead, id=3)]

    compared = compare([saved, deleted], found)

    def acts(doing: Doing) -> list[tuple[Act, str]]:
        return [(act, each.name.removeprefix(TARGET.prefix)) for act, each in acts_of(compared, doing)]

    assert acts(Doing.SHOW) == []
    assert acts(Doing.INSTALL) == [(Act.MAKE, "res.partner deleted")]
    assert acts(Doing.REPAIR) == [
        (Act.MEND, "res.partner"),
        (Act.MAKE, "res.partner deleted"),
        (Act.REMOVE, "crm.lead"),
        (Act.REMOVE, "res.partner"),
    ]
    compared = compare([], found)
    assert acts(Doing.REMOVE) == [(Act.REMOVE, "res.partner"), (Act.REMOVE, "crm.lead"), (Act.REMOVE, "res.partner")]


def test_an_odoo_without_webhook_actions_is_said_to_be_polled() -> None:
    with pytest.raises(ActionRequired, match="polling"):
        check_version(16, peer="erp")

    check_version(17, peer="erp")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base_url": "sync.example"}, "url"),
        ({"base_url": "https://sync.example/?a=1"}, "url"),
        ({"secrets": ("a/b",)}, "webhook_secret"),
    ],
)
def test_an_address_that_odoo_could_not_post_to_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPayload) as caught:
        check_target(replace(TARGET, **changes))

    assert caught.value.field == field
    assert "a/b" not in caught.value.message
