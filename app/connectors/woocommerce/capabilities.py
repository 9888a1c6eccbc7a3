"""What is noticed of a WooCommerce, and how: its webhooks tell of people, goods, orders and coupons; lists of goods and
orders are asked by date behind them. Recordings whx-14 to -75, list-09, coup-20, silent-01."""

from __future__ import annotations

from typing import Final

from app.connectors.base import Capability
from app.entities.base import Direction, EntityType

BOTH: Final = frozenset(Direction)
OUT: Final = frozenset({Direction.SHOP_TO_ODOO})
SIGNALS: Final = frozenset({"created", "updated", "deleted"})
UPDATED: Final = frozenset({"updated"})
FOR_GOOD: Final = "deleted for good: it fires nothing and leaves no trace"
TRASHED: Final = "put into the trash while no webhook arrived: it is not listed any more"
NO_CUSTOMER: Final = "a deleted account with another role than customer: nothing fires"
BY_SQL: Final = "written by SQL or by plugins that write meta data, which moves no date and fires nothing"
NO_DATE: Final = "any change while no webhook arrived: the shop keeps no date of it that could be asked for"
CAPABILITIES: Final = (
    Capability(
        entity_type=EntityType.CUSTOMER, directions=BOTH, signals=SIGNALS, unseen=(NO_DATE, NO_CUSTOMER, BY_SQL)
    ),
    Capability(entity_type=EntityType.ADDRESS, directions=BOTH, signals=SIGNALS, unseen=(NO_DATE, BY_SQL)),
    Capability(
        entity_type=EntityType.CATEGORY,
        directions=BOTH,
        unseen=("any change: the shop neither tells of it nor keeps a date",),
    ),
    Capability(
        entity_type=EntityType.PRODUCT,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=(TRASHED, FOR_GOOD, BY_SQL),
    ),
    Capability(
        entity_type=EntityType.VARIANT,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=("an attribute's term that got another name", TRASHED, FOR_GOOD, BY_SQL),
    ),
    Capability(entity_type=EntityType.STOCK, directions=BOTH, signals=UPDATED, polled=True, unseen=(BY_SQL,)),
    Capability(
        entity_type=EntityType.IMAGE,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=("a picture whose file was replaced under the same address", BY_SQL),
    ),
    Capability(
        entity_type=EntityType.ORDER,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=(TRASHED, FOR_GOOD, BY_SQL),
    ),
    Capability(
        entity_type=EntityType.REFUND,
        directions=OUT,
        signals=frozenset({"created"}),
        polled=True,
        unseen=("a refund that was deleted again",),
    ),
    Capability(
        entity_type=EntityType.COUPON,
        directions=BOTH,
        signals=SIGNALS,
        unseen=("an update while no webhook arrived: it moves no date", TRASHED, FOR_GOOD, BY_SQL),
    ),
)
