"""Every cell of the matrix (entity type x kind x direction), and in which form the suite asks it.

A side that gives and takes is asked in the form `MADE`: its port makes a record, reads it, edits each field and removes
it. What people make there and we do not (a customer's order, what was given back of it, the books) is `TOLD`: it is
read as they left it, and only what flows back is written. `STORED` are our own tables that are told and never tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final

from app.entities.base import Direction, EntityType
from app.modules import matrix
from app.modules.matrix import CAPABILITIES
from app.portal import capabilities as portal

ODOO: Final = "odoo"
PRESTASHOP: Final = "prestashop"
WOOCOMMERCE: Final = "woocommerce"
PORTAL: Final = portal.KIND
DOCUMENTS: Final = matrix.DOCUMENTS
PEERS: Final[Mapping[str, tuple[str, ...]]] = {
    ODOO: ("odoo 17", "odoo 19"),
    PRESTASHOP: ("prestashop 8.2.1", "prestashop 1.7.8.11"),
    WOOCOMMERCE: ("woocommerce 9.9.5", "woocommerce 9.9.5 gross"),
    PORTAL: ("portal",),
    DOCUMENTS: (),
}
"""The peers of each kind. `gross`: its prices are with tax, and its address is http, so that calls are signed. Our
table of documents is asked by `test_conformance_matrix.py` itself."""
REMOTE: Final = tuple(name for names in PEERS.values() for name in names if name != PORTAL)
"""Those that are asked by calls."""


class Form(StrEnum):
    MADE = "made"
    TOLD = "told"
    STORED = "stored"


FORMS: Final[Mapping[tuple[str, EntityType], Form]] = {
    (ODOO, EntityType.CUSTOMER): Form.MADE,
    (ODOO, EntityType.ADDRESS): Form.MADE,
    (ODOO, EntityType.CATEGORY): Form.MADE,
    (ODOO, EntityType.PRODUCT): Form.MADE,
    (ODOO, EntityType.VARIANT): Form.MADE,
    (ODOO, EntityType.STOCK): Form.MADE,
    (ODOO, EntityType.IMAGE): Form.MADE,
    (ODOO, EntityType.ORDER): Form.MADE,
    (ODOO, EntityType.INVOICE): Form.TOLD,
    (ODOO, EntityType.REFUND): Form.MADE,
    (ODOO, EntityType.COUPON): Form.MADE,
    (ODOO, EntityType.LEAD): Form.MADE,
    (PRESTASHOP, EntityType.CUSTOMER): Form.MADE,
    (PRESTASHOP, EntityType.ADDRESS): Form.MADE,
    (PRESTASHOP, EntityType.CATEGORY): Form.MADE,
    (PRESTASHOP, EntityType.PRODUCT): Form.MADE,
    (PRESTASHOP, EntityType.VARIANT): Form.MADE,
    (PRESTASHOP, EntityType.STOCK): Form.MADE,
    (PRESTASHOP, EntityType.IMAGE): Form.MADE,
    (PRESTASHOP, EntityType.ORDER): Form.TOLD,
    (PRESTASHOP, EntityType.COUPON): Form.MADE,
    (WOOCOMMERCE, EntityType.CUSTOMER): Form.MADE,
    (WOOCOMMERCE, EntityType.ADDRESS): Form.MADE,
    (WOOCOMMERCE, EntityType.CATEGORY): Form.MADE,
    (WOOCOMMERCE, EntityType.PRODUCT): Form.MADE,
    (WOOCOMMERCE, EntityType.VARIANT): Form.MADE,
    (WOOCOMMERCE, EntityType.STOCK): Form.MADE,
    (WOOCOMMERCE, EntityType.IMAGE): Form.MADE,
    (WOOCOMMERCE, EntityType.ORDER): Form.TOLD,
    (WOOCOMMERCE, EntityType.REFUND): Form.TOLD,
    (WOOCOMMERCE, EntityType.COUPON): Form.MADE,
    (PORTAL, EntityType.LEAD): Form.MADE,
    (DOCUMENTS, EntityType.PRODUCT): Form.STORED,
    (DOCUMENTS, EntityType.ORDER): Form.STORED,
    (DOCUMENTS, EntityType.INVOICE): Form.STORED,
}


def kind_of(peer: str) -> str:
    """`woocommerce` of `woocommerce 9.9.5`."""
    return peer.partition(" ")[0]


def cells(form: Form) -> Iterator[tuple[str, EntityType]]:
    """Peer and entity type of every cell that is asked in this form, whether the matrix still has it or not."""
    for (kind, entity_type), asked in FORMS.items():
        for name in PEERS[kind] if asked is form else ():
            yield name, entity_type


def gives(kind: str) -> Direction:
    """The direction in which what this kind holds is read."""
    return Direction.ODOO_TO_SHOP if kind == ODOO else Direction.SHOP_TO_ODOO


def takes(kind: str) -> Direction:
    return next(each for each in Direction if each is not gives(kind))


def directions_in_the_matrix() -> Mapping[tuple[str, EntityType], frozenset[Direction]]:
    return {(kind, cell.entity_type): cell.directions for kind, some in CAPABILITIES.items() for cell in some}
