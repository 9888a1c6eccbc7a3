"""What a run left behind, read once: both sides afresh, and the tables of the service that people can look into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Protocol, TypeAlias

import orjson

from app.entities.base import EntityType, Json, Record, Side
from app.sync.references import translated
from tests.simulation.ledger import Edit, Ledger, Made
from tests.simulation.onlooker import Onlooker

_JOBS: Final = """
    SELECT id, direction, entity_type, side, native_id, status, outcome, error_code, error_message, held_reason
    FROM sync_queue q
    WHERE status NOT IN ('completed', 'cancelled') OR (outcome = 'rejected' AND NOT EXISTS (
        SELECT 1 FROM sync_queue later
        WHERE later.link_id = q.link_id AND later.side = q.side AND later.entity_type = q.entity_type
          AND later.native_id = q.native_id AND later.id > q.id AND later.status = 'completed'))
    ORDER BY id
"""
"""What is not done, or was refused the last time."""
_PAIRS: Final = """
    SELECT entity_type, odoo_id, shop_id, gone_side, blocked_reason FROM entity_map
    WHERE odoo_id IS NOT NULL ORDER BY id
"""
_CONFLICTS: Final = """
    SELECT entity_type, odoo_id, shop_id, field, status, winner,
           odoo_value::text AS odoo_value, shop_value::text AS shop_value
    FROM conflicts ORDER BY id
"""
Key: TypeAlias = tuple[Side, EntityType, str]


class World(Protocol):
    async def rows(self, query: str, **values: Any) -> list[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """A pair as the service names it: two ids. What they hold is read from the sides."""

    entity_type: EntityType
    odoo_id: str
    shop_id: str
    gone_side: Side | None

    def __str__(self) -> str:
        return f"{self.entity_type} {self.odoo_id} of Odoo / {self.shop_id} of the shop"

    def native_id(self, side: Side) -> str:
        return self.odoo_id if side is Side.ODOO else self.shop_id

    def key(self, side: Side) -> Key:
        return side, self.entity_type, self.native_id(side)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """`held`: neutral records by id, per side and entity type; references are ids of their own side."""

    ledger: Ledger
    held: Mapping[tuple[Side, EntityType], Mapping[str, Record]]
    couples: list[Couple]
    jobs: list[Any]
    conflicts: list[Any]
    intents: list[Any]
    operations: list[Any]
    deliveries: list[Any]

    def record(self, key: Key) -> Record | None:
        side, entity_type, number = key
        return self.held[side, entity_type].get(number)

    def both(self, couple: Couple) -> tuple[Record, Record] | None:
        """Odoo's record in the shop's ids, and the shop's; None where one of them is not there."""
        odoo, shop = self.record(couple.key(Side.ODOO)), self.record(couple.key(Side.SHOP))
        return None if odoo is None or shop is None else (translated(couple.entity_type, odoo, self._known), shop)

    def couple_of(self, key: Key) -> Couple | None:
        return self._by_key.get(key)

    def edits(self, couple: Couple) -> dict[str, list[Edit]]:
        """Of either record of a pair, in order, by field; of a side from which the link takes them."""
        assert self.ledger.onlooker is not None
        flows = self.ledger.onlooker.terms.sync.flows
        keys = {couple.key(side) for side in Side if flows(couple.entity_type, side.outward)}
        found: dict[str, list[Edit]] = {}
        for edit in self.ledger.edits:
            if (edit.side, edit.entity_type, edit.record) in keys and not self._unseen(couple, edit.field):
                found.setdefault(edit.field, []).append(edit)
        return found

    def _unseen(self, couple: Couple, name: str) -> bool:
        made = (Made(side=side, entity_type=couple.entity_type, record=couple.native_id(side)) for side in Side)
        return any((one, name) in self.ledger.unseen for one in made)

    def open_fields(self, couple: Couple) -> set[str]:
        """That wait for a person."""
        return {row.field for row in self.conflicts_of(couple) if row.status == "open"}

    def conflicts_of(self, couple: Couple) -> list[Any]:
        return [row for row in self.conflicts if (row.entity_type, row.shop_id) == (couple.entity_type, couple.shop_id)]

    def shown(self, *keys: Key) -> bool:
        """Whether a job of one of these records was given up or parked, with a reason that people see."""
        return any(key in self._shown for key in keys)

    @cached_property
    def _known(self) -> dict[tuple[EntityType, str], str]:
        return {(couple.entity_type, couple.odoo_id): couple.shop_id for couple in self.couples}

    @cached_property
    def _by_key(self) -> dict[Key, Couple]:
        return {couple.key(side): couple for couple in self.couples for side in Side}

    @cached_property
    def _shown(self) -> set[Key]:
        return {
            (Side(job.side), EntityType(job.entity_type), job.native_id)
            for job in self.jobs
            if job.error_message and (job.status in ("parked", "failed", "completed") or job.held_reason)
        }


async def find(world: World, ledger: Ledger) -> Findings:
    assert ledger.onlooker is not None
    couples = [
        Couple(
            entity_type=EntityType(row.entity_type), odoo_id=row.odoo_id, shop_id=row.shop_id,
            gone_side=row.gone_side and Side(row.gone_side),
        )
        for row in await world.rows(_PAIRS)
    ]  # fmt: skip
    return Findings(
        ledger=ledger,
        held=_held(ledger.onlooker, couples),
        couples=couples,
        jobs=await world.rows(_JOBS),
        conflicts=await world.rows(_CONFLICTS),
        intents=await world.rows("SELECT * FROM create_intents WHERE closed_at IS NULL ORDER BY id"),
        operations=await world.rows("SELECT * FROM reverse_operations ORDER BY id"),
        deliveries=await world.rows("SELECT * FROM deliveries ORDER BY id"),
    )


def _held(onlooker: Onlooker, couples: Sequence[Couple]) -> dict[tuple[Side, EntityType], dict[str, dict[str, Json]]]:
    """What a side lists, and what it has without listing it: guests of a WooCommerce."""
    found = {}
    for side, kind in onlooker.ports:
        paired = [couple.native_id(side) for couple in couples if couple.entity_type is kind]
        found[side, kind] = onlooker.records(side, kind, [*onlooker.ids(side, kind), *paired])
    return found


def value_of(stored: str | None) -> Json:
    """Of a conflict's column: `{"value": …}`."""
    return None if stored is None else orjson.loads(stored)["value"]
