"""What is taken out, and what is left so that a line still says something."""

from __future__ import annotations

import base64

import orjson
import pytest

from app.redact import REDACTED, TOO_DEEP, redact, redact_facts, redact_json, redact_text, register_secret


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "passwd",
        "webhook_secret",
        "API-Key",
        "apikey",
        "ws_key",
        "X-Odoo-Token",
        "Set-Cookie",
        "authorization",
    ],
)
def test_a_field_named_like_a_secret_is_hidden(name: str) -> None:
    assert redact({name: "abc"}) == {name: REDACTED}


@pytest.mark.parametrize("name", ["email", "natural_key", "id", "state", "past", "key"])
def test_other_fields_are_shown(name: str) -> None:
    assert redact({name: "abc"}) == {name: "abc"}


@pytest.mark.parametrize("nothing", [None, "", False])
def test_that_a_secret_is_missing_is_shown(nothing: object) -> None:
    assert redact({"api_key": nothing}) == {"api_key": nothing}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "GET https://shop/api/customers?ws_key=ABC&display=full",
            f"GET https://shop/api/customers?ws_key={REDACTED}&display=full",
        ),
        ("postgresql://shop:pa55@db/sync is down", f"postgresql://shop:{REDACTED}@db/sync is down"),
        ("redis://:pa55@127.0.0.1:6379/0", f"redis://:{REDACTED}@127.0.0.1:6379/0"),
        ("john@example.com has id=67", "john@example.com has id=67"),
        (
            'POST /webhooks/odoo/boutique/an%2Fold-one?action=deleted HTTP/1.1" 403',
            f'POST /webhooks/odoo/boutique/{REDACTED}?action=deleted HTTP/1.1" 403',
        ),
        ("POST /webhooks/prestashop/boutique HTTP/1.1", "POST /webhooks/prestashop/boutique HTTP/1.1"),
    ],
)
def test_secrets_in_addresses_are_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_registered_value_is_hidden_wherever_it_is() -> None:
    register_secret("tr0ub4dor")
    register_secret("tr0ub4dor&3")

    shown = redact({"note": ["said tr0ub4dor&3 loudly", b"and tr0ub4dor"], "nested": {"deep": ("x-tr0ub4dor-x",)}})

    assert shown == {
        "note": [f"said {REDACTED} loudly", f"and {REDACTED}"],
        "nested": {"deep": [f"x-{REDACTED}-x"]},
    }


def test_a_value_too_short_to_be_told_from_chance_is_not_searched_for() -> None:
    register_secret("a")

    assert redact("a customer") == "a customer"


def test_the_original_is_left_as_it_was() -> None:
    payload = {"passwd": "abc", "lines": [{"token": "abc"}]}

    redact(payload)

    assert payload == {"passwd": "abc", "lines": [{"token": "abc"}]}


def test_a_name_that_is_an_address_shows_no_password() -> None:
    assert redact({"https://shop:pa55@host/?ws_key=x": 1}) == {f"https://shop:{REDACTED}@host/?ws_key={REDACTED}": 1}


def test_a_body_nested_as_deeply_as_json_allows_is_shown_as_far_as_anybody_reads() -> None:
    nested = orjson.loads('{"a":[' * 400 + "]}" * 400)

    shown = repr(redact({"password": nested, "note": nested}))

    assert shown.count(TOO_DEEP) == 1


@pytest.mark.parametrize("neighbour", ["", "u:", "us:", "usr:"])
def test_a_registered_value_is_hidden_in_base64_and_percent_encoded_too(neighbour: str) -> None:
    register_secret("gu4cam/ole+dip of 2026")
    encoded = base64.b64encode(f"{neighbour}gu4cam/ole+dip of 2026:x".encode()).decode()

    shown = redact_text(f"Authorization: Basic {encoded} | /hook/gu4cam%2Fole%2Bdip%20of%202026")

    assert shown.count(REDACTED) == 2
    assert encoded[8:24] not in shown
    assert "ole" not in shown


def test_a_body_is_kept_without_its_secrets_and_else_byte_for_byte() -> None:
    plain = b'{"id": 67,  "email": "a@example.com", "image": "https://shop.test/1.png"}'

    assert redact_json(plain) is plain
    assert orjson.loads(redact_json(b'{"id": 67, "passwd": "abc", "at": "https://u:p@shop.test"}')) == {
        "id": 67,
        "passwd": REDACTED,
        "at": f"https://u:{REDACTED}@shop.test",
    }


def _nested(depth: int) -> dict[str, object]:
    inner: dict[str, object] = {"name": "Ada"}
    for _ in range(depth):
        inner = {"inner": inner}
    return inner


@pytest.mark.parametrize(
    "facts",
    [
        {"changes": {"name": {"before": None, "after": "Ada"}}, "notes": ["no price"]},
        {"api-key": "abc"},
        {"OAuth-Signature": "abc"},
        {"said": "https://user:pass@shop.example"},
        {"said": 'https://user:a"b@shop.example'},
        {"said": "https://shop.example/?ws_key=abc"},
        {"said": "POST /webhooks/odoo/boutique/abc was refused"},
        {"said": ["it is:", {"deep": 'registered "in quotes"'}]},
        {'registered "in quotes"': 1},
        {"said": b"ws_key=abc"},
        {"said": {1, 2}},
        {1: "registered in plain"},
        _nested(90),
        _nested(120),
    ],
)
def test_the_quick_way_for_the_journal_takes_out_what_the_thorough_one_does(facts: dict[str, object]) -> None:
    register_secret('registered "in quotes"')
    register_secret("registered in plain")

    assert redact_facts(facts) == redact(facts)
