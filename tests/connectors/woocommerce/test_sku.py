"""Who has an SKU: how the shop is asked."""

from __future__ import annotations

import httpx

from app.connectors.http import PeerClient
from app.connectors.woocommerce import sku
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login


async def test_an_sku_with_a_comma_is_asked_for_alone_and_others_fifty_at_a_time() -> None:
    """The shop takes a comma for the next SKU, and the whole text for one more."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["sku"])
        rows = [{"id": 7, "sku": "A,B"}, {"id": 8, "sku": "a"}, {"id": 9, "sku": "b"}] if "," in asked[-1] else []
        return httpx.Response(200, json=rows)

    login = Login(consumer_key="ck_1", consumer_secret="cs_1")
    peer = PeerClient("https://shop.test", name="shop", auth=login, transport=httpx.MockTransport(answer))

    found = await sku.owners(WooClient(peer, login), ["a,b", *[f"s{one}" for one in range(60)]])

    assert {code: row["id"] for code, row in found.items()} == {"a,b": 7}
    assert sorted(text.count(",") for text in asked) == [1, 9, 49]
