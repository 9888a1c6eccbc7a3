"""Who an order is of, and which addresses it names, as native ids (`67`, `guest:ann@x.test`, `67:billing`). Pure.

An order keeps copies of its addresses. One that is the account's own is told by the account's id; any other is named by
its content, so that two orders to one place name one address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from app.connectors.woocommerce.records import text
from app.entities.base import Json
from app.entities.records import place_key

GUEST: Final = "guest:"
BILLING: Final = "billing"
SHIPPING: Final = "shipping"
_NAMES: Final = {"street": "address_1", "postcode": "postcode", "city": "city"}

Place = Mapping[str, Json]


def customer_of(order: Mapping[str, Json]) -> str | None:
    """An account, or a guest by the e-mail of the bill; None for an order without either."""
    number = order.get("customer_id")
    if isinstance(number, int) and number:
        return str(number)
    email = str(_inner(order, BILLING).get("email") or "").strip().lower()
    return GUEST + email if email else None


def addresses_of(order: Mapping[str, Json], account: Mapping[str, Json] | None) -> tuple[str | None, str | None]:
    """Of the bill and of the delivery. `account` is the customer's row, None for a guest. Who gives no place to deliver
    to wants it where the bill goes."""
    customer = customer_of(order)
    if customer is None:
        return None, None
    bill, delivery = _inner(order, BILLING), _inner(order, SHIPPING)
    invoice = _named(customer, bill, account, (BILLING, SHIPPING))
    return invoice, _named(customer, delivery, account, (SHIPPING, BILLING)) or invoice


def place_id(customer: str, place: Place) -> str | None:
    """`67~1f2e3d4c5b6a`; None for a place that is none."""
    key = _key(customer, place)
    return None if key is None else f"{customer}~{hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()[:12]}"


def _named(customer: str, place: Place, account: Mapping[str, Json] | None, kinds: tuple[str, ...]) -> str | None:
    key = _key(customer, place)
    for kind in kinds if account is not None and key is not None else ():
        if _key(customer, _inner(account or {}, kind)) == key:
            return f"{customer}:{kind}"
    return place_id(customer, place)


def _key(customer: str, place: Place) -> str | None:
    record: dict[str, Json] = {name: text(place.get(own)) for name, own in _NAMES.items()}
    return place_key({"customer": customer, **record}) if record["street"] or record["city"] else None


def _inner(row: Mapping[str, Json], name: str) -> Place:
    inner = row.get(name)
    return inner if isinstance(inner, Mapping) else {}
