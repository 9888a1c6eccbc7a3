"""The people of a WooCommerce; an account has two addresses, `67:billing` and `67:shipping`."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.woocommerce import Sandbox
from tests.flows.offices.people import Person, Place

NAMES: Final = {"first": "first_name", "last": "last_name", "email": "email"}
PLACES: Final = {
    "street": "address_1",
    "zip": "postcode",
    "city": "city",
    "country": "country",
    "phone": "phone",
    "company": "company",
}
AT_HOME: Final = {"street": "Hauptstr. 1", "zip": "10115", "city": "Berlin", "country": "DE"}
ABROAD: Final = {"street": "1 Main Street", "zip": "10001", "city": "New York", "country": "US", "state": "NY"}


class WoocommercePeople:
    resident = "4"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_person(self, *, first: str, last: str, email: str) -> str:
        billing = {"first_name": first, "last_name": last}
        return str(self._shop.add("customers", email=email, first_name=first, last_name=last, billing=billing))

    def edit_person(self, number: str, **values: str) -> None:
        self._shop.edit("customers", int(number), **{NAMES[name]: value for name, value in values.items()})

    def remove_person(self, number: str) -> None:
        self._shop.remove("customers", int(number), force=True)

    def person(self, number: str) -> Person:
        row: Any = self._shop.row("customers", int(number))
        return Person(first=row["first_name"], last=row["last_name"], email=row["email"])

    def emails(self) -> list[str]:
        return [str(row["email"]) for row in self._shop.rows("customers")]

    def add_home(self, customer: str) -> str:
        return self.add_place(customer, **ABROAD)

    def add_place(self, customer: str, **values: str) -> str:
        """Its first is where the bill goes, its second where the goods go; there is no third."""
        [free, *_] = [kind for kind in ("billing", "shipping") if not self._row(customer)[kind]["address_1"]]
        person = self.person(customer)
        names = {"first_name": person.first, "last_name": person.last}
        self._shop.edit("customers", int(customer), **{free: {**names, **native({**AT_HOME, **values})}})
        return f"{customer}:{free}"

    def edit_place(self, number: str, **values: str) -> None:
        customer, _, kind = number.partition(":")
        self._shop.edit("customers", int(customer), **{kind: native(values)})

    def place(self, number: str) -> Place:
        customer, _, kind = number.partition(":")
        return _place(customer, self._row(customer)[kind])

    def places(self) -> list[Place]:
        rows: list[Any] = self._shop.rows("customers")
        kept = [(str(row["id"]), row[kind]) for row in rows for kind in ("billing", "shipping")]
        return [_place(customer, place) for customer, place in kept if place["address_1"]]

    def _row(self, number: str) -> Any:
        return self._shop.row("customers", int(number))


def native(values: dict[str, str]) -> dict[str, str]:
    """A move takes the state along."""
    fields = {PLACES[name]: value for name, value in values.items() if name in PLACES}
    if "country" in values:
        fields["state"] = values.get("state", "")
    return fields


def _place(customer: str, row: Any) -> Place:
    values = {name: str(row[own] or "") for name, own in PLACES.items()}
    return Place(customer=customer, state=str(row["state"]), **values)
