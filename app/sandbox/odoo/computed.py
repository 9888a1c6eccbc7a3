"""Fields without a stored value: read through a relation, or worked out from other rows."""

from __future__ import annotations

from collections.abc import Callable

from app.sandbox.odoo.database import Database, Row

Compute = Callable[[Database, Row], object]
# (model, field) -> function; `business.py` fills it.
COMPUTED: dict[tuple[str, str], Compute] = {}


def value_of(db: Database, model: str, row: Row, name: str, lang: str | None = None) -> object:
    """What a field of a row is now, whatever way it is kept. `lang`: for translated texts."""
    one = db.models[model].fields[name]
    if name == "display_name":
        return display_name(db, model, row, lang)
    if (model, name) in COMPUTED:
        return COMPUTED[(model, name)](db, row)
    if one.related:
        path, _, last = one.related.rpartition(".")
        target = _follow(db, model, row, path) if path else (model, row)
        return value_of(db, *target, last, lang) if target else one.empty
    if one.type == "one2many":
        return [other["id"] for other in children(db, row, str(one.relation), str(one.inverse))]
    if one.computed:
        return one.empty
    if one.translate and lang and f"{name}@{lang}" in row:
        return row[f"{name}@{lang}"]
    return row.get(name, one.empty)


def children(db: Database, row: Row, relation: str, inverse: str) -> list[Row]:
    """The other end of a many2one. Archived ones are not among them, as in Odoo without `active_test: false`."""
    if db.models[relation].fields[inverse].related:
        rows = [other for other in db.tables[relation].values() if value_of(db, relation, other, inverse) == row["id"]]
    else:
        rows = db.tables[relation].holding(inverse, row["id"])
    return [other for other in rows if other.get("active", True) and other.get("ptav_active", True)]


def target_of(db: Database, model: str, row: Row, name: str) -> Row | None:
    """The row a many2one points to."""
    value = value_of(db, model, row, name)
    relation = str(db.models[model].fields[name].relation)
    return db.tables[relation].get(value) if isinstance(value, int) else None


def target_rows(db: Database, model: str, ids: list[int]) -> list[Row]:
    """The rows that are (still) there, in the order of the ids."""
    return [db.tables[model][one] for one in ids if one in db.tables[model]]


def _follow(db: Database, model: str, row: Row, path: str) -> tuple[str, Row] | None:
    here: tuple[str, Row] = (model, row)
    for name in path.split("."):
        target = target_of(db, *here, name)
        if target is None:
            return None
        here = (str(db.models[here[0]].fields[name].relation), target)
    return here


def number(value: object) -> float:
    return float(str(value or 0))


def display_name(db: Database, model: str, row: Row, lang: str | None = None) -> object:
    """What a many2one shows of a record: its name unless the model has its own way."""
    named = COMPUTED.get((model, "display_name"))
    if named:
        return named(db, row)
    name = value_of(db, model, row, "name", lang) if "name" in db.models[model].fields else False
    return name or f"{model},{row['id']}"
