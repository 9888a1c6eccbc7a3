from __future__ import annotations

from typing import Any

import pytest
import yaml

from app.connections.effective_sync import stored_sync
from app.connections.schemas import Config
from app.connections.sync_settings import Flow
from app.entities.base import Direction, EntityType
from app.errors import BadPayload
from tests.connections.forms import LINK, ODOO, SHOP, config, raw


def problem(document: object) -> str:
    with pytest.raises(BadPayload) as caught:
        Config.read(document, source="shops.yaml")
    return caught.value.message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"shop": {"api_key": None}}, "shops.yaml: connections[1] boutique: api_key is missing"),
        ({"odoo": {"databse": "x"}}, "connections[0] erp: databse is not known; did you mean database?"),
        ({"shop": {"database": "x"}}, "connections[1] boutique: database is not known; there are: name, url"),
        ({"shop": {"kind": "magento"}}, "connections[1] boutique: kind must be odoo, prestashop or woocommerce"),
        ({"shop": {"kind": None}}, "connections[1] boutique: kind must be odoo, prestashop or woocommerce"),
        ({"shop": {"api_key": 12345678}}, "connections[1] boutique: api_key must be text; put it in quotes"),
        ({"shop": {"api_key": ""}}, "connections[1] boutique: api_key must not be empty"),
        ({"shop": {"url": "ftp://shop"}}, "connections[1] boutique: url must be a URL that begins with http"),
        ({"shop": {"url": "http://169.254.169.254"}}, "connections[1] boutique: url is a link-local or metadata"),
        ({"shop": {"url": "https://shop/api/"}}, "connections[1] boutique: url must be the shop's own address"),
        ({"shop": {"verify_tls": "maybe"}}, "connections[1] boutique: verify_tls must be true or false"),
        ({"shop": {"transport": "xmlrpc"}}, "connections[1] boutique: transport is not known"),
        ({"odoo": {"transport": "soap"}}, "connections[0] erp: transport must be one of auto, json2, jsonrpc, xmlrpc"),
        ({"odoo": {"protocol": "auto"}}, "connections[0] erp: protocol is not known; there are: name, url"),
        ({"odoo": {"lang": "French"}}, "connections[0] erp: lang must be a language code as Odoo writes it, like fr"),
        ({"odoo": {"company_ids": [0]}}, "connections[0] erp: company_ids.0 must be at least 1"),
        ({"odoo": {"company_ids": "1"}}, "connections[0] erp: company_ids must be a list"),
        ({"shop": {"name": "my shop"}}, "connections[1] my shop: name takes only letters"),
        ({"link": {"slug": "Boutique"}}, "links[0] Boutique: slug takes only letters"),
        ({"link": {"webhook_secret": []}}, "links[0] boutique: webhook_secret must not be empty"),
        (
            {"link": {"webhook_secret": ["a1", "b2", "c3"]}},
            "links[0] boutique: webhook_secret has too many",
        ),
        ({"link": {"modules": ["prestashop"]}}, "links[0] boutique: modules must be a mapping"),
        ({"link": {"reverse-sync": True}}, "links[0] boutique: reverse-sync is not known; did you mean reverse_sync?"),
    ],
)
def test_a_problem_is_told_with_its_place_and_what_to_do(changes: dict[str, Any], expected: str) -> None:
    assert expected in problem(raw(**changes))


@pytest.mark.parametrize(
    ("sync", "expected"),
    [
        (
            {"entities": {"customer": {"direction": "sideways"}}},
            "sync.entities.customer.direction must be one of off, both, odoo_to_shop, shop_to_odoo",
        ),
        (
            {"entities": {"customer": {"direction": "odoo_to_shops"}}},
            "sync.entities.customer.direction must be one of off, both, odoo_to_shop, shop_to_odoo; "
            "did you mean odoo_to_shop?",
        ),
        ({"entities": {"custmer": {}}}, "sync.entities.custmer is not known; did you mean customer?"),
        (
            {"entities": {"customer": {"on_delte": "archive"}}},
            "customer.on_delte is not known; did you mean on_d",
        ),
        (
            {"entities": {"customer": {"on_delete": "drop"}}},
            "customer.on_delete must be one of archive, delete",
        ),
        ({"entities": {"customer": {"poll_every_s": -1}}}, "sync.entities.customer.poll_every_s must be at least 0"),
        ({"entities": {"customer": {"poll_every_s": 90_000}}}, "customer.poll_every_s must be at most 86400"),
        ({"entities": {"customer": {"poll_every_s": "daily"}}}, "customer.poll_every_s must be a whole number"),
        (
            {"entities": {"customer": {"create": "maybe"}}},
            "sync.entities.customer.create must be one of true, false, odoo, shop",
        ),
        ({"entities": {"customer": {"owners": {"email": "me"}}}}, "customer.owners.email must be one of odoo, shop"),
        ({"entities": {"customer": "both"}}, "sync.entities.customer must be a mapping of names to values"),
        ({"entities": ["customer"]}, "sync.entities must be a mapping of names to values"),
        (
            {"conflict_rule": "newest_win"},
            "sync.conflict_rule must be one of newest_wins, odoo_wins, shop_wins",
        ),
        ({"conflictrule": "manual"}, "sync.conflictrule is not known; did you mean conflict_rule?"),
        (
            {"odoo": {"auto_confirm_order": False}},
            "sync.odoo.auto_confirm_order is not known; did you mean auto_",
        ),
        ({"odoo": {"lead_type": "chance"}}, "sync.odoo.lead_type must be one of lead, opportunity"),
        ({"mappings": {"ref": "siret"}}, "sync.mappings must be a list"),
        ({"mappings": [{"entity": "customer", "odoo_field": "ref"}]}, "sync.mappings.0.shop_field is missing"),
        (
            {"mappings": [{"entity": "customer", "odoo_field": "Ref", "shop_field": "siret"}]},
            "sync.mappings.0.odoo_field must be a field's own name in that system",
        ),
        (
            {"mappings": [{"entity": "custmer", "odoo_field": "ref", "shop_field": "siret"}]},
            "sync.mappings.0.entity must be one of customer, address, lead, product, variant, stock, image, category, "
            "order, invoice, refund, coupon; did you mean customer?",
        ),
        (
            {"mappings": [{"entity": "customer", "odoo_field": "ref", "shop_field": "siret", "converter": "string"}]},
            "sync.mappings.0.converter must be one of text, boolean, integer, decimal, date",
        ),
    ],
)
def test_a_problem_of_the_sync_settings_is_told_with_its_place_too(sync: dict[str, Any], expected: str) -> None:
    said = problem(raw(link={"sync": sync}))

    assert said.startswith("shops.yaml: links[0] boutique: ")
    assert expected in said


def test_a_direction_that_yaml_reads_as_false_is_off() -> None:
    document = yaml.safe_load("entities: {customer: {direction: off}}")

    assert config(link={"sync": document}).links[0].sync.entity(EntityType.CUSTOMER).direction is Flow.OFF


@pytest.mark.parametrize("sync", ["entities: {customer: }", "entities: {customer: {}}"])
def test_an_entity_type_is_kept_the_same_by_naming_it(sync: str) -> None:
    form = config(link={"sync": yaml.safe_load(sync)}).links[0]

    assert form.sync.flows(EntityType.CUSTOMER, Direction.SHOP_TO_ODOO)
    assert stored_sync(form.sync) == {"entities": {"customer": {}}}


def test_defaults_that_are_written_out_are_not_stored() -> None:
    said = {
        "conflict_rule": "newest_wins",
        "entities": {"customer": {"direction": "both", "on_delete": "delete", "create": True, "poll_every_s": 300}},
        "mappings": [{"entity": "customer", "odoo_field": "ref", "shop_field": "siret", "converter": "text"}],
        "odoo": {"storable": True},
    }

    assert stored_sync(config(link={"sync": said}).links[0].sync) == {
        "entities": {"customer": {"on_delete": "delete"}},
        "mappings": [{"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}],
    }


def test_a_missing_field_of_a_link_is_named_also_where_it_is_called_like_a_kind() -> None:
    assert "links[0] boutique: odoo is missing" in problem(raw(link={"odoo": None}))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([1], "shops.yaml: the entry must be a mapping"),
        ({"connection": []}, "shops.yaml: connection is not known; did you mean connections?"),
        ({"connections": {"erp": {}}}, "shops.yaml: connections must be a list"),
        ({"connections": ["erp"]}, "shops.yaml: connections[0]: the entry must be a mapping"),
        ({"connections": [ODOO, ODOO]}, "shops.yaml: connections: name erp stands there 2 times"),
        ({"links": [LINK, LINK]}, "shops.yaml: links: slug boutique stands there 2 times"),
    ],
)
def test_a_document_of_another_shape_is_refused(document: object, expected: str) -> None:
    assert expected in problem(document)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    said = problem(raw(odoo={"api_key": None}, shop={"url": "x"}, link={"odoo": None}))

    assert len(said.splitlines()) == 3


def test_no_problem_ever_shows_a_value_that_could_be_a_secret() -> None:
    said = problem(raw(shop={"api_key": ["geheim-1234"]}, link={"webhook_secret": {"a": "geheim-1234"}}))

    assert "geheim" not in said


def test_a_form_does_not_show_its_secrets_when_printed() -> None:
    shown = repr(config())

    assert "odoo-key" not in shown
    assert "shop-key" not in shown
    assert "hook-secret" not in shown


def test_a_module_may_be_switched_on_without_settings() -> None:
    assert config(link={"modules": {"prestashop": None}}).links[0].modules == {"prestashop": {}}


@pytest.mark.parametrize("lang", ["fr_FR", "sr@latin", "es_419", "ar_001", "eo"])
def test_an_odoo_may_be_spoken_to_in_another_way_language_and_company(lang: str) -> None:
    said = config(odoo={"transport": "xmlrpc", "lang": lang, "company_ids": [2, 1], "verify_tls": False})

    assert said.connections[0].options == {
        "verify_tls": False,
        "transport": "xmlrpc",
        "lang": lang,
        "company_ids": [2, 1],
    }


def test_what_is_left_at_its_default_is_not_stored() -> None:
    said = config(odoo={"transport": "auto", "lang": "en_US", "company_ids": []})

    assert said.connections[0].options == {}


def test_what_is_risky_but_allowed_is_warned_of() -> None:
    quiet = list(config().warnings())
    warned = list(config(shop={"url": "http://shop.example", "verify_tls": False}).warnings())

    assert quiet == []
    assert [warning.split(";")[0] for warning in warned] == [
        "connection boutique: over http:// the key travels unencrypted",
        "connection boutique: verify_tls is off, so any server can claim to be this one",
    ]
    assert SHOP["url"].startswith("http://127.")
