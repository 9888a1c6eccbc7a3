"""A PrestaShop's back office."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.office import Person, Thing

NAMES: Final = {"first": "firstname", "last": "lastname", "email": "email", "company": "company"}
RESOURCES: Final = {
    "customer": "customers",
    "address": "addresses",
    "product": "products",
    "category": "categories",
    "order": "orders",
}
VERBS: Final = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}


class PrestashopOffice:
    kind = "prestashop"
    mug = "8"
    mug_sku = "demo_13"
    mug_price = "11.9"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_person(self, *, first: str, last: str, email: str, company: str = "") -> str:
        number = self._shop.add("customers", firstname=first, lastname=last, email=email, company=company, active="1")
        return str(number)

    def edit_person(self, number: str, **values: str) -> None:
        self._shop.edit("customers", int(number), **{NAMES[name]: value for name, value in values.items()})

    def remove_person(self, number: str) -> None:
        self._shop.remove("customers", int(number))

    def person(self, number: str) -> Person:
        row = self._shop.row("customers", int(number))
        return Person(**{name: str(row[native] or "") for name, native in NAMES.items()})

    def emails(self) -> list[str]:
        return [str(row["email"]) for row in self._shop.rows("customers")]

    def add_thing(self, *, name: str, sku: str, price: str) -> str:
        names: Any = {1: name, 2: name}
        return str(self._shop.add("products", name=names, reference=sku, price=price, active="1", state="1"))

    def edit_thing(self, number: str, **values: str) -> None:
        native: dict[str, Any] = {"sku": "reference", "price": "price"}
        fields: dict[str, Any] = {native[name]: value for name, value in values.items() if name in native}
        if "name" in values:
            fields["name"] = {1: values["name"], 2: values["name"]}
        self._shop.edit("products", int(number), **fields)

    def thing(self, number: str) -> Thing:
        return _thing(self._shop.row("products", int(number)))

    def things(self) -> list[Thing]:
        return [_thing(row) for row in self._shop.rows("products")]

    def add_home(self, customer: str) -> None:
        person = self.person(customer)
        self._shop.add(
            "addresses",
            id_customer=customer,
            id_country="21",
            alias="Home",
            firstname=person.first,
            lastname=person.last,
            address1="1 Main Street",
            city="New York",
            postcode="10001",
        )

    def order(self, customer: str) -> str:
        [home, *_] = [row["id"] for row in self._shop.rows("addresses") if str(row["id_customer"]) == customer]
        ends = {"id_customer": customer, "id_address_delivery": str(home), "id_address_invoice": str(home)}
        cart = self._shop.add("carts", id_currency="1", id_lang="1", id_carrier="2", **ends)
        line = {"id_product": self.mug, "id_product_attribute": "0", "quantity": "1"}
        self._shop.shop.table("carts").linked[cart, "cart_rows"] = [line]
        number = self._shop.add(
            "orders",
            id_cart=str(cart),
            id_currency="1",
            id_lang="1",
            id_carrier="2",
            module="ps_wirepayment",
            payment="Bank wire",
            total_paid="18.9",
            total_products="11.9",
            total_products_wt="11.9",
            conversion_rate="1",
            **ends,
        )
        return str(number)

    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", name="unavailable", times=times)

    def lose_answer(self, entity_type: str) -> None:
        self._shop.fail("POST", f"/{RESOURCES[entity_type]}", phase="after", drop=True)

    def reads(self) -> list[Any]:
        return [each for each in self._shop.requests if each.method == "GET"]

    def writes(self) -> list[str]:
        words = {native: word for word, native in RESOURCES.items()}
        return [
            f"{VERBS[each.method]} {words.get(each.path.split('/')[2], each.path.split('/')[2])}"
            for each in self._shop.requests
            if each.method != "GET"
        ]

    def forget(self) -> None:
        self._shop.requests.clear()

    async def settled(self) -> None:
        await self._shop.settled()


def _thing(row: Any) -> Thing:
    return Thing(
        name=str(row["name"][1]),
        sku=str(row["reference"] or ""),
        price=format(float(row["price"]), "g"),
        live=str(row["active"]) == "1",
    )
