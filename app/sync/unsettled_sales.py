"""What the shop has sold and Odoo does not know of yet, so that Odoo's count does not put it on the shelf again.

A stock is written as a number, and a number written over a sale undoes it: Odoo has 12, the shop sold 3 of its 10 a
moment ago, and "12" would offer those 3 a second time. Until an order holds its goods back in Odoo, its lines are taken
off what the shop is told. That is an order that has no pair yet (waiting in the queue, given up, or not even told of),
or one that is no more than a quotation in Odoo. What was told so is no agreement: it is looked at again (`PairSides`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connectors.base import Cursor, RecordPort, Selling, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Record, Side, State
from app.entities.records import OrderStatus
from app.entities.values import plain
from app.sync.pair_work import PairWork
from app.sync.pairs import UNSETTLED, find_pairs

MOST_ORDERS: Final = 500
"""The newest count. More orders that hold nothing back are those of a shop whose orders Odoo does not take."""
QUOTATION: Final = (OrderStatus.DRAFT.value, OrderStatus.SENT.value)
Item: TypeAlias = tuple[str, str | None]
"""(product, variant) in the shop's ids."""

# Orders of the shop that are under way, or that somebody has to see to.
_QUEUED = text(
    """
    SELECT DISTINCT native_id FROM sync_queue
    WHERE link_id = :link_id AND entity_type = 'order' AND side = 'shop'
      AND status IN ('pending', 'processing', 'failed', 'parked')
    LIMIT :most
    """
)
_QUOTED = text(
    """
    SELECT shop_id, odoo_id FROM entity_map
    WHERE link_id = :link_id AND entity_type = 'order' AND odoo_state->>'state' IN ('draft', 'sent')
    ORDER BY id DESC LIMIT :most
    """
)
_CURSOR = text(
    """
    SELECT moment, native_id FROM poll_cursors
    WHERE link_id = :link_id AND side = 'shop' AND entity_type = 'order' AND polled_at IS NOT NULL AND moment <> ''
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """`quoted`: Odoo's id by the shop's, of orders that were quotations when they were looked at last."""

    queued: frozenset[str]
    quoted: Mapping[str, str]
    cursor: Cursor | None


class UnsettledSales:
    """`shop_orders` and `odoo_orders`: the ports of both sides for orders."""

    def __init__(
        self, sessions: SessionMaker, link_id: int, *, shop_orders: RecordPort, odoo_orders: RecordPort
    ) -> None:
        self._sessions = sessions
        self._link_id = link_id
        self._orders = shop_orders
        self._sales = odoo_orders

    async def quantities(self) -> Mapping[Item, Decimal]:
        """How many of each thing are sold and not yet held back in Odoo: a few queries, a list and a read of the shop,
        and a read of Odoo's quotations where there are any.

        Raises what the ports raise: without an answer no count is written.
        """
        async with self._sessions.autocommit() as session:
            known = await self._candidates(session)
        recent = await self._recent(known.cursor)
        async with self._sessions.autocommit() as session:
            settled = await self._settled(session, known.queued | recent)
        wanted = sorted((known.queued | recent) - settled | await self._quotations(known.quoted))
        return await self._sold(wanted[-MOST_ORDERS:]) if wanted else {}

    async def _candidates(self, session: AsyncSession) -> _Candidates:
        parameters = {"link_id": self._link_id, "most": MOST_ORDERS}
        queued = await session.execute(_QUEUED, parameters)
        quoted = await session.execute(_QUOTED, parameters)
        at = (await session.execute(_CURSOR, {"link_id": self._link_id})).one_or_none()
        return _Candidates(
            queued=frozenset(row.native_id for row in queued),
            quoted={row.shop_id: row.odoo_id for row in quoted},
            cursor=Cursor(moment=at.moment, native_id=at.native_id) if at is not None else None,
        )

    async def _recent(self, cursor: Cursor | None) -> frozenset[str]:
        """Orders that nobody may have told of: changed since polling looked last."""
        found: set[str] = set()
        if cursor is not None:
            async for page in self._orders.changed_since(cursor):
                found.update(page.ids)
                if len(found) >= MOST_ORDERS:
                    break
        return frozenset(found)

    async def _quotations(self, quoted: Mapping[str, str]) -> frozenset[str]:
        """Those that still are: one that was confirmed holds its goods back, and its own event may come later."""
        held = await self._sales.read(sorted(quoted.values())) if quoted else {}
        known = {number: shot.state for number, shot in held.items() if isinstance(shot, Snapshot)}
        records = dict(zip(known, await self._sales.to_records(list(known.values())), strict=True))
        open_ones = {number for number, record in records.items() if record.get("status") in QUOTATION}
        return frozenset(shop_id for shop_id, odoo_id in quoted.items() if odoo_id in open_ones)

    async def _settled(self, session: AsyncSession, ids: Iterable[str]) -> frozenset[str]:
        """Those that have their order in Odoo."""
        pairs = await find_pairs(session, link_id=self._link_id, entity_type=EntityType.ORDER, side=Side.SHOP, ids=ids)
        return frozenset(pairs)

    async def _sold(self, ids: Sequence[str]) -> Mapping[Item, Decimal]:
        held = await self._orders.read(ids)
        states = [shot.state for shot in held.values() if isinstance(shot, Snapshot)]
        sums: dict[Item, Decimal] = {}
        for state, record in zip(states, await self._orders.to_records(states), strict=True):
            if self._takes_stock(state, record):
                _add(sums, record)
        return sums

    def _takes_stock(self, state: State, record: Record) -> bool:
        if isinstance(self._orders, Selling):
            return self._orders.takes_stock(state)
        return record.get("status") != OrderStatus.CANCELLED.value


def take_off(work: PairWork, sold: Mapping[Item, Decimal]) -> None:
    """Makes the work's record less by what is sold of it. What was agreed, if anything, is a count with other sales
    taken off: whatever the numbers, this one counts as changed."""
    less = left_to_sell(work.record, sold)
    work.unsettled = less != work.record
    was_unsettled = work.pair is not None and work.pair.fingerprint(Side.ODOO) == UNSETTLED
    if work.base is not None and (work.unsettled or was_unsettled):
        work.base = {**work.base, "quantity": None}
    if work.unsettled:
        work.record = less
        work.notes += (f"{work.native_id}: less what the shop sold and Odoo does not hold back yet",)


def left_to_sell(stock: Record, sold: Mapping[Item, Decimal]) -> Record:
    """A stock in the shop's ids, less what is sold of it; not below nothing."""
    variant = stock.get("variant")
    item = (str(stock.get("product")), variant if isinstance(variant, str) else None)
    quantity = stock.get("quantity")
    if item not in sold or not isinstance(quantity, str):
        return stock
    there = Decimal(quantity)
    return {**stock, "quantity": plain(min(there, max(there - sold[item], Decimal(0))))}


def _add(sums: dict[Item, Decimal], order: Record) -> None:
    lines = order.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict) and isinstance(product := line.get("product"), str):
            variant = line.get("variant")
            item = (product, variant if isinstance(variant, str) else None)
            sums[item] = sums.get(item, Decimal(0)) + _quantity(line.get("quantity"))


def _quantity(value: Json) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)
