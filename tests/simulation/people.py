"""People who work on both sides at once: what they do next is drawn, weighted to what people do.

Few records and many acts, so that they meet: the same field on both sides, different fields of one record, an edit of
what somebody else has just removed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from app.entities.base import EntityType, Json, Side
from app.errors import Rejected
from tests.flows.two_sides import TwoSides
from tests.simulation.hands import FRANCE, STORABLE, Hands, Posted
from tests.simulation.ledger import Ledger
from tests.simulation.onlooker import open_onlooker
from tests.simulation.scene import clear_out
from tests.simulation.vocabulary import (
    ADDRESS,
    CATEGORY,
    COUPON,
    CUSTOMER,
    NATURAL,
    ORDER,
    PRODUCT,
    STOCK,
    WORDS,
    Word,
    kept,
    letters,
    words,
)

KNOWN: Final = 2
"""Records of each side when it begins."""
MOST: Final = 6
"""Records of an entity type on one side: who has so many makes no more."""
NEXT: Final = {"waiting": ("paid", "cancelled"), "paid": ("shipped", "cancelled")}
"""An order goes on, and never back: one that was cancelled stays so in Odoo (a known gap)."""
WEIGHTS: Final[dict[EntityType, int]] = {CUSTOMER: 5, PRODUCT: 5, ADDRESS: 3, CATEGORY: 1, COUPON: 1}


@dataclass(slots=True, kw_only=True)
class People:
    rng: Random
    both: TwoSides
    ledger: Ledger
    _numbers: int = field(default=0, init=False)
    _hands: Hands = field(init=False)

    async def prepare(self) -> None:
        """An empty Odoo and an empty shop, and a few records on either side of which the other knows nothing yet."""
        clear_out(self.both)
        self.both.know_taxes()
        onlooker = await open_onlooker(self.both, kept(self.both.world.link.sync))
        self.ledger.onlooker = onlooker
        self.ledger.shop_text = self._shop_text
        self._hands = Hands(both=self.both, ledger=self.ledger, onlooker=onlooker)
        for side in Side:
            for kind in kept(self.both.world.link.sync):
                self._hands.note_made(side, kind, onlooker.ids(side, kind))
            for kind in (CUSTOMER, PRODUCT):
                for _ in range(self.rng.randrange(KNOWN)):
                    await self._tell(self._make(side, kind)[1])

    async def act(self) -> str:
        """One act of a person; what it was, for the trace."""
        acts: list[tuple[int, Callable[[], tuple[str, list[Posted]]]]] = [
            (50, self._edit),
            (16, self._edit_both_sides),
            (6, self._edit_several),
            (14, self._add),
            (8 if self._has(ORDER) else 0, self._order),
            (5 if self._has(ORDER) else 0, self._move_order),
            (5 if self._has(STOCK) else 0, self._count),
            (4, self._remove),
            (3, self._save_nothing),
        ]
        [act] = self.rng.choices([act for _, act in acts], [weight for weight, _ in acts])
        if self.both.office.kind == "prestashop" and self.rng.random() < 0.06:
            return await self._command()
        said, posts = act()
        await self._tell(posts)
        return said

    def _edit(self) -> tuple[str, list[Posted]]:
        return self._edit_one(self._side(), self._kind())

    def _edit_one(self, side: Side, kind: EntityType) -> tuple[str, list[Posted]]:
        number = self._somebody(side, kind)
        if number is None:
            return self._make(side, kind)
        known = words(kind, self.both.office.kind)
        chosen = self.rng.sample(known, k=min(len(known), 1 if self.rng.random() < 0.8 else 2))
        return self._save(side, kind, number, chosen)

    def _edit_both_sides(self) -> tuple[str, list[Posted]]:
        """One record, at the same moment: the same field, or another one."""
        kind = self.rng.choice((CUSTOMER, PRODUCT))
        number = self._somebody(Side.SHOP, kind)
        twin = number and self._twin(kind, number)
        if not number or not twin:
            return self._edit_one(self._side(), kind)
        known = words(kind, self.both.office.kind)
        chosen = [self.rng.choice(known)] * 2 if self.rng.random() < 0.6 else self.rng.sample(known, k=2)
        one, _ = self._save(Side.SHOP, kind, number, chosen[:1])
        other, posts = self._save(Side.ODOO, kind, twin, chosen[1:])
        return f"{one}; at the same time {other}", posts

    def _edit_several(self) -> tuple[str, list[Posted]]:
        """As somebody does who selects some lines of a list."""
        side, kind = self._side(), self.rng.choice((CUSTOMER, PRODUCT))
        ids = self._hands.onlooker.ids(side, kind)
        chosen = self.rng.choice(words(kind, self.both.office.kind))
        if chosen.name in NATURAL.values() or not ids:
            return self._edit_one(side, kind)
        done = [self._save(side, kind, number, [chosen]) for number in self.rng.sample(ids, k=min(3, len(ids)))]
        return "; ".join(said for said, _ in done), [post for _, posts in done for post in posts]

    def _save_nothing(self) -> tuple[str, list[Posted]]:
        side, kind = self._side(), self.rng.choice((CUSTOMER, PRODUCT))
        number = self._somebody(side, kind)
        return self._save(side, kind, number, []) if number else self._make(side, kind)

    def _save(self, side: Side, kind: EntityType, number: str, chosen: Sequence[Word]) -> tuple[str, list[Posted]]:
        if side is Side.ODOO:
            values = {word.odoo: word.typed(self.rng, self._number()) for word in chosen}
            posts = self._hands.edit_odoo(kind, number, values, named=[word.name for word in chosen])
        else:
            values = {word.office: word.in_shop(self.rng, self._number()) for word in chosen}
            posts = []
            self._hands.edit_shop(kind, number, values)
        return f"{side} {kind} {number} edited: {_short(values)}", posts

    def _add(self) -> tuple[str, list[Posted]]:
        side, kind = self._side(), self._kind()
        if len(self._hands.onlooker.ids(side, kind)) >= MOST:
            return self._edit_one(side, kind)
        return self._make(side, kind)

    def _make(self, side: Side, kind: EntityType) -> tuple[str, list[Posted]]:
        made = self._make_in_odoo(kind) if side is Side.ODOO else self._make_in_shop(kind)
        return f"{side} {kind} made: {made[0]}", made[1]

    def _make_in_odoo(self, kind: EntityType) -> tuple[str, list[Posted]]:
        n, hands = self._number(), self._hands
        if kind is COUPON:
            return f"CODE{n}", hands.add_coupon_to_odoo(f"CODE{n}")
        parent = self._somebody(Side.ODOO, CUSTOMER) if kind is ADDRESS else None
        if kind is ADDRESS and parent is None:
            return self._make_in_odoo(CUSTOMER)
        place: dict[str, Json] = {"type": "delivery", "zip": "75002", "city": "Paris", "country_id": FRANCE}
        made: dict[EntityType, dict[str, Json]] = {
            CUSTOMER: {"name": f"Ada {letters(n).title()}", "email": f"ada{n}@example.com"},
            PRODUCT: {"name": f"Pot {n}", "default_code": f"SKU-{n}", "list_price": 5.0 + n, **self._storable()},
            CATEGORY: {"name": f"Cups {n}"},
            ADDRESS: {"parent_id": int(parent or 0), "name": "Jon Do", "street": f"{n} Odoo Road", **place},
        }
        return str(n), hands.add_to_odoo(kind, made[kind])

    def _make_in_shop(self, kind: EntityType) -> tuple[str, list[Posted]]:
        n, office = self._number(), self.both.office
        owner = self._free_owner() if kind is ADDRESS else None
        if kind is ADDRESS and owner is None:
            return self._make_in_shop(CUSTOMER)
        last, email = letters(n).title(), f"ada{n}@example.com"
        make: dict[EntityType, Callable[[], str]] = {
            CUSTOMER: lambda: office.add_person(first="Ada", last=last, email=email),
            PRODUCT: lambda: office.add_thing(name=f"Pot {n}", sku=f"SKU-{n}", price=f"{n}.5"),
            CATEGORY: lambda: office.add_category(f"Cups {n}"),
            COUPON: lambda: office.add_voucher(f"code{n}", percent="10", uses=100),
            ADDRESS: lambda: office.add_place(owner or "", street=f"{n} Shop Road"),
        }
        return self._hands.make_in_shop([kind], make[kind]), []

    def _order(self) -> tuple[str, list[Posted]]:
        """By somebody with an account and an address, or by a guest."""
        office, buyers = self.both.office, self._residents()
        if not buyers or self.rng.random() < 0.3:
            email = f"guest{self._number()}@example.com"
            number = self._hands.make_in_shop([CUSTOMER, ADDRESS, ORDER], lambda: office.guest_order(email))
            return f"shop order {number} by a guest", []
        buyer, place = self.rng.choice(buyers)
        live = [n for n in self._hands.onlooker.ids(Side.SHOP, PRODUCT) if office.thing(n).live]
        thing, quantity = self.rng.choice(live) if live else None, self.rng.randrange(1, 4)
        number = self._hands.make_in_shop(
            [ORDER], lambda: office.order(buyer, place=place, thing=thing, quantity=quantity)
        )
        return f"shop order {number} by customer {buyer}: {quantity} of {thing}", []

    def _move_order(self) -> tuple[str, list[Posted]]:
        number = self._somebody(Side.SHOP, ORDER)
        if number is None:
            return self._order()
        now = self.both.office.sold(number).status
        if now not in NEXT:
            return self._order()
        status = self.rng.choice(NEXT[now])
        self._hands.edit_shop(ORDER, number, {"status": status})
        return f"shop order {number} is {status}", []

    def _count(self) -> tuple[str, list[Posted]]:
        odoo = self.both.odoo.tables
        known = [
            number
            for number in self._hands.onlooker.ids(Side.ODOO, PRODUCT)
            if self.both.variants_of(number) and _is_storable(odoo["product.template"][int(number)])
        ]
        if not known:
            return self._make(Side.ODOO, PRODUCT)
        product, quantity = self.rng.choice(known), self.rng.randrange(30)
        return f"odoo counts {quantity} of product {product}", self._hands.count(product, float(quantity))

    def _remove(self) -> tuple[str, list[Posted]]:
        side, kind = self._side(), self.rng.choice((CUSTOMER, PRODUCT))
        number = self._somebody(side, kind)
        if number is None or (side is Side.SHOP and number == self.both.office.mug) or self._is_needed(side, number):
            return self._edit_one(side, kind)
        try:
            return f"{side} {kind} {number} removed", self._hands.remove(side, kind, number)
        except Rejected as error:
            return f"{side} {kind} {number} not removed: {error.message}", []

    async def _command(self) -> str:
        """Odoo's own envelope, in the shop's words, about a field that is not kept the same: a command is written
        whatever both sides hold."""
        ids = self._hands.onlooker.ids(Side.SHOP, CUSTOMER)
        if not ids:
            return "nobody to command anything about"
        number, day = self.rng.choice(ids), f"19{self.rng.randrange(10, 99)}-0{self.rng.randrange(1, 9)}-11"
        accepted = await self.both.world.odoo_sends("customer", "updated", {"id": int(number), "birthday": day})
        if accepted is not None:
            self.ledger.note_command(number, "birthday", day)
        return f"odoo commands: customer {number} was born {day}"

    def _shop_text(self, number: str, name: str) -> str | None:
        rows = {str(row["id"]): row for row in self.both.world.shop.rows("customers")}
        return str(rows[number].get(name)) if number in rows else None

    async def _tell(self, posts: Sequence[Posted]) -> None:
        for post in posts:
            await self.both.tell(post.model, post.number, action=post.action)

    def _twin(self, kind: EntityType, number: str) -> str | None:
        """The record of Odoo that people would say is the same."""
        name = NATURAL[kind]
        key = (self._hands.onlooker.record(Side.SHOP, kind, number) or {}).get(name)
        theirs = self._hands.onlooker.everything(Side.ODOO, kind)
        return next((one for one, record in theirs.items() if key and record.get(name) == key), None)

    def _residents(self) -> list[tuple[str, str]]:
        """(customer, address) of the shop."""
        ids = self._hands.onlooker.ids(Side.SHOP, CUSTOMER)
        places = self._hands.onlooker.everything(Side.SHOP, ADDRESS)
        return [(str(record["customer"]), number) for number, record in places.items() if record["customer"] in ids]

    def _free_owner(self) -> str | None:
        """A WooCommerce has two places for addresses of an account."""
        ids = self._hands.onlooker.ids(Side.SHOP, CUSTOMER)
        owners = [record["customer"] for record in self._hands.onlooker.everything(Side.SHOP, ADDRESS).values()]
        free = [number for number in ids if number.isdecimal() and owners.count(number) < 2]
        return self.rng.choice(free) if free else None

    def _is_needed(self, side: Side, number: str) -> bool:
        """What stands in an order cannot be removed, in Odoo as little as in books."""
        return self._has(ORDER)

    def _somebody(self, side: Side, kind: EntityType) -> str | None:
        ids = self._hands.onlooker.ids(side, kind)
        return self.rng.choice(ids) if ids else None

    def _side(self) -> Side:
        return self.rng.choice((Side.ODOO, Side.SHOP))

    def _kind(self) -> EntityType:
        kinds = [kind for kind in WORDS if self._has(kind)]
        return self.rng.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]

    def _has(self, kind: EntityType) -> bool:
        return (Side.SHOP, kind) in self._hands.onlooker.ports

    def _storable(self) -> dict[str, Any]:
        return STORABLE[self.both.odoo.version] if self._has(STOCK) else {}

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


def _is_storable(row: Any) -> bool:
    return row.get("detailed_type") == "product" or bool(row.get("is_storable"))


def _short(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} {str(value)[:40]!r}" for name, value in values.items()) or "nothing"
