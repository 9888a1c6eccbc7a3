"""What a shop sells, and in which categories. Ids are text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A product. `price` without tax and `weight` in kilograms: plain decimal text; `live`: customers can see it."""

    name: str
    sku: str
    price: str
    live: bool = True
    weight: str = "0"
    barcode: str = ""
    text: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """`number` as references have it; `options` are the names of what was chosen: `["S"]`."""

    number: str
    sku: str
    options: Sequence[str]
    barcode: str = ""
    stock: int = 0


class Goods(Protocol):
    """`mug`: a product that the shop has from the start, sold for `mug_price`; `shirt`: one with variants."""

    mug: str
    mug_sku: str
    mug_price: str
    shirt: str

    def add_thing(self, *, name: str, sku: str, price: str) -> str: ...

    def edit_thing(self, number: str, **values: str | bool) -> None:
        """Values of a `Thing`; without any, a save that changes nothing."""
        ...

    def remove_thing(self, number: str) -> None:
        """As a shop owner does it: for good, or into the trash where the shop has one."""
        ...

    def has_thing(self, number: str) -> bool:
        """Whether it is there, and not in the trash."""
        ...

    def thing(self, number: str) -> Thing: ...

    def things(self) -> list[Thing]: ...

    def add_sized(self, *, name: str, sku: str, sizes: Mapping[str, str]) -> str:
        """A product that comes in sizes, given with their SKUs."""
        ...

    def variants(self, product: str) -> list[Variant]: ...

    def edit_variant(self, number: str, **values: str) -> None:
        """`sku`, `barcode`; without any, a save that changes nothing."""
        ...

    def stock(self, product: str) -> int: ...

    def set_stock(self, product: str, quantity: int) -> None: ...
