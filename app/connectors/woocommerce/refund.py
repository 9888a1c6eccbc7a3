"""Refunds of a WooCommerce (`40/71`: refund 71 of order 40), read only: money is given back in the shop.

They are read from the list of all refunds, with their orders, whose currency, customer and tax rates they are of
(recording ord-23; the list is there since WooCommerce 9.0). The shop keeps the day a refund was made and no other date:
one is never changed, and one that is deleted leaves no trace.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.woocommerce.changes import OVERLAP
from app.connectors.woocommerce.client import PAGE, Row, WooClient
from app.connectors.woocommerce.order import EVERY, EXACT, NO_PATCHES
from app.connectors.woocommerce.order import RESOURCE as ORDERS
from app.connectors.woocommerce.order_status import NO_ORDERS
from app.connectors.woocommerce.records import by_ids, cannot, is_number, moment
from app.connectors.woocommerce.refund_record import native_of, parts_of, state_of, to_record
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.entities.records import FIXED
from app.errors import AppError, BadPayload, Rejected

RESOURCE: Final = "refunds"
_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
IN_THE_SHOP: Final = "money is given back in the shop, not from Odoo's record of it"
FIELDS: Final[Mapping[str, str]] = {"amount": "amount, read only", "reason": "text, read only"}


class RefundPort:
    entity_type = EntityType.REFUND

    def __init__(self, client: WooClient) -> None:
        self._client = client

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Two lists for a hundred. One of an order in the trash is missing with it."""
        wanted = {number: parts for number in ids if (parts := parts_of(number)) is not None}
        rows = await by_ids(self._client, RESOURCE, [str(refund) for _, refund in wanted.values()], EXACT)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By its number, the order's and its own: `40-71`."""
        numbers = {key: key.value.rpartition("-")[2] for key in keys}
        known = [number for number in numbers.values() if is_number(number)]
        rows = await by_ids(self._client, RESOURCE, known, EXACT)
        shots = await self._snapshots(list(rows.values()))
        return {key: [shot for shot in shots if str(shot.state["reference"]).lower() == key.value] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [BadPayload(NO_PATCHES, code="no_events") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return [_refused(write) for write in writes]

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those made since. New ones come last, so that pages go by number."""
        async for rows in self._client.pages(RESOURCE, _since(cursor)):
            if rows:
                ids = tuple(native_of(row.get("parent_id"), row.get("id")) for row in rows)
                yield Page(ids=ids, cursor=_behind(cursor, rows[-1], self._client.answered_at))

    async def count(self) -> int:
        return await self._client.count(RESOURCE)

    async def native_fields(self) -> Mapping[str, str]:
        return FIELDS

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        numbers = sorted({str(row.get("parent_id")) for row in rows}, key=int)
        orders = await by_ids(self._client, ORDERS, numbers, EVERY) if numbers else {}
        live = {number: order for number, order in orders.items() if order.get("status") not in NO_ORDERS}
        return [_snapshot(row, live[number]) for row in rows if (number := str(row.get("parent_id"))) in live]


def _snapshot(row: Row, order: Row) -> Snapshot:
    number = native_of(order.get("id"), row.get("id"))
    return Snapshot(
        ref=Ref(side=Side.SHOP, entity_type=EntityType.REFUND, native_id=number), state=state_of(row, order)
    )


def _since(cursor: Cursor) -> dict[str, str | int | bool]:
    by_date: dict[str, str | int | bool] = {"orderby": "date", "order": "asc", "per_page": PAGE}
    if not cursor.moment:
        return by_date
    return {**by_date, "after": cursor.moment, "dates_are_gmt": True}


def _behind(cursor: Cursor, last: Row, now: datetime | None) -> Cursor:
    """Its moment, or the server's last seconds: `after` leaves out the second it names (recording list-24)."""
    made = moment(last.get("date_created_gmt"))
    if made is None:
        return cursor
    settled = min(made, (now or made) - OVERLAP).strftime(_FORMAT)
    return max(cursor, Cursor(moment=settled), key=lambda one: one.moment)


def _resolved(desired: Desired) -> Resolved | AppError:
    if desired.base is None:
        return Rejected(IN_THE_SHOP, code="cannot_create")
    fixed = ", ".join(sorted(FIXED[EntityType.REFUND] & desired.fields.keys()))
    return Resolved(state={}, notes=(f"{fixed} of a refund cannot be changed in the shop",) if fixed else ())


def _refused(write: Write) -> AppError:
    if write.removal is not None:
        return cannot(write.removal, "a refund", "what was given back was given back")
    return Rejected(IN_THE_SHOP, code="cannot_create" if write.ref is None else "read_only")
