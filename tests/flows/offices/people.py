"""The people of a shop and where they live. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    first: str
    last: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`country` and `state`: ISO codes (`US`, `CA`); `customer`: id of the person it belongs to."""

    customer: str
    street: str
    zip: str
    city: str
    country: str
    state: str = ""
    phone: str = ""
    company: str = ""


class People(Protocol):
    """`resident`: somebody who has been a customer of this shop from the start."""

    resident: str

    def add_person(self, *, first: str, last: str, email: str) -> str: ...

    def edit_person(self, number: str, **values: str) -> None:
        """`first`, `last`, `email`; without any, a save that changes nothing."""
        ...

    def remove_person(self, number: str) -> None: ...

    def person(self, number: str) -> Person: ...

    def emails(self) -> list[str]:
        """Of everybody who has an account."""
        ...

    def add_home(self, customer: str) -> str:
        """An address in New York, where nobody pays tax here."""
        ...

    def add_place(self, customer: str, **values: str) -> str:
        """In the shop's own country, whose buyers pay tax, unless `values` (of a `Place`) say otherwise."""
        ...

    def edit_place(self, number: str, **values: str) -> None: ...

    def place(self, number: str) -> Place: ...

    def places(self) -> list[Place]: ...
