"""Who buys without an account is a new customer each time, with the e-mail of the last: one person all the same.

The account of that e-mail stands for its guests; where there is none, the first guest does (recordings 879-881).
"""

from __future__ import annotations

from collections.abc import Mapping

from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_flag, as_str, native_id
from app.connectors.prestashop.people import DISPLAY, accounts_first
from app.connectors.prestashop.records import by_value


async def stand_ins(client: PrestashopClient, rows: Mapping[str, Row]) -> dict[str, str]:
    """Of the guests among these customers, by id, who stands for each; nobody else is in it. Asks only for guests."""
    emails = {number: email for number, row in rows.items() if (email := _guest(row)) is not None}
    if not emails:
        return {}
    wanted = sorted(set(emails.values()))
    found = await by_value(client, "customers", "email", wanted, DISPLAY, only={"deleted": "[0]"})
    first = {email: _first(some) for email, some in found.items()}
    return {number: other for number, email in emails.items() if (other := first[email]) not in (None, number)}


def _guest(row: Row) -> str | None:
    return as_str(row.get("email")) if as_flag(row.get("is_guest")) else None


def _first(rows: list[Row]) -> str | None:
    return min((native_id(row) for row in accounts_first(rows)), key=int, default=None)
