"""`shopsync woocommerce install` as an operator sees it: what is printed, how it ends."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
import structlog
import yaml

from app.cli import main
from app.sandbox.woocommerce.server import Sandbox, create_sandbox
from tests.connections.forms import ODOO

SECRET = "hook-secret-1"
ADDRESS = "https://sync.example/webhooks/woocommerce/store"
Install = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop() -> Iterator[Sandbox]:
    """The sandbox at the address of the connection `store`; its own deliveries go nowhere."""
    out = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    sandbox = create_sandbox(webhook_client=out)
    inner = httpx.ASGITransport(app=sandbox)

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    with respx.mock(assert_all_called=False) as peers:
        peers.route(url__startswith="https://store.example").mock(side_effect=answer)
        yield sandbox


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
def install(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    own_logging: None,
    database_url: str,
    shop: Sandbox,
) -> Install:
    """Runs the command for a link that takes coupons out of the shop; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PUBLIC_URL", "https://sync.example")

    def shopsync(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["shopsync", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    file = tmp_path / "shops.yaml"
    file.write_text(yaml.safe_dump(document(shop)))
    applied = shopsync("apply", str(file))
    assert applied[0] == 0, applied
    return lambda *options: shopsync("woocommerce", "install", "store", *options)


def document(shop: Sandbox) -> dict[str, Any]:
    settings = {"sync_products": False, "image_limit": 5}
    off = {kind: {"direction": "off"} for kind in ("customer", "address", "order", "refund")}
    return {
        "connections": [
            ODOO,
            {
                "name": "store",
                "kind": "woocommerce",
                "url": "https://store.example",
                "consumer_key": shop.key,
                "consumer_secret": shop.secret,
            },
        ],
        "links": [
            {
                "slug": "store",
                "odoo": "erp",
                "shop": "store",
                "webhook_secret": SECRET,
                "modules": {"woocommerce": settings},
                "sync": {"entities": {**off, "coupon": {"direction": "both"}}},
            }
        ],
    }


def test_the_webhooks_are_made_shown_and_removed(install: Install, shop: Sandbox) -> None:
    missing = install("--show")
    made = install()
    shown = install("--show")
    removed = install("--remove")

    assert missing[0] == 3, missing
    assert "~ coupon.updated: to be made (there is none)" in missing[1]
    assert (made[0], made[2]) == (0, "")
    assert f"store in store, posting to {ADDRESS}\n" in made[1]
    assert "+ coupon.updated: made (there is none)" in made[1]
    assert shown[0] == 0
    assert "coupon.updated" in shown[1]
    assert removed[0] == 0
    assert "+ coupon.updated: removed" in removed[1]
    assert shop.rows("webhooks") == []
    assert not any(SECRET in out for _, out, _ in (missing, made, shown, removed))


def test_what_somebody_paused_is_switched_on_again_and_what_was_missed_is_said(install: Install, shop: Sandbox) -> None:
    install()
    for row in shop.rows("webhooks"):
        row["status"] = "paused"

    dry = install("--dry-run")
    woken = install()

    assert dry[0] == 3, dry
    assert "~ coupon.updated: to be switched on again (somebody paused it)" in dry[1]
    assert woken[0] == 0
    assert "+ coupon.updated: switched on again (somebody paused it)" in woken[1]
    assert "What may have been missed meanwhile is looked for by the workers now." in woken[1]
    assert {row["status"] for row in shop.rows("webhooks")} == {"active"}


def test_without_an_address_it_says_what_to_set(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL")

    code, _, err = install()

    assert code == 1
    assert "Set PUBLIC_URL" in err


def test_two_wishes_at_once_are_refused(install: Install) -> None:
    code, _, err = install("--show", "--remove")

    assert (code, err) == (1, "give one of --show and --remove\n")


def test_a_link_with_another_shop_or_none_is_named(
    install: Install, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["shopsync", "woocommerce", "install", "nowhere"])
    with pytest.raises(SystemExit):
        main()

    assert "there is no link nowhere" in capsys.readouterr().err


def test_a_sandbox_shop_can_be_run_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_logging: None
) -> None:
    monkeypatch.setattr(sys, "argv", ["shopsync", "sandbox", "woocommerce", "--", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code in (0, None)
    assert "--prices-include-tax" in capsys.readouterr().out
