"""A shop's cart rule in neutral words and back (`entities/records.py`).

The shop has no "for ever" and no "unlimited": both are dates far away and a quantity nobody uses up, and are None in a
record. `uses` is what is left: the shop counts it down with every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.prestashop import texts
from app.connectors.prestashop.customer_record import text
from app.connectors.prestashop.fields import as_int
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, Record, State
from app.entities.coupon import DEFAULT_QUANTITY
from app.entities.values import as_amount
from app.errors import AppError, Rejected

ALWAYS_FROM: Final = "2000-01-01 00:00:00"
ALWAYS_UNTIL: Final = "2099-12-31 23:59:59"
UNLIMITED: Final = DEFAULT_QUANTITY // 2
"""A new coupon without a limit has twice as many."""
_AMOUNTS: Final = {"percent": "reduction_percent", "amount": "reduction_amount", "minimum": "minimum_amount"}
_DATES: Final = {"valid_from": "date_from", "valid_until": "date_to"}
_OTHER: Final = {"reduction_percent": "reduction_amount", "reduction_amount": "reduction_percent"}


class CouponRecords:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def record(self, state: State) -> Record:
        record: dict[str, Json] = {name: _amount(state[own]) for name, own in _AMOUNTS.items() if own in state}
        for name, own in _DATES.items():
            if own in state:
                record[name] = await self._moment(state[own], own)
        if "code" in state:
            record["code"] = text(state["code"])
        if any(name.startswith("name:") for name in state):
            record["name"] = text(await self._named(state))
        if "reduction_currency" in state:
            record["currency"] = await self._reference.currency_code(state["reduction_currency"])
        if "quantity" in state:
            left = as_int(state["quantity"])
            record["uses"] = left if left < UNLIMITED else None
        if "active" in state:
            record["active"] = state["active"]
        return record

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        if (base is None or "code" in fields) and not text(fields.get("code")):
            raise Rejected("a coupon of the shop needs a code", code="required", field="code")
        state: dict[str, Json] = {"code": text(fields["code"])} if "code" in fields else {}
        if base is None or "name" in fields:
            name = text(fields.get("name")) or text(fields.get("code")) or text((base or {}).get("code"))
            state[texts.key("name", str(await self._reference.default_language()))] = name
        for name, own in _DATES.items():
            if base is None or name in fields:
                state[own] = await self._local(fields.get(name), own)
        if base is None or "uses" in fields:
            state["quantity"] = DEFAULT_QUANTITY if fields.get("uses") is None else as_int(fields["uses"])
        if isinstance(active := fields.get("active"), bool):
            state["active"] = active
        state |= {own: _kept(fields[name], name) for name, own in _AMOUNTS.items() if name in fields}
        rounded = tuple(
            f"{name} {fields[name]} is {state[own]} in the shop"
            for name, own in _AMOUNTS.items()
            if name in fields and Decimal(str(fields[name] or 0)) != Decimal(str(state[own]))
        )
        currency, notes = await self._currency(fields, {**(base or {}), **state})
        state |= currency
        return Resolved(state=state | _with_them(state, base or {}), notes=notes + rounded)

    async def _currency(self, fields: Record, after: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        """An amount in a currency that the shop does not have is refused; a percentage needs none."""
        code = text(fields.get("currency"))
        if code is None:
            return {}, ()
        try:
            number = as_int((await self._reference.currency(code, field="currency")).get("id"))
        except Rejected:
            if _amount(after.get("reduction_amount")) or _amount(after.get("minimum_amount")):
                raise
            return {}, (f"currency {code} is not in the shop; a percentage needs none",)
        return {"reduction_currency": number, "minimum_amount_currency": number}, ()

    async def _named(self, state: State) -> Json:
        """In the shop's default language, or in any."""
        name = state.get(texts.key("name", str(await self._reference.default_language())))
        return name or next((value for key, value in state.items() if key.startswith("name:") and value), None)

    async def _moment(self, local: Json, own: str) -> str | None:
        if not isinstance(local, str) or local <= ALWAYS_FROM or local >= ALWAYS_UNTIL:
            return None
        return await self._reference.utc(local, field=own)

    async def _local(self, moment: Json, own: str) -> str:
        if isinstance(moment, str):
            return await self._reference.local_time(moment, field=own)
        return ALWAYS_FROM if own == "date_from" else ALWAYS_UNTIL


def _with_them(state: State, base: State) -> dict[str, Json]:
    """What a new amount brings: it takes the other reduction's place, and is with tax, as a customer reads it."""
    more: dict[str, Json] = {}
    for own, other in _OTHER.items():
        if _amount(state.get(own)) and _amount({**base, **state}.get(other)):
            more[other] = "0"
    for own, tax in (("reduction_amount", "reduction_tax"), ("minimum_amount", "minimum_amount_tax")):
        if _amount(state.get(own)) and not _amount(base.get(own)):
            more[tax] = True
    if _amount(state.get("minimum_amount")) and not _has_currency(state, base):
        more["minimum_amount_currency"] = base["reduction_currency"]
    return more


def _has_currency(state: State, base: State) -> bool:
    """Or none can be told from here: a new coupon then gets the shop's own."""
    known: Mapping[str, Json] = {**base, **state}
    return bool(known.get("minimum_amount_currency")) or not base.get("reduction_currency")


def _kept(value: Json, name: str) -> str:
    """As the shop's column keeps it: two places of a percentage, six of an amount."""
    try:
        return as_amount(value or "0", places=2 if name == "percent" else 6)
    except ValueError as error:
        raise Rejected(f"{name} {error}", code="invalid", field=name) from error


def _amount(value: Json) -> str | None:
    return None if value in (None, "", "0", 0) else str(value)
