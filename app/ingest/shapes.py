"""What each entity type takes in `data`: its fields, what a new one needs, what else than an id names an old one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from app.entities import address, coupon, customer, order
from app.entities.base import Action, EntityType, NaturalKey, State
from app.ingest.fields import AddressData, CouponData, CustomerData, OrderData, OrderHandling


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one entity type takes: its fields, what a new one needs, and what else names an existing one."""

    validate: Callable[[object], Mapping[str, object]]
    known: frozenset[str]
    required: tuple[str, ...]
    owner: tuple[str, ...] = ()
    natural_key: Callable[[State], NaturalKey | None]
    named_by: str


def _shape(
    adapter: TypeAdapter[CustomerData]
    | TypeAdapter[AddressData]
    | TypeAdapter[CouponData]
    | TypeAdapter[OrderData]
    | TypeAdapter[OrderHandling],
    fields: type,
    *,
    required: tuple[str, ...],
    natural_key: Callable[[State], NaturalKey | None],
    named_by: str,
    owner: tuple[str, ...] = (),
) -> Shape:
    return Shape(
        validate=adapter.validate_python,
        known=frozenset(fields.__annotations__),
        required=required,
        owner=owner,
        natural_key=natural_key,
        named_by=named_by,
    )


_CUSTOMER = _shape(
    TypeAdapter(CustomerData),
    CustomerData,
    required=customer.REQUIRED,
    natural_key=customer.natural_key,
    named_by="its email",
)
_ADDRESS = _shape(
    TypeAdapter(AddressData),
    AddressData,
    required=address.REQUIRED,
    owner=address.OWNER,
    natural_key=address.natural_key,
    named_by="id_customer (or customer_email) and alias",
)
_COUPON = _shape(
    TypeAdapter(CouponData),
    CouponData,
    required=coupon.REQUIRED,
    natural_key=coupon.natural_key,
    named_by="its code",
)
NEW_ORDER = _shape(
    TypeAdapter(OrderData),
    OrderData,
    required=order.REQUIRED,
    owner=order.OWNER,
    natural_key=order.natural_key,
    named_by="its reference",
)
ORDER = _shape(
    TypeAdapter(OrderHandling),
    OrderHandling,
    required=(),
    natural_key=order.natural_key,
    named_by="its reference in the shop",
)
SHAPES: Final = {
    (EntityType.CUSTOMER, Action.CREATED): _CUSTOMER,
    (EntityType.CUSTOMER, Action.UPDATED): _CUSTOMER,
    (EntityType.ADDRESS, Action.CREATED): _ADDRESS,
    (EntityType.ADDRESS, Action.UPDATED): _ADDRESS,
    (EntityType.COUPON, Action.CREATED): _COUPON,
    (EntityType.COUPON, Action.UPDATED): _COUPON,
    (EntityType.ORDER, Action.CREATED): NEW_ORDER,
    (EntityType.ORDER, Action.UPDATED): ORDER,
}
