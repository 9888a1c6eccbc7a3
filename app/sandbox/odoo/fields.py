"""What a model and a field are in the sandbox, and short ways to say them in the `schema_*` tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

WRITES: Final = frozenset({"create", "write", "unlink"})
ALL: Final = WRITES | {"read"}
X2MANY: Final = frozenset({"one2many", "many2many"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`until`/`since` are major versions; `inverse` names the many2one a one2many is the other end of.

    `related` is a path the value is read from (`product_tmpl_id.name`); without `readonly` a write goes there too.
    `computed` fields have a function in `computed.py` and no stored value. `translate`: one text per language.
    """

    type: str
    string: str
    relation: str | None = None
    inverse: str | None = None
    related: str | None = None
    selection: tuple[str, ...] = ()
    default: object = False
    readonly: bool = False
    required: bool = False
    computed: bool = False
    translate: bool = False
    restricted: bool = False
    since: int = 0
    until: int = 99

    @property
    def empty(self) -> object:
        """Empty is `false`, except numbers and lists."""
        if self.type in X2MANY:
            return []
        return {"integer": 0, "float": 0.0, "monetary": 0.0}.get(self.type, False)

    @property
    def stored(self) -> bool:
        return not (self.computed or self.related or self.type == "one2many")


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`label` is what Odoo's text calls the records. `admin_only` operations are refused to the limited user,
    `settings_only` ones to everybody without the Settings rights."""

    name: str
    label: str
    fields: Fields
    order: str = "id"
    admin_only: frozenset[str] = field(default_factory=frozenset)
    settings_only: frozenset[str] = field(default_factory=frozenset)


# `more` of the builders below are further arguments of `Field`: since, until, required, readonly, related, ...
def char(string: str, **more: object) -> Field:
    return Field(type="char", string=string, **more)  # type: ignore[arg-type]


def text(string: str, **more: object) -> Field:
    return Field(type="text", string=string, **more)  # type: ignore[arg-type]


def html(string: str, **more: object) -> Field:
    return Field(type="html", string=string, **more)  # type: ignore[arg-type]


def integer(string: str, **more: object) -> Field:
    return Field(type="integer", string=string, **more)  # type: ignore[arg-type]


def number(string: str, **more: object) -> Field:
    return Field(type="float", string=string, **more)  # type: ignore[arg-type]


def money(string: str, **more: object) -> Field:
    return Field(type="monetary", string=string, **more)  # type: ignore[arg-type]


def boolean(string: str, **more: object) -> Field:
    return Field(type="boolean", string=string, **more)  # type: ignore[arg-type]


def active(**more: object) -> Field:
    return boolean("Active", default=True, **more)


def date(string: str, **more: object) -> Field:
    return Field(type="date", string=string, **more)  # type: ignore[arg-type]


def moment(string: str, **more: object) -> Field:
    return Field(type="datetime", string=string, **more)  # type: ignore[arg-type]


def binary(string: str, **more: object) -> Field:
    return Field(type="binary", string=string, **more)  # type: ignore[arg-type]


def choice(string: str, keys: Sequence[str], **more: object) -> Field:
    return Field(type="selection", string=string, selection=tuple(keys), **more)  # type: ignore[arg-type]


def many2one(string: str, relation: str, **more: object) -> Field:
    return Field(type="many2one", string=string, relation=relation, **more)  # type: ignore[arg-type]


def one2many(string: str, relation: str, inverse: str, **more: object) -> Field:
    return Field(type="one2many", string=string, relation=relation, inverse=inverse, **more)  # type: ignore[arg-type]


def many2many(string: str, relation: str, **more: object) -> Field:
    return Field(type="many2many", string=string, relation=relation, **more)  # type: ignore[arg-type]
