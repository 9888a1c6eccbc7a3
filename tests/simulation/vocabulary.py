"""What people can do to which entity type on each side, what they type, and how a mapped field is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final, TypeAlias

from app.connections.sync_settings import ConflictRule, LinkSync
from app.entities.base import Direction, EntityType, Json
from app.entities.records import FIELDS, FIXED

CUSTOMER, ADDRESS, PRODUCT = EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.PRODUCT
CATEGORY, STOCK, ORDER, COUPON = EntityType.CATEGORY, EntityType.STOCK, EntityType.ORDER, EntityType.COUPON
KEPT: Final = (CATEGORY, PRODUCT, STOCK, CUSTOMER, ADDRESS, ORDER, COUPON)
ALWAYS: Final = (CUSTOMER, PRODUCT)
SOMETIMES: Final = ((ADDRESS,), (ADDRESS, ORDER), (STOCK,), (CATEGORY,), (COUPON,))
"""Each in about half of the runs: a run stays short, and together they have every mixture."""
RULES: Final = (ConflictRule.NEWEST_WINS, *ConflictRule)
MODELS: Final[Mapping[EntityType, str]] = {
    CUSTOMER: "res.partner",
    ADDRESS: "res.partner",
    PRODUCT: "product.template",
    CATEGORY: "product.category",
    ORDER: "sale.order",
    COUPON: "loyalty.program",
}
Typed: TypeAlias = Callable[[Random, int], Any]


def sync(rng: Random) -> dict[str, Any]:
    """A link's settings. Stock goes one way: both ways count an order twice (a known gap)."""
    on = {*ALWAYS, *(kind for kinds in SOMETIMES if rng.random() < 0.5 for kind in kinds)}
    shops = [kind for kind in EntityType if kind is not EntityType.LEAD]
    entities = {
        kind.value: {"direction": "off" if kind not in on else "odoo_to_shop" if kind is STOCK else "both"}
        for kind in shops
    }
    return {"conflict_rule": rng.choice(RULES).value, "entities": entities}


def kept(settings: LinkSync) -> list[EntityType]:
    """Entity types of a link that are kept the same, those first that others refer to."""
    return [kind for kind in KEPT if any(settings.flows(kind, direction) for direction in Direction)]


def letters(number: int) -> str:
    """A number in letters, for what must not have digits: 0 → a, 27 → bb."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _one_of(*patterns: str) -> Typed:
    """One of them with `{n}`, a number that no other value has, or `{l}`, the same in letters."""
    return lambda rng, number: rng.choice(patterns).format(n=number, l=letters(number).title())


def _amount(*cents: str) -> Typed:
    """Mostly one that no other value is."""
    return lambda rng, number: rng.choice((*cents, f"{number}.{rng.randrange(10, 100)}", f"{number}.5"))


_WEBSITE: Final = _one_of("https://example{n}.com", "http://example{n}.com/a-b", "example{n}.com", "")
_COMPANY: Final = _one_of(
    'Müller & Söhne "Nord" {n}', "  Blanks {n}  ", "Engines {n}", "Œuvres d'Art {n}", "Long names " * 9 + "{n}", ""
)
_TEXT: Final = _one_of(
    "Holds {n} cups & more", 'It says "{n}"', "Größe: {n} cm, weiß", "Words {n} " * 300, "First {n}\nSecond", ""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A field that people edit: the neutral `name`, what Odoo's form calls it, what the shop's office does, and what
    people type into it there. `kinds` of shop that have it."""

    name: str
    odoo: str
    office: str
    typed: Typed
    typed_in_shop: Typed | None = None
    kinds: tuple[str, ...] = ("prestashop", "woocommerce")

    def in_shop(self, rng: Random, number: int) -> Any:
        return (self.typed_in_shop or self.typed)(rng, number)


WORDS: Final[Mapping[EntityType, tuple[Word, ...]]] = {
    CUSTOMER: (
        Word(
            name="name", odoo="name", office="last",
            typed=_one_of("Ada {l}", "Zoë O'{l}", "  Ada   {l} ", "Ada Maria {l}-Lüdenscheidt"),
            typed_in_shop=_one_of("{l}", "O'{l}", " {l} ", "Müller-{l}"),
        ),
        Word(name="email", odoo="email", office="email", typed=_one_of("ada{n}@example.com", "Ada{n}@EXAMPLE.com")),
        Word(name="company", odoo="company_name", office="company", typed=_COMPANY, kinds=("prestashop",)),
        Word(name="website", odoo="website", office="website", typed=_WEBSITE, kinds=("prestashop",)),
    ),
    ADDRESS: (
        Word(
            name="street", odoo="street", office="street", typed=_one_of("{n} Main Street", " Straße des 17. Juni {n}")
        ),
        Word(name="city", odoo="city", office="city", typed=_one_of("Paris", "Saint-Étienne", "Villeneuve-d'Ascq")),
        Word(name="postcode", odoo="zip", office="zip", typed=_one_of("75001", "10115", "69002")),
        Word(name="phone", odoo="phone", office="phone", typed=_one_of("+33 1 {n} 00", "0{n}-55", "")),
        Word(name="company", odoo="company_name", office="company", typed=_one_of("Works & Co {n}", "Engines {n}", "")),
    ),
    PRODUCT: (
        Word(
            name="name", odoo="name", office="name",
            typed=_one_of("Pot {n}", "Tea & Pot {n}", 'Cup 5" {n}', " Jar {n} "),
        ),
        Word(
            name="price", odoo="list_price", office="price",
            typed=lambda rng, number: float(_amount("0", "19.99", "21.5")(rng, number)),
            typed_in_shop=_amount("0", "19.99", "21.50"),
        ),
        Word(
            name="weight", odoo="weight", office="weight",
            typed=lambda rng, number: float(_amount("0", "0.25")(rng, number)), typed_in_shop=_amount("0", "0.25"),
        ),
        Word(
            name="active", odoo="active", office="live",
            typed=lambda rng, number: rng.random() < 0.5, typed_in_shop=lambda rng, number: rng.random() < 0.5,
        ),
        Word(name="description", odoo="description_sale", office="text", typed=_TEXT),
        Word(name="sku", odoo="default_code", office="sku", typed=_one_of("SKU-{n}")),
    ),
    CATEGORY: (
        Word(name="name", odoo="name", office="name", typed=_one_of("Cups {n}", "Tea & Pots {n}", "Töpfe {n}")),
    ),
    COUPON: (Word(name="percent", odoo="discount", office="percent", typed=_one_of("5", "7.5", "10", "12", "33")),),
}  # fmt: skip


def words(entity_type: EntityType, kind: str) -> tuple[Word, ...]:
    """Of that kind of shop."""
    return tuple(word for word in WORDS.get(entity_type, ()) if kind in word.kinds)


def compared(entity_type: EntityType) -> Iterator[str]:
    """Fields that must be the same on both sides once all is calm. What was bought stays as it was bought: there both
    sides keep their own words for the lines, and the sums must agree."""
    fixed = FIXED.get(entity_type, frozenset())
    yield from sorted(FIELDS[entity_type] - fixed)
    if entity_type is ORDER:
        yield from ("currency", "customer", "reference", "total")


def same(entity_type: EntityType, name: str, odoo: Json, shop: Json) -> bool:
    """As a person would say. A name has one blank between its words in a shop, which keeps it in parts; a shop's
    customer always has a language; an order's sum is one of cents; Odoo's coupons last whole days, in no zone. What the
    shop has shipped leaves Odoo's warehouse by Odoo's own delivery: only whether an order is on is the same."""
    if odoo == shop or (name == "language" and None in (odoo, shop)):
        return True
    if not isinstance(odoo, str) or not isinstance(shop, str):
        return False
    if name == "status":
        return (odoo == CANCELLED) is (shop == CANCELLED)
    if name == "total":
        return abs(Decimal(odoo) - Decimal(shop)) < Decimal("0.01")
    if name in ("valid_from", "valid_until"):
        return abs(datetime.fromisoformat(odoo) - datetime.fromisoformat(shop)) < timedelta(days=1)
    return odoo.split() == shop.split()


CANCELLED: Final = "cancelled"
GUEST: Final = "guest:"
"""So begin the ids of people and places of a WooCommerce that stand in orders only, and stay as they were bought."""
NATURAL: Final[Mapping[EntityType, str]] = {CUSTOMER: "email", PRODUCT: "sku", ORDER: "reference", COUPON: "code"}
"""The field whose value no two records of a side share, unless people made them so."""

MADE_HERE: Final = frozenset({ORDER})
"""Orders are made in the shop only."""
PART_OF_ANOTHER: Final = frozenset({STOCK})
"""Nobody makes one: it comes with its product."""
