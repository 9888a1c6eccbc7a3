"""The coupon (PrestaShop: cart rule): a code that takes a percentage or an amount off, or the postage.

PrestaShop finds a code without regard to case and does not refuse a second rule with the same one
(recordings 403-405); this service does.
"""

from __future__ import annotations

from decimal import Decimal

from app.entities.base import EntityType, Json, NaturalKey, State
from app.errors import BadPayload

REQUIRED = ("code", "name", "date_from", "date_to")
REDUCTIONS = ("reduction_percent", "reduction_amount", "free_shipping")
"""A new coupon needs one of these."""

DEFAULT_QUANTITY = 1_000_000
"""A new code that says nothing of its quantity. PrestaShop would store 0, a coupon that nobody can use
(recording 424), has no "unlimited", and counts the quantity down over all customers: 1 would be gone with the
first of them."""
DEFAULT_QUANTITY_PER_CUSTOMER = 1
UNSET_QUANTITY = (
    f"no quantity given: a new coupon can be used {DEFAULT_QUANTITY} times, "
    f"{DEFAULT_QUANTITY_PER_CUSTOMER} per customer unless quantity_per_user says otherwise"
)


def code_key(code: str) -> NaturalKey:
    return NaturalKey(entity_type=EntityType.COUPON, name="code", value=code.strip().lower())


def natural_key(fields: State) -> NaturalKey | None:
    code = fields.get("code")
    return code_key(code) if isinstance(code, str) else None


def check(fields: State) -> None:
    """What holds for any coupon, new or changed, as far as both halves are known: raises `BadPayload`."""
    if _amount(fields, "reduction_percent") and _amount(fields, "reduction_amount"):
        raise BadPayload(
            "data has both reduction_percent and reduction_amount; a coupon takes one of them: send the "
            "other as 0 or leave it out",
            field="data.reduction_amount",
        )
    if is_inverted(fields.get("date_from"), fields.get("date_to")):
        raise BadPayload("data.date_to is before date_from", field="data.date_to")


def check_new(fields: State) -> None:
    """A new coupon takes something off."""
    if not any(_amount(fields, name) for name in REDUCTIONS[:2]) and fields.get("free_shipping") is not True:
        raise BadPayload(
            "data needs a reduction: reduction_percent (above 0, up to 100), reduction_amount (above 0) or "
            "free_shipping true",
            field="data.reduction_percent",
        )


def merge(earlier: State, later: State) -> dict[str, Json] | None:
    """A reduction replaces one of the other kind. Texts for some languages are added to what is there by then: what a
    new coupon has in the languages nobody named depends on it."""
    if "name" in earlier and isinstance(later.get("name"), dict):
        return None
    kept = dict(earlier)
    for name, other in (REDUCTIONS[:2], REDUCTIONS[1::-1]):
        if _amount(later, name):
            kept.pop(other, None)
    return {**kept, **later}


def is_inverted(date_from: object, date_to: object) -> bool:
    """True if both are times of the same kind (shop time, or UTC with an offset) in the wrong order."""
    if not isinstance(date_from, str) or not isinstance(date_to, str):
        return False
    return date_from[10] == date_to[10] and date_to < date_from


def _amount(fields: State, name: str) -> Decimal:
    value = fields.get(name)
    return Decimal(value) if isinstance(value, str) else Decimal(0)
