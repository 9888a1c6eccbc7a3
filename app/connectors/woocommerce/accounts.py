"""Who has which e-mail address: the one question that a shop answers for one address at a time.

A few are asked one by one. For many, all accounts are listed once by id and address and kept for `TTL_S`, and whoever
registered since is asked for before each answer. What is found is read again, so that an address which changed in
between finds nobody, and a create that the shop then refuses is looked for one by one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from app.connectors.woocommerce.client import PAGE, Params, Row, WooClient
from app.connectors.woocommerce.records import by_ids, is_number, native_id
from app.errors import Rejected

TTL_S: Final = 300.0
FEW: Final = 5
"""So many are asked one by one at once."""
ALL_CUSTOMERS: Final[Params] = {"role": "all"}
"""Without it only those with the role customer are found (recordings cust-09, -10)."""
ALL_USERS: Final[Params] = {"context": "edit"}
"""Without it users have no e-mail address (user-09), and those who wrote nothing are not listed."""
_SHORT: Final = "id,email"


class Accounts:
    """`wp`: WordPress' users instead of WooCommerce's customers. Both are the same people with the same ids."""

    def __init__(self, client: WooClient, *, wp: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._wp, self._clock = client, wp, clock
        self._path, self._all = ("users", ALL_USERS) if wp else ("customers", ALL_CUSTOMERS)
        self._lock = asyncio.Lock()
        self._ids: dict[str, str] = {}
        self._last = 0
        self._loaded_at: float | None = None

    async def by_email(self, emails: Sequence[str]) -> dict[str, Row]:
        """The account of each address in lower case, of whatever role; those of none are absent."""
        wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
        if len(wanted) <= FEW or not await self._is_listed(len(wanted)):
            return await self.one_by_one(wanted)
        ids = [self._ids[email] for email in wanted if email in self._ids]
        rows = await self.by_ids(ids)
        found = {email_of(row): row for row in rows.values()}
        return {email: found[email] for email in wanted if email in found}

    async def one_by_one(self, emails: Sequence[str]) -> dict[str, Row]:
        rows = await asyncio.gather(*(self._with(email) for email in emails))
        return {email: row for email, row in zip(emails, rows, strict=True) if row is not None}

    async def by_ids(self, ids: Sequence[str]) -> dict[str, Row]:
        return await by_ids(self._client, self._path, ids, self._all, wp=self._wp)

    async def _with(self, email: str) -> Row | None:
        """What the shop takes for no e-mail address is nobody's."""
        asked: Params = {"search": email} if self._wp else {"email": email}
        try:
            rows = await self._client.rows(self._path, {**self._all, **asked}, wp=self._wp)
        except Rejected as error:
            if error.code == "invalid":
                return None
            raise
        return next((row for row in rows if email_of(row) == email), None)

    async def _is_listed(self, questions: int) -> bool:
        """Whether all are known now; False where to list them would take more calls than to ask."""
        async with self._lock:
            if self._loaded_at is not None and self._clock() - self._loaded_at < TTL_S:
                await self._add_new()
                return True
            pages = -(-await self._client.count(self._path, self._all, wp=self._wp) // PAGE)
            if pages > questions:
                return False
            self._ids, self._last = {}, 0
            async for page in self._client.pages(self._path, {**self._all, "_fields": _SHORT}, wp=self._wp):
                self._note(page)
            self._loaded_at = self._clock()
            return True

    async def _add_new(self) -> None:
        newest: Params = {**self._all, "_fields": _SHORT, "orderby": "id", "order": "desc"}
        async for page in self._client.pages(self._path, newest, wp=self._wp):
            known = self._last
            self._note(page)
            if not page or min(_number(row) for row in page) <= known:
                return

    def _note(self, rows: Sequence[Row]) -> None:
        self._ids |= {email_of(row): native_id(row) for row in rows}
        self._last = max([self._last, *(_number(row) for row in rows)])


def email_of(row: Row) -> str:
    return str(row.get("email") or "").strip().lower()


def _number(row: Row) -> int:
    number = native_id(row)
    return int(number) if is_number(number) else 0
