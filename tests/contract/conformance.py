"""A peer as the conformance suite sees it: a sandbox behind its ports, and the few steps of the engine.

What every port promises is in `app/connectors/base.py`; `conformance_cases.py` says with which values it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.connectors.base import Cursor, Desired, Page, RecordPort, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType, Json, Record, Side, State
from app.entities.records import LINE_REFERENCES, REFERENCES, record_key
from app.errors import Rejected
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.rules import recompute
from app.sandbox.prestashop import Sandbox as Prestashop
from app.sandbox.woocommerce import Sandbox as Woocommerce
from tests.contract.conformance_gateway import Gateway
from tests.contract.conformance_matrix import ODOO

MADE = "made"
"""In a case's fields: a record of the kind that the field refers to is made first, and its id stands here."""


@dataclass
class Notes:
    """A checkpoint that outlives attempts, as an intent row does."""

    saved: dict[str, Json] = field(default_factory=dict)

    async def save(self, **values: Json) -> None:
        self.saved.update(values)


ORDERED: Record = {
    "reference": "XKBK-1",
    "date": "2026-11-20T10:11:12+00:00",
    "currency": "EUR",
    "status": "confirmed",
    "lines": [
        {
            "product": MADE,
            "variant": None,
            "sku": None,
            "name": "Mug",
            "quantity": "2",
            "price": "18.5",
            "tax_rate": "20",
        }
    ],
    "total": "44.4",
    "total_untaxed": "37",
}
"""2 x 18.50, and 20 % on it."""


@dataclass
class Peer:
    kind: str
    ports: Mapping[EntityType, RecordPort]
    gate: Gateway
    lock_out: Callable[[], None]
    """Our key is taken away."""
    odoo: Database | None = None
    prestashop: Prestashop | None = None
    woocommerce: Woocommerce | None = None
    made: int = 0

    @property
    def side(self) -> Side:
        return Side.ODOO if self.kind == ODOO else Side.SHOP

    async def new(self, entity_type: EntityType, fields: Record, content: bytes | None = None) -> Written:
        """A new record as the engine makes one; stock, which is there with its product, is found and set."""
        fields = await self.with_parents(entity_type, fields)
        if entity_type is EntityType.STOCK:
            shot = await self.found(entity_type, fields)
            return await self.change(entity_type, shot.ref.native_id, {"quantity": fields["quantity"]})
        resolved = await self.words(entity_type, fields)
        return await self.write(entity_type, None, resolved.state, content=content)

    async def with_parents(self, entity_type: EntityType, fields: Record) -> dict[str, Json]:
        """The fields with the ids of what they refer to, one new record each."""
        ids: dict[str, Json] = {}
        references = REFERENCES.get(entity_type, {}).items()
        for name, kind in sorted(references, key=lambda each: each[1] is not EntityType.CUSTOMER):
            if fields.get(name) == MADE:
                ids[name] = (await self.new(kind, self.parent(kind, ids))).ref.native_id
        if isinstance(lines := fields.get("lines"), list):
            ids["lines"] = [await self._line(line) for line in lines if isinstance(line, dict)]
        return {**fields, **ids}

    async def _line(self, line: Mapping[str, Json]) -> dict[str, Json]:
        """Its goods are one new product."""
        return {
            **line,
            **{
                name: (await self.new(kind, self.parent(kind, {}))).ref.native_id
                for name, kind in LINE_REFERENCES.items()
                if line.get(name) == MADE
            },
        }

    def parent(self, kind: EntityType, known: Mapping[str, Json]) -> Record:
        """What a reference is made of: with the references among `known` that it has itself."""
        self.made += 1
        match kind:
            case EntityType.CUSTOMER:
                return {"name": "Ada Byron", "email": f"ada{self.made}@x.test"}
            case EntityType.ADDRESS:
                street = {"street": f"{self.made} Main Street", "city": "Paris", "postcode": "75001", "country": "FR"}
                return {"name": "Ada Byron", "customer": known.get("customer", MADE), **street}
            case EntityType.ORDER:
                return {"customer": known.get("customer", MADE), **ORDERED}
            case EntityType.PRODUCT:
                return {"name": f"Of number {chr(64 + self.made)}", "price": "20", "type": "goods"}
        return {"name": f"Of number {chr(64 + self.made)}"}

    async def change(
        self, entity_type: EntityType, number: str, fields: Record, content: bytes | None = None
    ) -> Written:
        """What differs of the fields, written; nothing where nothing does."""
        shot = await self.snapshot(entity_type, number)
        resolved = await self.words(entity_type, fields, base=shot.state)
        changes = {name: value for name, value in resolved.state.items() if shot.state.get(name) != value}
        if not changes:
            return Written(ref=shot.ref, state=shot.state, notes=resolved.notes)
        return await self.write(entity_type, shot, changes, content=content)

    async def refusal(self, entity_type: EntityType, number: str, fields: Record) -> Rejected:
        """Why these fields cannot be written: said when they are translated, or by the peer."""
        shot = await self.snapshot(entity_type, number)
        port = self.ports[entity_type]
        [result] = await port.from_records([Desired(fields=fields, base=shot.state)])
        if isinstance(result, Resolved):
            write = Write(ref=shot.ref, changes=result.state, base=shot.state, operation_id="op-1")
            [outcome] = await port.write([write])
            assert isinstance(outcome, Rejected), outcome
            return outcome
        assert isinstance(result, Rejected), result
        return result

    async def words(self, entity_type: EntityType, fields: Record, base: State | None = None) -> Resolved:
        [resolved] = await self.ports[entity_type].from_records([Desired(fields=fields, base=base)])
        assert isinstance(resolved, Resolved), resolved
        return resolved

    async def write(
        self, entity_type: EntityType, there: Snapshot | None, changes: State, *, content: bytes | None = None
    ) -> Written:
        self.made += 1
        write = Write(
            ref=there.ref if there else None,
            changes=changes,
            operation_id="op-1",
            base=there.state if there else None,
            checkpoint=None if there else Notes(),
            marker=None if there else f"boutique.{entity_type}_{self.made}",
            content=content,
        )
        [written] = await self.ports[entity_type].write([write])
        assert isinstance(written, Written), written
        return written

    async def snapshot(self, entity_type: EntityType, number: str) -> Snapshot:
        shot = (await self.ports[entity_type].read([number]))[number]
        assert isinstance(shot, Snapshot), f"{entity_type} {number} is missing"
        return shot

    async def record(self, entity_type: EntityType, number: str) -> Record:
        [record] = await self.ports[entity_type].to_records([(await self.snapshot(entity_type, number)).state])
        return record

    async def found(self, entity_type: EntityType, fields: Record) -> Snapshot:
        [shot] = await self.all_found(entity_type, fields)
        return shot

    async def all_found(self, entity_type: EntityType, fields: Record) -> list[Snapshot]:
        key = record_key(entity_type, fields)
        assert key is not None
        return (await self.ports[entity_type].find([key]))[key]

    async def left_to_write(self, entity_type: EntityType, number: str, fields: Record) -> dict[str, Json]:
        state = (await self.snapshot(entity_type, number)).state
        resolved = await self.words(entity_type, fields, base=state)
        return {name: value for name, value in resolved.state.items() if state.get(name) != value}

    def plant_customer(self, email: str) -> None:
        """Put into the peer's own tables."""
        if self.odoo is not None:
            number = self.odoo.add("res.partner", {"name": "Many", "email": email})
            recompute(self.odoo, "res.partner", number)
        if self.prestashop is not None:
            more = {"id_shop": "1", "id_shop_group": "1", "id_lang": "1", "active": "1", "deleted": "0"}
            self.prestashop.shop.insert("customers", {"email": email, "firstname": "Many", "lastname": "More", **more})
        if self.woocommerce is not None:
            self.woocommerce.add("customers", email=email, first_name="Many", last_name="More", username=f"u-{email}")

    async def pages(self, entity_type: EntityType, cursor: Cursor) -> list[Page]:
        return [page async for page in self.ports[entity_type].changed_since(cursor)]


def plain_values(value: Json) -> bool:
    """No floats and nothing but JSON: what a fingerprint is made of."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain_values(one) for key, one in value.items())
    if isinstance(value, list):
        return all(plain_values(one) for one in value)
    return value is None or isinstance(value, bool | int | str)
