"""What a shop has at first: its settings and its administrator; and examples to look at."""

from typing import TYPE_CHECKING

from .people import add_person
from .seed_trade import plant_goods, plant_trade
from .settings import plant_settings
from .state import Store

if TYPE_CHECKING:
    from .server import Sandbox

ADMIN = {"email": "shopadmin@example.test", "username": "shopadmin", "role": "administrator"}
MANAGER = {"email": "syncbot@example.test", "username": "syncbot", "role": "shop_manager"}
JANE = {
    "email": "jane@example.test", "username": "jane", "first_name": "Jane", "last_name": "Doe",
    "billing": {
        "first_name": "Jane", "last_name": "Doe", "company": "Doe & Sons", "address_1": "Hauptstr. 1",
        "city": "Berlin", "postcode": "10115", "country": "DE", "state": "DE-BE", "email": "jane@example.test",
        "phone": "+49 30 1234",
    },
    "shipping": {
        "first_name": "Jane", "last_name": "Doe", "address_1": "Lager 2", "city": "Berlin", "postcode": "10117",
        "country": "DE",
    },
}  # fmt: skip
OTTO = {"email": "otto@example.test", "username": "otto", "first_name": "Otto", "last_name": "Muster"}


def plant_shop(store: Store, *, version: str, currency: str, prices_include_tax: bool, home: str) -> None:
    """User 1 is the administrator, user 2 a shop manager."""
    plant_settings(store, version=version, currency=currency, prices_include_tax=prices_include_tax, home=home)
    add_person(store, **ADMIN, url=home)
    add_person(store, **MANAGER)
    plant_trade(store)


def plant_examples(sandbox: "Sandbox") -> None:
    """Two customers (3 and 4), and what `seed_trade` says of goods and orders."""
    for person in (JANE, OTTO):
        sandbox.add("customers", **person)
    plant_goods(sandbox)
