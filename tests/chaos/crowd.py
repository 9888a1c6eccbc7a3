"""People on both sides who make and edit customers, and who remember what they saved.

Each value is saved once, so that it can be told whose it is. A value is accounted for when both sides hold it, when
it was written to the other side and then overwritten there by somebody, or when the conflict inbox has it. Of a field
that is saved on both sides within milliseconds one value may be overtaken unseen, between our look and our write: no
peer has a write with a condition. Those are counted apart.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from app.entities.base import Side
from tests.chaos.balance import Balance
from tests.chaos.two_sides import TwoSides

FIELDS = {"company": {Side.ODOO: "company_name", Side.SHOP: "company"}, "website": dict.fromkeys(Side, "website")}
MODEL, RESOURCE = "res.partner", "customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`accepted`: customers made and edits saved. `lost`: values of these that are not accounted for. `apart`: fields
    in which the sides differ. `overtaken`: of fields that were saved on both sides."""

    accepted: int
    lost: list[str]
    overtaken: list[str]
    duplicated: list[str]
    apart: list[str]

    def balance(self, recovery_s: float | None) -> Balance:
        """A value that was overtaken is accounted for: a newer one of the same field took its place."""
        return Balance(
            accepted=self.accepted,
            settled=self.accepted - len(self.lost),
            lost=len(self.lost) + len(self.apart),
            duplicated=len(self.duplicated),
            recovery_s=recovery_s,
        )


@dataclass(slots=True, kw_only=True)
class Crowd:
    both: TwoSides
    made: Counter[str] = field(default_factory=Counter)
    saved: int = 0
    last: dict[tuple[str, str], dict[Side, str]] = field(default_factory=dict)
    """(e-mail, field) → what was saved last on each side."""
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def make(self, side: Side, name: str) -> None:
        """A new customer: the e-mail is made of `name`, which is of letters, as the shop wants names."""
        email, company = f"{name}@example.com", self._value("company")
        if side is Side.ODOO:
            await self.both.odoo.add(MODEL, name=f"Ada {name.title()}", email=email, company_name=company)
        else:
            await self.both.shop.add(
                RESOURCE,
                firstname="Ada",
                lastname=name.title(),
                email=email,
                company=company,
                passwd="a password",
                active="1",
            )
        self._remember(email, "company", side, company)
        self.made[email] += 1

    async def edit(self, side: Side, name: str, what: str) -> None:
        """Only who is there already can be edited there."""
        email, value = f"{name}@example.com", self._value(what)
        native = FIELDS[what][side]
        if side is Side.ODOO:
            number = next(row["id"] for row in await self.both.odoo.rows(MODEL) if row.get("email") == email)
            await self.both.odoo.edit(MODEL, number, **{native: value})
        else:
            number = next(row["id"] for row in await self.both.shop.rows(RESOURCE) if row["email"] == email)
            await self.both.shop.edit(RESOURCE, int(number), **{native: value})
        self._remember(email, what, side, value)

    async def tally(self) -> Tally:
        """What became of it all, once there is nothing left to do."""
        odoo, shop = await self._held()
        carried = await self._carried()
        lost: list[str] = []
        overtaken: list[str] = []
        apart: list[str] = []
        for (email, what), values in self.last.items():
            now = {side: _value(rows.get(email), what, side) for side, rows in ((Side.ODOO, odoo), (Side.SHOP, shop))}
            if now[Side.ODOO] is None or now[Side.ODOO] != now[Side.SHOP]:
                apart.append(f"{email} {what}: {now}, saved {values}")
            unseen = overtaken if len(values) == len(Side) else lost
            unseen += [
                f"{email} {what} of {side}: {value}, now {now}"
                for side, value in values.items()
                if value not in now.values() and value not in carried
            ]
        doubled = [*await self._doubled(Side.ODOO), *await self._doubled(Side.SHOP)]
        return Tally(
            accepted=self.saved,
            lost=lost,
            overtaken=overtaken,
            duplicated=doubled,
            apart=apart,
        )

    async def check(self) -> Tally:
        """Notes what became of it all; nothing may be lost, doubled or different."""
        tally = await self.tally()
        installation = self.both.installation
        installation.note(tally.balance(await installation.recovery_s()))
        assert (tally.lost, tally.duplicated, tally.apart) == ([], [], [])
        assert await self.both.unfinished() == []
        return tally

    async def writes(self) -> int:
        """Customers that the service wrote, on both sides together; a batch of several counts as several."""
        odoo = sum(_written(call) for call in await self.both.odoo.writes(MODEL))
        return odoo + len(await self.both.shop.writes("/api/customers"))

    def _value(self, what: str) -> str:
        number = next(self._numbers)
        return f"Company {number}" if what == "company" else f"https://site{number}.example.com"

    def _remember(self, email: str, what: str, side: Side, value: str) -> None:
        self.last.setdefault((email, what), {})[side] = value
        self.saved += 1

    async def _held(self) -> tuple[dict[str, Any], dict[str, Any]]:
        odoo = {row["email"]: row for row in await self.both.odoo.rows(MODEL)}
        shop = {row["email"]: row for row in await self.both.shop.rows(RESOURCE)}
        return odoo, shop

    async def _carried(self) -> _Words:
        """Everything that was written by us or is in the conflict inbox."""
        calls = [orjson.dumps(call).decode() for call in await self.both.odoo.writes(MODEL)]
        bodies = [write["body"] for write in await self.both.shop.writes("/api/customers")]
        rows = await self.both.installation.rows(
            "SELECT odoo_value::text AS odoo, shop_value::text AS shop FROM conflicts"
        )
        conflicts = [str(value) for row in rows for value in (row["odoo"], row["shop"])]
        return _Words((*calls, *bodies, *conflicts))

    async def _doubled(self, side: Side) -> Iterable[str]:
        odoo = side is Side.ODOO
        rows = await self.both.odoo.rows(MODEL) if odoo else await self.both.shop.rows(RESOURCE)
        counted = Counter(str(row["email"]).lower() for row in rows)
        return [f"{email} is {counted[email]} times in {side}" for email in self.made if counted[email] != 1]


@dataclass(frozen=True, slots=True)
class _Words:
    """Texts in which a value is looked for, so that `Company 1` is not found in `Company 12`."""

    texts: tuple[str, ...]

    def __contains__(self, value: object) -> bool:
        return any(f"{value}{end}" in text for text in self.texts for end in ('"', "]", "<", "\\"))


def _value(row: Any, what: str, side: Side) -> str | None:
    return None if row is None else row.get(FIELDS[what][side]) or None


def _written(call: dict[str, Any]) -> int:
    if call["method"] == "load":
        return len(call["args"][1]) if len(call["args"]) > 1 else len(call["named"]["data"])
    return len(call["ids"]) or 1
