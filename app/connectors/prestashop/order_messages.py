"""The messages of an order: part of its state, its thread with the customer, and the mark by which it is found again.

A message is one entry of the order's state, `message:private:<hash>` → text. So a message that is there already is no
difference, one that is not is, and neither needs a rule of its own anywhere else.

An order made for Odoo's S00042 carries the private message "Odoo order S00042". Customers write messages too, of any
text: only a private one without a customer is ours or the shop's staff's, and counts as a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.prestashop import filters
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_flag, as_int, as_str
from app.connectors.prestashop.order_resolve import MARK, PREFIX, message_key
from app.connectors.prestashop.records import by_value
from app.entities.base import Json, NaturalKey, State

_FIELDS: Final = ("id", "id_order", "id_customer", "message", "private")
_PRIVATE: Final = f"{PREFIX}private:"


class OrderMessages:
    def __init__(self, client: PrestashopClient) -> None:
        self._client = client

    async def of(self, orders: Sequence[str]) -> dict[str, dict[str, Json]]:
        """The entries of each order's state; an order without messages is no key."""
        found: dict[str, dict[str, Json]] = {}
        for batch in filters.batches(orders):
            rows = await self._client.rows("messages", display=_FIELDS, filters={"id_order": filters.any_of(batch)})
            for row in rows:
                text = as_str(row.get("message")) or ""
                entry = {message_key(text, private=as_flag(row.get("private"))): text}
                found.setdefault(str(row.get("id_order")), {}).update(entry)
        return found

    async def post(self, order: str, changes: State) -> None:
        """Those of `changes` that the order does not have yet."""
        wanted = {key: value for key, value in changes.items() if key.startswith(PREFIX)}
        if not wanted:
            return
        there = (await self.of([order])).get(order, {})
        for key, text in wanted.items():
            if key not in there:
                private = "1" if key.startswith(_PRIVATE) else "0"
                await self._client.create("messages", {"id_order": order, "message": str(text), "private": private})

    async def marked(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[str]]:
        """The ids of the orders that carry the mark of each reference of Odoo's."""
        marks = {key: MARK + key.value for key in keys if key.name == "odoo_reference"}
        rows = await by_value(self._client, "messages", "message", list(marks.values()), _FIELDS)
        return {
            key: sorted({str(row.get("id_order")) for row in rows[mark] if _is_ours(row)})
            for key, mark in marks.items()
        }


def mark_of(changes: State) -> Mapping[str, Json]:
    """The entry of `changes` that marks the order, if Odoo gave its reference."""
    return {key: text for key, text in changes.items() if key.startswith(_PRIVATE) and str(text).startswith(MARK)}


def _is_ours(row: Row) -> bool:
    return as_flag(row.get("private")) and as_int(row.get("id_customer")) == 0
