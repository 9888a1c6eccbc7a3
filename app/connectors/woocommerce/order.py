"""Orders of a WooCommerce: read with their lines in one list, and moved along. They are made in the shop only.

Of an order that exists the status, the tracking number and the customer's note can be said back. The shop does more
with a status than store it (goods go off the stock or come back, the customer gets a mail), so that only one that
differs is sent; and it makes a note to the customer of nothing that comes from here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Final, Protocol

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.woocommerce import changes, columns
from app.connectors.woocommerce.client import Params, Row, WooClient
from app.connectors.woocommerce.extra import NativeFields, OwnFields
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.order_places import customer_of
from app.connectors.woocommerce.order_record import TRACKING, body_of, from_record, meta_of, state_of, to_record
from app.connectors.woocommerce.order_status import NO_ORDERS, takes_stock
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.records import by_ids, cannot, is_number, modified_at, native_id
from app.context import mark_as_reverse_sync
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.errors import AppError, BadPayload, Rejected

RESOURCE: Final = "orders"
EXACT: Final[Params] = {"dp": 6}
"""Amounts as the shop reckons them, not as it shows them: a line of three is 25.222689, not 25.22 (ord-60, ord-63)."""
EVERY: Final[Params] = {"status": "any", **EXACT}
ACCOUNTS: Final[Params] = {"role": "all"}
NO_PATCHES: Final = "the events of a reverse sync are PrestaShop's; this port speaks records"
FIELDS: Final[Mapping[str, str]] = {
    "status": "text",
    "customer_note": "text",
    "number": "text, read only",
    "currency": "text, read only",
    "total": "amount, read only",
    "payment_method_title": "text, read only",
}


class Buyers(Protocol):
    """Who remembers for a while which orders were read: they say who guests are and which places orders name."""

    def note(self, orders: Iterable[Row]) -> None: ...


class OrderPort:
    entity_type = EntityType.ORDER

    def __init__(
        self,
        client: WooClient,
        options: WoocommerceOptions,
        *,
        buyers: Buyers | None = None,
        extra: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._buyers = buyers
        self._statuses = options.order_statuses
        self._tracking_key = options.tracking_meta
        self._own = OwnFields(extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Two lists for a hundred orders: they, and the accounts they are of. What is not sent off yet is no order."""
        rows = await by_ids(self._client, RESOURCE, ids, EVERY)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By number, which is the id unless a plugin gives others."""
        wanted = {key.value for key in keys}
        rows = await by_ids(self._client, RESOURCE, [number for number in wanted if is_number(number)], EVERY)
        found = {native_id(row): row for row in rows.values() if _number(row) in wanted}
        missing = sorted(wanted - {_number(row) for row in found.values()})
        for listed in await asyncio.gather(*(self._numbered(number) for number in missing)):
            found |= {native_id(row): row for row in listed if _number(row) in wanted}
        shots = await self._snapshots(list(found.values()))
        return {key: [shot for shot in shots if str(shot.state.get("number")).lower() == key.value] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [BadPayload(NO_PATCHES, code="no_events") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """One call for up to a hundred, then one read of all."""
        outcomes = Outcomes(writes)
        outcomes.add({at: _refused(write) for at, write in outcomes.open() if write.removal or write.ref is None})
        await outcomes.guarded(self._send(outcomes))
        return await outcomes.shown(self._as_stored)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state, self._statuses) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [self._resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changes.by_date(self._client, RESOURCE, cursor)

    def takes_stock(self, state: State) -> bool:
        return takes_stock(state, self._statuses)

    async def count(self) -> int:
        return await self._client.count(RESOURCE, {"status": "any"})

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, self._snapshots, EVERY)

    async def native_fields(self) -> Mapping[str, str]:
        return NativeFields({**columns.ORDER, **FIELDS})

    def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return from_record(desired, self._statuses)
        except AppError as error:
            return error

    async def _send(self, outcomes: Outcomes) -> None:
        """Nothing is sent of a write that changes nothing."""
        chosen = dict(outcomes.open())
        kept = await self._kept([write for write in chosen.values() if TRACKING in write.changes])
        bodies = {at: self._body(write, kept) for at, write in chosen.items()}
        sent = {at: {"id": int(outcomes.number(at)), **body} for at, body in bodies.items() if body}
        outcomes.add({at: {"id": int(outcomes.number(at))} for at in chosen if at not in sent})
        if sent:
            with mark_as_reverse_sync(chosen[next(iter(sent))].operation_id):
                answers = await self._client.batch(RESOURCE, update=list(sent.values()))
            outcomes.add(dict(zip(sent, answers, strict=True)))

    def _body(self, write: Write, kept: Mapping[str, Json]) -> Row:
        base = write.base or {}
        changes = {name: value for name, value in write.changes.items() if name not in base or base[name] != value}
        number = write.ref.native_id if write.ref else ""
        body: Row = body_of(changes, tracking_key=self._tracking_key, kept=kept.get(number))
        if own := self._own.changed(changes):
            listed = body.get("meta_data")
            body["meta_data"] = [*(listed if isinstance(listed, list) else []), *own]
        return body

    async def _kept(self, writes: Sequence[Write]) -> dict[str, Json]:
        """What the shop has under the key of the tracking number: a list of parcels is changed, not replaced."""
        numbers = [write.ref.native_id for write in writes if write.ref is not None]
        rows = await by_ids(self._client, RESOURCE, numbers, EVERY) if numbers else {}
        return {number: meta_of(row, self._tracking_key) for number, row in rows.items()}

    async def _as_stored(self, rows: Sequence[Row]) -> list[Snapshot]:
        """Read again: the answer of a batch has amounts as they are shown."""
        found = await by_ids(self._client, RESOURCE, [native_id(row) for row in rows], EVERY) if rows else {}
        return await self._snapshots(list(found.values()))

    async def _numbered(self, number: str) -> list[Row]:
        return await self._client.rows(RESOURCE, {**EVERY, "search": number})

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        orders = [row for row in rows if row.get("status") not in NO_ORDERS]
        if self._buyers is not None:
            self._buyers.note(orders)
        accounts = await self._accounts(orders)
        return [self._snapshot(row, accounts.get(customer_of(row) or "")) for row in orders]

    def _snapshot(self, row: Row, account: Row | None) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.ORDER, native_id=native_id(row))
        state = {**state_of(row, account, tracking_key=self._tracking_key), **self._own.state(row)}
        return Snapshot(ref=ref, state=state, modified_at=modified_at(row))

    async def _accounts(self, orders: Sequence[Row]) -> Mapping[str, Row]:
        numbers = sorted({number for row in orders if is_number(number := customer_of(row) or "")}, key=int)
        return await by_ids(self._client, "customers", numbers, ACCOUNTS) if numbers else {}


def _refused(write: Write) -> AppError:
    if write.removal is not None:
        return cannot(write.removal, "an order", "cancel it instead")
    return Rejected("orders are made in the shop, not from Odoo's record of one", code="cannot_create")


def _number(row: Row) -> str:
    return str(row.get("number")).strip().lower()
