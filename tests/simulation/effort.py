"""The promise about writes: no more than people gave reason for, and what a fault made us say again.

Counted by record and by side that is written to, for one save may change several fields and is one write:

- creates of an entity type ≤ records that people made on the other side + creates that were not answered; an order of
  the shop may bring an address of its own along, as it was when the customer ordered;
- updates of a record ≤ saves of its pair, on either side (a save that loses is answered by a write that takes it
  back) + 1 for the first contact + updates of it that were not answered.

What was not answered may be said again once each time. A worker that dies between the answer and its commit says
nothing again: the retry looks first, and finds nothing that differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from app.entities.base import EntityType, Side
from tests.simulation.findings import Couple, Findings
from tests.simulation.vocabulary import ADDRESS, CATEGORY, COUPON, CUSTOMER, ORDER, PRODUCT

COUNTED: Final = (CUSTOMER, PRODUCT, CATEGORY, COUPON)
"""An address counts as its contact or account does; an order and a stock take several steps."""
PEOPLE: Final = (CUSTOMER, ADDRESS)


SERVICES: Final = ("SHIPPING", "DISCOUNT")
"""Products of Odoo under which an order's shipping and discounts stand, made when they are first needed."""


class Write(Protocol):
    """One record of one request. `record` is '' for a create."""

    @property
    def peer(self) -> Side: ...
    @property
    def entity_type(self) -> str: ...
    @property
    def record(self) -> str: ...
    @property
    def fields(self) -> Sequence[str]: ...
    @property
    def creates(self) -> bool: ...
    @property
    def answered(self) -> bool: ...


def too_many(found: Findings, writes: Sequence[Write]) -> Iterator[str]:
    for side in Side:
        for kind in COUNTED:
            mine = [write for write in writes if write.peer is side and write.entity_type == kind.value]
            yield from _creates(found, side, kind, [write for write in mine if write.creates])
            yield from _updates(found, side, kind, [write for write in mine if not write.creates])


def _creates(found: Findings, side: Side, kind: EntityType, writes: Sequence[Write]) -> Iterator[str]:
    kinds = PEOPLE if kind is CUSTOMER else (kind,)
    reasons = sum(len(found.ledger.made_on(side.other, one)) for one in kinds)
    if kind is PRODUCT and side is Side.ODOO:
        reasons += len(SERVICES)
    if kind is CUSTOMER and side is Side.ODOO:
        reasons += len(found.ledger.made_on(Side.SHOP, ORDER))
    again = sum(not write.answered for write in writes)
    if len(writes) > reasons + again:
        yield (
            f"{len(writes)} creates of {kind} were sent to {side}, for {reasons} records that people made on the other "
            f"side and {again} unanswered creates"
        )


def _updates(found: Findings, side: Side, kind: EntityType, writes: Sequence[Write]) -> Iterator[str]:
    by_record: dict[str, list[Write]] = {}
    for write in writes:
        by_record.setdefault(write.record, []).append(write)
    for number, sent in by_record.items():
        reasons = _saves(found, side, kind, number)
        again = sum(not write.answered for write in sent)
        if len(sent) > reasons + 1 + again:
            fields = Counter(name for write in sent for name in write.fields)
            yield (
                f"{len(sent)} updates of {kind} {number} were sent to {side}, for {reasons} saves of people, the first "
                f"contact and {again} unanswered updates: {dict(fields)}"
            )


def _saves(found: Findings, side: Side, kind: EntityType, number: str) -> int:
    """Distinct saves of the records that this one stands for on either side."""
    records = {key for couple in _couples(found, side, kind, number) for key in map(couple.key, Side)}
    saves = {edit.save for edit in found.ledger.edits if (edit.side, edit.entity_type, edit.record) in records}
    gone = {save for one, save in found.ledger.gone.items() if (one.side, one.entity_type, one.record) in records}
    commands = [one for one in found.ledger.commands if side is Side.SHOP and one.number == number]
    return len(saves | gone) + len(commands)


def _couples(found: Findings, side: Side, kind: EntityType, number: str) -> list[Couple]:
    """An account of a WooCommerce is written with its addresses, a contact of Odoo may be one."""
    kinds = PEOPLE if kind is CUSTOMER else (kind,)
    return [
        couple
        for couple in found.couples
        if couple.entity_type in kinds and couple.native_id(side).partition(":")[0] == number
    ]
