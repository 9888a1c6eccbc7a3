"""Products of a WooCommerce. Their variations, stock and images are ports of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.woocommerce import base_price, changes, columns, product_state, sku, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.extra import NativeFields, OwnFields
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.product_record import VARIABLE, ProductRecords
from app.connectors.woocommerce.product_write import ProductWrites
from app.connectors.woocommerce.records import by_ids, modified_at, native_id
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.errors import AppError

RESOURCE: Final = "products"
EVERY: Final = {"status": "any", "context": "edit"}
"""All but the trash, with descriptions as they are stored: visitors see them drawn (recording whx-06)."""


class ProductPort:
    entity_type = EntityType.PRODUCT

    def __init__(
        self, client: WooClient, measures: Measures, *, manage_stock: bool = True, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._records = ProductRecords(measures)
        self._own = OwnFields(extra)
        self._writes = ProductWrites(client, measures, self._own, manage_stock=manage_stock)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list per 100; the prices of those variations that nothing is noted of, a list for each product."""
        rows = await by_ids(self._client, RESOURCE, ids, EVERY)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By SKU without regard to case. A variation that has it is no product."""
        owners = await sku.owners(self._client, [key.value for key in keys])
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(owners.values()))}
        numbers = {key: native_id(owners[key.value]) if key.value in owners else "" for key in keys}
        return {key: [shots[number]] if number in shots else [] for key, number in numbers.items()}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name products by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await self._writes.write(writes, self._snapshots)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [await self._records.record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._records.resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changes.by_date(self._client, RESOURCE, cursor, {"status": "any"})

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, self._snapshots, EVERY)

    async def count(self) -> int:
        return await self._client.count(RESOURCE, {"status": "any"})

    async def native_fields(self) -> Mapping[str, str]:
        return NativeFields({**columns.PRODUCT, **product_state.FIELDS})

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        live = [row for row in rows if product_state.is_live(row)]
        bases = await base_prices(self._client, live)
        return [self._snapshot(row, bases.get(native_id(row))) for row in live]

    def _snapshot(self, row: Row, base: Decimal | None) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.PRODUCT, native_id=native_id(row))
        state = product_state.state_of(row, base) | self._own.state(row)
        return Snapshot(ref=ref, state=state, modified_at=modified_at(row))


async def base_prices(client: WooClient, rows: Sequence[Row]) -> dict[str, Decimal | None]:
    """What the prices of variations are reckoned from, of those products that have some."""
    parents = {native_id(row): row for row in rows if row.get("type") == VARIABLE}
    unknown = [number for number, row in parents.items() if base_price.noted(row) is None and row.get("variations")]
    held = await variations.of_products(client, unknown)
    return {number: base_price.of_product(row, held.get(number, ())) for number, row in parents.items()}
