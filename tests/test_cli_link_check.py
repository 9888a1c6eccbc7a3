"""`shopsync link check`, `connection test` and `apply` against a sandbox Odoo and a sandbox shop."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import structlog
import yaml

from app.cli import main
from app.sandbox import woocommerce
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from app.sandbox.prestashop import Sandbox, create_sandbox
from app.sandbox.woocommerce.access import ApiKey
from tests.connections.forms import ODOO, SHOP, raw

MAPPING = {"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}
STORE = "https://store.example"
READER, READER_SECRET = "ck_reads-only-1234", "cs_reads-only-1234"
Answer = tuple[int, str, str]
Shopsync = Callable[..., Answer]
Apply = Callable[..., Answer]


def _answering(inner: httpx.AsyncBaseTransport) -> Callable[[httpx.Request], Any]:
    async def answer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    return answer


@pytest.fixture
def odoo() -> Database:
    return seeded(api_key=ODOO["api_key"])


@pytest.fixture
def shop() -> Sandbox:
    return create_sandbox(key="SHOPKEYSHOPKEYSHOPKEYSHOPKEY1234")


@pytest.fixture
def store() -> woocommerce.Sandbox:
    return woocommerce.create_sandbox(keys={READER: ApiKey(secret=READER_SECRET, permissions="read")})


@pytest.fixture
def peers(odoo: Database, shop: Sandbox, store: woocommerce.Sandbox) -> Iterator[respx.MockRouter]:
    """The sandboxes at the addresses of the connections."""
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=ODOO["url"]).mock(side_effect=_answering(httpx.ASGITransport(create_app(odoo))))
        router.route(url__startswith=SHOP["url"]).mock(side_effect=_answering(httpx.ASGITransport(shop)))
        router.route(url__startswith=STORE).mock(side_effect=_answering(httpx.ASGITransport(store)))
        yield router


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Commands set up the logging of their process; here it is put back afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers[:], level, config = before
    root.setLevel(level)
    structlog.configure(**config)


@pytest.fixture
def shopsync(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    own_logging: None,
    database_url: str,
    peers: respx.MockRouter,
) -> Shopsync:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def apply(shopsync: Shopsync, shop: Sandbox, tmp_path: Path) -> Apply:
    """Applies the usual file with these sync settings."""

    def with_sync(sync: Mapping[str, Any], *options: str) -> Answer:
        document = raw(link={"sync": sync}, shop={"api_key": shop.key})
        (tmp_path / "shops.yaml").write_text(yaml.safe_dump(document))
        return shopsync("apply", "shops.yaml", *options)

    return with_sync


@pytest.fixture
def apply_store(shopsync: Shopsync, tmp_path: Path) -> Apply:
    """Applies a link with a WooCommerce that keeps these entity types the same."""

    def with_entities(entities: Mapping[str, Any], *options: str, **credentials: str) -> Answer:
        document = raw(link={"shop": "store", "modules": {"woocommerce": {}}, "reverse_sync": False})
        document["connections"][1] = {"name": "store", "kind": "woocommerce", "url": STORE, **credentials}
        off = ("customer", "address", "category", "product", "variant", "stock", "image", "order", "refund", "coupon")
        kept = {name: {"direction": "off"} for name in off} | dict(entities)
        document["links"][0]["sync"] = {"entities": kept}
        (tmp_path / "shops.yaml").write_text(yaml.safe_dump(document))
        return shopsync("apply", "shops.yaml", *options)

    return with_entities


def test_a_mapping_of_a_field_that_a_peer_has_not_is_refused_and_nothing_is_stored(
    apply: Apply, shopsync: Shopsync
) -> None:
    sync = {"entities": {"customer": {}}, "mappings": [MAPPING | {"shop_field": "sirett"}]}

    checked = apply(sync, "--check")
    applied = apply(sync)

    said = (
        "link boutique: sync.mappings: customer ref ⇄ sirett: prestashop has no field sirett there; "
        "did you mean siret?\n"
    )
    assert (checked[0], checked[2]) == (1, said)
    assert (applied[0], applied[2]) == (1, said)
    assert "boutique" not in shopsync("link", "list")[1]


def test_a_peer_that_is_away_is_a_warning_and_the_mapping_is_stored(apply: Apply, peers: respx.MockRouter) -> None:
    peers.clear()
    peers.route().mock(side_effect=httpx.ConnectError("no route to host"))

    code, out, err = apply({"entities": {"customer": {}}, "mappings": [MAPPING]})

    assert code == 0
    assert "+ link boutique: created" in out
    assert err.count("warning: link boutique: the mapped fields could not be checked in ") == 2


def test_a_mapping_that_is_stored_already_is_not_asked_about_again(apply: Apply, peers: respx.MockRouter) -> None:
    sync = {"entities": {"customer": {}}, "mappings": [MAPPING]}
    assert apply(sync)[0] == 0
    asked = peers.calls.call_count

    code, out, _ = apply(sync)

    assert (code, peers.calls.call_count) == (0, asked)
    assert "Nothing to change." in out


def test_a_type_whose_owner_is_not_synced_is_warned_of_when_it_is_applied(apply: Apply) -> None:
    code, _, err = apply({"entities": {"address": {}}})

    assert code == 0
    assert "warning: link boutique: sync.entities.address: every address belongs to a customer" in err


def test_a_link_that_is_fine_is_shown_with_how_changes_are_noticed(apply: Apply, shopsync: Shopsync) -> None:
    apply(
        {"entities": {"customer": {"poll_every_s": 60}, "stock": {"direction": "odoo_to_shop"}}, "mappings": [MAPPING]}
    )

    code, out, err = shopsync("link", "check", "boutique")

    assert (code, err) == (0, "")
    assert "boutique: erp ⇄ boutique, enabled" in out
    assert "webhooks: /webhooks/odoo/boutique, /webhooks/prestashop/boutique" in out
    assert "told when created, deleted, updated; polled every 60 s" in out.replace("\n", " ")
    assert "mapped: customer ref ⇄ siret (text, both)" in out
    assert "! sync.entities.stock: every stock belongs to a product" in out
    assert "erp (odoo 17.0-20240709): works" in out
    assert "boutique (prestashop 8" in out


def test_a_field_that_went_since_and_a_peer_that_is_away_end_the_check_with_1(
    apply: Apply, shopsync: Shopsync, peers: respx.MockRouter, shop: Sandbox
) -> None:
    apply({"entities": {"customer": {}}, "mappings": [MAPPING]})
    peers.clear()
    peers.route(url__startswith=ODOO["url"]).mock(side_effect=httpx.ConnectError("no route to host"))
    peers.route(url__startswith=SHOP["url"]).mock(side_effect=_answering(httpx.ASGITransport(shop)))

    code, out, _ = shopsync("link", "check", "boutique")

    assert code == 1
    assert "! the mapped fields could not be checked in erp" in out
    assert "erp (odoo): does not work yet" in out


def test_a_link_that_is_not_there_is_named(shopsync: Shopsync) -> None:
    code, _, err = shopsync("link", "check", "nope")

    assert (code, err) == (1, "there is no link 'nope'; see `shopsync link list`\n")


def test_a_connection_is_asked_only_for_rights_that_its_links_need(
    apply: Apply, shopsync: Shopsync, odoo: Database
) -> None:
    apply({"entities": {"customer": {}}})
    few = shopsync("connection", "test", "erp")[1]
    apply({"entities": {"customer": {}, "coupon": {}}})
    more = shopsync("connection", "test", "erp")[1]

    assert "res.partner: read, create, write" in few
    assert "loyalty.program" not in few
    assert "loyalty.program" in more


def test_a_connection_test_shows_transport_version_clock_and_what_can_be_done(apply: Apply, shopsync: Shopsync) -> None:
    apply({"entities": {"customer": {}}})

    code, out, _ = shopsync("connection", "test", "erp")

    assert code == 0
    assert "erp (odoo 17.0-20240709): works" in out
    assert "transport: jsonrpc" in out
    assert "seen by neither" in out
    assert "clock_offset_s" in out


def test_a_woocommerce_key_that_only_reads_hinders_only_what_is_written(
    apply_store: Apply, shopsync: Shopsync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://sync.example")
    reader = {"consumer_key": READER, "consumer_secret": READER_SECRET}
    apply_store({"product": {"direction": "shop_to_odoo"}}, **reader)
    reads = shopsync("link", "check", "boutique")
    apply_store({"product": {"direction": "both"}}, **reader)
    writes = shopsync("link", "check", "boutique")

    assert reads[0] == 0, reads
    assert "! webhooks: the key lacks webhooks: write; changes are found by polling" in reads[1]
    assert "odoo_to_shop" not in reads[1].partition("store (woocommerce")[2]
    assert writes[0] == 1
    assert "! product odoo_to_shop: the key lacks products: write" in writes[1]


def test_a_woocommerce_without_an_application_password_hinders_only_pictures_that_are_written(
    apply_store: Apply, shopsync: Shopsync, store: woocommerce.Sandbox
) -> None:
    key = {"consumer_key": store.key, "consumer_secret": store.secret}
    apply_store({"product": {}, "image": {"direction": "shop_to_odoo"}}, **key)
    read = shopsync("connection", "test", "store")
    apply_store({"product": {}, "image": {"direction": "both"}}, **key)
    written = shopsync("connection", "test", "store")

    assert (read[0], written[0]) == (0, 1), (read, written)
    assert "Application Password" not in read[1]
    assert "! image odoo_to_shop: the key lacks an Application Password: add username" in written[1]


def test_without_public_url_a_link_that_listens_to_a_woocommerce_is_told_once_that_nobody_will_speak(
    apply_store: Apply, shopsync: Shopsync, store: woocommerce.Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"consumer_key": store.key, "consumer_secret": store.secret}
    applied = apply_store({"product": {}, "order": {"direction": "shop_to_odoo"}}, **key)
    checked = shopsync("link", "check", "boutique")
    written_only = apply_store({"product": {"direction": "odoo_to_shop"}}, "--check", **key)
    monkeypatch.setenv("PUBLIC_URL", "https://sync.example")
    said = apply_store({"product": {}}, "--check", **key)

    deaf = "PUBLIC_URL is not set, so the shop's webhooks cannot be made: changes of order, product are found by"
    assert applied[2].count(deaf) == 1
    assert checked[1].count(deaf) == 1
    assert checked[0] == 0
    assert "PUBLIC_URL" not in written_only[2] + said[2]
