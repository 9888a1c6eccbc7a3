"""The categories of a shop, its pictures and its coupons. Ids are text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """`percent` off the whole order, as plain decimal text; `uses` are left."""

    code: str
    percent: str
    uses: int | None
    live: bool


class Shelves(Protocol):
    def add_category(self, name: str, *, above: str = "") -> str: ...

    def edit_category(self, number: str, **values: str) -> None:
        """`name`, `above`; without any, a save that changes nothing."""
        ...

    def category_path(self, number: str) -> list[str]:
        """Names from the shop's top down, without the top itself."""
        ...

    def category_names(self) -> list[str]: ...

    def add_picture(self, product: str, picture: bytes) -> str:
        """Behind those it has; the reference of it."""
        ...

    def pictures(self, product: str) -> list[str]:
        """References, the cover first."""
        ...

    def picture(self, number: str) -> bytes: ...


class Vouchers(Protocol):
    def add_voucher(self, code: str, *, percent: str, uses: int) -> str: ...

    def edit_voucher(self, number: str, *, percent: str) -> None: ...

    def use_voucher(self, number: str) -> None:
        """Somebody orders with it."""
        ...

    def voucher(self, number: str) -> Voucher: ...

    def vouchers(self) -> list[Voucher]: ...
