"""Which entity types an Odoo database has ports for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.connectors.base import RecordPort
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
from app.entities.base import EntityType


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
