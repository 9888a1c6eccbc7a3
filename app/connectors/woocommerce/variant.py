"""Variations of a WooCommerce's products: a size and a colour with an SKU and a price of their own.

A variation that stands for any size is several variants elsewhere: it is not there for us.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.woocommerce import changes, columns, families, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.extra import NativeFields, OwnFields
from app.connectors.woocommerce.families import Family
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.product import RESOURCE
from app.connectors.woocommerce.records import modified_at
from app.connectors.woocommerce.variant_record import FIELDS, VariantRecords, state_of
from app.connectors.woocommerce.variant_write import VariantWrites
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.entities.records import attributes_key
from app.errors import AppError


class VariantPort:
    entity_type = EntityType.VARIANT
    creates_in_steps = True

    def __init__(
        self, client: WooClient, measures: Measures, *, manage_stock: bool = True, extra: Sequence[str] = ()
    ) -> None:
        self._client, self._measures = client, measures
        self._records = VariantRecords(measures)
        self._own = OwnFields(extra)
        self._writes = VariantWrites(client, measures, self._own, manage_stock=manage_stock)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list per 100 products, and one of each product's variations."""
        products = [pair[0] for number in ids if (pair := variations.split(number))]
        shots = {shot.ref.native_id: shot for shot in await self._of_products(products)}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and attributes, `12|colour=red|size=m`; the shop takes the same ones twice (var-04)."""
        found: dict[str, list[Snapshot]] = {}
        for shot in await self._of_products([key.value.partition("|")[0] for key in keys]):
            found.setdefault(key_of(shot.state), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name variations by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await self._writes.write(writes, self._snapshot)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [await self._records.record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._records.resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of the products that changed: a product's date moves with each of them (list-20, list-21)."""
        async for page in changes.by_date(self._client, RESOURCE, cursor, {"status": "any"}):
            held = await variations.numbers(self._client, page.ids)
            ids = tuple(one for number in page.ids for one in held.get(number, ()))
            yield Page(ids=ids, cursor=page.cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return NativeFields({**columns.VARIANT, **FIELDS})

    async def _of_products(self, products: Sequence[str]) -> list[Snapshot]:
        found = await families.read(self._client, self._measures, products)
        return [self._snapshot(row, family) for family in found.values() for row in family.members()]

    def _snapshot(self, row: Row, family: Family) -> Snapshot:
        number = variations.native_id(str(family.parent["id"]), row)
        ref = Ref(side=Side.SHOP, entity_type=EntityType.VARIANT, native_id=number)
        state = state_of(row, family.parent, family.base, family.rate) | self._own.state(row)
        return Snapshot(ref=ref, state=state, modified_at=modified_at(row))


def key_of(state: State) -> str:
    """`12|color=white|size=m`"""
    return attributes_key(str(state.get("parent_id")), state.get("attributes"))
