"""The fields of each entity in the shop's words, with what PrestaShop takes for each.

Lengths are those of its webservice (recordings 011-*) and, where that names none, of its database columns:
MySQL runs without strict mode there and would cut off the rest in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Required, TypeAlias, TypeVar

from pydantic import AfterValidator, AliasChoices, Field, PlainValidator
from typing_extensions import TypedDict  # pydantic takes typing's own from Python 3.12 on

from app.entities.values import (
    as_amount,
    as_bool,
    as_code,
    as_count,
    as_day,
    as_email,
    as_id,
    as_id_or_code,
    as_moment,
    as_optional_id,
    as_text,
)

LONG_TEXT = 4_194_303
_T = TypeVar("_T")


def text(limit: int) -> PlainValidator:
    return PlainValidator(partial(as_text, limit=limit))


def code(limit: int) -> PlainValidator:
    """Text that is often sent as a number."""
    return PlainValidator(partial(as_code, limit=limit))


def needed(read: Callable[[object], _T | None]) -> PlainValidator:
    """A field the shop cannot be without: given, it must not be empty."""

    def not_empty(value: object) -> _T:
        found = read(value)
        if found is None:
            raise ValueError("must not be empty")
        return found

    return PlainValidator(not_empty)


def needed_text(limit: int) -> PlainValidator:
    return needed(partial(as_text, limit=limit))


def _not_negative(value: str) -> str:
    if value.startswith("-"):
        raise ValueError("must not be negative")
    return value


def _percent(value: object) -> str:
    """Up to 100; two decimals are what `ps_cart_rule.reduction_percent` keeps."""
    amount = _not_negative(as_amount(value, places=2))
    if float(amount) > 100:
        raise ValueError("must be 100 or less")
    return amount


def _groups(value: object) -> list[int]:
    """`[3, 4]`, `["3"]` or, as the webservice writes it, `[{"id": 3}]`; sorted, each once."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of one or more group ids")
    return sorted({as_id(item.get("id") if isinstance(item, dict) else item) for item in value})


def _names(value: object) -> str | dict[str, str]:
    """One text for all languages, or `{"fr": "…", "2": "…"}` by ISO code or language id."""
    if not isinstance(value, dict):
        name = as_text(value, limit=254)
        if name is None:
            raise ValueError("must not be empty")
        return name
    given = {str(key).strip().lower(): as_text(item, limit=254) for key, item in value.items()}
    texts = {key: item for key, item in given.items() if key and item}
    if not texts or len(texts) < len(value):
        raise ValueError("must have a text for each language it names")
    return texts


def _at_least_one(value: int) -> int:
    if value < 1:
        raise ValueError("must be 1 or more")
    return value


Text255: TypeAlias = Annotated[str | None, text(255)]
Long: TypeAlias = Annotated[str | None, text(LONG_TEXT)]
Bool: TypeAlias = Annotated[bool, PlainValidator(as_bool)]
Count: TypeAlias = Annotated[int, PlainValidator(as_count)]
Id: TypeAlias = Annotated[int, PlainValidator(as_id)]
OptionalId: TypeAlias = Annotated[int | None, PlainValidator(as_optional_id)]
IdOrCode: TypeAlias = Annotated[int | str | None, PlainValidator(as_id_or_code)]
NeededIdOrCode: TypeAlias = Annotated[int | str, needed(as_id_or_code)]
Email: TypeAlias = Annotated[str, needed(as_email)]
Name: TypeAlias = Annotated[str, needed_text(255)]
Amount: TypeAlias = Annotated[str, PlainValidator(as_amount), AfterValidator(_not_negative)]
Percent: TypeAlias = Annotated[str, PlainValidator(_percent)]
Day: TypeAlias = Annotated[str | None, PlainValidator(as_day)]
Start: TypeAlias = Annotated[str, PlainValidator(as_moment)]
End: TypeAlias = Annotated[str, PlainValidator(partial(as_moment, end_of_day=True))]


class CustomerData(TypedDict, total=False):
    id: Id
    email: Email
    firstname: Name
    lastname: Name
    company: Text255
    siret: Annotated[str | None, code(14)]
    ape: Annotated[str | None, code(6)]
    website: Annotated[str | None, text(128)]
    birthday: Day
    newsletter: Bool
    optin: Bool
    active: Bool
    note: Long
    id_gender: OptionalId
    id_lang: NeededIdOrCode
    id_default_group: Id
    groups: Annotated[list[int], PlainValidator(_groups)]


class AddressData(TypedDict, total=False):
    id: Id
    id_customer: Id
    customer_email: Email
    alias: Annotated[str, needed_text(32)]
    company: Text255
    firstname: Name
    lastname: Name
    vat_number: Annotated[str | None, code(32)]
    dni: Annotated[str | None, code(16)]
    address1: Annotated[str, needed_text(128)]
    address2: Annotated[str | None, text(128)]
    postcode: Annotated[str | None, code(12)]
    city: Annotated[str, needed_text(64)]
    id_country: IdOrCode
    country: IdOrCode
    id_state: IdOrCode
    state: IdOrCode
    phone: Annotated[str | None, code(32)]
    phone_mobile: Annotated[str | None, code(32)]
    other: Long


_PRODUCT = AliasChoices("id_product", "product_id")
_COMBINATION = AliasChoices("id_product_attribute", "product_attribute_id")
_QUANTITY = AliasChoices("quantity", "product_quantity")
LINE_WORDS = frozenset(str(word) for names in (_PRODUCT, _COMBINATION, _QUANTITY) for word in names.choices)


class LineData(TypedDict, total=False):
    """The cart's words or the order's: `id_product` or `product_id`."""

    id_product: Annotated[Required[Id], Field(validation_alias=_PRODUCT)]
    id_product_attribute: Annotated[OptionalId, Field(validation_alias=_COMBINATION)]
    quantity: Annotated[Required[Annotated[Count, AfterValidator(_at_least_one)]], Field(validation_alias=_QUANTITY)]


class OrderHandling(TypedDict, total=False):
    """What can be given for an order that exists."""

    id: Id
    reference: Annotated[str, needed_text(32)]
    current_state: NeededIdOrCode
    tracking_number: Annotated[str | None, code(64)]
    note: Long
    message: Long
    message_private: Bool


class OrderData(OrderHandling, total=False):
    odoo_reference: Annotated[str, needed_text(64)]
    id_customer: Id
    customer_email: Email
    id_address_delivery: Id
    id_address_invoice: Id
    id_carrier: Id
    id_currency: NeededIdOrCode
    id_lang: NeededIdOrCode
    module: Annotated[str, needed_text(255)]
    payment: Annotated[str, needed_text(255)]
    lines: Annotated[list[LineData], Field(min_length=1, max_length=500)]
    total_paid: Amount
    total_products: Amount


class CouponData(TypedDict, total=False):
    id: Id
    code: Annotated[str, needed(partial(as_code, limit=254))]
    name: Annotated[str | dict[str, str], PlainValidator(_names)]
    description: Long
    reduction_percent: Percent
    reduction_amount: Amount
    reduction_tax: Bool
    reduction_currency: NeededIdOrCode
    free_shipping: Bool
    date_from: Start
    date_to: End
    quantity: Count
    quantity_per_user: Count
    active: Bool
    highlight: Bool
    partial_use: Bool
    priority: Count
    id_customer: OptionalId
    minimum_amount: Amount
    minimum_amount_tax: Bool
    minimum_amount_shipping: Bool
    minimum_amount_currency: NeededIdOrCode
