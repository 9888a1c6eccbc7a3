"""The people of a PrestaShop."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.people import Person, Place

NAMES: Final = {"first": "firstname", "last": "lastname", "email": "email"}
PLACES: Final = {"street": "address1", "zip": "postcode", "city": "city", "phone": "phone", "company": "company"}
COUNTRIES: Final = {"DE": "1", "FR": "8", "GB": "17", "US": "21"}
STATES: Final = {"": "0", "CA": "8", "FL": "12", "NY": "35"}
AT_HOME: Final = {"street": "1 rue de la Paix", "zip": "75002", "city": "Paris", "country": "FR"}
ABROAD: Final = {"street": "1 Main Street", "zip": "10001", "city": "New York", "country": "US"}


class PrestashopPeople:
    resident = "67"

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def add_person(self, *, first: str, last: str, email: str) -> str:
        number = self._shop.add("customers", firstname=first, lastname=last, email=email, active="1")
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

    def add_home(self, customer: str) -> str:
        return self.add_place(customer, **ABROAD)

    def add_place(self, customer: str, **values: str) -> str:
        person = self.person(customer)
        fields = {"id_customer": customer, "alias": "Home", "firstname": person.first, "lastname": person.last}
        return str(self._shop.add("addresses", **fields, **_native({**AT_HOME, **values})))

    def edit_place(self, number: str, **values: str) -> None:
        self._shop.edit("addresses", int(number), **_native(values))

    def place(self, number: str) -> Place:
        return _place(self._shop.row("addresses", int(number)))

    def places(self) -> list[Place]:
        return [_place(row) for row in self._shop.rows("addresses")]


def _native(values: dict[str, str]) -> dict[str, Any]:
    fields = {PLACES[name]: value for name, value in values.items() if name in PLACES}
    if "country" in values:
        fields |= {"id_country": COUNTRIES[values["country"]], "id_state": STATES[values.get("state", "")]}
    return fields


def _place(row: Any) -> Place:
    countries, states = ({number: iso for iso, number in known.items()} for known in (COUNTRIES, STATES))
    return Place(
        customer=str(row["id_customer"]),
        country=countries[str(row["id_country"])],
        state=states[str(row["id_state"] or "0")],
        **{name: str(row[native] or "") for name, native in PLACES.items()},
    )
