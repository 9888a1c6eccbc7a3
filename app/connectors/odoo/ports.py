"""Which entity types an Odoo database has ports for, and how a change of each is noticed there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Capability, RecordPort
from app.connectors.odoo.address import AddressPort
from app.connectors.odoo.category import CategoryPort, CategoryRoot
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.customer import CustomerPort
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.product import ProductPort
from app.connectors.odoo.reference import Reference
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
        unseen=(_NO_TRACE, "a change of SKU, barcode or weight made on the variant does not move the product's date"),
    ),
)


def open_ports(
    client: OdooClient, options: OdooOptions, extra: Mapping[EntityType, Sequence[str]]
) -> Mapping[EntityType, RecordPort]:
    """One port per entity type over one client. `extra`: names of an operator's own fields to read and write."""
    reference, root = Reference(client), CategoryRoot(client, options)

    def own(entity_type: EntityType) -> Sequence[str]:
        return extra.get(entity_type, ())

    return {
        EntityType.CUSTOMER: CustomerPort(client, options, reference, extra=own(EntityType.CUSTOMER)),
        EntityType.ADDRESS: AddressPort(client, options, reference, extra=own(EntityType.ADDRESS)),
        EntityType.CATEGORY: CategoryPort(client, options, root, extra=own(EntityType.CATEGORY)),
        EntityType.PRODUCT: ProductPort(client, options, root, extra=own(EntityType.PRODUCT)),
    }
