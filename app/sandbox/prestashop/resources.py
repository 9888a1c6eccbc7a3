"""What a webservice resource is: its fields, in the shop's order, and its associations.

A resource is one entry of a table (`tables_sales.py`, `tables_catalog.py`); adding one needs no code.
Notation of a field: `name`, then any of `!` required, `^` multilingual, `#` not filterable, `-` not writable,
then `:validator`, `/max length`, `>resource it links to` (`>>` links even when empty), `~column kind`.
Notation of an association: `name:node@api = field field>linked resource ...` (no `@api`: a virtual entity).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "int", "nullint", "bool", "d2", "d3", "d6", "text", "nulltext", "html",
    "datetime", "date", "stamp", "virtual",
]  # fmt: skip
# One value as a row or an object in memory holds it; a multilingual value is language id -> text.
Value = str | int | bool | None | dict[int, str]

_FIELD = re.compile(
    r"(?P<name>\w+)(?P<flags>[!^#-]*)(?::(?P<validator>\w+))?(?:/(?P<max>\d+))?"
    r"(?P<always>>>)?>?(?P<link>[a-z_]+)?(?:~(?P<kind>\w+))?"
)
_KINDS: Mapping[str, Kind] = {
    "isBool": "bool", "isDate": "datetime", "isDateFormat": "datetime", "isFloat": "d6", "isInt": "int",
    "isNegativePrice": "d6", "isNullOrUnsignedId": "int", "isPercentage": "d6", "isPositiveInt": "int",
    "isPrice": "d6", "isPriceDisplayMethod": "int", "isUnsignedFloat": "d6", "isUnsignedId": "int",
    "isUnsignedInt": "int",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    name: str
    kind: Kind
    required: bool = False
    i18n: bool = False
    filterable: bool = True
    writable: bool = True
    validator: str | None = None
    max_length: int | None = None
    link: str | None = None
    link_always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    name: str
    node: str
    api: str | None
    fields: tuple[str, ...]
    links: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """`of_shop`: lists show only the shop's own rows. `indexed`: fields whose equality is not scanned for."""

    name: str
    node: str
    class_name: str
    description: str
    fields: Mapping[str, Field]
    associations: tuple[Association, ...] = ()
    indexed: tuple[str, ...] = ()
    of_shop: bool = False
    forbidden: tuple[str, ...] = ()
    multilingual: tuple[Field, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "multilingual", tuple(f for f in self.fields.values() if f.i18n))

    @classmethod
    def of(
        cls, name: str, node: str, class_name: str, description: str, fields: str, *, associations: str = "",
        indexed: str = "", of_shop: bool = False, forbidden: tuple[str, ...] = (),
    ) -> "Resource":  # fmt: skip
        parsed = [_field(token) for token in fields.split()]
        return cls(
            name=name, node=node, class_name=class_name, description=description,
            fields={f.name: f for f in parsed}, associations=_associations(associations),
            indexed=tuple(indexed.split()), of_shop=of_shop, forbidden=forbidden,
        )  # fmt: skip


def _field(token: str) -> Field:
    match = _FIELD.fullmatch(token)
    if match is None:
        raise ValueError(f"field notation not understood: {token!r}")
    flags, validator = match["flags"], match["validator"]
    return Field(
        name=match["name"], kind=_kind(match["kind"], validator), required="!" in flags, i18n="^" in flags,
        filterable="#" not in flags, writable="-" not in flags, validator=validator,
        max_length=int(match["max"]) if match["max"] else None, link=match["link"],
        link_always=bool(match["always"]),
    )  # fmt: skip


def _kind(given: str | None, validator: str | None) -> Kind:
    if given is None:
        return _KINDS.get(validator or "", "text")
    return given  # type: ignore[return-value]  # the tables are ours and the tests render every field


def _associations(text: str) -> tuple[Association, ...]:
    heads: list[tuple[str, list[str]]] = []
    for token in text.split():
        if ":" in token:
            heads.append((token, []))
        elif token != "=":
            heads[-1][1].append(token)
    return tuple(_association(head, names) for head, names in heads)


def _association(head: str, tokens: list[str]) -> Association:
    name, _, node_and_api = head.partition(":")
    node, _, api = node_and_api.partition("@")
    pairs = [token.partition(">") for token in tokens]
    return Association(
        name=name, node=node, api=api or None,
        fields=tuple(field_name for field_name, _, _ in pairs),
        links={field_name: to for field_name, _, to in pairs if to},
    )  # fmt: skip
