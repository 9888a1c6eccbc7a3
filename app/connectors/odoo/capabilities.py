"""What is noticed of an Odoo, and how: its rules tell of it (`automation.py`), and dates of change are asked for behind
them (`polling.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.connectors.base import Capability
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
