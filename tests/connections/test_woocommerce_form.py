"""A WooCommerce connection as a file asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.plan import Change, CheckedModules
from app.connections.schemas import Config
from app.connections.service import carry_out, plan
from app.connections.store import connection_view, find_connection
from app.errors import BadPayload
from app.security.crypto import KeyRing
from tests.connections.forms import ODOO

KEYS = {"consumer_key": "ck_woo-key-1234", "consumer_secret": "cs_woo-secret-1234"}
USER = {"username": "sync", "application_password": "abcd efgh ijkl mnop"}


def document(*, drop: tuple[str, ...] = (), **fields: Any) -> dict[str, Any]:
    shop = {"name": "store", "kind": "woocommerce", "url": "https://store.example", **KEYS, **fields}
    kept = {name: value for name, value in shop.items() if name not in drop}
    link = {"slug": "store", "odoo": "erp", "shop": "store", "webhook_secret": "hook-secret-1"}
    return {"connections": [ODOO, kept], "links": [link]}


def config(**fields: Any) -> Config:
    return Config.read(document(**fields), source="shops.yaml")


def ring() -> KeyRing:
    return KeyRing([b"k" * 32])


def check_nothing(modules: Any, **_: Any) -> CheckedModules:
    return CheckedModules(settings=dict(modules))


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, KEYS),
        (USER, KEYS | USER),
        ({**USER, "drop": tuple(KEYS)}, USER),
        ({"username": None, "application_password": None}, KEYS),
    ],
)
def test_a_key_a_user_or_both_open_it(fields: dict[str, Any], kept: dict[str, str]) -> None:
    assert config(**fields).connections[1].credentials == kept


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"drop": tuple(KEYS)},
            "the entry needs consumer_key and consumer_secret, or username and application_password",
        ),
        ({"drop": ("consumer_secret",)}, "the entry needs consumer_secret as well"),
        ({"drop": ("consumer_key",)}, "the entry needs consumer_key as well"),
        ({"username": "sync"}, "the entry needs application_password as well: username and application_password"),
        ({"consumer_key": ""}, "consumer_key must not be empty"),
        ({"api_key": "x"}, "api_key is not known; there are: name, url"),
        ({"consumer_secrt": "x"}, "consumer_secrt is not known; did you mean consumer_secret?"),
        ({"url": "https://store.example/wp-json"}, "url must be the shop's own address: leave out /wp-json"),
        ({"url": "https://store.example/wp-json/wc/v3/"}, "url must be the shop's own address: leave out /wp-json"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(fields: dict[str, Any], expected: str) -> None:
    with pytest.raises(BadPayload) as caught:
        config(**fields)

    assert f"shops.yaml: connections[1] store: {expected}" in caught.value.message
    assert "woo-secret" not in caught.value.message


def test_http_is_warned_of_and_taken() -> None:
    [warning] = config(url="http://store.example").warnings()

    assert "requests are signed, but anybody on the way can read them" in warning
    assert "Application Password" in warning
    assert list(config(url="http://127.0.0.1:8080").warnings()) == []


def test_its_secrets_are_named_and_not_printed() -> None:
    read = config(**USER)

    assert [where for where, _ in read.secrets()] == [
        "connection erp: api_key",
        "connection store: consumer_key",
        "connection store: consumer_secret",
        "connection store: application_password",
        "link store: webhook_secret",
    ]
    assert not any(secret in repr(read) for _, secret in read.secrets())


async def test_its_credentials_are_sealed_and_a_change_says_only_that(session: AsyncSession) -> None:
    keys = ring()
    await carry_out(session, keys, config(), check_nothing)
    row = await find_connection(session, name="store")
    changed = config(consumer_secret="cs_another-secret", **USER)
    planned = store_of(await plan(session, keys, changed, check_nothing))

    assert row is not None
    assert b"woo-secret" not in row.sealed
    view = connection_view(row, keys)
    assert (view.kind, view.credentials) == ("woocommerce", KEYS)
    assert set(planned.details) == {
        "consumer_secret: changed",
        "username: unset → sync",
        "application_password: changed",
    }


def store_of(changes: list[Change]) -> Change:
    return next(change for change in changes if (change.kind, change.name) == ("connection", "store"))
