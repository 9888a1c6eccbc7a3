"""A worker process, a shop process, and nobody who asks for anything: the shop's webhooks are there."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import httpx

from app.db.child import free_port
from app.db.session import SessionMaker
from app.security.crypto import KeyRing
from tests.api.builders import SHOP_CREDENTIALS, make_link
from tests.running import eventually, running

KEY = b"k" * 32


async def test_a_worker_makes_the_webhooks_of_a_shop_that_it_was_told_of(
    tmp_path: Path, sessions: SessionMaker, database_url: str, redis_url: str
) -> None:
    shop_url, keys = f"http://127.0.0.1:{free_port()}", SHOP_CREDENTIALS["woocommerce"]
    await make_link(
        sessions,
        KeyRing([KEY]),
        slug="store",
        shop_kind="woocommerce",
        shop_url=shop_url,
        sync={"entities": {"coupon": {"direction": "shop_to_odoo"}}},
    )
    sandbox = [
        "--port",
        shop_url.rpartition(":")[2],
        "--key",
        keys["consumer_key"],
        "--secret",
        keys["consumer_secret"],
    ]
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEYS": base64.b64encode(KEY).decode(),
        "PUBLIC_URL": "http://127.0.0.1:9",
    }

    with running(["-m", "app.cli", "sandbox", "woocommerce", *sandbox], _folder(tmp_path, "shop"), {}):
        eventually(lambda: webhooks(shop_url) is not None)
        with running(["-m", "app.cli", "worker"], _folder(tmp_path, "worker"), environment):
            made = eventually(lambda: four(webhooks(shop_url)))

    assert {row["delivery_url"] for row in made} == {"http://127.0.0.1:9/webhooks/woocommerce/store"}
    assert {row["name"] for row in made} == {
        f"shopsync store: coupon.{event}" for event in ("created", "updated", "deleted", "restored")
    }


def webhooks(shop_url: str) -> list[dict[str, Any]] | None:
    """None while the shop does not answer yet."""
    try:
        rows: list[dict[str, Any]] = httpx.get(f"{shop_url}/_sandbox/state/webhooks", trust_env=False).json()
    except httpx.HTTPError:
        return None
    return rows


def four(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return rows if rows and len(rows) == 4 else []


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
