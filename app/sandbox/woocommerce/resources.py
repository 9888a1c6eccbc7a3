"""What the service asks of each resource: `customers.py`, `products.py` … are one class each.

A resource decides and writes rows; routes, rights, kinds of parameters, paging, `_links`, `_fields` and batches are
the service's. Whatever writes says so with `store.tell(...)`, so that a person's edit and a REST call are told alike.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import ApiError, no_route
from .params import Param
from .state import File, Json, Row, Store

MANAGERS = ("administrator", "shop_manager")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request as a resource sees it. `params`: the query, checked; `body`: the fields to write, checked.

    `parents`: ids of what the route leads through (`products/13/variations` → `(13,)`; settings: `("general",)`).
    `context`: `view` for reads, `edit` for the answers of writes. `user`: the person's row; None: nobody.
    """

    store: Store
    origin: str
    user: Row | None
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    parents: tuple[Any, ...] = ()
    context: str = "view"
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    batch: bool = False

    @property
    def force(self) -> bool:
        return self.params.get("force") in (True, "true", "1", 1)

    @property
    def role(self) -> str | None:
        return self.user["role"] if self.user else None

    @property
    def manages(self) -> bool:
        return self.role in MANAGERS

    def having(self, **changes: Any) -> "Ask":
        return replace(self, **changes)

    def download(self, url: str) -> File | None:
        """What lies at an address: of this shop, or fetched before. None: nobody has fetched it."""
        for home in (self.origin, self.origin.replace("https://", "http://")):
            if url.startswith(f"{home}/"):
                return self.store.files.get(url.removeprefix(home), File(status=404))
        return self.store.downloads.get(url)


class Resource:
    """A collection with single objects below it. What a resource does not override is no route of the shop.

    `name`: the table and the handle tests use. `route`: below `/wp-json/`, `{}` for a parent's id. `id_pattern`:
    settings are named, the rest numbered. `writes`, `creates`, `lists`: the parameters each kind of call knows.
    """

    name = ""
    route = ""
    id_pattern = r"\d+"
    verbs: Collection[str] = ("list", "create", "get", "update", "delete", "batch")
    lists: Mapping[str, Param] = {}
    creates: Mapping[str, Param] = {}
    updates: Mapping[str, Param] = {}
    default_order: tuple[str, str] = ("date", "desc")
    echoed: Mapping[str, str] = {}
    """Parameters this resource adds to the addresses of its next and previous page."""
    paged = True
    links_itself = True
    """Whether `_links` name the object beside its collection."""
    dotted = False
    """Whether `_fields` with a dot leads inside: it does for orders, not for products (ord-43, list-02)."""

    def may(self, ask: Ask, verb: str, row_id: Any = None) -> bool:
        return ask.manages

    def refused(self, ask: Ask, verb: str) -> ApiError:
        code, said = _CANNOT[verb]
        return ApiError(403 if ask.user else 401, f"woocommerce_rest_{code}", said)

    def list(self, ask: Ask) -> Sequence[Row]:
        """All rows that match, in order; the service takes the page."""
        raise no_route()

    def get(self, ask: Ask, row_id: Any) -> Row:
        raise no_route()

    def create(self, ask: Ask) -> Row:
        raise no_route()

    def update(self, ask: Ask, row_id: Any) -> Row:
        raise no_route()

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """The answer's body without `_links`: what `shown` gave before the row went."""
        raise no_route()

    def shown(self, ask: Ask, row: Row) -> Json:
        """The row as answers have it, without `_links`."""
        raise NotImplementedError

    def hides(self, ask: Ask, row: Row) -> bool:
        """Whether a row of the page is left out of it, although it counts."""
        return False

    def links(self, ask: Ask, row: Row) -> Json:
        """Further `_links` beside self and collection: `{"up": [{"href": ...}]}`."""
        return {}

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        """For handles that name a row by its id alone."""
        return ()

    def sources(self, body: Json) -> Sequence[str]:
        """Addresses this body wants downloaded."""
        return ()

    def lost_id(self, ask: Ask, row_id: Any) -> Any:
        """What a failed deletion in a batch calls the row."""
        return row_id


class Registry:
    """The resources of a shop by name, in the order they were given."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._named = {one.name: one for one in resources}

    def __iter__(self) -> Any:
        return iter(self._named.values())

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def __getitem__(self, name: str) -> Resource:
        return self._named[name]


_CANNOT = {
    "list": ("cannot_view", "Sorry, you cannot list resources."),
    "get": ("cannot_view", "Sorry, you cannot view this resource."),
    "create": ("cannot_create", "Sorry, you are not allowed to create resources."),
    "update": ("cannot_edit", "Sorry, you are not allowed to edit this resource."),
    "delete": ("cannot_delete", "Sorry, you are not allowed to delete this resource."),
    "batch": ("cannot_batch", "Sorry, you are not allowed to batch manipulate this resource."),
}  # fmt: skip
