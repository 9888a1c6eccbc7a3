"""A WooCommerce's wp-admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.server import Logged
from tests.flows.offices.woocommerce_goods import WoocommerceGoods
from tests.flows.offices.woocommerce_people import WoocommercePeople
from tests.flows.offices.woocommerce_sales import WoocommerceSales
from tests.flows.offices.woocommerce_shelves import WoocommerceShelves

PATHS: Final = {
    "customer": r"/customers",
    "address": r"/customers",
    "product": r"/products(/batch)?(\?|$)",
    "variant": r"/variations",
    "category": r"/products/categories",
    "image": r"/wp/v2/media",
    "order": r"/orders",
    "coupon": r"/coupons",
}
"""Of requests; a batch of one entity type goes to a path of its own."""
WORDS: Final = {
    "customers": "customer",
    "products": "product",
    "orders": "order",
    "coupons": "coupon",
    "media": "image",
}
VERBS: Final = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
TOPICS: Final = [
    f"{resource}.{event}"
    for resource in ("customer", "product", "order", "coupon")
    for event in ("created", "updated", "deleted", "restored")
]


class WoocommerceOffice(WoocommercePeople, WoocommerceGoods, WoocommerceShelves, WoocommerceSales):
    kind = "woocommerce"

    def __init__(self, shop: Sandbox) -> None:
        WoocommerceGoods.__init__(self, shop)

    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", PATHS[entity_type], name="unavailable", times=times)

    def lose_answer(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", PATHS[entity_type], name="commit_then_drop", times=times)

    def refuse_looks(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("GET", PATHS[entity_type], name="unavailable", times=times)

    def mend(self) -> None:
        self._shop.faults.clear()

    def hush(self) -> None:
        for row in self._shop.rows("webhooks"):
            row["status"] = "paused"

    def reads(self) -> list[Any]:
        return [each for each in self._shop.requests if each.method == "GET"]

    def writes(self) -> list[str]:
        return [word for each in self._shop.requests if each.method != "GET" for word in _written(each)]

    def forget(self) -> None:
        self._shop.requests.clear()

    async def settled(self) -> None:
        await self._shop.settled()


def _written(request: Logged) -> Iterator[str]:
    """A batch is so many writes as it has items."""
    path = request.path.partition("/wc/v3/")[2] or request.path.removeprefix("/wp-json/wp/v2/")
    entity_type = _entity_type(path)
    if path.endswith("/batch"):
        items = orjson.loads(request.body)
        for verb in ("create", "update", "delete"):
            yield from [f"{verb} {entity_type}"] * len(items.get(verb, ()))
    else:
        updates = request.method == "POST" and path.rsplit("/", 1)[-1].isdigit()
        yield f"{'update' if updates else VERBS[request.method]} {entity_type}"


def _entity_type(path: str) -> str:
    if "/variations" in path:
        return "variant"
    if path.startswith("products/categories"):
        return "category"
    return WORDS.get(path.split("/")[0], path)
