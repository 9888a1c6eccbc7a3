"""A shop's product in neutral words and back (`entities/records.py`).

A state's `regular_price` is the shop's own, with tax where its prices have it; of a product with variations it is what
their prices are reckoned from (`base_price.py`). What is on sale keeps its sale price: that is the shop's business.
`description` is stored HTML, `category` the one of its `categories` that stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.woocommerce import catalog_texts, taxed, weights
from app.connectors.woocommerce.measures import Measures
from app.entities.base import EntityType, Json, Record, State
from app.entities.currency import without_foreign_prices
from app.entities.values import as_amount, storable
from app.errors import AppError, Rejected

SIMPLE: Final = "simple"
VARIABLE: Final = "variable"
OURS: Final = frozenset({SIMPLE, VARIABLE})
"""Types whose products are kept the same. Others (grouped, external, a plugin's own) are read, for orders may hold
them, and left as they are."""
SHOWN: Final = "publish"
HIDDEN: Final = "draft"
CODES: Final[Mapping[str, str]] = {"sku": "sku", "barcode": "global_unique_id"}
_TYPES: Final[Mapping[str, bool]] = {"goods": False, "service": True}
OF_VARIATIONS: Final = ("sku", "barcode", "weight")
"""What Odoo keeps with variants, and shows of a product that has only one: there it is not the product's own."""
LONGEST_SKU: Final = 100
"""Of the column that the shop looks SKUs up in (`wc_product_meta_lookup`)."""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNKEPT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BARCODE: Final = re.compile(r"[0-9-]{1,60}", re.ASCII)


class ProductRecords:
    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    async def record(self, state: State) -> Record:
        """Of a state that may hold only some of its fields: a record has what they say."""
        record: dict[str, Json] = {name: state[native] for name, native in CODES.items() if native in state}
        if "name" in state:
            record["name"] = state["name"]
        if "description" in state:
            record["description"] = catalog_texts.read_description(state["description"])
        if "status" in state:
            record["active"] = state["status"] == SHOWN
        if "category" in state:
            record["category"] = str(state["category"]) if state["category"] else None
        if "weight" in state:
            weight = taxed.amount(state["weight"] or "0") or Decimal(0)
            record["weight"] = weights.kilograms(weight, await self._measures.weight_unit())
        if state.get("type") in OURS and "virtual" in state:
            record["type"] = "service" if state["virtual"] else "goods"
        return {**record, **await self._priced(state)}

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            base = desired.base
            if base is not None and base.get("type", SIMPLE) not in OURS:
                return _left_alone(desired.fields, base)
            return await self._resolved(desired.fields, base)
        except AppError as error:
            return error

    async def _priced(self, state: State) -> dict[str, Json]:
        if "regular_price" not in state or state.get("type", SIMPLE) not in OURS:
            return {}
        price = taxed.amount(state["regular_price"]) or Decimal(0)
        without_tax = taxed.net(price, await self._measures.rate(state))
        return {"price": taxed.stored(without_tax), "currency": await self._measures.currency()}

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        if (base is None or "name" in fields) and not text(fields.get("name")):
            raise Rejected("a product of the shop needs a name", code="required", field="name")
        fields, notes = without_foreign_prices(EntityType.PRODUCT, fields, await self._measures.currency())
        fields, of_variations = _of_the_whole(fields, base)
        notes += of_variations
        state: dict[str, Json] = {"name": text(fields["name"])} if "name" in fields else {}
        notes += unkept(fields, ("name", "description"))
        if "description" in fields:
            state |= _description(fields["description"], base or {})
        if "price" in fields:
            state["regular_price"], shortened = await self._price(fields["price"], base or {})
            notes += shortened
        if "weight" in fields:
            kilograms = Decimal(amount(fields["weight"], "weight"))
            state["weight"] = weights.in_unit(kilograms, await self._measures.weight_unit())
        if "category" in fields:
            state |= _categories(fields["category"], base or {})
        if isinstance(active := fields.get("active"), bool):
            state["status"] = status(active, base)
        if base is None and fields.get("counted") is False:
            state["counted"] = False
        codes_state, of_codes = codes(fields)
        kind, of_kind = _type(fields.get("type"))
        return Resolved(state={**state, **codes_state, **kind}, notes=notes + of_codes + of_kind)

    async def _price(self, wanted: Json, base: State) -> tuple[str, tuple[str, ...]]:
        """What the shop holds already it keeps as it is written there: 19.99 may be the gross of many a net price."""
        rate, asked = await self._measures.rate(base), Decimal(amount(wanted, "price"))
        price, notes = taxed.held(asked, rate), taxed.shortened("price", asked, rate)
        held = taxed.amount(base.get("regular_price"))
        if held is not None and taxed.net(held, rate) == price:
            return str(base["regular_price"]), notes
        return taxed.stored(taxed.gross(price, rate)), notes


def status(active: bool, base: State | None) -> str:
    """A draft, a pending or a private one is hidden already."""
    held = base.get("status") if base is not None else None
    if active:
        return SHOWN
    return str(held) if held not in (None, SHOWN) else HIDDEN


def codes(fields: Record) -> tuple[dict[str, Json], tuple[str, ...]]:
    """A barcode that the shop cannot hold is not kept as another one: its letters would vanish (recording prod-64)."""
    state: dict[str, Json] = {}
    notes = unkept(fields, ("sku",))
    if "sku" in fields:
        state["sku"] = text(fields["sku"])
        if len(str(state["sku"])) > LONGEST_SKU:
            raise Rejected(f"an SKU of the shop has up to {LONGEST_SKU} characters", code="too_long", field="sku")
    if "barcode" not in fields:
        return state, notes
    barcode = text(fields["barcode"])
    fits = barcode is None or _BARCODE.fullmatch(barcode) is not None
    state["global_unique_id"] = barcode if fits else None
    left = () if fits else (f'barcode "{short(barcode)}" was left out: the shop takes digits and hyphens',)
    return state, notes + left


def text(value: Json) -> str | None:
    """As the shop keeps it: stripped, with plain line ends, without control characters."""
    if value in (None, False):
        return None
    return _CONTROL.sub("", storable(str(value)).replace("\r\n", "\n").replace("\r", "\n")).strip() or None


def unkept(fields: Record, names: Sequence[str]) -> tuple[str, ...]:
    """Notes on texts that `text` takes something away from."""
    odd = [name for name in names if isinstance(held := fields.get(name), str) and _UNKEPT.search(held)]
    return tuple(f"{name}: characters that the shop does not keep were left out" for name in odd)


def short(value: str | None) -> str:
    """A piece of what was sent, fit for a note."""
    return f"{value[:57]}…" if value and len(value) > 60 else value or ""


def amount(value: Json, field: str) -> str:
    try:
        return as_amount(value or "0")
    except ValueError as error:
        raise Rejected(f"{field} {error}", code="invalid", field=field) from error


def native_number(value: Json, *, field: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    raise Rejected(f"{field} {value} is no id of the shop", code="invalid", field=field)


def _of_the_whole(fields: Record, base: State | None) -> tuple[Record, tuple[str, ...]]:
    """Without what one of its variations has, which is theirs to say; the shop has each SKU and barcode once."""
    theirs = [name for name in OF_VARIATIONS if name in fields]
    if not theirs or (base or {}).get("type") != VARIABLE:
        return fields, ()
    left = {name: value for name, value in fields.items() if name not in theirs}
    return left, (f"{', '.join(theirs)} left out: the product has variations in the shop, and they have their own",)


def _description(wanted: Json, base: State) -> dict[str, Json]:
    """The same words keep their markup."""
    words = text(wanted)
    if catalog_texts.says(base.get("description"), words):
        return {}
    return {"description": catalog_texts.sent_description(words) or None}


def _categories(wanted: Json, base: State) -> dict[str, Json]:
    """It moves from the one that stood for it into another; the others that it stands in are the shop's business."""
    number = native_number(wanted, field="category")
    held = base.get("categories")
    others = {one for one in held if isinstance(one, int)} if isinstance(held, list) else set()
    others -= {base.get("category")}
    return {"category": number, "categories": list[Json](sorted(others | ({number} if number else set())))}


def _type(wanted: Json) -> tuple[dict[str, Json], tuple[str, ...]]:
    if wanted is None:
        return {}, ()
    if str(wanted) not in _TYPES:
        return {}, (f"type {wanted} was left out: the shop has goods and services",)
    return {"virtual": _TYPES[str(wanted)]}, ()


def _left_alone(fields: Record, base: State) -> Resolved:
    """Whether it is shown can be told of any product."""
    active = fields.get("active")
    state: dict[str, Json] = {"status": status(active, base)} if isinstance(active, bool) else {}
    if fields.keys() <= {"active"}:
        return Resolved(state=state)
    return Resolved(state=state, notes=(f"left as it is: a product of the type {base['type']} is the shop's own",))
