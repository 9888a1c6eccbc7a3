"""Who bought, as orders tell it: guests, who are in orders only, and places that goods or bills went to.

A guest is an e-mail address: the newest order of it says their name. An order's place has no record of its own either;
it is named by its content (`order_places.py`). The shop finds orders by a text or by a customer, one at a time, so that
what the port of orders reads is remembered here for a while: the guests and places of fifty orders cost no call then.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.connectors.woocommerce import names
from app.connectors.woocommerce.client import Params, Row, WooClient
from app.connectors.woocommerce.order_places import BILLING, GUEST, SHIPPING, customer_of, place_id
from app.connectors.woocommerce.order_status import NO_ORDERS
from app.connectors.woocommerce.records import is_number, text
from app.entities.base import Json, State

AGE_S: Final = 300.0
MOST: Final = 2000
"""Buyers remembered at once; the one not asked for longest goes first."""
_EACH: Final = 20
"""Orders remembered of each."""
_NEWEST: Final[Params] = {"orderby": "date", "order": "desc", "status": "any"}
_NEEDED: Final = ("id", "status", "customer_id", "date_created_gmt", BILLING, SHIPPING)


@dataclass(slots=True)
class _Buyer:
    seen_at: float
    orders: dict[str, Row] = field(default_factory=dict)


class Buyers:
    """The orders of whoever bought lately. `customer` is a native id: `67` or `guest:ann@example.test`."""

    def __init__(
        self, client: WooClient, *, clock: Callable[[], float] = time.monotonic, most: int = MOST, age_s: float = AGE_S
    ) -> None:
        self._client, self._clock, self._most, self._age_s = client, clock, most, age_s
        self._held: OrderedDict[str, _Buyer] = OrderedDict()

    def note(self, orders: Iterable[Row]) -> None:
        """Orders that somebody read anyway."""
        for row in orders:
            customer = customer_of(row)
            if customer is not None and row.get("status") not in NO_ORDERS:
                self._keep(customer, row)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    async def newest(self, customers: Sequence[str]) -> dict[str, Row]:
        """The last order of each, as far as they were read lately; of others the shop is asked. Who has none is
        absent."""
        found = {customer: rows for customer in customers if (rows := self._known(customer))}
        found |= await self.bought([customer for customer in customers if customer not in found])
        return {customer: rows[0] for customer, rows in found.items() if rows}

    async def bought(self, customers: Sequence[str]) -> dict[str, list[Row]]:
        """The last orders of each, newest first, as the shop has them now: one call for each."""
        each = list(dict.fromkeys(customers))
        orders = await asyncio.gather(*(self._last(customer) for customer in each))
        return dict(zip(each, orders, strict=True))

    async def places(self, ids: Sequence[str]) -> dict[str, State]:
        """Places by id (`67~1f2e3d4c5b6a`) as an order has them; those of no order are absent. Of several orders with
        one place the newest says what it is."""
        of = {number: number.rpartition("~")[0] for number in ids}
        found = places_in(row for customer in dict.fromkeys(of.values()) for row in self._known(customer))
        missing: dict[str, set[str]] = {}
        for number, customer in of.items():
            if number not in found:
                missing.setdefault(customer, set()).add(number)
        for some in await asyncio.gather(*(self._search(customer, wanted) for customer, wanted in missing.items())):
            found |= some
        return {number: found[number] for number in ids if number in found}

    async def _last(self, customer: str) -> list[Row]:
        async for rows in self._pages(customer):
            return rows
        return []

    async def _search(self, customer: str, wanted: set[str]) -> dict[str, State]:
        found: dict[str, State] = {}
        async for rows in self._pages(customer):
            found = {**places_in(rows), **found}
            if wanted <= found.keys():
                break
        return found

    async def _pages(self, customer: str) -> AsyncIterator[list[Row]]:
        """An e-mail address is looked for among all texts of an order (recording ord-43), so that others are found."""
        asked: Params = {"customer": customer} if is_number(customer) else {"search": customer.removeprefix(GUEST)}
        async for page in self._client.pages("orders", {**_NEWEST, **asked}):
            rows = [row for row in page if customer_of(row) == customer and row.get("status") not in NO_ORDERS]
            self.note(rows)
            yield rows

    def _known(self, customer: str) -> list[Row]:
        """Newest first."""
        held = self._held.get(customer)
        if held is None or self._clock() - held.seen_at >= self._age_s:
            return []
        return sorted(held.orders.values(), key=_age, reverse=True)

    def _keep(self, customer: str, row: Row) -> None:
        now = self._clock()
        held = self._held.get(customer)
        if held is None or now - held.seen_at >= self._age_s:
            held = self._held[customer] = _Buyer(now)
        self._held.move_to_end(customer)
        held.orders[str(row.get("id"))] = {name: row.get(name) for name in _NEEDED}
        if len(held.orders) > _EACH:
            del held.orders[min(held.orders, key=lambda number: _age(held.orders[number]))]


def guest_state(order: Row) -> dict[str, Json]:
    """Who an order's bill goes to, in the words of an account's state (`customer_record.py`)."""
    bill = _inner(order, BILLING)
    state: dict[str, Json] = {name: text(bill.get(name)) for name in (names.FIRST, names.LAST)}
    email = (text(bill.get("email")) or "").lower() or None
    return {"email": email, **state, "called": None, "roles": [], "is_guest": True}


def is_guest(native_id: str) -> bool:
    return native_id.startswith(GUEST)


def places_in(orders: Iterable[Row]) -> dict[str, State]:
    """Places by id; the first order that has one counts."""
    found: dict[str, State] = {}
    for row in orders:
        for kind in (BILLING, SHIPPING):
            place = _inner(row, kind)
            if number := place_id(customer_of(row) or "", place):
                found.setdefault(number, place)
    return found


def _age(row: Row) -> tuple[str, int]:
    number = str(row.get("id"))
    return str(row.get("date_created_gmt") or ""), int(number) if is_number(number) else 0


def _inner(row: Row, name: str) -> Mapping[str, Json]:
    inner = row.get(name)
    return inner if isinstance(inner, Mapping) else {}
