"""What is noticed of a PrestaShop, and how. Signals come from the shop's module; the webservice has none."""

from __future__ import annotations

from typing import Final

from app.connectors.base import Capability
from app.entities.base import Direction, EntityType

SIGNALS: Final = frozenset({"created", "updated", "deleted"})
BOTH: Final = frozenset(Direction)
NO_TRACE: Final = "deleted while no signal arrived: a delete leaves no trace"
BY_SQL: Final = "written by SQL, as some modules do"
CATALOG: Final = (
    Capability(
        entity_type=EntityType.CATEGORY, directions=BOTH, signals=SIGNALS, polled=True, unseen=(NO_TRACE, BY_SQL)
    ),
    Capability(
        entity_type=EntityType.PRODUCT, directions=BOTH, signals=SIGNALS, polled=True, unseen=(NO_TRACE, BY_SQL)
    ),
    Capability(
        entity_type=EntityType.VARIANT,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=(
            "a combination changed without its product, if only polled",
            "an option or value that got another name",
            NO_TRACE,
            BY_SQL,
        ),
    ),
    Capability(
        entity_type=EntityType.STOCK,
        directions=BOTH,
        signals=frozenset({"updated"}),
        unseen=("any change while no signal arrived: the shop keeps no date of it", BY_SQL),
    ),
    Capability(
        entity_type=EntityType.IMAGE,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=(
            "an image changed without its product, if only polled",
            "another cover, if only polled",
            NO_TRACE,
            BY_SQL,
        ),
    ),
)
"""Recordings 541 (a product's date stays when its stock moves), 549, 630, 650, 653."""
CAPABILITIES: Final = (
    Capability(
        entity_type=EntityType.CUSTOMER,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=("the newsletter box of the storefront", NO_TRACE, BY_SQL),
    ),
    Capability(
        entity_type=EntityType.ADDRESS, directions=BOTH, signals=SIGNALS, polled=True, unseen=(NO_TRACE, BY_SQL)
    ),
    Capability(
        entity_type=EntityType.ORDER,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=("a tracking number, if only polled", "a private message, if only polled", NO_TRACE, BY_SQL),
    ),
    Capability(
        entity_type=EntityType.COUPON,
        directions=BOTH,
        signals=SIGNALS,
        polled=True,
        unseen=("a quantity that orders use up, if only polled", NO_TRACE, BY_SQL),
    ),
    *CATALOG,
)
"""Signals come from the shop's module; the webservice itself has none. What moves no `date_upd`: recordings 521, 841,
894."""
