"""A shop's product in neutral words and back (`entities/records.py`).

What a customer sees as one product is one product here too; its combinations are `variant.py`. Not in a record: a pack
has no `type`, for Odoo's combos are put together in another way, and neither side could make the other's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.prestashop import texts
from app.connectors.prestashop.customer_record import text
from app.connectors.prestashop.reference import Reference
from app.entities import plain_html
from app.entities.base import EntityType, Json, Record, State
from app.entities.currency import without_foreign_prices
from app.entities.values import as_amount
from app.errors import AppError, Rejected

ROOT: Final = 1
HOME: Final = 2
"""Ids of every installation (`PS_ROOT_CATEGORY`, `PS_HOME_CATEGORY`). They are the shop itself, not categories of it:
what stands in them stands in none."""
TOP: Final = frozenset({0, ROOT, HOME})
PACK: Final = "pack"
_TYPES: Final[Mapping[str, str]] = {"simple": "goods", "virtual": "service"}
_WORDS: Final[Mapping[str, str]] = {neutral: word for word, neutral in _TYPES.items()}
CODES: Final[Mapping[str, str]] = {"sku": "reference", "barcode": "ean13"}
"""Of a product and of a combination."""
_EAN13: Final = re.compile(r"[0-9]{1,13}", re.ASCII)


class ProductRecords:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def record(self, state: State) -> Record:
        """Of a state that may hold only some of its fields: a record has what they say."""
        record: dict[str, Json] = {}
        name, description = await self._text_keys()
        if name in state:
            record["name"] = text(state[name])
        if description in state:
            record["description"] = plain_html.plain(text(state[description]))
        if "id_category_default" in state:
            record["category"] = reference_to(state["id_category_default"])
        if neutral := _TYPES.get(str(state.get("type"))):
            record["type"] = neutral
        if "price" in state:
            record["currency"] = await self._reference.selling_currency()
        return {**record, **same(state, {**CODES, "price": "price", "weight": "weight", "active": "active"})}

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base or {}, new=desired.base is None)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State, *, new: bool) -> Resolved:
        fields, unpaid = await payable(self._reference, EntityType.PRODUCT, fields, new=new)
        name, description = await self._text_keys()
        if (new or "name" in fields) and not text(fields.get("name")):
            raise Rejected("a product of the shop needs a name", code="required", field="name")
        state = amounts(fields, {"price": "price", "weight": "weight"})
        if "name" in fields:
            state[name] = text(fields["name"])
        if "description" in fields:
            state |= _description(description, text(fields["description"]), base)
        if "category" in fields:
            state["id_category_default"] = native_reference(fields["category"], field="category") or HOME
        if isinstance(active := fields.get("active"), bool):
            state["active"] = active
        codes_state, notes = codes(fields)
        kind, more = _type(fields, base)
        return Resolved(state={**state, **codes_state, **kind}, notes=unpaid + notes + more)

    async def _text_keys(self) -> tuple[str, str]:
        language = str(await self._reference.default_language())
        return texts.key("name", language), texts.key("description", language)


async def payable(
    reference: Reference, entity_type: EntityType, fields: Record, *, new: bool
) -> tuple[Record, tuple[str, ...]]:
    """Something new from a side that sells in another currency is made without its price."""
    if not new or "currency" not in fields:
        return fields, ()
    return without_foreign_prices(entity_type, fields, await reference.selling_currency())


def same(state: State, fields: Mapping[str, str]) -> dict[str, Json]:
    """What a record holds as the state does."""
    return {neutral: state[native] for neutral, native in fields.items() if native in state}


def codes(fields: Record) -> tuple[dict[str, Json], tuple[str, ...]]:
    """A barcode that the shop cannot hold is not kept as another one: there is none then."""
    state: dict[str, Json] = {}
    if "sku" in fields:
        state["reference"] = text(fields["sku"])
    if "barcode" not in fields:
        return state, ()
    barcode = text(fields["barcode"])
    fits = barcode is None or _EAN13.fullmatch(barcode) is not None
    state["ean13"] = barcode if fits else None
    return state, () if fits else (f'barcode "{barcode}" was left out: the shop takes up to 13 digits',)


def amounts(fields: Record, names: Mapping[str, str]) -> dict[str, Json]:
    """`{"price": "12.5"}` with the six decimals that the shop's columns have."""
    state: dict[str, Json] = {}
    for neutral, native in names.items():
        if neutral in fields:
            try:
                state[native] = as_amount(fields[neutral] or "0")
            except ValueError as error:
                raise Rejected(f"{neutral} {error}", code="invalid", field=neutral) from error
    return state


def reference_to(number: Json) -> str | None:
    """A category as a record names it."""
    return str(number) if isinstance(number, int) and number not in TOP else None


def native_reference(value: Json, *, field: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    raise Rejected(f"{field} {value} is no id of the shop", code="invalid", field=field)


def _description(key: str, wanted: str | None, base: State) -> dict[str, Json]:
    """The same words keep their markup."""
    stored = text(base.get(key))
    return {} if plain_html.kept(wanted, stored) else {key: plain_html.of_text(wanted)}


def _type(fields: Record, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
    """A pack stays one: another type would delete what is in it."""
    wanted = fields.get("type")
    if wanted is None:
        return {}, ()
    word = _WORDS.get(str(wanted))
    if word is None or base.get("type") == PACK:
        return {}, (f"type {wanted} was left out: the shop keeps {base.get('type') or 'simple'}",)
    return {"type": word}, ()
