"""A PrestaShop's back office."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.prestashop_goods import PrestashopGoods
from tests.flows.offices.prestashop_people import PrestashopPeople
from tests.flows.offices.prestashop_sales import PrestashopSales
from tests.flows.offices.prestashop_shelves import PrestashopShelves

RESOURCES: Final = {
    "customer": "customers",
    "address": "addresses",
    "product": "products",
    "variant": "combinations",
    "stock": "stock_availables",
    "category": "categories",
    "image": "images",
    "order": "orders",
    "coupon": "cart_rules",
}
WORDS: Final = {native: word for word, native in RESOURCES.items()}
VERBS: Final = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}


class PrestashopOffice(PrestashopPeople, PrestashopGoods, PrestashopShelves, PrestashopSales):
    kind = "prestashop"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop
        self._people = self

    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", name="unavailable", times=times)

    def lose_answer(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", name="commit_then_drop", times=times)

    def refuse_looks(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("GET", f"/{RESOURCES[entity_type]}", name="unavailable", times=times)

    def mend(self) -> None:
        self._shop.faults.pending.clear()

    def hush(self) -> None:
        self._shop.hooks.url = None

    def reads(self) -> list[Any]:
        return [each for each in self._shop.requests if each.method == "GET"]

    def writes(self) -> list[str]:
        requests = [each for each in self._shop.requests if each.method != "GET"]
        named = [(each.method, each.path.split("/")[2]) for each in requests]
        return [f"{VERBS[method]} {WORDS.get(resource, resource)}" for method, resource in named]

    def forget(self) -> None:
        self._shop.requests.clear()

    async def settled(self) -> None:
        await self._shop.settled()
