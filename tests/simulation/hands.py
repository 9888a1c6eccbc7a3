"""How people do things on either side: every save is one moment, and goes into the ledger as its side stored it.

What Odoo's rules post of it is the caller's to send: `Posted` says about what. The shop's webhooks go by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.entities.base import EntityType, Json, Side
from tests.flows.two_sides import TwoSides
from tests.simulation.ledger import Ledger
from tests.simulation.onlooker import Onlooker, at_once
from tests.simulation.vocabulary import ADDRESS, CATEGORY, COUPON, CUSTOMER, MODELS, ORDER, PRODUCT

STORABLE: Final[Mapping[int, dict[str, Json]]] = {
    17: {"detailed_type": "product"},
    19: {"type": "consu", "is_storable": True},
}
FRANCE: Final = 75
ON_HAND: Final = 8
COUNTING: Final[dict[str, Json]] = {"inventory_mode": True}
PASSWORD: Final = f"$2y$10${'x' * 53}"
SHOP_ONLY: Final = ("company", "website")
"""Words of a customer that only a PrestaShop has, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A rule in Odoo fired."""

    model: str
    number: int
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    both: TwoSides
    ledger: Ledger
    onlooker: Onlooker

    def edit_odoo(
        self, entity_type: EntityType, number: str, values: Mapping[str, Any], *, named: Collection[str] = ()
    ) -> list[Posted]:
        """`named`: the neutral names of what is typed, where that is not to be seen by what changes."""
        model, target = MODELS[entity_type], int(number)
        if entity_type is COUPON:
            [reward] = self._parts("loyalty.reward", target)
            self._saved(Side.ODOO, entity_type, number, lambda: self._write("loyalty.reward", reward, values), named)
        else:
            self._saved(Side.ODOO, entity_type, number, lambda: self._write(model, target, values), named)
        return [Posted(model=model, number=target)]

    def edit_shop(self, entity_type: EntityType, number: str, values: Mapping[str, Any]) -> None:
        self._saved(Side.SHOP, entity_type, number, lambda: self._edit_shop(entity_type, number, dict(values)), ())

    def add_to_odoo(self, entity_type: EntityType, values: Mapping[str, Any]) -> list[Posted]:
        number = self._create(MODELS[entity_type], values)
        self.note_made(Side.ODOO, entity_type, [str(number)])
        return [Posted(model=MODELS[entity_type], number=number)]

    def add_coupon_to_odoo(self, code: str) -> list[Posted]:
        """A program with its rule and its reward, as Odoo's form makes them."""
        kind: dict[str, Json] = {"program_type": "promo_code", "trigger": "with_code", "applies_on": "current"}
        program = self._create(MODELS[COUPON], {"name": "Ten percent", **kind})
        reward: dict[str, Json] = {"reward_type": "discount", "discount": 10.0, "discount_mode": "percent"}
        parts: dict[str, dict[str, Json]] = {
            "loyalty.rule": {"mode": "with_code", "code": code},
            "loyalty.reward": {**reward, "discount_applicability": "order"},
        }
        for model, values in parts.items():
            if mine := self._parts(model, program):
                self._write(model, mine[0], values)
            else:
                self._create(model, {"program_id": program, **values})
        self.note_made(Side.ODOO, COUPON, [str(program)])
        return [Posted(model=MODELS[COUPON], number=program)]

    def make_in_shop(self, entity_types: Iterable[EntityType], make: Callable[[], str]) -> str:
        """What appears in the shop of these entity types meanwhile is made by people: an order brings its guest."""
        kinds = [kind for kind in entity_types if (Side.SHOP, kind) in self.onlooker.ports]
        before = {kind: self.onlooker.ids(Side.SHOP, kind) for kind in kinds}
        number = make()
        for kind in kinds:
            new = [one for one in self.onlooker.ids(Side.SHOP, kind) if one not in before[kind]]
            self.note_made(Side.SHOP, kind, new)
        self._give_passwords()
        if (Side.SHOP, ORDER) in self.onlooker.ports and ORDER in kinds:
            self._note_guest(number)
        return number

    def _give_passwords(self) -> None:
        """A PrestaShop has one for everybody, and refuses each later save without it."""
        if self.both.office.kind == "prestashop":
            for row in self.both.world.shop.rows("customers"):
                row["passwd"] = row["passwd"] or PASSWORD

    def _note_guest(self, order: str) -> None:
        """Of a guest a WooCommerce lists neither account nor address: they stand in the order."""
        record = self.onlooker.record(Side.SHOP, ORDER, order) or {}
        for kind, name in ((CUSTOMER, "customer"), (ADDRESS, "delivery_address"), (ADDRESS, "invoice_address")):
            number = record.get(name)
            if isinstance(number, str) and number not in self.ledger.made_on(Side.SHOP, kind):
                self.note_made(Side.SHOP, kind, [number])

    def note_made(self, side: Side, entity_type: EntityType, ids: Iterable[str]) -> None:
        self.ledger.note_made(side, entity_type, self.onlooker.records(side, entity_type, ids))

    def remove(self, side: Side, entity_type: EntityType, number: str) -> list[Posted]:
        """Raises `Rejected` for what Odoo says is needed elsewhere."""
        if side is Side.SHOP:
            gone = {CUSTOMER: self.both.office.remove_person, PRODUCT: self.both.office.remove_thing}
            gone[entity_type](number)
        else:
            at_once(self.both.people.unlink(MODELS[entity_type], [int(number)]))
        self.ledger.note_gone(side, entity_type, number)
        if side is Side.SHOP:
            return []
        return [Posted(model=MODELS[entity_type], number=int(number), action="deleted")]

    def count(self, product: str, quantity: float) -> list[Posted]:
        """A person counts what is in the warehouse of a product of Odoo."""
        [variant, *_] = [int(row["id"]) for row in self.both.variants_of(product)]
        values: dict[str, Json] = {"product_id": variant, "location_id": ON_HAND, "inventory_quantity": quantity}
        people = self.both.people
        made = at_once(people.call("stock.quant", "create", args={"vals_list": [values]}, context=COUNTING))
        assert isinstance(made, list)
        quant = int(str(made[0]))
        at_once(people.run_action("stock.quant", "action_apply_inventory", [quant], context=COUNTING))
        self.ledger.saves += 1
        return [Posted(model="stock.quant", number=quant)]

    def _saved(
        self, side: Side, entity_type: EntityType, number: str, save: Callable[[], None], named: Collection[str]
    ) -> None:
        before = self.onlooker.record(side, entity_type, number) or {}
        save()
        after = self.onlooker.record(side, entity_type, number) or {}
        self.ledger.note_saved(side, entity_type, number, before, after, named=named)

    def _write(self, model: str, number: int, values: Mapping[str, Any]) -> None:
        at_once(self.both.people.write(model, [number], dict(values)))

    def _create(self, model: str, values: Mapping[str, Any]) -> int:
        return at_once(self.both.people.create(model, [dict(values)]))[0]

    def _parts(self, model: str, program: int) -> list[int]:
        rows = self.both.odoo.tables[model].values()
        return [int(str(row["id"])) for row in rows if str(row["program_id"]) == str(program)]

    def _edit_shop(self, entity_type: EntityType, number: str, values: dict[str, Any]) -> None:
        office = self.both.office
        own = {name: values.pop(name) for name in SHOP_ONLY if entity_type is CUSTOMER and name in values}
        if own:
            self.both.world.shop.edit("customers", int(number), **own)
        if not values:
            return
        edits: dict[EntityType, Callable[..., None]] = {
            CUSTOMER: office.edit_person,
            ADDRESS: office.edit_place,
            PRODUCT: office.edit_thing,
            CATEGORY: office.edit_category,
            COUPON: office.edit_voucher,
        }
        if entity_type is ORDER:
            office.move_order(number, values["status"])
        else:
            edits[entity_type](number, **values)
