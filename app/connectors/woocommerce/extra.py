"""Fields of the shop that an operator maps besides the built-in ones: `meta_data`, in the state as `extra:<key>`.

Any key may be mapped, as the shop makes it with the first value (recording cust-01). One with a leading underscore is
kept and shown for products and orders, and kept and never shown for customers (cust-01, prod-01, ord-30). Plain
values become text there, `5` is `"5"` and `true` is `"1"` (meta-30, -31). What other plugins keep beside is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.woocommerce.client import Row
from app.entities.base import Json, State
from app.entities.values import plain, storable

PREFIX: Final = "extra:"
META: Final = "meta"
"""The type of such a field, as `native_fields` calls it."""


class OwnFields:
    """The meta data of one resource, and among them those that an operator named."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(names))

    def state(self, row: Row) -> dict[str, Json]:
        """What the row holds of them; of two with one key the later, as the shop itself reads it. What is no meta data
        may be a field of the row itself: those are read, not written."""
        if not self.names:
            return {}
        listed = row.get("meta_data")
        held = {str(one.get("key")): one.get("value") for one in _rows(listed)}
        return {PREFIX + name: _canonical(held[name] if name in held else row.get(name)) for name in self.names}

    def changed(self, changes: State) -> list[Json]:
        """Entries for `meta_data` of those among `changes`. None takes the key away (cust-23)."""
        wanted = {name: changes[PREFIX + name] for name in self.names if PREFIX + name in changes}
        return [{"key": name, "value": _as_kept(value)} for name, value in wanted.items()]


class NativeFields(Mapping[str, str]):
    """The fields of a resource by name, and any other name as a key of its meta data.

    `hidden`: keys with a leading underscore are never shown, so nothing can be kept the same by them.
    """

    def __init__(self, fields: Mapping[str, str], *, hidden: bool = False) -> None:
        self._fields, self._hidden = fields, hidden

    def __getitem__(self, name: str) -> str:
        if name in self._fields:
            return self._fields[name]
        if not name or (self._hidden and name.startswith("_")):
            raise KeyError(name)
        return META

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def _rows(listed: Json) -> list[Row]:
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _canonical(value: Json) -> Json:
    """Empty is None, and no number with a point is left a float."""
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return plain(Decimal(repr(value)))
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_canonical(one) for one in value]
    return {key: _canonical(one) for key, one in value.items()} if isinstance(value, dict) else value


def _as_kept(value: Json) -> Json:
    """As the shop will give it back."""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value) if isinstance(value, int | float) else value
