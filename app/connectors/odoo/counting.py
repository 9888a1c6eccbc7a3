"""Inventory adjustments: count a place, then apply. Odoo makes a stock move of the difference."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.places import Places
from app.connectors.odoo.values import amount_of, id_of, number_of
from app.connectors.odoo.writing import as_known, may_be_of_one
from app.context import mark_as_reverse_sync
from app.entities.base import Json
from app.errors import AppError, Conflict, Retryable

QUANT: Final = "stock.quant"
COUNTING: Final[Mapping[str, Json]] = {"inventory_mode": True}
"""Without it Odoo makes a second quant of the same product and place (19.0), and applies nothing."""
MOVED: Final = "stock_moved"
CONFLICT: Final = "stock.inventory.conflict"
_OF_OTHERS: Final = ("lot_id", "package_id", "owner_id")
"""A quant of a lot, in a package or of another owner is not the one that a plain count merges into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much there is to be of a product.product in all places that count, and how much there is."""

    product: int
    wanted: Decimal
    now: Decimal
    operation_id: str

    @property
    def difference(self) -> Decimal:
        return self.wanted - self.now


Outcomes: TypeAlias = dict[int, AppError | None]


class Counting:
    def __init__(self, client: OdooClient, places: Places) -> None:
        self._client = client
        self._places = places

    async def apply(self, counts: Mapping[int, Count]) -> Outcomes:
        """None is done, by position. Three calls for all of them; again in halves where some are refused."""
        needed = {at: one for at, one in counts.items() if one.difference}
        outcomes: Outcomes = dict.fromkeys(counts)
        return outcomes | await self._together(needed) if needed else outcomes

    async def _together(self, counts: Mapping[int, Count]) -> Outcomes:
        try:
            with mark_as_reverse_sync(next(iter(counts.values())).operation_id):
                return await self._adjust(counts)
        except Exception as error:
            failure = _meant(as_known(error, "adjusting stock"))
            if len(counts) == 1 or not (may_be_of_one(failure) or failure.code == MOVED):
                return dict.fromkeys(counts, failure)
            half = len(counts) // 2
            parts = [dict(list(counts.items())[:half]), dict(list(counts.items())[half:])]
            first, second = await asyncio.gather(*(self._together(part) for part in parts))
            return first | second

    async def _adjust(self, counts: Mapping[int, Count]) -> Outcomes:
        place = await self._places.adjusted()
        there = await self._there([one.product for one in counts.values()], place)
        wanted = {at: there.get(one.product, Decimal(0)) + one.difference for at, one in counts.items()}
        outcomes: Outcomes = {
            at: _elsewhere() if quantity < 0 <= counts[at].wanted else None for at, quantity in wanted.items()
        }
        rows: list[Row] = [
            {"product_id": counts[at].product, "location_id": place, "inventory_quantity": number_of(str(quantity))}
            for at, quantity in wanted.items()
            if outcomes[at] is None
        ]
        if rows:
            await self._apply(rows)
        return outcomes

    async def _there(self, products: Sequence[int], place: int) -> dict[int, Decimal]:
        """What a plain count of the place would find, by product."""
        known = await self._client.fields(QUANT)
        plain: list[Json] = [[name, "=", False] for name in _OF_OTHERS if name in known]
        domain: list[Json] = [["product_id", "in", list[Json](products)], ["location_id", "=", place], *plain]
        rows = await self._client.search_read(QUANT, domain, ["product_id", "quantity"], order="id")
        return {id_of(row.get("product_id")) or 0: Decimal(amount_of(row.get("quantity"))) for row in rows}

    async def _apply(self, rows: Sequence[Row]) -> None:
        made = await self._client.call(QUANT, "create", args={"vals_list": list(rows)}, context=COUNTING)
        ids = [number for one in made if (number := id_of(one))] if isinstance(made, list) else []
        if len(ids) != len(rows):
            raise Retryable(f"{QUANT}.create: answered without the ids", code="odd_answer")
        await self._client.run_action(QUANT, "action_apply_inventory", ids, context=COUNTING)


def _meant(failure: AppError) -> AppError:
    """This wizard says that the quantity changed between the count and its application: count again. Others ask for
    what a count cannot say, the lot of a tracked product for one."""
    if failure.code == "wizard" and CONFLICT in failure.message:
        return Retryable("the stock moved while it was counted; the retry counts again", code=MOVED)
    return failure


def _elsewhere() -> AppError:
    return Conflict(
        "less is wanted than lies in the other places that count, so the adjusted one would go below zero; adjust "
        "it in Odoo",
        code="stock_elsewhere",
        field="quantity",
    )
