"""Lists: filter, sort, limit and display parameters, with the shop's own reading of odd ones.

The filter follows `WebserviceRequest::getSQLRetrieveFilter` (8.2.1): `[x]`, `[a|b]`, `[a,b]` (numbers and
dates only), `%[x]%`, `>[x]`, `<[x]`, `![x]`; any other mark before the bracket, such as `>=`, filters
nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .errors import ApiError, did_you_mean
from .resources import Field, Resource
from .state import Row, Shop

Test = Callable[[str], bool]
_FORM = re.compile(r"(.*)\[(.*)\](.*)", re.S)
_RANGE = re.compile(r"([\d.:\-\s]+),([\d.:\-\s]+)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_SORT = re.compile(r"(\w+)_(ASC|DESC)", re.I)
_SHOWN = re.compile(r"(\w+)(?:\[([^\]]*)\])?")
_DATES = ("date_add", "date_upd")


@dataclass(frozen=True, slots=True)
class Selection:
    """What of an object is shown. `associations`: name -> its fields, or None for all of them."""

    fields: tuple[str, ...]
    associations: Mapping[str, tuple[str, ...] | None]


def full(resource: Resource) -> Selection:
    return Selection(("id", *resource.fields), {a.name: None for a in resource.associations})


def selection(resource: Resource, display: str) -> Selection | None:
    """None: the bare list of ids, as without `display`."""
    if display in ("", "minimum"):
        return None
    if display == "full":
        return full(resource)
    if not (display.startswith("[") and display.endswith("]")):
        raise ApiError(400, (36, "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2]'."))
    shown = _SHOWN.findall(display[1:-1])
    associations = {a.name: a for a in resource.associations}
    names = ["id", *resource.fields]
    for name, _ in shown:
        if name not in names and name not in associations and name != "associations":
            known = ", ".join(names)
            message = f'Unable to display this field "{name}". However, these are available: {known}'
            raise ApiError(400, (35, message))
    wanted = {name for name, _ in shown}
    parts = {name: tuple(sub.split(",")) if sub else None for name, sub in shown if name in associations}
    return Selection(tuple(name for name in names if name in wanted), parts)


def rows(shop: Shop, resource: Resource, params: Mapping[str, str]) -> list[Row]:
    """The rows a list request shows. The shop promises no order; here it is that of insertion."""
    dated = params.get("date") not in (None, "", "0")
    filters = {key[7:-1]: value for key, value in params.items() if key.startswith("filter[") and key[-1] == "]"}
    for name in filters:
        _known(resource, name, dated=dated)
    ordering = _ordering(resource, params.get("sort", ""), dated=dated)
    tests = list(_tests(resource, filters))
    found = [row for row in _candidates(shop, resource, filters) if _passes(row, tests)]
    if resource.of_shop and "id_shop" in resource.fields and params.get("id_shop") != "all":
        found = [row for row in found if row["id_shop"] == "1"]
    for name, reverse in reversed(ordering):
        found.sort(key=lambda row: _sort_key(resource, row, name), reverse=reverse)
    return _limited(found, params.get("limit"))


def _known(resource: Resource, name: str, *, dated: bool) -> None:
    names = _filterable(resource, dated=dated)
    if name not in names:
        raise ApiError(400, (32, did_you_mean("This filter does not exist.", name, names)))


def _filterable(resource: Resource, *, dated: bool) -> list[str]:
    """Dates may be filtered and sorted by with `date=1` only."""
    names = (f.name for f in resource.fields.values() if f.filterable and f.kind != "virtual")
    return ["id", *(name for name in names if dated or name not in _DATES)]


def _candidates(shop: Shop, resource: Resource, filters: Mapping[str, str]) -> Iterable[Row]:
    """The smallest set at hand: what an index gives for one plain `[a|b]`, else the whole table."""
    table = shop.table(resource.name)
    for name in ("id", *resource.indexed):
        match = _FORM.fullmatch(filters.get(name, ""))
        plain = match and match[1] == match[3] == "" and not _RANGE.fullmatch(match[2])
        if match and plain:
            return table.where(name, match[2].split("|"))
    return list(table.rows.values())


def _passes(row: Row, tests: list[tuple[str, Test]]) -> bool:
    return all(any(test(text) for text in _texts(row, name)) for name, test in tests)


def _tests(resource: Resource, filters: Mapping[str, str]) -> Iterator[tuple[str, Test]]:
    for name, value in filters.items():
        field = resource.fields.get(name)
        yield name, _test(value, numeric=_is_number(name, field), date=_is_date(field))


def _texts(row: Row, name: str) -> list[str]:
    value = row.get(name)
    if isinstance(value, dict):
        return list(value.values())
    return ["" if value is None else str(value)]


def _test(value: str, *, numeric: bool, date: bool) -> Test:
    match = _FORM.fullmatch(value)
    if match is None:
        return _equal(value, numeric=numeric)
    before, inner, after = match.groups()
    if "%" in (before, after):
        return _like(before, inner, after)
    if before == after == "":
        return _bracket(inner, numeric=numeric)
    if before == ">":
        return _beyond(inner, numeric=numeric, date=date, greater=True)
    if before == "<":
        return _beyond(inner, numeric=numeric, date=date, greater=False)
    if before == "!":
        excluded = [_equal(one, numeric=numeric) for one in inner.split("|")]
        return lambda text: not any(test(text) for test in excluded)
    return lambda _: True


def _bracket(inner: str, *, numeric: bool) -> Test:
    if inner.find("|") > 0:
        any_of = [_equal(one, numeric=numeric) for one in inner.split("|")]
        return lambda text: any(test(text) for test in any_of)
    between = _RANGE.fullmatch(inner)
    if between is None:
        return _equal(inner, numeric=numeric)
    if numeric:
        low, high = sorted((_number(between[1]), _number(between[2])))
        return lambda text: low <= _number(text) <= high
    first, last = sorted(between.groups())
    return lambda text: first <= text <= last


def _equal(wanted: str, *, numeric: bool) -> Test:
    if numeric:
        return lambda text: _number(text) == _number(wanted)
    lowered = wanted.lower()
    return lambda text: text.lower() == lowered


def _like(before: str, inner: str, after: str) -> Test:
    pattern = re.compile(".*".join(map(re.escape, f"{before}{inner}{after}".split("%"))), re.I | re.S)
    return lambda text: pattern.fullmatch(text) is not None


def _beyond(inner: str, *, numeric: bool, date: bool, greater: bool) -> Test:
    """A text that is no date compares as zero, so `>[garbage]` lets everything through."""
    if numeric:
        edge = _number(inner)
        return lambda text: _number(text) > edge if greater else _number(text) < edge
    bound = inner.replace("T", " ")[:19] if date else inner.lower()
    if date and not bound[:4].isdecimal():
        bound = ""
    return lambda text: text.lower() > bound if greater else text.lower() < bound


def _number(text: str) -> float:
    match = _NUMBER.match(text.strip())
    return float(match[0]) if match else 0.0


def _is_number(name: str, field: Field | None) -> bool:
    return name == "id" or (field is not None and field.kind in ("int", "nullint", "bool", "d2", "d3", "d6"))


def _is_date(field: Field | None) -> bool:
    return field is not None and field.kind in ("date", "datetime", "stamp")


def _ordering(resource: Resource, sort: str, *, dated: bool) -> list[tuple[str, bool]]:
    if not sort:
        return []
    available = _filterable(resource, dated=dated)
    ordering = []
    for part in sort.strip("[]").split(","):
        match = _SORT.fullmatch(part.strip())
        if match is None:
            raise ApiError(400, (37, 'The "sort" value has to be formed as this example: "field_ASC"'))
        if match[1] not in available:
            plain = [n for n in available if n == "id" or not resource.fields[n].i18n]
            i18n = ", ".join(f.name for f in resource.multilingual)
            message = "Unable to filter by this field. However, these are available: "
            message += ", ".join(plain) + ", for i18n fields:" + i18n
            raise ApiError(400, (38, message))
        ordering.append((match[1], match[2].upper() == "DESC"))
    return ordering


def _sort_key(resource: Resource, row: Row, name: str) -> tuple[float, str]:
    text = _texts(row, name)[0]
    return (_number(text), "") if _is_number(name, resource.fields.get(name)) else (0.0, text.lower())


def _limited(found: list[Row], limit: str | None) -> list[Row]:
    """`limit=10`, `limit=5,10`; what is not a number counts as 0, and nothing is shown."""
    if not limit:
        return found
    numbers = [int(_number(part)) for part in limit.split(",")]
    if len(numbers) > 2:
        message = 'The "limit" value has to be formed as this example: "5,25" or "10"'
        raise ApiError(400, (39, message))
    start, count = numbers if len(numbers) == 2 else (0, numbers[0])
    return found[start : start + count]
