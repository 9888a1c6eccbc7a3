"""Further values of a row (`meta_data`): put by id or key, taken away by null. Each kind of row counts its own ids."""

from collections.abc import Iterable, Mapping
from typing import Any

from .state import Json, Row, Store


def put_meta(store: Store, row: Row, given: Iterable[Mapping[str, Any]], *, counter: str) -> None:
    """Same id or same key: in place, without a second entry (cust-22, whx-09). A value of null deletes (cust-23)."""
    kept: list[Json] = row.setdefault("meta_data", [])
    for one in given:
        known = _known(kept, one)
        if known is None and one.get("key") and one.get("value") is not None:
            kept.append({"id": store.next_id(counter), "key": str(one["key"]), "value": _stored(one["value"])})
        elif known is not None and one.get("value") is None:
            kept.remove(known)
        elif known is not None:
            known.update(key=str(one.get("key") or known["key"]), value=_stored(one["value"]))


def drop_meta(row: Row, *keys: str) -> None:
    row["meta_data"] = [one for one in row.get("meta_data", []) if one["key"] not in keys]


def value_of(row: Row, key: str) -> str | None:
    return next((str(one["value"]) for one in row.get("meta_data", []) if one["key"] == key), None)


def add_meta(store: Store, row: Row, key: str, value: object, *, counter: str) -> None:
    """Adds an entry even where there is one of that key."""
    row.setdefault("meta_data", []).append({"id": store.next_id(counter), "key": key, "value": value})


def shown_meta(row: Row, *, by_key: bool = False) -> list[Json]:
    """Orders show theirs by key (ord-51), everything else by age."""
    entries = [dict(one) for one in row.get("meta_data", [])]
    return sorted(entries, key=lambda one: one["key"]) if by_key else entries


def _stored(value: object) -> object:
    """Numbers and truths become text, lists and objects stay (meta-30)."""
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value) if isinstance(value, int | float) else value


def _known(kept: Iterable[Json], one: Mapping[str, Any]) -> Json | None:
    if one.get("id"):
        return next((each for each in kept if each["id"] == one["id"]), None)
    return next((each for each in kept if each["key"] == one.get("key")), None)
