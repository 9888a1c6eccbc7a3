"""Which products and variations have a code or an address part: an index, for shops of ten thousand products.

Entries are only ever added; whether one still holds is looked up in the row.
"""

from collections.abc import Iterator

from .state import Row, Store

PRODUCTS, VARIATIONS = "products", "variations"
COLUMNS = ("sku", "global_unique_id", "slug")
_INDEX = "sellable"


def index_row(store: Store, row: Row) -> None:
    """Called whenever a product or a variation was written."""
    for column in COLUMNS:
        if row.get(column):
            store.indexes[_INDEX, column].setdefault(row[column].lower(), set()).add(row["id"])


def rows_with(store: Store, column: str, value: str) -> Iterator[Row]:
    """Without regard to case (prod-07), trashed ones too, by id."""
    wanted = value.lower()
    for row_id in sorted(store.indexes[_INDEX, column].get(wanted, ())):
        row = sellable(store, row_id)
        if row is not None and str(row.get(column)).lower() == wanted:
            yield row


def sellable(store: Store, row_id: int) -> Row | None:
    """A product or a variation."""
    return store.row(PRODUCTS, row_id) or store.row(VARIATIONS, row_id)


class Slugs:
    """Stands for the address parts of products, so that `slug in Slugs(store)` can be asked. Variations have theirs
    for themselves."""

    def __init__(self, store: Store, *, but: int | None = None) -> None:
        self._store, self._but = store, but

    def __contains__(self, slug: object) -> bool:
        found = rows_with(self._store, "slug", str(slug))
        return any(row["id"] != self._but and row["type"] != "variation" for row in found)
