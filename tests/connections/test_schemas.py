from __future__ import annotations

from typing import Any

import pytest

from app.connections.schemas import Config
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
        ({"shop": {"kind": "magento"}}, "connections[1] boutique: kind must be odoo or prestashop"),
        ({"shop": {"kind": None}}, "connections[1] boutique: kind must be odoo or prestashop"),
        ({"shop": {"api_key": 12345678}}, "connections[1] boutique: api_key must be text; put it in quotes"),
        ({"shop": {"api_key": ""}}, "connections[1] boutique: api_key must not be empty"),
        ({"shop": {"url": "ftp://shop"}}, "connections[1] boutique: url must be a URL that begins with http"),
        ({"shop": {"url": "http://169.254.169.254"}}, "connections[1] boutique: url is a link-local or metadata"),
        ({"shop": {"url": "https://shop/api/"}}, "connections[1] boutique: url must be the shop's own address"),
        ({"shop": {"verify_tls": "maybe"}}, "connections[1] boutique: verify_tls Input should be a valid boolean"),
        ({"shop": {"transport": "xmlrpc"}}, "connections[1] boutique: transport is not known"),
        ({"odoo": {"transport": "soap"}}, "connections[0] erp: transport Input should be 'auto', 'json2', 'jsonrpc'"),
        ({"odoo": {"protocol": "auto"}}, "connections[0] erp: protocol is not known; there are: name, url"),
        ({"odoo": {"lang": "French"}}, "connections[0] erp: lang must be a language code as Odoo writes it, like fr"),
        ({"odoo": {"company_ids": [0]}}, "connections[0] erp: company_ids.0 Input should be greater than or equal"),
        ({"odoo": {"company_ids": "1"}}, "connections[0] erp: company_ids must be a list"),
        ({"shop": {"name": "my shop"}}, "connections[1] my shop: name: only letters"),
        ({"link": {"slug": "Boutique"}}, "links[0] Boutique: slug: only letters"),
        ({"link": {"webhook_secret": []}}, "links[0] boutique: webhook_secret must not be empty"),
        ({"link": {"webhook_secret": ["a1", "b2", "c3"]}}, "links[0] boutique: webhook_secret: at most two"),
        ({"link": {"modules": ["prestashop"]}}, "links[0] boutique: modules must be a mapping"),
        ({"link": {"reverse-sync": True}}, "links[0] boutique: reverse-sync is not known; did you mean reverse_sync?"),
    ],
)
def test_a_problem_is_told_with_its_place_and_what_to_do(changes: dict[str, Any], expected: str) -> None:
    assert expected in problem(raw(**changes))


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
