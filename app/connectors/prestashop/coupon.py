"""Coupons of a PrestaShop, which calls them cart rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.connectors.base import (
    MISSING,
    Gone,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import texts
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.coupon_record import CouponRecords
from app.connectors.prestashop.dated import DatedPort
from app.connectors.prestashop.fields import Kind, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.people import Owners, owners
from app.connectors.prestashop.records import answered, by_id, by_value, delete, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Ref, Side, State
from app.entities.coupon import DEFAULT_QUANTITY, DEFAULT_QUANTITY_PER_CUSTOMER, is_inverted
from app.errors import AppError, Conflict, Rejected

FIELDS: Final = {
    "code": Kind.TEXT,
    "name": Kind.TEXTS,
    "description": Kind.TEXT,
    "id_customer": Kind.ID,
    "date_from": Kind.MOMENT,
    "date_to": Kind.MOMENT,
    "quantity": Kind.COUNT,
    "quantity_per_user": Kind.COUNT,
    "priority": Kind.COUNT,
    "partial_use": Kind.BOOL,
    "minimum_amount": Kind.AMOUNT,
    "minimum_amount_tax": Kind.BOOL,
    "minimum_amount_currency": Kind.ID,
    "minimum_amount_shipping": Kind.BOOL,
    "free_shipping": Kind.BOOL,
    "reduction_percent": Kind.AMOUNT,
    "reduction_amount": Kind.AMOUNT,
    "reduction_tax": Kind.BOOL,
    "reduction_currency": Kind.ID,
    "highlight": Kind.BOOL,
    "active": Kind.BOOL,
}
_DISPLAY: Final = ("id", *FIELDS, "date_upd")
_OTHER: Final = {"reduction_percent": "reduction_amount", "reduction_amount": "reduction_percent"}


class CouponPort(DatedPort):
    entity_type = EntityType.COUPON
    resource = "cart_rules"
    columns = _DISPLAY

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        super().__init__(client, reference, CouponRecords(reference), extra=extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "cart_rules", ids, self._display)
        return {number: await self._snapshot(rows[number]) if number in rows else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By code without regard to case, as the shop's cart does; there can be several (recording 405)."""
        found = await by_value(self._client, "cart_rules", "code", [key.value for key in keys], self._display)
        return {key: [await self._snapshot(row) for row in found[key.value]] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        try:
            known = await owners(self._client, [patch.fields for patch in patches])
        except AppError as error:
            return [error for _ in patches]
        return [await self._resolved(patch.fields, known) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.COUPON, native_id=native_id(row))
        state = from_shop(row, FIELDS, only_language=await self._reference.only_language())
        names = state.pop("name")
        state |= texts.spread("name", names if isinstance(names, dict) else {})
        changed = modified_at(row, await self._reference.time_zone())
        return Snapshot(ref=ref, state=state | await self._own.state(row), modified_at=changed)

    async def _resolved(self, fields: State, known: Owners) -> Resolved | AppError:
        state = dict(fields)
        try:
            known.of(fields)
            for name in ("date_from", "date_to"):
                if isinstance(moment := fields.get(name), str):
                    state[name] = await self._reference.local_time(moment, field=name)
            for name in ("reduction_currency", "minimum_amount_currency"):
                if isinstance(wanted := fields.get(name), int | str):
                    state[name] = as_int((await self._reference.currency(wanted, field=name)).get("id"))
            if "name" in fields:
                state |= await self._names(state.pop("name"))
        except AppError as error:
            return error
        return Resolved(state=_one_reduction(state))

    async def _names(self, given: Json) -> dict[str, Json]:
        """A plain text is for all active languages; texts by ISO code or id only for those named."""
        if not isinstance(given, dict):
            return texts.spread("name", dict.fromkeys(await self._reference.languages(), given))
        numbers = {_key(key): text for key, text in given.items()}
        return texts.spread(
            "name", {str(await self._reference.language(key, field="name")): text for key, text in numbers.items()}
        )

    async def _store(self, write: Write) -> Stored:
        if write.removal is Removal.DELETE and write.ref is not None:
            return await delete(self._client, "cart_rules", write.ref.native_id)
        if write.removal is Removal.ARCHIVE and write.ref is not None:
            return await self._update(write.ref.native_id, {"active": False}, {})
        after = {**(write.base or {}), **write.changes}
        if is_inverted(after.get("date_from"), after.get("date_to")):
            raise Rejected("date_to is before date_from", code="invalid", field="date_to")
        if write.ref is None:
            return await self._create(write.changes)
        return await self._update(write.ref.native_id, write.changes, write.base or {})

    async def _update(self, number: str, changes: State, base: State) -> Stored:
        fields = to_shop(texts.gathered("name", changes, base), FIELDS) | await self._own.changed(changes, base)
        answer = await self._client.update("cart_rules", number, fields)
        return Stored(native_id=number, answer=await answered(answer, self._snapshot))

    async def _create(self, changes: State) -> Stored:
        """Looks for the code once more: the shop takes a second rule with the same one (recordings 403, 404)."""
        code = str(changes.get("code"))
        taken = (await by_value(self._client, "cart_rules", "code", [code], ("id", "code")))[code]
        if taken:
            raise Conflict(
                f"coupon {native_id(taken[0])} has the code {code} already", code="duplicate_code", field="code"
            )
        supplied, notes = await self._supplied(changes)
        named, more = await self._named_in_all(changes)
        wanted = {**supplied, **named}
        fields = to_shop(texts.gathered("name", wanted, {}), FIELDS) | await self._own.changed(changes, {})
        native, answer = await self._client.create_shown("cart_rules", fields)
        return Stored(
            native_id=native,
            notes=notes + more,
            sent=frozenset(wanted.keys() - changes.keys()),
            answer=await answered(answer, self._snapshot),
        )

    async def _named_in_all(self, changes: State) -> tuple[State, tuple[str, ...]]:
        """Languages without a text get the default language's, or the first given, as the shop does (406)."""
        languages = await self._reference.languages()
        given = {number: changes[key] for number in languages if (key := texts.key("name", number)) in changes}
        fallback = given.get(str(await self._reference.default_language()), next(iter(given.values()), None))
        unnamed = [code for number, code in languages.items() if number not in given]
        notes = (f'name: no text for {", ".join(unnamed)}; "{fallback}" is used there',) if unnamed else ()
        named = texts.spread("name", {number: given.get(number, fallback) for number in languages})
        return {**changes, **named}, notes

    async def _supplied(self, changes: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        """What makes the coupon usable: the shop stores an omitted quantity or `active` as 0 (recording 424)."""
        supplied: dict[str, Json] = {
            "active": True,
            "quantity": DEFAULT_QUANTITY,
            "quantity_per_user": DEFAULT_QUANTITY_PER_CUSTOMER,
        }
        notes: tuple[str, ...] = ()
        if _is_amount(changes.get("reduction_amount")):
            currency = await self._reference.default_currency() if "reduction_currency" not in changes else {}
            supplied |= {"reduction_tax": True, "reduction_currency": as_int(currency.get("id"))}
            if "reduction_tax" not in changes:
                notes = ("the amount is taken off the price with tax; send reduction_tax false for the other",)
        if _is_amount(changes.get("minimum_amount")) and "minimum_amount_currency" not in changes:
            currency = await self._reference.default_currency()
            supplied |= {"minimum_amount_tax": True, "minimum_amount_currency": as_int(currency.get("id"))}
        return supplied, notes


def _one_reduction(state: dict[str, Json]) -> dict[str, Json]:
    """A percentage in place of an amount clears the amount, and the other way round."""
    for name, other in _OTHER.items():
        if _is_amount(state.get(name)):
            return {other: "0", **state}
    return state


def _is_amount(value: Json) -> bool:
    return value not in (None, "", "0", 0)


def _key(language: str) -> int | str:
    return int(language) if language.isascii() and language.isdecimal() else language
