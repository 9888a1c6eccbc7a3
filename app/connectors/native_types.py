"""A peer's words for types of fields, and which converter of an operator's mapping each takes.

Each port's `native_fields` gives the types, with `, read only` after those that cannot be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.entities.base import EntityType
from app.entities.converter import Converter

READ_ONLY: Final = ", read only"
PER_LANGUAGE: Final = ", one per language"

TEXT: Final = frozenset({Converter.TEXT, Converter.DECIMAL, Converter.DATE})
INTEGER: Final = frozenset({Converter.INTEGER})
DECIMAL: Final = frozenset({Converter.DECIMAL})
BOOLEAN: Final = frozenset({Converter.BOOLEAN})
DAY: Final = frozenset({Converter.DATE, Converter.TEXT})
NONE: Final[frozenset[Converter]] = frozenset()
ANY: Final = frozenset(Converter)
NUMBER_AS: Final = frozenset({Converter.INTEGER, Converter.DECIMAL, Converter.TEXT})

Able: TypeAlias = tuple[frozenset[Converter], frozenset[Converter]]
"""What may be written into a field of a type, and what may be read from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeTypes:
    """Of one kind of connection. `any_other`: what a type takes that is not among `types`.

    `own` are the fields that the records themselves are made of: mapped once more, they would have two owners.
    """

    types: Mapping[str, Able]
    any_other: Able
    own: Mapping[EntityType, frozenset[str]]

    def fits(self, native: str, converter: Converter, *, written: bool) -> bool:
        return converter in self.types.get(plain_type(native), self.any_other)[0 if written else 1]


def plain_type(native: str) -> str:
    return native.removesuffix(READ_ONLY).removesuffix(PER_LANGUAGE)
