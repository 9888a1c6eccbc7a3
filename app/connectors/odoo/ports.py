"""Which entity types an Odoo database has ports for, and how a change of each is noticed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Capability, RecordPort
from app.connectors.odoo.address import AddressPort
from app.connectors.odoo.category import CategoryPort, CategoryRoot
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.coupon import CouponPort
from app.connectors.odoo.customer import CustomerPort
from app.connectors.odoo.image import ProductImagePort
from app.connectors.odoo.invoice import InvoicePort
from app.connectors.odoo.lead import LeadPort
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order import OrderPort
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.product import ProductPort
from app.connectors.odoo.reference import Reference
from app.connectors.odoo.refund import RefundPort
from app.connectors.odoo.stock import StockPort
from app.connectors.odoo.variant import VariantPort
from app.entities.base import Direction, EntityType

_BOTH: Final = frozenset(Direction)
_SIGNALS: Final = frozenset({"created", "updated", "deleted"})
_NO_TRACE: Final = "a deletion leaves no trace for polling"

CAPABILITIES: Final[Sequence[Capability]] = (
    Capability(
        entity_type=EntityType.CUSTOMER,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(_NO_TRACE, "of merged contacts the one that went leaves none either"),
    ),
    Capability(
        entity_type=EntityType.ADDRESS,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(_NO_TRACE, "an address does not move its customer's date", "the main address of a customer is none"),
    ),
    Capability(entity_type=EntityType.CATEGORY, directions=_BOTH, signals=_SIGNALS, polled=True, unseen=(_NO_TRACE,)),
    Capability(
        entity_type=EntityType.PRODUCT,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(
            _NO_TRACE,
            "a change of SKU, barcode or weight made on the variant does not move the product's date",
            "that a product is not for sale any more",
        ),
    ),
    Capability(
        entity_type=EntityType.VARIANT,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(
            _NO_TRACE,
            "Odoo deletes variants by itself with an attribute's value or the first attribute of a simple product",
            "a price extra of an attribute's value moves no variant's date",
        ),
    ),
    Capability(
        entity_type=EntityType.STOCK,
        directions=_BOTH,
        signals=frozenset({"created", "updated"}),
        polled=True,
        unseen=(
            "stock moves no date of its product, and the rules of products do not tell of it: quants are looked at",
            "a quant that Odoo cleared away leaves no trace for polling",
        ),
    ),
    Capability(
        entity_type=EntityType.IMAGE,
        directions=_BOTH,
        signals=frozenset({"created", "updated"}),
        polled=True,
        unseen=("an image that was taken away leaves no trace for polling",),
    ),
    Capability(
        entity_type=EntityType.ORDER,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(_NO_TRACE, "a changed description of a line does not move the order's date"),
    ),
    Capability(
        entity_type=EntityType.INVOICE,
        directions=frozenset({Direction.ODOO_TO_SHOP}),
        signals=_SIGNALS,
        polled=True,
        unseen=(_NO_TRACE,),
    ),
    # What is given back is given back in the shop, and nobody waits for a change of the books.
    Capability(
        entity_type=EntityType.REFUND,
        directions=frozenset({Direction.SHOP_TO_ODOO}),
        polled=True,
        unseen=(_NO_TRACE,),
    ),
    Capability(
        entity_type=EntityType.COUPON,
        directions=_BOTH,
        signals=_SIGNALS,
        polled=True,
        unseen=(_NO_TRACE, "an order that used a code does not move the program's date"),
    ),
    Capability(entity_type=EntityType.LEAD, directions=_BOTH, signals=_SIGNALS, polled=True, unseen=(_NO_TRACE,)),
)


def open_ports(
    client: OdooClient, options: OdooOptions, extra: Mapping[EntityType, Sequence[str]]
) -> Mapping[EntityType, RecordPort]:
    """One port per entity type over one client. `extra`: names of an operator's own fields to read and write."""
    reference, root = Reference(client), CategoryRoot(client, options)
    money = OrderReference(client, options)

    def own(entity_type: EntityType) -> Sequence[str]:
        return extra.get(entity_type, ())

    return {
        EntityType.CUSTOMER: CustomerPort(client, options, reference, extra=own(EntityType.CUSTOMER)),
        EntityType.ADDRESS: AddressPort(client, options, reference, extra=own(EntityType.ADDRESS)),
        EntityType.CATEGORY: CategoryPort(client, options, root, extra=own(EntityType.CATEGORY)),
        EntityType.PRODUCT: ProductPort(client, options, root, money, extra=own(EntityType.PRODUCT)),
        EntityType.VARIANT: VariantPort(client, options, money, extra=own(EntityType.VARIANT)),
        EntityType.STOCK: StockPort(client, options, extra=own(EntityType.STOCK)),
        EntityType.IMAGE: ProductImagePort(client, options),
        EntityType.ORDER: OrderPort(client, options, money, extra=own(EntityType.ORDER)),
        EntityType.INVOICE: InvoicePort(client, options, money, extra=own(EntityType.INVOICE)),
        EntityType.REFUND: RefundPort(client, options, money, extra=own(EntityType.REFUND)),
        EntityType.COUPON: CouponPort(client, options, money, extra=own(EntityType.COUPON)),
        EntityType.LEAD: LeadPort(client, options, extra=own(EntityType.LEAD)),
    }
