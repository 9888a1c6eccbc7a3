"""What sets a product's combinations apart: options ("Size") with their values ("M"), named in the shop's default
language. The shop calls them product_options and product_option_values, its tables attribute groups and attributes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import Kind, as_int, from_shop, native_id
from app.connectors.prestashop.records import by_id, by_value
from app.connectors.prestashop.reference import Reference
from app.connectors.prestashop.xml import Fields
from app.entities.base import Json
from app.errors import Rejected

_NAME: Final = {"name": Kind.TEXTS}
_GROUP: Final = "id_attribute_group"


async def named(client: PrestashopClient, reference: Reference, rows: Sequence[Row]) -> dict[str, dict[str, Json]]:
    """`{"1": {"Size": "S", "Color": "White"}}` for rows of combinations: two lists for any number of them that share
    their values."""
    values_of = {native_id(row): value_ids(row) for row in rows}
    wanted = sorted({number for numbers in values_of.values() for number in numbers})
    if not wanted:
        return {number: {} for number in values_of}
    values = await by_id(client, "product_option_values", [str(one) for one in wanted], ("id", _GROUP, "name"))
    groups = sorted({str(as_int(row.get(_GROUP))) for row in values.values()})
    options = await by_id(client, "product_options", groups, ("id", "name"))
    name = await _namer(reference)
    pairs = {
        number: (name(options[group]), name(row))
        for number, row in values.items()
        if (group := str(as_int(row.get(_GROUP)))) in options
    }
    return {
        number: dict(sorted(pairs[str(one)] for one in numbers if str(one) in pairs))
        for number, numbers in values_of.items()
    }


def value_ids(row: Row) -> list[int]:
    associations = row.get("associations")
    listed = associations.get("product_option_values") if isinstance(associations, Mapping) else None
    rows = listed if isinstance(listed, list) else []
    return sorted({as_int(item.get("id")) for item in rows if isinstance(item, dict)} - {0})


class Vocabulary:
    """The options and values of a shop while one batch is written: found by name without regard to case, or made.

    One item at a time, or two of a batch would make the same value twice: the shop has no unique index on names.
    """

    def __init__(self, client: PrestashopClient, reference: Reference) -> None:
        self._client, self._reference = client, reference
        self._lock = asyncio.Lock()
        self._options: dict[str, str] | None = None
        self._values: dict[str, dict[str, str]] = {}

    async def values(self, attributes: Json) -> list[str]:
        """Ids of `{"Size": "M"}`."""
        pairs = attributes.items() if isinstance(attributes, dict) else ()
        wanted = [(option, str(value)) for option, value in pairs if option.strip() and value not in (None, "")]
        if not wanted:
            raise Rejected("a combination needs attributes, such as Size", code="required", field="attributes")
        async with self._lock:
            return [await self._value(await self._option(option), value) for option, value in wanted]

    async def _option(self, name: str) -> str:
        if self._options is None:
            rows = await self._client.rows("product_options", display=("id", "name"))
            self._options = await self._by_name(rows)
        if (number := self._options.get(_plain(name))) is None:
            texts = await self._everywhere(name)
            fields: Fields = {"group_type": "select", "name": texts, "public_name": texts}
            number = self._options[_plain(name)] = await self._client.create("product_options", fields)
            self._values[number] = {}
        return number

    async def _value(self, option: str, name: str) -> str:
        if option not in self._values:
            found = await by_value(self._client, "product_option_values", _GROUP, [option], ("id", _GROUP, "name"))
            self._values[option] = await self._by_name(found[option])
        known = self._values[option]
        if (number := known.get(_plain(name))) is None:
            fields: Fields = {_GROUP: option, "name": await self._everywhere(name)}
            number = known[_plain(name)] = await self._client.create("product_option_values", fields)
        return number

    async def _by_name(self, rows: Iterable[Row]) -> dict[str, str]:
        """Of two with one name the older."""
        name, found = await _namer(self._reference), dict[str, str]()
        for row in rows:
            found.setdefault(_plain(name(row)), native_id(row))
        return found

    async def _everywhere(self, name: str) -> dict[str, str]:
        return dict.fromkeys(await self._reference.languages(), name.strip())


class _Namer:
    def __init__(self, language: str, only_language: str | None) -> None:
        self._language, self._only = language, only_language

    def __call__(self, row: Row) -> str:
        texts = from_shop(row, _NAME, only_language=self._only)["name"]
        return str(texts.get(self._language) or "").strip() if isinstance(texts, dict) else ""


async def _namer(reference: Reference) -> _Namer:
    return _Namer(str(await reference.default_language()), await reference.only_language())


def _plain(name: str) -> str:
    return " ".join(name.lower().split())
