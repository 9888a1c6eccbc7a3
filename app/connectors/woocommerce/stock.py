"""What a WooCommerce has of a product (`10`) or of a variation (`12/31`), where the shop counts it at all.

A product with variations has none of its own. One whose stock is not counted is for sale as it stands: it has no stock
here, and nothing about stock is ever written to it, unless the option `manage_stock` has the shop start to count.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.told import whole_of
from app.connectors.woocommerce import changes, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.product import EVERY, RESOURCE
from app.connectors.woocommerce.product_record import SIMPLE, VARIABLE
from app.connectors.woocommerce.records import by_ids, is_number, native_id
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.values import as_amount
from app.errors import AppError, LeftAlone, Rejected

FIELDS: Final[Mapping[str, str]] = {"stock_quantity": "integer"}
MOST: Final = 2**31 - 1


class StockPort:
    """`start_counting`: products whose stock the shop does not count have one too, until it does of None."""

    entity_type = EntityType.STOCK

    def __init__(self, client: WooClient, *, start_counting: bool) -> None:
        self._client, self._start_counting = client, start_counting

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list per 100 products, and one for each product whose variations are asked for."""
        of_variations = [number for number in ids if variations.split(number)]
        rows = await by_ids(self._client, RESOURCE, [number for number in ids if is_number(number)], EVERY)
        held = await variations.of_products(self._client, [number.partition("/")[0] for number in of_variations])
        own = {number: row for number, row in rows.items() if row.get("type") != VARIABLE}
        own |= {variations.native_id(product, row): row for product, some in held.items() for row in some}
        shots = {number: self._snapshot(number, row) for number, row in own.items()}
        return {number: shots.get(number) or MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and variation: `10|` and `12|12/31`."""
        numbers = {key: _number(key) for key in keys}
        shots = await self.read(list(dict.fromkeys(numbers.values())))
        return {key: [shot] if isinstance(shot := shots[numbers[key]], Snapshot) else [] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name stock by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """One call for up to 100 products, and one for the variations of each. Nothing but the quantity is sent."""
        outcomes = Outcomes(writes)
        outcomes.add({at: error for at, one in outcomes.open() if (error := _refused(one)) is not None})
        lists: dict[str, dict[int, Row]] = {}
        for at, write in outcomes.open():
            lists.setdefault(_path(outcomes.number(at)), {})[at] = self._body(write)
        await asyncio.gather(*[self._send(outcomes, path, bodies) for path, bodies in lists.items()])
        return await outcomes.shown(self._shots)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of the products that changed: a sale moves a product's date, also one of a variation (list-23)."""
        async for page in changes.by_date(self._client, RESOURCE, cursor, {"status": "any"}):
            held = await variations.numbers(self._client, page.ids)
            ids = tuple(one for number in page.ids if number in held for one in held[number] or (number,))
            yield Page(ids=ids, cursor=page.cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return FIELDS

    async def _shots(self, rows: Sequence[Row]) -> list[Snapshot]:
        shots = [self._snapshot(_number_of(row), row) for row in rows]
        return [shot for shot in shots if shot is not None]

    def _snapshot(self, number: str, row: Row) -> Snapshot | None:
        counted = row.get("manage_stock") is True
        startable = self._start_counting and not row.get("virtual") and row.get("type", SIMPLE) in _COUNTABLE
        if not counted and not startable:
            return None
        pair = variations.split(number)
        state: State = {
            "product": int(pair[0] if pair else number),
            "variation": int(pair[1]) if pair else None,
            "quantity": whole_of(row.get("stock_quantity"), "stock_quantity") if counted else None,
        }
        return Snapshot(ref=Ref(side=Side.SHOP, entity_type=EntityType.STOCK, native_id=number), state=state)

    def _body(self, write: Write) -> Row:
        """Whether it may be sold without any is kept as it is; the shop itself says what is out of stock then."""
        assert write.ref is not None
        starting: Row = {"manage_stock": True} if (write.base or {}).get("quantity", 0) is None else {}
        pair = variations.split(write.ref.native_id)
        return {
            "id": int(pair[1] if pair else write.ref.native_id),
            **starting,
            "stock_quantity": write.changes.get("quantity"),
        }

    async def _send(self, outcomes: Outcomes, path: str, bodies: Mapping[int, Row]) -> None:
        try:
            answers = await self._client.batch(path, update=list(bodies.values()))
        except AppError as error:
            answers = [error for _ in bodies]
        outcomes.add({at: _counted(answer) for at, answer in zip(bodies, answers, strict=True)})


_COUNTABLE: Final = frozenset({SIMPLE, "variation"})


def _number(key: NaturalKey) -> str:
    product, _, variation = key.value.partition("|")
    return variation or product


def _path(number: str) -> str:
    pair = variations.split(number)
    return variations.path(pair[0]) if pair else RESOURCE


def _number_of(row: Row) -> str:
    """Of an answer: variations name their product."""
    return variations.native_id(str(row["parent_id"]), row) if row.get("type") == "variation" else native_id(row)


def _refused(write: Write) -> AppError | None:
    if write.removal is not None:
        return Rejected("stock goes with its product in WooCommerce", code=f"cannot_{write.removal}")
    if write.ref is None:
        return _not_counted("of this product")
    return None


def _counted(answer: Row | AppError) -> Row | AppError:
    """A quantity sent for what is not counted is ignored with a 200 (recording prod-24)."""
    if isinstance(answer, AppError) or answer.get("manage_stock") is True:
        return answer
    return _not_counted(f"of {answer['id']}")


def _not_counted(what: str) -> AppError:
    return LeftAlone(
        f"the shop does not count the stock {what}; switch that on there, or set the option manage_stock",
        code="stock_not_managed",
    )


def _record(state: State) -> Record:
    """Of a state that may hold only some of its fields."""
    record: dict[str, Json] = {}
    if "product" in state:
        record["product"] = str(state["product"])
    if "variation" in state:
        record["variant"] = f"{state.get('product')}/{state['variation']}" if state["variation"] else None
    if "quantity" in state:
        record["quantity"] = str(state["quantity"]) if state["quantity"] is not None else None
    return record


def _resolved(desired: Desired) -> Resolved | AppError:
    """The shop counts whole pieces: of two and a half, two can be sold (recording prod-21)."""
    if "quantity" not in desired.fields:
        return Resolved(state={})
    try:
        quantity = Decimal(as_amount(desired.fields["quantity"] or "0"))
    except ValueError as error:
        return Rejected(f"quantity {error}", code="invalid", field="quantity")
    if abs(quantity) > MOST:
        return Rejected(f"quantity {quantity}: more than the shop can count", code="too_large", field="quantity")
    whole = quantity.to_integral_value(ROUND_FLOOR)
    notes = () if whole == quantity else (f"quantity {quantity}: the shop counts whole pieces, so {whole}",)
    return Resolved(state={"quantity": int(whole)}, notes=notes)
