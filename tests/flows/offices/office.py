"""What a person does in a shop's back office, and what the shop holds. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    first: str
    last: str
    email: str
    company: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A product. `price` without tax, plain decimal text; `live`: customers can see it."""

    name: str
    sku: str
    price: str
    live: bool = True


class Office(Protocol):
    """`kind` is the connection's; `mug` a product that the shop has from the start, sold for `mug_price`."""

    kind: str
    mug: str
    mug_sku: str
    mug_price: str

    def add_person(self, *, first: str, last: str, email: str, company: str = "") -> str: ...

    def edit_person(self, number: str, **values: str) -> None:
        """`first`, `last`, `email`, `company`; without any, a save that changes nothing."""
        ...

    def remove_person(self, number: str) -> None: ...

    def person(self, number: str) -> Person: ...

    def emails(self) -> list[str]:
        """Of everybody who has an account."""
        ...

    def add_thing(self, *, name: str, sku: str, price: str) -> str: ...

    def edit_thing(self, number: str, **values: str) -> None:
        """`name`, `sku`, `price`."""
        ...

    def thing(self, number: str) -> Thing: ...

    def things(self) -> list[Thing]: ...

    def add_home(self, customer: str) -> None:
        """An address in New York, where nobody pays tax here."""
        ...

    def order(self, customer: str) -> str:
        """Of one mug, to the customer's home, paid for."""
        ...

    def refuse(self, entity_type: str, *, times: int = 1) -> None:
        """The next creates of that entity type meet a shop under maintenance."""
        ...

    def lose_answer(self, entity_type: str) -> None:
        """The next create of that entity type is carried out, and its answer lost."""
        ...

    def reads(self) -> list[Any]: ...

    def writes(self) -> list[str]:
        """What we wrote since `forget`, a word per record: `create customer`, `update product`."""
        ...

    def forget(self) -> None: ...

    async def settled(self) -> None:
        """Every event of the shop was posted."""
        ...
