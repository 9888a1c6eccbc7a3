"""A coupon of the shop as a state, in neutral words and back. Pure.

A record's coupon takes a percentage or an amount off the whole order. What else the shop's coupons do (an amount off
each product, free shipping, only some products or people) no record says: such a coupon has neither `percent` nor
`amount`, so that the other side refuses it, and what Odoo would change of it is refused here.

`uses` is what is left. The shop's coupons end with the moment that `date_expires` names (midnight as a rule), records
end with the last second before it. They begin at once, and have no name besides their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.told import whole_of
from app.connectors.woocommerce.order_lines import CENT, amount, decimal
from app.connectors.woocommerce.records import moment, text
from app.entities.base import Json, Record, State
from app.entities.values import plain
from app.errors import BadPayload, Rejected

Row = Mapping[str, Json]
KINDS: Final = {"percent": "percent", "amount": "fixed_cart"}
"""A record's field and the shop's `discount_type`."""
LIVE: Final = "publish"
ASLEEP: Final = "draft"
TRASH: Final = "trash"
RESTRICTIONS: Final = (
    "product_ids",
    "excluded_product_ids",
    "product_categories",
    "excluded_product_categories",
    "email_restrictions",
)
LEFT_ALONE: Final = "the coupon takes off something else than the whole order; it is left to the shop"
SECOND: Final = timedelta(seconds=1)
_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"


def state_of(row: Row) -> State:
    return {
        "code": text(row.get("code")),
        "status": row.get("status") or LIVE,
        "discount_type": row.get("discount_type"),
        "amount": amount(row.get("amount")),
        "minimum_amount": amount(row.get("minimum_amount")),
        "date_expires_gmt": row.get("date_expires_gmt") or None,
        "usage_limit": _count(row.get("usage_limit")) or None,
        "usage_count": _count(row.get("usage_count")),
        "restricted": bool(row.get("free_shipping")) or any(bool(row.get(name)) for name in RESTRICTIONS),
    }


def to_record(state: State, currency: str | None) -> Record:
    """`currency` is the shop's."""
    limit, minimum = state.get("usage_limit"), state.get("minimum_amount")
    plainly = is_plain(state)
    return {
        "code": state.get("code"),
        **{
            name: state.get("amount") if plainly and state.get("discount_type") == kind else None
            for name, kind in KINDS.items()
        },
        "currency": currency,
        "minimum": None if minimum in (None, "0") else minimum,
        "valid_until": _last_second(state.get("date_expires_gmt")),
        "uses": None if limit is None else max(0, _count(limit) - _count(state.get("usage_count"))),
        "active": state.get("status") == LIVE,
    }


def is_plain(state: State) -> bool:
    return state.get("discount_type") in KINDS.values() and not state.get("restricted")


def from_record(desired: Desired, *, currency: str | None, now: datetime, zone: tzinfo | None = None) -> Resolved:
    """Raises `Rejected` naming the field. `currency` and `zone` are the shop's."""
    fields, base = desired.fields, desired.base
    if base is not None and not is_plain(base):
        raise Rejected(LEFT_ALONE, field="percent", code="left_alone")
    state = {**_code(desired), **_discount(desired)}
    if isinstance(active := fields.get("active"), bool):
        state["status"] = LIVE if active else ASLEEP
    if "minimum" in fields:
        state["minimum_amount"] = _cents(fields["minimum"])
    if "valid_until" in fields:
        state["date_expires_gmt"] = _end(fields["valid_until"], zone)
    if "uses" in fields:
        state["usage_limit"] = _limit(fields["uses"], base)
    _check_start(fields.get("valid_from"), now)
    _check_currency(fields, {**(base or {}), **state}, currency)
    return Resolved(state=state, notes=_notes(fields, state))


def body_of(changes: State, zone: tzinfo | None) -> dict[str, Json]:
    """As the shop takes it. It ignores None: an empty text ends no day, 0 is no limit."""
    body = {name: changes[name] for name in ("code", "status", "discount_type", "amount") if name in changes}
    if "minimum_amount" in changes:
        body["minimum_amount"] = changes["minimum_amount"] or "0"
    if "usage_limit" in changes:
        body["usage_limit"] = changes["usage_limit"] or 0
    if "date_expires_gmt" in changes:
        body["date_expires"] = _local(changes["date_expires_gmt"], zone)
    return body


def _code(desired: Desired) -> dict[str, Json]:
    if desired.base is not None and "code" not in desired.fields:
        return {}
    code = text(desired.fields.get("code"))
    if code is None:
        raise Rejected("a coupon needs a code", field="code", code="code_missing")
    return {"code": code}


def _discount(desired: Desired) -> dict[str, Json]:
    """What takes the other's place. Taking the only one away would leave a coupon of nothing."""
    given = {name: desired.fields[name] for name in KINDS if name in desired.fields}
    for name, value in given.items():
        if _number(value, name) > 0:
            if name == "percent" and _number(value, name) > 100:
                raise Rejected("the shop takes no more than 100 percent off", field=name, code="invalid")
            return {"discount_type": KINDS[name], "amount": _cents(value)}
    now = (desired.base or {}).get("discount_type")
    if desired.base is None or any(KINDS[name] == now for name in given):
        raise Rejected("a coupon needs a discount, in percent or as an amount", field="percent", code="no_discount")
    return {}


def _limit(left: Json, base: State | None) -> int | None:
    """A coupon that is used up can be used once more where nobody used it yet: the shop has no limit of none."""
    if left is None:
        return None
    return max(1, _count(left) + _count((base or {}).get("usage_count")))


def _check_start(valid_from: Json, now: datetime) -> None:
    begins = _parsed(valid_from)
    if begins is not None and begins > now:
        raise Rejected(
            "the shop's coupons begin at once; this one begins later, and is made when it is told again then",
            field="valid_from",
            code="not_yet",
        )


def _check_currency(fields: Record, after: State, currency: str | None) -> None:
    """An amount in another currency would be another amount; a percentage needs none."""
    code = text(fields.get("currency"))
    amounts = after.get("discount_type") == KINDS["amount"] or after.get("minimum_amount") not in (None, "0")
    if code and currency and code.upper() != currency.upper() and amounts:
        raise Rejected(
            f"the coupon's amounts are in {code[:10]}, the shop's currency is {currency}",
            field="currency",
            code="other_currency",
        )


def _notes(fields: Record, state: State) -> tuple[str, ...]:
    notes = [
        f"{name} {fields[name]} is {state[own]} in the shop"
        for name, own in (("percent", "amount"), ("amount", "amount"), ("minimum", "minimum_amount"))
        if fields.get(name) and own in state and _number(fields[name], name) != decimal(state[own])
    ]
    if "date_expires_gmt" in state and (end := _end(fields.get("valid_until"), None)) != state["date_expires_gmt"]:
        notes.append(f"valid_until {end} is {state['date_expires_gmt']} in the shop, whose clock shows this hour twice")
    if fields.get("uses") == 0 and state.get("usage_limit") == 1:
        notes.append("uses 0 is 1 in the shop, which has no limit of none")
    return tuple(notes)


def _last_second(expires: Json) -> str | None:
    end = moment(expires)
    if end is None and expires is not None:
        raise BadPayload(f"date_expires_gmt {str(expires)[:40]!r} is no moment", code="odd_answer")
    return None if end is None else (end - SECOND).isoformat()


def _end(valid_until: Json, zone: tzinfo | None) -> str | None:
    """As the shop's clock can say it: it shows one hour of a year twice, and means the first."""
    last = _parsed(valid_until)
    if last is None:
        return None
    end = last + SECOND
    shown = end if zone is None else end.astimezone(zone).replace(fold=0)
    return shown.astimezone(UTC).strftime(_FORMAT)


def _local(expires: Json, zone: tzinfo | None) -> str:
    if not isinstance(expires, str):
        return ""
    if zone is None:
        raise Rejected(
            "the shop's time zone is not known; set the option time_zone", field="valid_until", code="no_time_zone"
        )
    return datetime.fromisoformat(expires).replace(tzinfo=UTC).astimezone(zone).strftime(_FORMAT)


def _parsed(told: Json) -> datetime | None:
    try:
        return None if told is None else datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        raise BadPayload(f"{str(told)[:40]!r} is no moment like 2026-12-31T23:59:59+00:00") from None


def _cents(value: Json) -> str:
    """As the shop shows it."""
    return plain(decimal(value).quantize(CENT, rounding=ROUND_HALF_UP))


def _number(value: Json, name: str) -> Decimal:
    number = decimal(value)
    if number < 0:
        raise Rejected(f"{name} is below zero", field=name, code="invalid")
    return number


def _count(value: Json) -> int:
    return whole_of(value, "uses")
