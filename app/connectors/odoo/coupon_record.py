"""A discount code in Odoo's words and in neutral ones. Pure.

Odoo has three records for it: the program (name, dates, how often), its rule (code, least order) and its reward. A
coupon is a program with one of each whose reward is a discount on the whole order; what else programs can be (buy two,
one product free, points) no shop's coupon says.

Odoo keeps days, from the start of the first to the end of the last; records have moments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from app.connectors.base import Desired
from app.connectors.odoo.client import Row
from app.connectors.odoo.values import amount_of, flag_of, id_of, text_of, texts_of
from app.connectors.told import whole_of
from app.entities.base import Json, Record, State
from app.errors import BadPayload, Rejected

MODES: Final[Mapping[str, str]] = {"percent": "percent", "amount": "per_order"}
"""A record's field and Odoo's `discount_mode`."""
EASTERNMOST: Final = timedelta(hours=14)
"""Midnight somewhere is at most so much before, and 9 hours after, that of the same day in UTC (Alaska)."""
LAST_SECOND: Final = "T23:59:59+00:00"
FIRST_SECOND: Final = "T00:00:00+00:00"


def state_of(program: Row, rules: Sequence[Row], rewards: Sequence[Row]) -> State | None:
    """None for a program of another kind. `max_usage` is None without a limit."""
    rule, reward = _only(program, rules), _only(program, rewards)
    if program.get("program_type") != "promo_code" or rule is None or reward is None or not _is_discount(reward):
        return None
    dates: dict[str, Json] = {name: text_of(program.get(name)) for name in ("date_from", "date_to") if name in program}
    limited = flag_of(program.get("limit_usage"))
    return {
        "name": text_of(program.get("name")),
        "active": flag_of(program.get("active")),
        **dates,
        "max_usage": _count(program.get("max_usage")) if limited else None,
        "total_order_count": _count(program.get("total_order_count")),
        "currency_id": id_of(program.get("currency_id")),
        "code": text_of(rule.get("code")),
        "minimum_amount": amount_of(rule.get("minimum_amount")),
        "discount": amount_of(reward.get("discount")),
        "discount_mode": reward.get("discount_mode"),
    }


def to_record(state: State, currencies: Mapping[int, str]) -> Record:
    """`uses` is how often it can still be used."""
    currency, limit = id_of(state.get("currency_id")), state.get("max_usage")
    mode, discount = state.get("discount_mode"), state.get("discount")
    record: dict[str, Json] = {
        "code": state.get("code"),
        "name": state.get("name"),
        "percent": discount if mode == MODES["percent"] else None,
        "amount": discount if mode == MODES["amount"] else None,
        "currency": currencies.get(currency) if currency else None,
        "minimum": None if state.get("minimum_amount") in (None, "0") else state.get("minimum_amount"),
        "valid_until": _moment(state.get("date_to"), LAST_SECOND),
        "uses": None if limit is None else max(0, _count(limit) - _count(state.get("total_order_count"))),
        "active": state.get("active"),
    }
    # Odoo 16 has no first day.
    return {**record, "valid_from": _moment(state["date_from"], FIRST_SECOND)} if "date_from" in state else record


def from_record(desired: Desired) -> State:
    """All but the currency. A coupon that is used up can be used once more: Odoo has no limit of none.

    Raises `Rejected` for what is no coupon.
    """
    fields, base = desired.fields, desired.base or {}
    state = texts_of(fields, {"code": "code", "name": "name"})
    if (desired.base is None or "code" in fields) and not state.get("code"):
        raise Rejected("a coupon needs a code", field="code", code="code_missing")
    if "active" in fields:
        state["active"] = fields["active"]
    if desired.base is None or "name" in fields:
        state["name"] = state.get("name") or state.get("code") or base.get("code")
    if "minimum" in fields:
        state["minimum_amount"] = amount_of(fields["minimum"])
    if "valid_from" in fields:
        state["date_from"] = _first_day(fields["valid_from"])
    if "valid_until" in fields:
        state["date_to"] = _last_day(fields["valid_until"])
    if "uses" in fields:
        left = fields["uses"]
        state["max_usage"] = None if left is None else max(1, _count(left) + _count(base.get("total_order_count")))
    return {**state, **_discount(desired)}


def _discount(desired: Desired) -> State:
    """What takes the other's place, if anything does. Taking the only one away would leave the old one in force."""
    given = {MODES[name]: Decimal(amount_of(desired.fields[name])) for name in MODES if name in desired.fields}
    for mode, value in given.items():
        if value > 0:
            return {"discount_mode": mode, "discount": amount_of(str(value))}
    now = (desired.base or {}).get("discount_mode")
    if desired.base is None or now in given or any(value < 0 for value in given.values()):
        raise Rejected("a coupon needs a discount, in percent or as an amount", field="percent", code="no_discount")
    return {}


def _only(program: Row, parts: Sequence[Row]) -> Row | None:
    """The one rule or reward. Those that were archived under a live program are gone."""
    mine = [part for part in parts if id_of(part.get("program_id")) == program.get("id")]
    live = [part for part in mine if flag_of(part.get("active"))] if program.get("active") else mine
    return live[0] if len(live) == 1 else None


def _is_discount(reward: Row) -> bool:
    return (
        reward.get("reward_type") == "discount"
        and reward.get("discount_applicability") == "order"
        and reward.get("discount_mode") in MODES.values()
    )


def _moment(day: Json, time: str) -> str | None:
    return f"{day}{time}" if day else None


def _first_day(moment: Json) -> str | None:
    """The day that begins at this moment in the shop's zone, whichever that is."""
    begun = _parsed(moment)
    return None if begun is None else (begun + EASTERNMOST).date().isoformat()


def _last_day(moment: Json) -> str | None:
    """The day whose last second this is there: the one before that which begins then."""
    ended = _parsed(moment)
    return (
        None if ended is None else (ended + timedelta(seconds=1) + EASTERNMOST - timedelta(days=1)).date().isoformat()
    )


def _parsed(moment: Json) -> datetime | None:
    try:
        return None if moment is None else datetime.fromisoformat(str(moment)).astimezone(UTC)
    except ValueError:
        raise BadPayload(f"{str(moment)[:40]!r} is no moment like 2026-12-31T23:59:59+00:00") from None


def _count(value: Json) -> int:
    return whole_of(value, "uses")
