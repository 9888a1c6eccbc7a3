from __future__ import annotations

from pathlib import Path

import pytest

from app.connections.config_file import load_config, parse_yaml
from app.connections.schemas import Config
from app.connections.sync_changes import unsynced_references
from app.connections.sync_settings import Flow
from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules.registry import check_modules, entity_types

ROOT = Path(__file__).parents[2]
SECRETS = {"ODOO_API_KEY": "odoo-key-1234", "PRESTASHOP_KEY": "shop-key-1234", "WEBHOOK_SECRET": "hook-secret-1"}
OF_THE_STORE = {
    "WOO_CONSUMER_KEY": "ck_1234567890",
    "WOO_CONSUMER_SECRET": "cs_1234567890",
    "WP_APPLICATION_PASSWORD": "abcd efgh ijkl",
    "STORE_WEBHOOK_SECRET": "store-secret-1",
}


def parsed(text: str, **environment: str) -> object:
    return parse_yaml(text, environment, source="shops.yaml")


def test_the_example_file_is_the_documented_form() -> None:
    config = load_config(ROOT / "config.example.yaml", SECRETS)

    assert [connection.name for connection in config.connections] == ["erp", "boutique"]
    [link] = config.links
    assert (link.odoo, link.shop, link.reverse_sync, link.secrets) == ("erp", "boutique", True, ["hook-secret-1"])
    assert check_modules(link.modules, shop_kind="prestashop").settings == {"prestashop": {}}


def test_the_longer_form_in_the_example_is_valid_too() -> None:
    text = (ROOT / "config.example.yaml").read_text()
    commented = text[text.index("# connections:\n") :]
    longer = "\n".join(line.removeprefix("#").removeprefix(" ") for line in commented.splitlines())

    config = Config.read(
        parsed(longer, **SECRETS, **OF_THE_STORE, NEW_SECRET="new-secret-1", OLD_SECRET="old-secret-1"),
        source="shops.yaml",
    )

    [link, store] = config.links
    assert link.secrets == ["new-secret-1", "old-secret-1"]
    checked = check_modules(link.modules, shop_kind="prestashop", sync=link.sync)
    assert checked.settings["prestashop"]["default_country"] == "US"
    assert config.connections[0].options == {"lang": "fr_FR", "company_ids": [1]}
    assert link.sync.entities.keys() == entity_types(link.modules)
    assert link.sync.entity(EntityType.COUPON).direction is Flow.OFF
    assert [each.shop_field for each in link.sync.mappings] == ["siret", "upc"]
    assert list(unsynced_references(link.sync)) == []
    assert (store.secrets, list(store.modules)) == (["store-secret-1"], ["crm", "woocommerce"])
    in_store = check_modules(store.modules, shop_kind="woocommerce", sync=store.sync)
    assert in_store.settings["woocommerce"]["order_statuses"]["shipped"] == ["shipped"]
    assert [each.shop_field for each in store.sync.mappings] == ["vat_number"]
    assert config.connections[2].credentials == {
        "consumer_key": "ck_1234567890",
        "consumer_secret": "cs_1234567890",
        "username": "sync",
        "application_password": "abcd efgh ijkl",
    }


def test_a_secret_is_put_in_after_parsing_so_that_it_cannot_break_the_file() -> None:
    assert parsed('{key: "${KEY}"}', KEY='a: "b"}, # c') == {"key": 'a: "b"}, # c'}


def test_a_secret_of_digits_stays_text() -> None:
    assert parsed("key: ${KEY}", KEY="0123456789") == {"key": "0123456789"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${HOST:-localhost}", "localhost"),
        ("${EMPTY:-fallback}", "fallback"),
        ("http://${SET}:80/${SET}", "http://value:80/value"),
        ("${SET:-fallback}", "value"),
        ("${HOST:-}", ""),
        ("$${SET}", "${SET}"),
        ("costs $5", "costs $5"),
    ],
)
def test_references_are_replaced_as_in_a_shell(written: str, value: str) -> None:
    assert parsed(f'key: "{written}"', SET="value", EMPTY="") == {"key": value}


def test_a_missing_variable_is_named_with_its_line() -> None:
    with pytest.raises(BadPayload, match=r"shops\.yaml, line 2: the environment variable SHOP_KEY is not set"):
        parsed('a: 1\nkey: "${SHOP_KEY}"')


def test_a_reference_that_is_none_is_not_passed_on() -> None:
    with pytest.raises(BadPayload, match=r"line 1: \$\{SHOP-KEY\} is not"):
        parsed('key: "${SHOP-KEY}"')


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadPayload, match=r"line 3: url stands twice"):
        parsed("url: a\nname: b\nurl: c")


@pytest.mark.parametrize("text", ["{key: ${KEY}}", "a: [1", "a: !!python/object/apply:os.getcwd []", "a: 1\n---\nb: 2"])
def test_what_is_not_plain_yaml_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(BadPayload, match=r"shops\.yaml, line \d+: not YAML"):
        parsed(text, KEY="x")


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadPayload, match=r"shops\.yaml cannot be read: No such file"):
        load_config(tmp_path / "shops.yaml", {})


def test_an_empty_file_asks_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "shops.yaml").write_text("# nothing yet\n")

    assert load_config(tmp_path / "shops.yaml", {}) == Config()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("connections:\n\t- {name: erp}\n", "line 2: .*; indent with spaces, not with tabs"),
        ("connections:\n  - {name: erp, api_key: ${X}}\n", r"line 2: .*; inside { } write .\$\{NAME\}. in quotes"),
        ("connections:\n  - name: erp\n   kind: odoo\n", "line 3: .*; is it indented like the lines it belongs to"),
    ],
)
def test_what_is_no_yaml_is_told_with_what_most_likely_mends_it(file: str, words: str) -> None:
    with pytest.raises(BadPayload, match=words):
        parsed(file)


def test_an_empty_file_says_nothing_and_a_list_is_no_configuration() -> None:
    assert Config.read(parsed(""), source="shops.yaml").connections == ()
    with pytest.raises(BadPayload, match=r"shops\.yaml"):
        Config.read(parsed("[]"), source="shops.yaml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 2026-99-99", "line 1: is no timestamp"),
        ("a:\n  - !!int x", "line 2: is no int"),
        ("!!bool x", "line 1: is no bool"),
        ("!!timestamp x", "line 1: is no timestamp"),
        ("a: \x01", "not YAML"),
        ("[" * 2000, "nested too deeply"),
    ],
)
def test_what_yaml_itself_stumbles_over_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(BadPayload, match=says):
        parsed(text)
