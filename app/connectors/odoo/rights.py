"""What our user must be allowed to do in Odoo for the entity types of a link, and what of it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from app.connectors.odoo.client import OdooClient
from app.entities.base import EntityType, Json
from app.errors import AppError

READ: Final = ("read",)
KEEP: Final = ("read", "create", "write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What we do with one model. A right that is missing stops everything only where `required`; an `optional` model
    may be absent, where an entity type does with less."""

    model: str
    purpose: str
    entity_types: frozenset[EntityType]
    operations: tuple[str, ...] = KEEP
    required: bool = False
    optional: bool = False


_PEOPLE: Final = frozenset({EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.ORDER})
_GOODS: Final = frozenset({EntityType.PRODUCT, EntityType.VARIANT})
_ORDER: Final = frozenset({EntityType.ORDER})
_VARIANT: Final = frozenset({EntityType.VARIANT})
_INVOICE: Final = frozenset({EntityType.INVOICE})
_REFUND: Final = frozenset({EntityType.REFUND})
_COUPON: Final = frozenset({EntityType.COUPON})
_MONEY: Final = _ORDER | _INVOICE | _REFUND | _COUPON | _GOODS

NEEDS: Final = (
    Need(model="res.partner", purpose="customers and addresses", entity_types=_PEOPLE, required=True),
    Need(model="sale.order", purpose="orders", entity_types=_ORDER),
    Need(model="sale.order.line", purpose="lines of orders", entity_types=_ORDER),
    Need(model="account.tax", purpose="taxes of orders", entity_types=_ORDER | _REFUND, operations=READ),
    Need(model="product.pricelist", purpose="currencies of orders", entity_types=_ORDER, operations=READ),
    Need(model="res.currency", purpose="currencies", entity_types=_MONEY, operations=READ),
    Need(
        model="stock.picking",
        purpose="tracking numbers of orders",
        entity_types=_ORDER,
        operations=("read", "write"),
        optional=True,
    ),
    Need(model="product.template", purpose="products and images", entity_types=_GOODS | {EntityType.IMAGE}),
    Need(
        model="product.product",
        purpose="products, and shipping and discounts of orders",
        entity_types=_GOODS | _ORDER | _REFUND,
    ),
    Need(model="product.attribute", purpose="attributes of variants", entity_types=_VARIANT),
    Need(model="product.attribute.value", purpose="attributes of variants", entity_types=_VARIANT),
    Need(model="product.category", purpose="categories", entity_types=frozenset({EntityType.CATEGORY})),
    Need(model="stock.quant", purpose="stock", entity_types=frozenset({EntityType.STOCK})),
    Need(model="account.move", purpose="invoices", entity_types=_INVOICE, operations=READ),
    Need(model="account.move", purpose="credit notes", entity_types=_REFUND),
    Need(model="account.move.line", purpose="lines of credit notes", entity_types=_REFUND),
    Need(model="loyalty.program", purpose="coupons", entity_types=_COUPON),
    Need(model="loyalty.rule", purpose="codes of coupons", entity_types=_COUPON),
    Need(model="loyalty.reward", purpose="rewards of coupons", entity_types=_COUPON),
    Need(model="loyalty.card", purpose="uses of coupons", entity_types=_COUPON, operations=READ, optional=True),
    Need(model="crm.lead", purpose="leads", entity_types=frozenset({EntityType.LEAD})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """`granted` per model; `blocking` stops everything, `missing` one entity type. Both in a person's words."""

    granted: dict[str, Json]
    blocking: tuple[str, ...]
    missing: tuple[str, ...]


async def ask_rights(client: OdooClient, entity_types: Collection[EntityType] | None) -> Rights:
    """Of the models behind `entity_types`; None asks about all, and takes an absent app for one nobody wants."""
    needs = [need for need in NEEDS if entity_types is None or need.entity_types & set(entity_types)]
    lacking = await asyncio.gather(*(_lacking(client, need) for need in needs))
    problems = [
        (need, text)
        for need, operations in zip(needs, lacking, strict=True)
        if (text := _problem(need, operations, wanted=entity_types is not None))
    ]
    return Rights(
        granted={need.model: _granted(need, operations) for need, operations in zip(needs, lacking, strict=True)},
        blocking=tuple(text for need, text in problems if need.required),
        missing=tuple(text for need, text in problems if not need.required),
    )


async def _lacking(client: OdooClient, need: Need) -> list[str] | None:
    """Operations our user may not do; None when the model does not exist."""
    try:
        return [operation for operation in need.operations if not await client.has_access(need.model, operation)]
    except AppError as error:
        if error.code == "not_installed":
            return None
        raise


def _problem(need: Need, lacking: Sequence[str] | None, *, wanted: bool) -> str | None:
    if lacking is None:
        missing = f"{need.model} ({need.purpose}) is not installed in this database; install its app"
        return missing if need.required or (wanted and not need.optional) else None
    if not lacking:
        return None
    return (
        f"the Odoo user may not {', '.join(lacking)} {need.model} ({need.purpose}); add the "
        "group in Settings > Users, or leave these entity types off"
    )


def _granted(need: Need, lacking: Sequence[str] | None) -> str:
    if lacking is None:
        return "not installed"
    return ", ".join(operation for operation in need.operations if operation not in lacking) or "none"
