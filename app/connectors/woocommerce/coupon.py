"""Coupons of a WooCommerce. One in the trash is gone: its code may be given to another (recording coup-12)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.woocommerce import changes, columns
from app.connectors.woocommerce.client import PAGE, Row, WooClient
from app.connectors.woocommerce.coupon_record import ASLEEP, TRASH, body_of, from_record, state_of, to_record
from app.connectors.woocommerce.extra import NativeFields, OwnFields
from app.connectors.woocommerce.order import NO_PATCHES
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.records import by_ids, is_number, modified_at, native_id
from app.connectors.woocommerce.reference import Reference
from app.context import mark_as_reverse_sync
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.errors import AppError, BadPayload

RESOURCE: Final = "coupons"
FEW: Final = 3
"""So many codes are looked for one by one before it is asked how many coupons there are."""
FIELDS: Final[Mapping[str, str]] = {
    "code": "text",
    "discount_type": "text",
    "amount": "amount",
    "minimum_amount": "amount",
    "date_expires": "moment",
    "usage_limit": "count",
    "status": "text",
}


class CouponPort:
    entity_type = EntityType.COUPON

    def __init__(
        self,
        client: WooClient,
        reference: Reference,
        *,
        extra: Sequence[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._reference = reference
        self._own = OwnFields(extra)
        self._now = now

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list per hundred. What it does not show is asked for by its id: a list may leave out what is no longer
        published."""
        rows = await by_ids(self._client, RESOURCE, ids)
        for number in dict.fromkeys(ids):
            if number not in rows and is_number(number) and (row := await self._client.one(f"{RESOURCE}/{number}")):
                rows[number] = row
        return {number: self._snapshot(rows[number]) if _is_live(rows.get(number)) else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By code without regard to case. Two creates at once have left two coupons with one code (recording
        timings), of which a look by code shows one: so it is a search, or the whole list where that is shorter."""
        codes = sorted({key.value for key in keys})
        found: dict[str, dict[str, Snapshot]] = {code: {} for code in codes}
        for row in await self._with_codes(codes):
            code = " ".join(str(row.get("code")).lower().split())
            if code in found and _is_live(row):
                found[code][native_id(row)] = self._snapshot(row)
        return {key: list(found[key.value].values()) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [BadPayload(NO_PATCHES, code="no_events") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        outcomes = Outcomes(writes)
        await outcomes.guarded(self._remove(outcomes))
        await outcomes.guarded(self._send(outcomes))
        return await outcomes.shown(self._shown)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        currency = await self._reference.currency() if states else None
        return [to_record(state, currency) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        currency = await self._reference.currency() if wanted else None
        ends = any(desired.fields.get("valid_until") for desired in wanted)
        zone = await self._reference.time_zone() if ends else None
        return [self._resolved(desired, currency, zone) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """All by id: a change moves no date (coup-20, coup-21)."""
        return changes.by_id(self._client, RESOURCE, cursor)

    async def count(self) -> int:
        return await self._client.count(RESOURCE)

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, self._shown)

    async def native_fields(self) -> Mapping[str, str]:
        return NativeFields({**columns.COUPON, **FIELDS})

    def _resolved(self, desired: Desired, currency: str | None, zone: tzinfo | None) -> Resolved | AppError:
        try:
            return from_record(desired, currency=currency, now=self._now(), zone=zone)
        except AppError as error:
            return error

    async def _with_codes(self, codes: Sequence[str]) -> list[Row]:
        if len(codes) > FEW and await self._client.count(RESOURCE) <= PAGE * len(codes):
            return await self._client.rows(RESOURCE)
        asked = await asyncio.gather(*(self._client.rows(RESOURCE, {"search": code}) for code in codes))
        return [row for rows in asked for row in rows]

    async def _remove(self, outcomes: Outcomes) -> None:
        """An archived coupon is a draft; a deleted one is in the trash, from where a person can take it back."""
        for at, write in list(outcomes.open()):
            if write.removal is Removal.DELETE:
                with mark_as_reverse_sync(write.operation_id):
                    outcomes.add_gone({at: await self._trashed(outcomes.number(at))})

    async def _trashed(self, number: str) -> AppError | None:
        try:
            await self._client.delete(f"{RESOURCE}/{number}", force=False)
        except AppError as error:
            return error
        return None

    async def _send(self, outcomes: Outcomes) -> None:
        chosen = dict(outcomes.open())
        bodies = {at: await self._body(write) for at, write in chosen.items()}
        created = {at: body for at, body in bodies.items() if chosen[at].ref is None}
        changed = {at: {"id": int(outcomes.number(at)), **bodies[at]} for at in bodies if at not in created}
        if not bodies:
            return
        with mark_as_reverse_sync(chosen[next(iter(chosen))].operation_id):
            answers = await self._client.batch(RESOURCE, create=list(created.values()), update=list(changed.values()))
        outcomes.add(dict(zip([*created, *changed], answers, strict=True)))

    async def _body(self, write: Write) -> Row:
        wanted = {"status": ASLEEP} if write.removal is Removal.ARCHIVE else write.changes
        base = write.base or {}
        # A new one has nothing that could be emptied.
        differing = {name: value for name, value in wanted.items() if base.get(name) != value}
        zone = await self._reference.time_zone() if differing.get("date_expires_gmt") else None
        body: Row = body_of(differing, zone)
        if own := self._own.changed(differing):
            body["meta_data"] = own
        return body

    async def _shown(self, rows: Sequence[Row]) -> list[Snapshot]:
        return [self._snapshot(row) for row in rows if _is_live(row)]

    def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.COUPON, native_id=native_id(row))
        return Snapshot(ref=ref, state={**state_of(row), **self._own.state(row)}, modified_at=modified_at(row))


def _is_live(row: Row | None) -> bool:
    return row is not None and row.get("status") != TRASH
