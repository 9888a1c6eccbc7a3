"""The neutral form of each entity type: the fields that Odoo and a shop share, in words of neither.

A record is a mapping of these names to canonical values (`entities/base.py`). A side that cannot hold a field leaves it
out. Texts are stripped, plain (no HTML) and None when empty; moments are ISO text in UTC (`2026-11-21T14:05:00+00:00`);
amounts are plain decimals as text; a country is its ISO 3166 code, a state the code after the dash (`US-CA` → `CA`), a
language the first two letters of its code (`fr`), a currency its ISO 4217 code.

A *reference* holds the native id, as text, that the other record has **on the side the record was read from**; the
engine translates it through the entity map before it compares or writes (`sync/references.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from app.entities.base import EntityType, Json, NaturalKey, Record

FIELDS: Final[Mapping[EntityType, frozenset[str]]] = {
    # `email` in lower case; `name` is the whole name in one text; a person's `company` is the name of their company;
    # `website` without `http://`, which goes without saying.
    EntityType.CUSTOMER: frozenset({"email", "name", "company", "website", "language", "active"}),
    # `name` is who lives there. `label` is the shop's name for the address ("Home"); Odoo has no place for it.
    EntityType.ADDRESS: frozenset(
        {"customer", "name", "company", "street", "street2", "postcode", "city", "state", "country", "phone", "mobile",
         "label"}
    ),
    # `parent`: None for a top one.
    EntityType.CATEGORY: frozenset({"name", "parent", "active"}),
    # A product as the customer sees it: Odoo's template. `price` without tax, in `currency`. `type`: goods, service or
    # combo. `counted`: whether its stock is counted, so that a number will come.
    EntityType.PRODUCT: frozenset(
        {"name", "sku", "barcode", "price", "currency", "active", "description", "weight", "category", "type",
         "counted"}
    ),
    # One combination of a product that has several: `attributes` {"Size": "M", "Colour": "Red"}. `alone`: its product
    # has no other, for none of its attributes has a second value.
    EntityType.VARIANT: frozenset(
        {"product", "attributes", "sku", "barcode", "price_extra", "currency", "active", "alone", "counted"}
    ),
    # `variant` is None for a product without variants. `quantity` is what is on hand, whole or with decimals, as text.
    EntityType.STOCK: frozenset({"product", "variant", "quantity"}),
    # `content` names the bytes: `sha1:<40 hex digits>`. The bytes themselves travel apart (`Write.content`).
    EntityType.IMAGE: frozenset({"product", "content", "cover"}),
    # `status`: see OrderStatus. `lines`: [{"product", "variant", "sku", "name", "quantity", "price", "tax_rate"}],
    # price per unit without tax after the line's own discount, tax_rate in percent. `shipping`: {"name", "price",
    # "tax_rate"} or None. `discounts`: [{"name", "amount", "tax_rate"}], amounts positive without tax.
    # `total` with tax and `total_untaxed`, as the side that made the order reckons.
    EntityType.ORDER: frozenset(
        {"reference", "customer", "invoice_address", "delivery_address", "date", "currency", "status", "lines",
         "shipping", "discounts", "total", "total_untaxed", "tracking", "note", "payment"}
    ),
    EntityType.INVOICE: frozenset(
        {"number", "order", "customer", "date", "currency", "total", "total_untaxed", "status", "payment_status"}
    ),
    # What was given back of an order: Odoo's credit note. Lines and shipping as in an order; amounts positive;
    # `date` is a day.
    EntityType.REFUND: frozenset(
        {"reference", "order", "customer", "date", "currency", "lines", "shipping", "total", "total_untaxed", "reason"}
    ),
    # One of `percent` and `amount` is None. `minimum` is the least order value, None for none.
    EntityType.COUPON: frozenset(
        {"code", "name", "percent", "amount", "currency", "minimum", "valid_from", "valid_until", "uses", "active"}
    ),
    EntityType.LEAD: frozenset({"name", "contact_name", "email", "phone", "company", "description", "active"}),
}  # fmt: skip

REFERENCES: Final[Mapping[EntityType, Mapping[str, EntityType]]] = {
    EntityType.ADDRESS: {"customer": EntityType.CUSTOMER},
    EntityType.CATEGORY: {"parent": EntityType.CATEGORY},
    EntityType.PRODUCT: {"category": EntityType.CATEGORY},
    EntityType.VARIANT: {"product": EntityType.PRODUCT},
    EntityType.STOCK: {"product": EntityType.PRODUCT, "variant": EntityType.VARIANT},
    EntityType.IMAGE: {"product": EntityType.PRODUCT},
    EntityType.ORDER: {
        "customer": EntityType.CUSTOMER,
        "invoice_address": EntityType.ADDRESS,
        "delivery_address": EntityType.ADDRESS,
    },
    EntityType.INVOICE: {"order": EntityType.ORDER, "customer": EntityType.CUSTOMER},
    EntityType.REFUND: {"order": EntityType.ORDER, "customer": EntityType.CUSTOMER},
}
LINE_REFERENCES: Final[Mapping[str, EntityType]] = {"product": EntityType.PRODUCT, "variant": EntityType.VARIANT}
"""References inside each of the `lines` of an order or a refund."""

FIXED: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.ORDER: frozenset(
        {"reference", "customer", "invoice_address", "delivery_address", "date", "currency", "lines", "shipping",
         "discounts", "total", "total_untaxed", "payment"}
    ),
    EntityType.REFUND: FIELDS[EntityType.REFUND],
    EntityType.STOCK: frozenset({"product", "variant"}),
    EntityType.PRODUCT: frozenset({"currency", "counted"}),
    EntityType.VARIANT: frozenset({"product", "attributes", "currency", "alone", "counted"}),
    EntityType.IMAGE: frozenset({"product"}),
    EntityType.ADDRESS: frozenset({"customer"}),
}  # fmt: skip
"""Fields that are set when a record is made and never rewritten on the other side: what was bought stays bought."""

MONEY: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.PRODUCT: frozenset({"price"}),
    EntityType.VARIANT: frozenset({"price_extra"}),
}
"""Amounts in the record's own `currency`: in another one the same number is another price, and is not written."""


_Key: TypeAlias = Callable[[Record], tuple[str, str] | None]


COUNTED: Final = frozenset({EntityType.STOCK})
"""What changes by itself with every order, and is a count that the next one replaces."""
MADE_IN_SHOP: Final = frozenset({EntityType.ORDER, EntityType.REFUND})
"""What is made in the shop only: customers order there. A quotation that a salesperson makes stays in Odoo."""


class OrderStatus(StrEnum):
    """What both sides can say about an order. A shop maps its own states onto these per link."""

    DRAFT = "draft"
    SENT = "sent"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DONE = "done"
    CANCELLED = "cancelled"


def references(entity_type: EntityType, record: Record) -> Iterator[tuple[EntityType, str]]:
    """Every other record this one names: (entity type, native id on the record's own side)."""
    for name, kind in REFERENCES.get(entity_type, {}).items():
        if isinstance(number := record.get(name), str):
            yield kind, number
    for line in _lines(record):
        for name, kind in LINE_REFERENCES.items():
            if isinstance(number := line.get(name), str):
                yield kind, number


def record_key(entity_type: EntityType, record: Record) -> NaturalKey | None:
    """What finds the same record on the side whose ids its references hold; None when the fields do not name it."""
    values = _KEYS[entity_type](record) if entity_type in _KEYS else None
    if values is None:
        return None
    name, value = values
    return NaturalKey(entity_type=entity_type, name=name, value=value)


def place_key(record: Record) -> str:
    """The address of a customer that is the same address, however it is written: `67|12 main street|75001|paris`."""
    return "|".join(_plain(record.get(name)) for name in ("customer", "street", "postcode", "city"))


def attributes_key(product: str, attributes: Json) -> str:
    """`12|colour=red|size=m`"""
    pairs = attributes.items() if isinstance(attributes, dict) else ()
    return "|".join([product, *sorted(f"{_plain(name)}={_plain(value)}" for name, value in pairs)])


def _lines(record: Record) -> Iterator[Mapping[str, Json]]:
    lines = record.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict):
            yield line


def _plain(value: Json) -> str:
    return " ".join(str(value).lower().split()) if value not in (None, "") else ""


def _by(name: str, field: str) -> _Key:
    def key(record: Record) -> tuple[str, str] | None:
        text = _plain(record.get(field))
        return (name, text) if text else None

    return key


def _place(record: Record) -> tuple[str, str] | None:
    return ("place", place_key(record)) if record.get("customer") and record.get("street") else None


def _category(record: Record) -> tuple[str, str] | None:
    name = _plain(record.get("name"))
    return ("path", f"{record.get('parent') or ''}|{name}") if name else None


def _variant(record: Record) -> tuple[str, str] | None:
    product = record.get("product")
    return ("attributes", attributes_key(product, record.get("attributes"))) if isinstance(product, str) else None


def _stock(record: Record) -> tuple[str, str] | None:
    product = record.get("product")
    return ("product", f"{product}|{record.get('variant') or ''}") if isinstance(product, str) else None


def _image(record: Record) -> tuple[str, str] | None:
    product = record.get("product")
    return ("cover", product) if isinstance(product, str) and record.get("cover") else None


def _lead(record: Record) -> tuple[str, str] | None:
    email, name = _plain(record.get("email")), _plain(record.get("name"))
    return ("email_name", f"{email}|{name}") if email and name else None


_KEYS: Final[Mapping[EntityType, _Key]] = {
    EntityType.CUSTOMER: _by("email", "email"),
    EntityType.ADDRESS: _place,
    EntityType.CATEGORY: _category,
    EntityType.PRODUCT: _by("sku", "sku"),
    EntityType.VARIANT: _variant,
    EntityType.STOCK: _stock,
    EntityType.IMAGE: _image,
    EntityType.ORDER: _by("reference", "reference"),
    EntityType.REFUND: _by("reference", "reference"),
    EntityType.COUPON: _by("code", "code"),
    EntityType.LEAD: _lead,
}
