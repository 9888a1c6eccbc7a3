"""The shop's memory: tables of rows, counters, settings, files, the clock, and what is still to be told by webhook.

A row is what the database holds: `id`, plain values, nested addresses, and dates as aware UTC datetimes of whole
seconds (shown twice, local and `_gmt`). Products, variations, orders, coupons, refunds and pictures take their ids
from one counter, as posts do; people have a counter of their own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Row = dict[str, Any]
"""JSON-shaped: its fields are checked where requests enter."""
POSTS = "posts"
FIRST_ID = {POSTS: 10, "users": 1}
_TIME = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class Change:
    """One WordPress action that webhooks listen to. One action may be of several topics: a post that goes to the
    trash is both `product.deleted` and `coupon.deleted`, whatever it was (whx-16, -73, -75)."""

    topics: tuple[str, ...]
    id: int


@dataclass(frozen=True, slots=True)
class File:
    """What a web server gives for an address. `status` other than 200: the download failed."""

    content: bytes = b""
    content_type: str = "application/octet-stream"
    status: int = 200


@dataclass(slots=True)
class Table:
    """Rows by id, in the order they were added."""

    rows: dict[int, Row] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self.rows.values()))


class Store:
    """State of one shop. `changes` collects what the running request did until the server takes it."""

    def __init__(self, *, timezone: str, clock: Callable[[], datetime] | None = None) -> None:
        self.zone = ZoneInfo(timezone)
        self.clock = clock or (lambda: datetime.now(UTC))
        self.name = "Real Woo"
        self.tables: defaultdict[str, Table] = defaultdict(Table)
        self.settings: dict[str, dict[str, str]] = {}
        """Group -> id -> value: `settings["general"]["woocommerce_currency"]`."""
        self.files: dict[str, File] = {}
        """What the web server shows below `/wp-content/`, by path."""
        self.downloads: dict[str, File] = {}
        """Answers of other servers, fetched before the request that names their addresses is worked on."""
        self.indexes: defaultdict[tuple[str, str], dict[str, set[int]]] = defaultdict(dict)
        """(what, column) -> text -> ids that had it: for look-ups in large tables."""
        self.changes: list[Change] = []
        self.pings: list[int] = []
        """New webhooks that are to be greeted before the answer to their creation goes out."""
        self.random = Random(1)
        self._last: dict[str, int] = {}

    def now(self) -> datetime:
        """Whole seconds: two writes within one second cannot be told apart by date."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    def table(self, name: str) -> Table:
        return self.tables[name]

    def row(self, name: str, row_id: int) -> Row | None:
        return self.tables[name].rows.get(row_id)

    def put(self, name: str, row: Row) -> Row:
        self.tables[name].rows[row["id"]] = row
        return row

    def drop(self, name: str, row_id: int) -> Row:
        return self.tables[name].rows.pop(row_id)

    def next_id(self, counter: str = POSTS) -> int:
        """`counter`: `posts`, or the name of what has numbers of its own (users, webhooks, meta, terms, items …)."""
        self._last[counter] = self._last.get(counter, FIRST_ID.get(counter, 1) - 1) + 1
        return self._last[counter]

    def use_id(self, counter: str, taken: int) -> None:
        """Numbers go on after `taken`."""
        self._last[counter] = max(self._last.get(counter, 0), taken)

    def setting(self, group: str, name: str) -> str:
        return self.settings.get(group, {}).get(name, "")

    def tell(self, *topics: str, id: int) -> None:
        """Says that a thing happened: `store.tell("product.updated", id=49)`."""
        self.changes.append(Change(topics, id))

    def tell_trashed(self, post_id: int) -> None:
        """Webhooks of products and of coupons both listen to `wp_trash_post` and do not ask what kind of post it is."""
        self.tell("product.deleted", "coupon.deleted", id=post_id)

    def take_changes(self) -> list[Change]:
        taken, self.changes = self.changes, []
        return taken

    def local(self, moment: datetime | None) -> str | None:
        """Shop-local time without an offset."""
        return moment.astimezone(self.zone).strftime(_TIME) if moment else None

    def dates(self, row: Row, *names: str) -> Json:
        """Each date twice: `{"date_created": local, "date_created_gmt": UTC}`."""
        shown: Json = {}
        for name in names:
            moment: datetime | None = row.get(name)
            shown[name] = self.local(moment)
            shown[f"{name}_gmt"] = moment.astimezone(UTC).strftime(_TIME) if moment else None
        return shown

    def moment(self, text: str, *, gmt: bool = False) -> datetime | None:
        """A date as requests carry it; without an offset it is shop-local unless `gmt`. None: not a date."""
        try:
            read = datetime.fromisoformat(text.strip())
        except ValueError:
            return None
        if read.tzinfo is None:
            read = read.replace(tzinfo=UTC if gmt else self.zone)
        return read.astimezone(UTC)
