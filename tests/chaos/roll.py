"""The customers of a shop of any kind, each made and renamed by people on one side only: the other side has to follow.

Nobody is edited on both sides at once (that is `crowd.py`), so whatever differs in the end was lost.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any, Final

from app.entities.base import Side
from tests.chaos.balance import Balance
from tests.chaos.two_sides import TwoSides

MODEL: Final = "res.partner"
FIRST_NAME: Final = "Ada"
NAMES: Final = {"prestashop": ("firstname", "lastname"), "woocommerce": ("first_name", "last_name")}
"""How a kind of shop calls the parts of a name."""
ABOUT_NEW: Final[dict[str, dict[str, str]]] = {
    "prestashop": {"passwd": "a password", "active": "1"},
    "woocommerce": {},
}


def words() -> Iterator[str]:
    """Of letters, as shops want names: Aaaa, Aaab, …"""
    return ("".join(letters).title() for letters in itertools.product(ascii_lowercase, repeat=4))


@dataclass(slots=True, kw_only=True)
class Roll:
    both: TwoSides
    kind: str
    saved: int = 0
    names: dict[str, str] = field(default_factory=dict)
    """E-mail → the last name as it was saved last."""
    homes: dict[str, tuple[Side, int]] = field(default_factory=dict)
    """E-mail → where they were made, and their id there."""
    _words: Iterator[str] = field(default_factory=words)

    async def make(self, count: int) -> None:
        """So many new ones on each side, side by side."""
        await asyncio.gather(*(self._make(side) for side in Side for _ in range(count)))

    async def rename(self, emails: Sequence[str]) -> None:
        """Each where they were made."""
        await asyncio.gather(*(self._rename(email) for email in emails))

    async def balance(self) -> Balance:
        """Of everything that was saved so far: what the other side shows, once there is nothing left to do."""
        everybody = {Side.ODOO: await self.both.odoo.rows(MODEL), Side.SHOP: await self.both.shop.rows("customers")}
        odoo = {row["email"]: row["name"] for row in everybody[Side.ODOO]}
        shop = {row["email"]: self._full_name(row) for row in everybody[Side.SHOP]}
        wanted = {email: f"{FIRST_NAME} {last}" for email, last in self.names.items()}
        lost = [email for email, name in wanted.items() if not odoo.get(email) == name == shop.get(email)]
        doubled = self._doubled(everybody[Side.ODOO]) + self._doubled(everybody[Side.SHOP])
        return Balance(
            accepted=self.saved,
            settled=self.saved - len(lost),
            lost=len(lost),
            duplicated=len(doubled),
            recovery_s=await self.both.installation.recovery_s(),
        )

    async def _make(self, side: Side) -> None:
        word = next(self._words)
        email = f"{word.lower()}@example.com"
        if side is Side.ODOO:
            number = await self.both.odoo.add(MODEL, name=f"{FIRST_NAME} {word}", email=email)
        else:
            names = dict(zip(NAMES[self.kind], (FIRST_NAME, word), strict=True))
            number = await self.both.shop.add("customers", email=email, **names, **ABOUT_NEW[self.kind])
        self.homes[email] = (side, number)
        self._remember(email, word)

    async def _rename(self, email: str) -> None:
        side, number = self.homes[email]
        word = next(self._words)
        if side is Side.ODOO:
            await self.both.odoo.edit(MODEL, number, name=f"{FIRST_NAME} {word}")
        else:
            await self.both.shop.edit("customers", number, **{NAMES[self.kind][1]: word})
        self._remember(email, word)

    def _remember(self, email: str, word: str) -> None:
        self.names[email] = word
        self.saved += 1

    def _full_name(self, row: Any) -> str:
        return " ".join(str(row[name]) for name in NAMES[self.kind])

    def _doubled(self, rows: Sequence[Any]) -> list[str]:
        counted = Counter(row["email"] for row in rows)
        return [email for email in self.names if counted[email] > 1]
