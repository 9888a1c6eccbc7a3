"""A WooCommerce's wp-admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.server import Logged
from app.sandbox.woocommerce.storefront import place_order
from tests.flows.offices.office import Person, Thing

RESOURCES: Final = {
    "customer": "customers",
    "product": "products",
    "category": "products/categories",
    "variant": "variations",
    "order": "orders",
    "coupon": "coupons",
}
VERBS: Final = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}
TOPICS: Final = [
    f"{resource}.{event}"
    for resource in ("customer", "product", "order", "coupon")
    for event in ("created", "updated", "deleted", "restored")
]
HOME: Final = {"address_1": "1 Main Street", "city": "New York", "postcode": "10001", "country": "US", "state": "NY"}


class WoocommerceOffice:
    kind = "woocommerce"
    mug_sku = "MUG"
    mug_price = "11.9"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop
        self.mug = self.add_thing(name="Mug", sku=self.mug_sku, price=self.mug_price)

    def add_person(self, *, first: str, last: str, email: str, company: str = "") -> str:
        billing = {"first_name": first, "last_name": last, "company": company}
        return str(self._shop.add("customers", email=email, first_name=first, last_name=last, billing=billing))

    def edit_person(self, number: str, **values: str) -> None:
        names = {"first": "first_name", "last": "last_name", "email": "email"}
        fields: dict[str, Any] = {names[name]: value for name, value in values.items() if name in names}
        if "company" in values:
            fields["billing"] = {"company": values["company"]}
        self._shop.edit("customers", int(number), **fields)

    def remove_person(self, number: str) -> None:
        self._shop.remove("customers", int(number), force=True)

    def person(self, number: str) -> Person:
        row: Any = self._shop.row("customers", int(number))
        return Person(
            first=row["first_name"], last=row["last_name"], email=row["email"], company=row["billing"]["company"]
        )

    def emails(self) -> list[str]:
        return [str(row["email"]) for row in self._shop.rows("customers")]

    def add_thing(self, *, name: str, sku: str, price: str) -> str:
        return str(self._shop.add("products", name=name, sku=sku, regular_price=price))

    def edit_thing(self, number: str, **values: str) -> None:
        names = {"name": "name", "sku": "sku", "price": "regular_price"}
        self._shop.edit("products", int(number), **{names[name]: value for name, value in values.items()})

    def thing(self, number: str) -> Thing:
        return _thing(self._shop.row("products", int(number)))

    def things(self) -> list[Thing]:
        return [_thing(row) for row in self._shop.rows("products")]

    def add_home(self, customer: str) -> None:
        self._shop.edit("customers", int(customer), billing=HOME)

    def order(self, customer: str) -> str:
        lines = [{"product_id": int(self.mug), "quantity": 1}]
        shipping = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "7.00"}
        email = self.person(customer).email
        return str(place_order(self._shop, email=email, customer_id=int(customer), lines=lines, shipping=shipping))

    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", name="unavailable", times=times)

    def lose_answer(self, entity_type: str) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", phase="after", drop=True)

    def reads(self) -> list[Any]:
        return [each for each in self._shop.requests if each.method == "GET"]

    def writes(self) -> list[str]:
        return [word for each in self._shop.requests if each.method != "GET" for word in _written(each)]

    def forget(self) -> None:
        self._shop.requests.clear()

    async def settled(self) -> None:
        await self._shop.settled()


def _thing(row: Any) -> Thing:
    return Thing(name=row["name"], sku=row["sku"], price=row["regular_price"], live=row["status"] == "publish")


def _written(request: Logged) -> Iterator[str]:
    """A batch is so many writes as it has items."""
    path = request.path.partition("/wc/v3/")[2] or request.path
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
    words = {native: word for word, native in RESOURCES.items()}
    return words.get(path.split("/")[0], path)
