"""Terms: categories and the options of global attributes are rows of one table, each with a taxonomy.

A term's id is unique over all taxonomies, its slug within one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .errors import ApiError
from .state import Json, Row, Store
from .texts import filtered, free_slug, slug

TERMS = "terms"
CATEGORIES = "product_cat"
UNCATEGORIZED = 15


def terms_of(store: Store, taxonomy: str) -> Iterator[Row]:
    return (row for row in store.table(TERMS) if row["taxonomy"] == taxonomy)


def term_named(store: Store, taxonomy: str, name: str, *, parent: int | None = None) -> Row | None:
    """By name without regard to case; `parent`: only among its children."""
    wanted = filtered(name).lower()
    found = (row for row in terms_of(store, taxonomy) if row["name"].lower() == wanted)
    return next((row for row in found if parent is None or row["parent"] == parent), None)


def add_term(store: Store, taxonomy: str, name: str, *, parent: int = 0, wanted_slug: str = "") -> Row:
    """Errors: 400 `term_exists` with the id of the one that has the name below the same parent."""
    known = term_named(store, taxonomy, name, parent=parent)
    if known is not None:
        said = "A term with the name provided already exists with this parent."
        raise ApiError(400, "term_exists", said, more={"resource_id": known["id"]})
    row = {
        "id": store.next_id("terms"), "taxonomy": taxonomy, "name": filtered(name), "parent": parent,
        "slug": free_term_slug(store, taxonomy, wanted_slug or slug(name)), "description": "", "menu_order": 0,
        "display": "default", "image_id": 0,
    }  # fmt: skip
    return store.put(TERMS, row)


def free_term_slug(store: Store, taxonomy: str, wanted: str, *, but: int | None = None) -> str:
    return free_slug(wanted, {row["slug"] for row in terms_of(store, taxonomy) if row["id"] != but})


def shown_terms(store: Store, ids: Sequence[int]) -> list[Json]:
    """As a product shows its categories."""
    rows = [row for one in ids if (row := store.row(TERMS, one)) is not None]
    return [{name: row[name] for name in ("id", "name", "slug")} for row in rows]


def category_ids(store: Store, given: Iterable[Mapping[str, Any]]) -> list[int]:
    """Unknown ids are passed over; a product without a category is in "Uncategorized" (prod-01, whx-06)."""
    asked = dict.fromkeys(int(one.get("id") or 0) for one in given)
    known = [one for one in asked if (row := store.row(TERMS, one)) and row["taxonomy"] == CATEGORIES]
    return known or [UNCATEGORIZED]
