"""The sandbox's state: rows per model, external ids, users with their passwords and keys, and the clock."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.sandbox.odoo.faults import OdooError, user_error
from app.sandbox.odoo.fields import Model
from app.sandbox.odoo.journal import Finished, Journal, Key, Post, Row, Table, current, merged, restore
from app.sandbox.odoo.schema import models_of

__all__ = ["Account", "Database", "Row", "accepts"]

DATETIME_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(slots=True, kw_only=True)
class Account:
    """Who may log in. `api_key` works wherever the password does, and alone on JSON-2, until `expired`.

    `admin`: all business rights. `settings`: those of an administrator, who may install rules.
    """

    uid: int
    login: str
    password: str
    api_key: str
    admin: bool = True
    settings: bool = True
    expired: bool = False


@dataclass(slots=True, kw_only=True)
class Database:
    """One Odoo database of one version.

    `languages` are the installed ones. `trouble` is a queue of faults (or the word `html`) that the next
    calls run into before they reach any record: for tests of what a busy server does to its callers. So many
    `load_races` the next loads lose.
    """

    version: int = 17
    name: str = "odoo"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    languages: tuple[str, ...] = ("en_US",)
    accounts: list[Account] = field(default_factory=list)
    trouble: list[OdooError | str] = field(default_factory=list)
    load_races: int = 0
    tables: dict[str, Table] = field(default_factory=dict)
    external_ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    models: dict[str, Model] = field(init=False)
    finished: list[Finished] = field(default_factory=list, repr=False)
    _journals: list[Journal] = field(default_factory=list, repr=False)
    _began: str | None = None
    _next: Iterator[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.models = models_of(self.version)
        for model in self.models:
            self.tables.setdefault(model, Table(self._journals, model))
        # One counter for all models: an id of one model is then never a valid id of another by accident.
        self._next = itertools.count(1001)

    def model(self, name: str) -> Model:
        if name not in self.models:
            raise user_error(f"Object {name} doesn't exist")
        return self.models[name]

    def add(self, model: str, row: Row, *, row_id: int | None = None) -> int:
        """A row as it stands, for the seed and for `create` after its checks."""
        new_id = next(self._next) if row_id is None else row_id
        defaults = {
            name: copy.copy(one.default or one.empty) for name, one in self.models[model].fields.items() if one.stored
        }
        stamp = self.stamp()
        self.tables[model][new_id] = {
            **defaults,
            "create_date": stamp,
            "write_date": stamp,
            "create_uid": 1,
            "write_uid": 1,
            **row,
            "id": new_id,
        }
        return new_id

    def stamp(self) -> str:
        """Naive UTC with microseconds, as PostgreSQL keeps it; RPC shows whole seconds.

        In a transaction it is the time of its start, whenever that is committed.
        """
        return self._began or _stamped(self.now())

    def account(self, uid: object) -> Account | None:
        return next((one for one in self.accounts if one.uid == uid and self._is_active(one)), None)

    def log_in(self, login: object, secret: object) -> Account | None:
        found = next((one for one in self.accounts if one.login == login and self._is_active(one)), None)
        return found if found and accepts(found, secret) else None

    def account_by_key(self, key: str) -> Account | None:
        return next(
            (one for one in self.accounts if one.api_key == key and not one.expired and self._is_active(one)),
            None,
        )

    @contextmanager
    def transaction(self, *, began: datetime | None = None) -> Iterator[None]:
        """One call is one transaction: whatever fails leaves nothing behind. Inside another it is a savepoint.

        `began`: when a slow one started; its rows have that time although they appear only now.
        """
        journal = Journal(dict(self.external_ids))
        if not self._journals:
            self._began = self.stamp() if began is None else _stamped(began)
        self._journals.append(journal)
        try:
            yield
        except BaseException:
            self._close(journal, committed=False)
            raise
        self._close(journal, committed=True)

    def note_post(self, post: Post) -> None:
        """A rule ran. Also a savepoint that is rolled back keeps its posts (webhook_in_from_load_rolled_back)."""
        if self._journals:
            self._journals[-1].posts.append(post)
        else:
            self.finished.append(Finished(before={}, posts=[post], committed=True))

    def hide(self, before: dict[Key, Row | None]) -> dict[Key, Row | None]:
        """Takes a finished transaction out of sight; answers its rows, for `show`."""
        after = current(self.tables, iter(before))
        restore(self.tables, before)
        return after

    def show(self, before: dict[Key, Row | None], after: dict[Key, Row | None]) -> None:
        """Commits what was hidden. Fields that somebody else changed meanwhile keep the other's value."""
        restore(self.tables, merged(before, after, current(self.tables, iter(before))))

    def _close(self, journal: Journal, *, committed: bool) -> None:
        self._journals.pop()
        if not committed:
            self._take_back(journal)
        if self._journals:
            outer = self._journals[-1]
            outer.posts.extend(journal.posts)
            for key, row in journal.before.items() if committed else ():
                outer.note(key, row)
            return
        self._began = None
        if journal.posts:
            before = journal.before if committed else {}
            self.finished.append(Finished(before=before, posts=journal.posts, committed=committed))

    def _take_back(self, journal: Journal) -> None:
        outer = list(self._journals)
        self._journals.clear()
        restore(self.tables, journal.before)
        self.external_ids = journal.external_ids
        self._journals.extend(outer)

    def _is_active(self, account: Account) -> bool:
        user = self.tables["res.users"].get(account.uid)
        return bool(user and user["active"])


def _stamped(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(DATETIME_FORMAT + ".%f")


def accepts(account: Account, secret: object) -> bool:
    if not isinstance(secret, str) or not secret:
        return False
    return secret == account.password or (secret == account.api_key and not account.expired)
