"""Search domains in prefix notation: `['|', ['name', '=', 'A'], ['email', '=ilike', 'a@%']]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from app.sandbox.odoo.computed import value_of
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.faults import OdooError, type_error, value_error

Test = Callable[[Row], bool]
OPERATORS: Final = frozenset(
    {"=", "!=", "in", "not in", "like", "ilike", "not ilike", "=like", "=ilike", "<", ">", "<=", ">=", "=?"}
)

_IGNORING: Final = re.DOTALL | re.IGNORECASE


def compile_domain(db: Database, model: str, domain: object) -> Test:
    """A predicate on rows. Raises Odoo's ValueError for an unknown field or operator."""
    if not isinstance(domain, Sequence) or isinstance(domain, str):
        raise type_error(f"Domain() invalid argument type for domain: {domain!r}")
    rest = list(domain)
    tests: list[Test] = []
    while rest:
        tests.append(_take(db, model, rest))
    return lambda row: all(test(row) for test in tests)


def mentions(domain: object, field_name: str) -> bool:
    """Whether a condition names the field: one on `active` switches the hiding of archived records off."""
    return isinstance(domain, Sequence) and any(
        isinstance(part, Sequence) and not isinstance(part, str) and part and part[0] == field_name for part in domain
    )


def _take(db: Database, model: str, rest: list[object]) -> Test:
    if not rest:
        raise value_error("Domain is not well-formed")
    if alike := _any_alike(db, model, rest):
        return alike
    part = rest.pop(0)
    if part == "!":
        negated = _take(db, model, rest)
        return lambda row: not negated(row)
    if part in ("&", "|"):
        left, right = _take(db, model, rest), _take(db, model, rest)
        return (lambda row: left(row) and right(row)) if part == "&" else (lambda row: left(row) or right(row))
    return _leaf(db, model, part)


def _any_alike(db: Database, model: str, rest: list[object]) -> Test | None:
    """Whether `rest` begins with one field against many texts, `| | [f, =ilike, a] [f, =ilike, b] [f, =ilike, c]`: one
    look per row instead of hundreds."""
    bars = next((at for at, part in enumerate(rest) if part != "|"), 0)
    leaves = rest[bars : 2 * bars + 1]
    told = [tuple(one[:2]) for one in leaves if isinstance(one, list | tuple) and len(one) == 3]
    if not bars or len(told) != bars + 1 or len(set(map(repr, told))) != 1 or told[0][1] != "=ilike":
        return None
    for one in leaves:
        _leaf(db, model, one)
    del rest[: 2 * bars + 1]
    path = str(told[0][0])
    wanted = re.compile("|".join(_pattern(str(one[2])) for one in leaves if isinstance(one, list | tuple)), _IGNORING)
    return lambda row: isinstance(value := _value(db, model, row, path), str) and wanted.fullmatch(value) is not None


def _leaf(db: Database, model: str, part: object) -> Test:
    if not isinstance(part, Sequence) or isinstance(part, str) or len(part) != 3:
        raise value_error(f"Invalid leaf {part!r}")
    path, operator, wanted = part
    shown = (path, operator, wanted)
    if operator not in OPERATORS or not isinstance(path, str):
        raise value_error(f"Invalid leaf {shown}")
    _check_path(db, model, path, shown)
    _check_moment(db, model, path, wanted)
    if operator == "=?" and not wanted:
        return lambda row: True
    return lambda row: _compare(_value(db, model, row, path), operator, wanted, seconds=db.version >= 19)


def _check_path(db: Database, model: str, path: str, shown: tuple[object, ...]) -> None:
    current = model
    for name in path.split("."):
        one = db.models[current].fields.get(name) if current in db.models else None
        if one is None:
            word = "condition" if db.version >= 19 else "leaf"
            raise value_error(f"Invalid field {current}.{name} in {word} {shown}")
        current = one.relation or current


def _check_moment(db: Database, model: str, path: str, wanted: object) -> None:
    """17 takes an ISO date with a zone in a domain, 19 does not; neither does when it is written."""
    one = db.models[model].fields.get(path)
    if db.version >= 19 and one and one.type == "datetime" and isinstance(wanted, str) and wanted.endswith("Z"):
        raise value_error(f"expecting only datetimes with no timezone: {wanted!r}")


def _value(db: Database, model: str, row: Row, path: str) -> object:
    """A path through an x2many gives the list of what its records have."""
    name, _, further = path.partition(".")
    value = value_of(db, model, row, name)
    relation = db.models[model].fields[name].relation
    if not further or not relation:
        return value
    ids = value if isinstance(value, list) else [value]
    rows = db.tables[relation]
    targets = [rows[one] for one in ids if isinstance(one, int) and one is not False and one in rows]
    found = [_value(db, relation, target, further) for target in targets]
    if isinstance(value, list):
        return [leaf for one in found for leaf in (one if isinstance(one, list) else [one])]
    return found[0] if found else False


def _compare(value: object, operator: str, wanted: object, *, seconds: bool) -> bool:
    if operator in ("=", "=?"):
        return _equal(value, wanted, seconds=seconds)
    if operator == "!=":
        return not _equal(value, wanted, seconds=seconds)
    if operator in ("in", "not in"):
        among = any(_equal(value, one, seconds=seconds) for one in wanted) if isinstance(wanted, list) else False
        return among == (operator == "in")
    if operator in ("<", ">", "<=", ">="):
        return _ordered(value, operator, wanted, seconds=seconds)
    return _like(value, operator, wanted)


def _equal(value: object, wanted: object, *, seconds: bool) -> bool:
    if wanted in (False, None) and not isinstance(value, (bool, int, float)):
        return not value
    if isinstance(value, list):
        return wanted in value
    if isinstance(value, bool) != isinstance(wanted, bool):
        return False
    return _cut(value, seconds=seconds) == wanted


def _ordered(value: object, operator: str, wanted: object, *, seconds: bool) -> bool:
    left = _cut(value, seconds=seconds)
    if isinstance(left, str) and isinstance(wanted, str):
        return {"<": left < wanted, ">": left > wanted, "<=": left <= wanted, ">=": left >= wanted}[operator]
    if isinstance(left, (int, float)) and isinstance(wanted, (int, float)):
        return {"<": left < wanted, ">": left > wanted, "<=": left <= wanted, ">=": left >= wanted}[operator]
    return False


def _cut(value: object, *, seconds: bool) -> object:
    """19 compares dates by whole seconds, 17 with the microseconds that it does not show."""
    is_stamp = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+", value)
    return str(value).split(".")[0] if is_stamp and seconds else value


def _like(value: object, operator: str, wanted: object) -> bool:
    """`_` and `%` are wildcards, also in an e-mail address. PostgreSQL takes the sign behind a backslash as it is, and
    refuses a pattern that ends with one."""
    if not isinstance(value, str):
        return operator == "not ilike"
    pattern = str(wanted) if operator.startswith("=") else f"%{wanted}%"
    flags = _IGNORING if operator.endswith("ilike") else re.DOTALL
    found = re.fullmatch(_pattern(pattern), value, flags) is not None
    return not found if operator == "not ilike" else found


def _pattern(like: str) -> str:
    return "".join(_regex_of(part) for part in re.findall(r"\\.|.", like, re.DOTALL))


def _regex_of(part: str) -> str:
    if part == "\\":
        raise OdooError("psycopg2.errors.InvalidEscapeSequence", "LIKE pattern must not end with escape character")
    return {"%": ".*", "_": "."}.get(part) or re.escape(part[-1])
