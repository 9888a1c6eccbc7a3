"""Fields of the shop that an operator maps besides the built-in ones: in the state as `extra:<field>`, in no record.

Of a text in several languages `extra:<field>` is the one in the shop's default language, and `extra:<field>:<language
id>` are the others: whoever changes the first sends the rest along, or the shop empties them (recording 661).

What a field is called and what it holds is asked of the shop itself (`?schema=synopsis`, recordings 011), once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from app.connectors.native_types import PER_LANGUAGE, READ_ONLY
from app.connectors.prestashop import xml
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import FieldMap, Kind, from_shop, to_shop
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, State
from app.errors import ActionRequired, Rejected

PREFIX: Final = "extra:"
_THE_SHOPS: Final = frozenset({"date_add", "date_upd"})
"""Not marked, and not taken either (recordings 219, 250)."""
_KINDS: Final[Mapping[str, Kind]] = {
    "isBool": Kind.BOOL,
    "isNullOrUnsignedId": Kind.ID,
    "isUnsignedId": Kind.ID,
    "isInt": Kind.COUNT,
    "isUnsignedInt": Kind.COUNT,
    "isFloat": Kind.AMOUNT,
    "isNegativePrice": Kind.AMOUNT,
    "isPercentage": Kind.AMOUNT,
    "isPrice": Kind.AMOUNT,
    "isUnsignedFloat": Kind.AMOUNT,
    "isBirthDate": Kind.DAY,
    "isDate": Kind.MOMENT,
    "isDateFormat": Kind.MOMENT,
}
"""By the check that the shop makes; any other is a text."""


class OwnFields:
    """The fields of one resource, and among them those an operator named. Without names nothing is asked."""

    def __init__(
        self, client: PrestashopClient, reference: Reference, resource: str, names: Sequence[str] = ()
    ) -> None:
        self._client, self._reference, self._resource = client, reference, resource
        self.names: tuple[str, ...] = tuple(dict.fromkeys(names))
        """To be added to a list's `display`."""
        self._native: dict[str, str] | None = None

    async def native(self) -> Mapping[str, str]:
        """`{"active": "isBool", "name": "isGenericName, one per language"}`, and `id`."""
        if self._native is None:
            root = await self._client.synopsis(self._resource)
            fields = {field.tag: _kind_of(field) for field in root if field.tag != "associations"}
            self._native = {"id": "isUnsignedId", **fields}
        return self._native

    async def state(self, row: Row) -> dict[str, Json]:
        """What the row holds of them."""
        if not self.names:
            return {}
        kinds = await self._kinds()
        plain = {PREFIX + name: value for name, value in from_shop(row, _plain(kinds)).items()}
        for name in kinds.keys() - _plain(kinds).keys():
            plain |= await self._texts(row, name)
        return plain

    async def changed(self, changes: State, base: State) -> dict[str, str | xml.Texts]:
        """Those of `changes` as the shop takes them; a text in several languages with all that `base` has."""
        wanted = {name: changes[PREFIX + name] for name in self.names if PREFIX + name in changes}
        if not wanted:
            return {}
        kinds, native = await self._kinds(), await self.native()
        for name in wanted:
            if native[name].endswith(READ_ONLY):
                raise Rejected(f"{name} cannot be written in the shop", code="read_only", field=PREFIX + name)
        texts = {name: await self._all(name, wanted[name], base) for name in wanted if kinds[name] is Kind.TEXTS}
        return to_shop({**wanted, **texts}, kinds)

    async def _kinds(self) -> FieldMap:
        native = await self.native()
        if unknown := [name for name in self.names if name not in native]:
            raise ActionRequired(
                f"the shop's {self._resource} have no field {', '.join(unknown)}; correct the link's own fields",
                code="unknown_field",
            )
        return {name: _as_kind(native[name]) for name in self.names}

    async def _texts(self, row: Row, name: str) -> dict[str, Json]:
        default = str(await self._reference.default_language())
        held = from_shop(row, {name: Kind.TEXTS}, only_language=await self._reference.only_language())[name]
        texts = held if isinstance(held, dict) else {}
        others = {f"{PREFIX}{name}:{language}": text for language, text in texts.items() if language != default}
        return {PREFIX + name: texts.get(default), **others}

    async def _all(self, name: str, wanted: Json, base: State) -> dict[str, Json]:
        """The others as they are, or the same text where nothing is known of them."""
        default = str(await self._reference.default_language())
        return {
            language: wanted if language == default else base.get(f"{PREFIX}{name}:{language}", wanted)
            for language in await self._reference.languages()
        }


def _kind_of(field: Element) -> str:
    """Most texts say no format at all."""
    several = PER_LANGUAGE if field.find("language") is not None else ""
    marks = (field.get("readOnly"), field.get("read_only"))
    read_only = READ_ONLY if "true" in marks or field.tag in _THE_SHOPS else ""
    return (field.get("format") or "text") + several + read_only


def _as_kind(native: str) -> Kind:
    return Kind.TEXTS if PER_LANGUAGE in native else _KINDS.get(native.removesuffix(READ_ONLY), Kind.TEXT)


def _plain(kinds: FieldMap) -> FieldMap:
    return {name: kind for name, kind in kinds.items() if kind is not Kind.TEXTS}
