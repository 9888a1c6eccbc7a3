"""Coupons: Odoo's discount programs that are entered by code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.coupon_record import from_record, state_of, to_record
from app.connectors.odoo.coupon_write import REWARD, RULE, CouponWriter, parts_of
from app.connectors.odoo.linked_changes import Part, changed_since
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.records import Table, native_id, refuse_patches
from app.connectors.odoo.search import any_of, plain, rows_of
from app.connectors.odoo.values import id_of, text_of
from app.connectors.odoo.writing import as_known, write_each
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.errors import AppError

MODEL: Final = "loyalty.program"
KIND: Final[tuple[Json, ...]] = (["program_type", "=", "promo_code"],)
FIELDS: Final = (
    "name",
    "program_type",
    "active",
    "date_from",
    "date_to",
    "limit_usage",
    "max_usage",
    "total_order_count",
    "currency_id",
)

PARTS: Final = tuple(
    Part(model=model, owner="program_id", kind=(["program_id.program_type", "=", "promo_code"],))
    for model in (RULE, REWARD)
)


class CouponPort:
    entity_type = EntityType.COUPON
    creates_in_steps = True

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: OrderReference, *, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._reference = reference
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            kind=KIND,
            overlap_s=options.poll_overlap_s,
        )
        self._writer = CouponWriter(self._table)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Programs, rules and rewards in one call each. A program of another kind is missing here."""
        shots = await self._snapshots(list((await self._table.rows(ids)).values()))
        found = {shot.ref.native_id: shot for shot in shots}
        return {number: found.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By code, without regard to case, archived ones too: Odoo keeps their codes taken."""
        codes = sorted({key.value for key in keys})
        rules = await rows_of(self._client, RULE, any_of("code", codes), ["program_id"]) if codes else []
        programs = {str(number) for rule in rules if (number := id_of(rule.get("program_id")))}
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._snapshots(list((await self._table.rows(sorted(programs))).values())):
            found.setdefault(plain(shot.state.get("code")), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_each(self._table, writes, self._writer.store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        numbers = {number for state in states if (number := id_of(state.get("currency_id")))}
        currencies = await self._reference.currency_codes(numbers)
        return [to_record(state, currencies) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changed_since(self._table, PARTS, cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        programs = [int(native_id(row)) for row in rows]
        rules, rewards = await asyncio.gather(
            parts_of(self._client, RULE, programs), parts_of(self._client, REWARD, programs)
        )
        states = {native_id(row): state_of(row, rules, rewards) for row in rows}
        coupons = [row for row in rows if states[native_id(row)] is not None]
        return await self._table.snapshots(coupons, lambda row: states[native_id(row)] or {})

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            notes: tuple[str, ...] = ()
            state = dict(from_record(desired))
            if "date_from" in state and not await self._table.has("date_from"):
                del state["date_from"]
                notes = ("valid_from left out: this Odoo has no first day of a program",)
            if code := text_of(desired.fields.get("currency")):
                state["currency_id"] = await self._reference.currency_id(code)
            return Resolved(state=state, notes=notes)
        except Exception as error:
            return as_known(error, "translating a coupon")
