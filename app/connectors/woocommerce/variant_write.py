"""Writing variations, one batch per product; what their products need for it comes first, in one batch for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from app.connectors.base import Removal, Snapshot, Write, Written
from app.connectors.woocommerce import attributes, families, sku, trash, variations
from app.connectors.woocommerce.attributes import plain
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.extra import OwnFields
from app.connectors.woocommerce.families import Family
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.records import text
from app.connectors.woocommerce.variant_create import (
    NO_PRICE,
    PARENTS_SKU,
    changed_body,
    fitting,
    has_parents_sku,
    new_body,
    parent_body,
)
from app.connectors.woocommerce.variant_record import OFF
from app.entities.base import Json
from app.entities.records import attributes_key
from app.errors import AppError, Conflict, NotFound

Show: TypeAlias = Callable[[Row, Family], Snapshot]


class VariantWrites:
    """`manage_stock`: whether new variations have their stock counted in the shop."""

    def __init__(self, client: WooClient, measures: Measures, own: OwnFields, *, manage_stock: bool) -> None:
        self._client, self._measures, self._own, self._manage_stock = client, measures, own, manage_stock

    async def write(self, writes: Sequence[Write], show: Show) -> list[Written | AppError]:
        """Removals, a look at the products, what these need, a batch for each, and SKUs that were refused."""
        outcomes = Outcomes(writes)
        batch = _Batch(self._client, self._own, outcomes, manage_stock=self._manage_stock)
        await outcomes.guarded(batch.remove())
        await outcomes.guarded(batch.look(self._measures))
        await outcomes.guarded(batch.prepare())
        await outcomes.guarded(batch.send())
        await outcomes.guarded(batch.recover())
        return await outcomes.shown(lambda rows: batch.show(rows, show))


class _Batch:
    """The writes of one call, and the products they are about."""

    def __init__(self, client: WooClient, own: OwnFields, outcomes: Outcomes, *, manage_stock: bool) -> None:
        self._client, self._own, self._outcomes, self._manage_stock = client, own, outcomes, manage_stock
        self._families: dict[str, Family] = {}
        self._listed: dict[str, Sequence[Json]] = {}
        self._product_of: dict[str, str] = {}

    async def remove(self) -> None:
        """Into the trash, where a person finds it again."""
        deleted = [at for at, one in self._outcomes.open() if one.removal is Removal.DELETE]
        pairs = {at: variations.split(self._outcomes.number(at)) for at in deleted}
        paths = {at: f"{variations.path(pair[0])}/{pair[1]}" for at, pair in pairs.items() if pair}
        self._outcomes.add_gone(await trash.put(self._client, paths))

    async def look(self, measures: Measures) -> None:
        """At the products, and for what cannot be done."""
        numbers = [_product(one) for _, one in self._outcomes.open()]
        self._families = await families.read(self._client, measures, numbers) if numbers else {}
        errors = {at: _unfit(one, self._families.get(_product(one))) for at, one in self._outcomes.open()}
        self._outcomes.add({at: error for at, error in errors.items() if error is not None})

    async def prepare(self) -> None:
        """Products become variable, list the attributes, and note what prices are reckoned from."""
        shared = await self._shared() if any(one.ref is None for _, one in self._outcomes.open()) else {}
        bodies: dict[str, Row] = {}
        for number, family in self._families.items():
            body = parent_body(family, _wanted(self._of(number)), shared, priced=_priced(self._of(number)))
            self._listed[number] = _listed(body, family)
            if body is not None:
                bodies[number] = body
        answers = await self._client.batch("products", update=list(bodies.values()))
        for number, answer in zip(bodies, answers, strict=True):
            if isinstance(answer, AppError):
                self._outcomes.add(dict.fromkeys(self._of(number), answer))

    async def send(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in self._families:
                if some := self._of(number):
                    group.create_task(self._send(number, some))

    async def recover(self) -> None:
        """New ones whose SKU is taken: by a variation of the same product in the trash, which is taken out of it."""
        refused = {at: one for at, one in self._outcomes.refused(sku.TAKEN) if one.ref is None}
        for number in dict.fromkeys(_product(one) for one in refused.values()):
            rows = await variations.in_trash(self._client, number)
            held = {sku.plain(row.get("sku")): row["id"] for row in rows}
            found = {at: held[sku.plain(one.changes["sku"])] for at, one in refused.items()
                     if _product(one) == number and sku.plain(one.changes["sku"]) in held}  # fmt: skip
            await self._restore(number, found)

    async def show(self, rows: Sequence[Row], show: Show) -> list[Snapshot]:
        live = [row for row in rows if row.get("status") != "trash"]
        return [show(row, self._families[self._product_of[str(row["id"])]]) for row in live]

    def _of(self, number: str) -> dict[int, Write]:
        """What is still to be done for a product."""
        return {at: one for at, one in self._outcomes.open() if _product(one) == number}

    async def _shared(self) -> dict[str, int]:
        """The shop's own attributes."""
        rows = await self._client.rows("products/attributes")
        return {plain(text(row.get("name"))): int(str(row["id"])) for row in rows}

    async def _send(self, number: str, writes: Mapping[int, Write]) -> None:
        new = {at: self._new(one) for at, one in writes.items() if one.ref is None}
        changed = {at: self._changed(one) for at, one in writes.items() if one.ref is not None}
        answers = await self._client.batch(
            variations.path(number), create=list(new.values()), update=list(changed.values())
        )
        self._keep(number, dict(zip([*new, *changed], answers, strict=True)))
        for at, write in writes.items():
            if has_parents_sku(write, self._families[number]):
                self._outcomes.note(at, PARENTS_SKU)
        for at in new:
            self._outcomes.sent(at, ("status",))
            if "regular_price" not in new[at]:
                self._outcomes.note(at, NO_PRICE)

    async def _restore(self, number: str, found: Mapping[int, Json]) -> None:
        bodies = [{**self._new(self._outcomes.writes[at]), "id": held} for at, held in found.items()]
        answers = await self._client.batch(variations.path(number), update=bodies)
        self._keep(number, dict(zip(found, answers, strict=True)))
        for at, held in found.items():
            self._outcomes.note(at, f"variation {number}/{held} of the shop's trash has this SKU; it was used again")

    def _keep(self, number: str, answers: Mapping[int, Row | AppError]) -> None:
        self._product_of |= {str(row["id"]): number for row in answers.values() if not isinstance(row, AppError)}
        self._outcomes.add(answers)

    def _new(self, write: Write) -> Row:
        number = _product(write)
        body = new_body(write, self._families[number], self._listed[number], manage_stock=self._manage_stock)
        return self._with_own(body, write)

    def _changed(self, write: Write) -> Row:
        family = self._families[_product(write)]
        if write.removal is Removal.ARCHIVE:
            return {"id": _row_of(write, family)["id"], "status": OFF}
        return self._with_own(changed_body(write, _row_of(write, family), family), write)

    def _with_own(self, body: Row, write: Write) -> Row:
        own = self._own.changed(write.changes)
        return {**body, "meta_data": list[Json](own)} if own else body


def _product(write: Write) -> str:
    return write.ref.native_id.partition("/")[0] if write.ref else str(write.changes.get("parent_id"))


def _row_of(write: Write, family: Family) -> Row:
    number = write.ref.native_id.rpartition("/")[2] if write.ref else ""
    return next((row for row in family.variations if str(row["id"]) == number), {})


def _unfit(write: Write, family: Family | None) -> AppError | None:
    if family is None:
        return NotFound(f"product {_product(write)} is not in the shop, and its variations with it")
    if write.ref is not None:
        return None if _row_of(write, family) else NotFound(f"variation {write.ref.native_id} is not in the shop")
    wanted = attributes_key("", write.changes.get("attributes"))
    same = (row["id"] for row in family.members() if attributes_key("", attributes.chosen(row)) == wanted)
    if (owner := next(same, None)) is not None:
        return Conflict(
            f"variation {_product(write)}/{owner} has these attributes already",
            code="duplicate_attributes",
            field="attributes",
        )
    return fitting(family)


def _wanted(writes: Mapping[int, Write]) -> list[Mapping[str, Json]]:
    listed = [one.changes.get("attributes") for one in writes.values() if one.ref is None]
    return [one for one in listed if isinstance(one, dict)]


def _priced(writes: Mapping[int, Write]) -> bool:
    return any("price_extra" in one.changes for one in writes.values())


def _listed(body: Row | None, family: Family) -> Sequence[Json]:
    listed = body.get("attributes") if body is not None else None
    return listed if isinstance(listed, list) else attributes.of_parent(family.parent)
