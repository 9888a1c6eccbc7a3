"""What becomes of a record of each cell that is archived, and of one that is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.entities.base import EntityType
from tests.contract.conformance_matrix import ODOO, PORTAL, PRESTASHOP, WOOCOMMERCE

KEPT, GONE = "switched off", "gone"
REMOVALS: Final[Mapping[tuple[str, EntityType], tuple[str, str]]] = {
    (ODOO, EntityType.CUSTOMER): (KEPT, GONE),
    (ODOO, EntityType.ADDRESS): (GONE, GONE),
    (ODOO, EntityType.CATEGORY): ("cannot_archive", GONE),
    (ODOO, EntityType.PRODUCT): (KEPT, GONE),
    (ODOO, EntityType.VARIANT): (KEPT, "last_variant"),
    (ODOO, EntityType.STOCK): ("cannot_archive", "cannot_delete"),
    (ODOO, EntityType.IMAGE): ("cannot_archive", GONE),
    (ODOO, EntityType.ORDER): ("cannot_archive", "refused"),
    (ODOO, EntityType.REFUND): ("cannot_archive", GONE),
    (ODOO, EntityType.COUPON): (KEPT, GONE),
    (ODOO, EntityType.LEAD): (KEPT, GONE),
    (PRESTASHOP, EntityType.CUSTOMER): (KEPT, GONE),
    (PRESTASHOP, EntityType.ADDRESS): ("cannot_archive", GONE),
    (PRESTASHOP, EntityType.CATEGORY): (KEPT, GONE),
    (PRESTASHOP, EntityType.PRODUCT): (KEPT, GONE),
    (PRESTASHOP, EntityType.VARIANT): ("cannot_archive", GONE),
    (PRESTASHOP, EntityType.STOCK): ("cannot_archive", "cannot_delete"),
    (PRESTASHOP, EntityType.IMAGE): ("cannot_archive", GONE),
    (PRESTASHOP, EntityType.COUPON): (KEPT, GONE),
    (WOOCOMMERCE, EntityType.CUSTOMER): ("cannot_archive", GONE),
    (WOOCOMMERCE, EntityType.ADDRESS): ("cannot_archive", GONE),
    (WOOCOMMERCE, EntityType.CATEGORY): ("cannot_archive", GONE),
    (WOOCOMMERCE, EntityType.PRODUCT): (KEPT, GONE),
    (WOOCOMMERCE, EntityType.VARIANT): (KEPT, GONE),
    (WOOCOMMERCE, EntityType.STOCK): ("cannot_archive", "cannot_delete"),
    (WOOCOMMERCE, EntityType.IMAGE): ("cannot_archive", GONE),
    (WOOCOMMERCE, EntityType.COUPON): (KEPT, GONE),
    (PORTAL, EntityType.LEAD): (KEPT, GONE),
}
"""Archived, deleted; the code where it is refused."""
