"""Attributes of products in Odoo and their values: which ones a variant has, and finding or making them by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.search import any_of, plain, rows_of
from app.connectors.odoo.values import amount_of, id_of, ids_of, text_of
from app.entities.base import Json
from app.errors import Retryable

OF_TEMPLATE: Final = "product.template.attribute.value"
ATTRIBUTE: Final = "product.attribute"
VALUE: Final = "product.attribute.value"
_FIELDS: Final = ("name", "attribute_id", "price_extra", "ptav_product_variant_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A value as one template offers it: `Size` `M`, what it adds to the price, and the variants that have it."""

    number: int
    attribute: str
    name: str
    price_extra: Decimal
    variants: frozenset[int]


async def chosen_by_id(client: OdooClient, numbers: Iterable[int]) -> dict[int, Chosen]:
    """In one call; the attribute's name comes in the pair that a many2one is read as."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    answer = await client.call(OF_TEMPLATE, "read", ids=wanted, args={"fields": list(_FIELDS)})
    if not isinstance(answer, list):
        raise Retryable(f"{OF_TEMPLATE}.read: answered without a list", code="odd_answer")
    found = [_chosen(row) for row in answer if isinstance(row, dict)]
    return {one.number: one for one in found}


def named(chosen: Sequence[Chosen]) -> dict[str, Json]:
    """`{"Size": "M"}`, by name of the attribute, so that the same choice is always the same text."""
    return {one.attribute: one.name for one in sorted(chosen, key=lambda one: one.attribute)}


class Attributes:
    """The attributes of one database. One at a time makes new ones here, so that two variants share what they need.

    Two processes may still make one each: Odoo takes a name twice. The older one is found from then on.
    """

    def __init__(self, client: OdooClient, *, creation: str) -> None:
        self._client = client
        self._creation = creation
        self._lock = asyncio.Lock()

    async def ids(self, wanted: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], tuple[int, int]]:
        """(attribute, value) ids by their plain names, for `{"Size": ["M", "L"]}`; what is not there is made."""
        async with self._lock:
            attributes = await self._attributes(list(wanted))
            pairs = {(attributes[plain(name)], value): name for name, values in wanted.items() for value in values}
            values = await self._values(list(pairs))
        return {
            (plain(name), plain(value)): (number, values[number, plain(value)])
            for (number, value), name in pairs.items()
        }

    async def _attributes(self, names: Sequence[str]) -> dict[str, int]:
        """Those that make variants: a value of another kind is a note on an order line."""
        domain: list[Json] = [["create_variant", "!=", "no_variant"], *any_of("name", names)]
        found = _by_name(await rows_of(self._client, ATTRIBUTE, domain, ["name"]))
        missing = [name for name in names if plain(name) not in found]
        rows: list[Row] = [{"name": name, "create_variant": self._creation} for name in missing]
        made = await self._client.create(ATTRIBUTE, rows)
        return found | {plain(name): number for name, number in zip(missing, made, strict=True)}

    async def _values(self, pairs: Sequence[tuple[int, str]]) -> dict[tuple[int, str], int]:
        numbers = list[Json](sorted({number for number, _ in pairs}))
        domain: list[Json] = [["attribute_id", "in", numbers], *any_of("name", [value for _, value in pairs])]
        found: dict[tuple[int, str], int] = {}
        for row in await rows_of(self._client, VALUE, domain, ["name", "attribute_id"]):
            found.setdefault((id_of(row.get("attribute_id")) or 0, plain(row.get("name"))), id_of(row.get("id")) or 0)
        missing = {(number, plain(value)): value for number, value in pairs if (number, plain(value)) not in found}
        rows: list[Row] = [{"name": value, "attribute_id": number} for (number, _), value in missing.items()]
        made = await self._client.create(VALUE, rows)
        return found | dict(zip(missing, made, strict=True))


def _by_name(rows: Sequence[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found.setdefault(plain(row.get("name")), id_of(row.get("id")) or 0)
    return found


def _chosen(row: Row) -> Chosen:
    attribute = row.get("attribute_id")
    return Chosen(
        number=id_of(row.get("id")) or 0,
        attribute=(text_of(attribute[1]) or "") if isinstance(attribute, list) and len(attribute) > 1 else "",
        name=text_of(row.get("name")) or "",
        price_extra=Decimal(amount_of(row.get("price_extra"))),
        variants=frozenset(ids_of(row.get("ptav_product_variant_ids"))),
    )
