"""Looking up customers for what belongs to them: addresses, orders, personal coupons.

PrestaShop itself checks none of these ids: an address of customer 99999 is a 201 (recordings 309, 310).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_flag
from app.connectors.prestashop.records import by_id, by_value
from app.entities.base import State
from app.errors import Conflict, NotFound, Retryable

DISPLAY: Final = (
    "id",
    "email",
    "firstname",
    "lastname",
    "id_lang",
    "is_guest",
    "deleted",
    "id_shop",
    "id_shop_group",
)


class Owners:
    """The live customers that a batch of patches speaks of."""

    def __init__(self, ids: Mapping[str, Row], emails: Mapping[str, list[Row]]) -> None:
        self._ids = ids
        self._emails = emails

    def of(self, fields: State) -> Row | None:
        """The customer named by `id_customer` or `customer_email`; None if neither is given."""
        number, email = fields.get("id_customer"), fields.get("customer_email")
        if number is not None:
            return self._by_id(str(number))
        return self._by_email(email) if isinstance(email, str) else None

    def _by_id(self, number: str) -> Row:
        row = self._ids.get(number)
        if row is None or as_flag(row.get("deleted")):
            raise NotFound(f"Customer {number} not found in the shop", field="id_customer")
        return row

    def _by_email(self, email: str) -> Row:
        """Waits for an address that is not known yet: Odoo sends a customer and its address at the same time."""
        rows = accounts_first(self._emails.get(email, []))
        if not rows:
            raise Retryable(
                f"no customer {email} in the shop yet; it is looked for again",
                code="customer_missing",
                field="customer_email",
            )
        if len(rows) > 1:
            ids = ", ".join(str(row.get("id")) for row in rows)
            raise Conflict(
                f"several customers have the e-mail {email} (ids {ids}); send id_customer",
                code="ambiguous",
                field="customer_email",
            )
        return rows[0]


async def owners(client: PrestashopClient, patches: Iterable[State]) -> Owners:
    """One or two calls for the whole batch."""
    ids: list[str] = []
    emails: list[str] = []
    for fields in patches:
        if fields.get("id_customer") is not None:
            ids.append(str(fields["id_customer"]))
        elif isinstance(email := fields.get("customer_email"), str):
            emails.append(email)
    return Owners(
        await by_id(client, "customers", ids, DISPLAY),
        await by_value(client, "customers", "email", emails, DISPLAY, only={"deleted": "[0]"}),
    )


def accounts_first(rows: Sequence[Row]) -> list[Row]:
    """Accounts if there are any, else guests: a guest's e-mail may be an account's too (recording 881)."""
    accounts = [row for row in rows if not as_flag(row.get("is_guest"))]
    return accounts or list(rows)
