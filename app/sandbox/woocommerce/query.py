"""Lists: what the query asks for, the order, the page, and the addresses of the neighbouring pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from .params import BOOLEAN, DATE, IDS, Param
from .resources import Ask
from .state import Json, Row

CONTEXT = Param(enum=("view", "edit"))
PAGING: Mapping[str, Param] = {
    "context": CONTEXT,
    "page": Param(kind="integer", low=1),
    "per_page": Param(kind="integer", low=1, high=100),
    "offset": Param(kind="integer"),
    "order": Param(enum=("asc", "desc")),
    "include": IDS,
    "exclude": IDS,
    "search": Param(),
}
DATED: Mapping[str, Param] = {
    "after": DATE, "before": DATE, "modified_after": DATE, "modified_before": DATE, "dates_are_gmt": BOOLEAN,
}  # fmt: skip
_BOUNDS = {
    "after": ("date_created", 1), "before": ("date_created", -1),
    "modified_after": ("date_modified", 1), "modified_before": ("date_modified", -1),
}  # fmt: skip


def by_ids(ask: Ask, rows: Iterable[Row]) -> Iterable[Row]:
    include, exclude = set(ask.params.get("include") or ()), set(ask.params.get("exclude") or ())
    return (row for row in rows if (not include or row["id"] in include) and row["id"] not in exclude)


def by_dates(ask: Ask, rows: Iterable[Row]) -> Iterable[Row]:
    """Strictly after and before, in whole seconds (list-10).

    Shop-local unless `dates_are_gmt`, or the text has a zone (list-04, -05).
    """
    gmt = bool(ask.params.get("dates_are_gmt"))
    for name, (date, sign) in _BOUNDS.items():
        text = ask.params.get(name)
        bound = ask.store.moment(str(text), gmt=gmt) if text else None
        if bound is not None:
            rows = _beyond(rows, date, bound, sign)
    return rows


def in_order(ask: Ask, rows: Iterable[Row], keys: Mapping[str, Callable[[Row], Any]], default: str) -> list[Row]:
    """Rows by `orderby`; what is equal goes by id in the same direction. `include` keeps the order asked for."""
    name = ask.params.get("orderby") or default
    descending = (ask.params.get("order") or "desc") == "desc"
    if name == "include":
        places = {row_id: at for at, row_id in enumerate(ask.params.get("include") or ())}
        return sorted(rows, key=lambda row: places.get(row["id"], 0))
    key = keys[name]
    return sorted(rows, key=lambda row: (key(row), row["id"]), reverse=descending)


def page_of(params: Mapping[str, Any], rows: Sequence[Row]) -> tuple[Sequence[Row], int, int]:
    """The page, how many there are, and how many pages (list-01, cust-40)."""
    size = int(params.get("per_page") or 10)
    start = params["offset"] if params.get("offset") else (int(params.get("page") or 1) - 1) * size
    return rows[start : start + size], len(rows), -(-len(rows) // size)


def neighbours(base: str, query: str, echoed: Mapping[str, str], page: int, pages: int) -> str:
    """The `Link` header: the query as it was asked with another `page`. Empty: there is one page only."""
    links = []
    if page > 1:
        links.append(f'<{_address(base, query, echoed, min(page - 1, pages))}>; rel="prev"')
    if page < pages:
        links.append(f'<{_address(base, query, echoed, page + 1)}>; rel="next"')
    return ", ".join(links) if pages else ""


def only_fields(shown: Json, asked: str, *, dotted: bool = False) -> Json:
    """`_fields`. Names with a dot lead into objects where the route knows it (auth-16), else to nothing (list-02)."""
    kept: Json = {}
    for name in [one.strip() for one in asked.split(",") if one.strip()]:
        if name in shown:
            kept[name] = shown[name]
        elif dotted and "." in name:
            _keep_inner(kept, shown, name.split("."))
    return {name: kept[name] for name in shown if name in kept}


def _keep_inner(kept: Json, shown: Any, path: Sequence[str]) -> None:
    for name in path[:-1]:
        if not isinstance(shown, dict) or name not in shown:
            return
        kept, shown = kept.setdefault(name, {}), shown[name]
    if isinstance(shown, dict) and path[-1] in shown:
        kept[path[-1]] = shown[path[-1]]


def _beyond(rows: Iterable[Row], date: str, bound: datetime, sign: int) -> Iterable[Row]:
    for row in rows:
        moment = row.get(date)
        if moment is not None and (moment > bound if sign > 0 else moment < bound):
            yield row


def _address(base: str, query: str, echoed: Mapping[str, str], page: int) -> str:
    """A page that was asked for is replaced where it stands, else it comes last (list-01, err-08)."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    asked = {name.partition("[")[0] for name in pairs}
    pairs |= {name: value for name, value in echoed.items() if name.partition("[")[0] not in asked}
    pairs["page"] = str(page)
    return f"{base}?{'&'.join(f'{quote_plus(name)}={quote_plus(value)}' for name, value in pairs.items())}"
