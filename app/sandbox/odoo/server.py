"""The sandbox as tests hold it: an ASGI app with a person's hands on its records.

sandbox = create_sandbox(version=17, webhook_client=client)
transport = httpx.ASGITransport(sandbox)               # log in as sandbox.login with sandbox.key
sandbox.edit("res.partner", 7, {"phone": "1"})         # a person (the administrator) saves a form
await sandbox.settled()                                # every webhook of such edits is delivered or given up
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import httpx
from starlette.responses import HTMLResponse
from starlette.types import Message, Receive, Scope, Send

from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.automation import Automation
from app.sandbox.odoo.call import Call
from app.sandbox.odoo.console import routes
from app.sandbox.odoo.database import Account, Database, Row
from app.sandbox.odoo.faults import OdooError
from app.sandbox.odoo.hooks import Hooks, Posted, Poster
from app.sandbox.odoo.methods import find_method
from app.sandbox.odoo.requests import Asked, read_request
from app.sandbox.odoo.seed import ADMIN_UID, seeded
from app.sandbox.odoo.trouble import LOAD_RACE, Script, Trouble

DEFAULT_KEY = "sandbox-key-of-the-sync-user"
SYNC_UID = 7
SYNC_LOGIN = "sync@shop"
SYNC_PARTNER = 4


class RolledBackError(Exception):
    """Ends a transaction that is meant to leave nothing behind."""


class Sandbox:
    """`db`: the rows as they are. `requests`: every call, in order. `hooks.posts`: what rules sent."""

    def __init__(self, db: Database, automation: Automation, *, key: str) -> None:
        self.db, self.automation, self.key = db, automation, key
        self.login = SYNC_LOGIN
        self.uid = SYNC_UID
        self.requests: deque[Asked] = deque(maxlen=100_000)
        self.script = Script()
        self._app = create_app(db, automation, more=routes(self))

    @property
    def hooks(self) -> Hooks:
        return self.automation.hooks

    @property
    def posts(self) -> list[Posted]:
        return list(self.hooks.posts)

    def row(self, model: str, row_id: int) -> Row:
        return self.db.tables[model][row_id]

    def rows(self, model: str) -> list[Row]:
        return list(self.db.tables[model].values())

    def calls(self, model: str = "", method: str = "") -> list[Asked]:
        """The calls so far of that model and method; all of them without."""
        mine = [one for one in self.requests if one.model]
        return [one for one in mine if model in ("", one.model) and method in ("", one.method)]

    def edit(
        self, model: str, row_id: int, values: Row, *, uid: int = ADMIN_UID, began: datetime | None = None
    ) -> None:
        """A person saves a record. `began`: when a slow transaction started that commits only now."""
        self.press(model, "write", [row_id], values, uid=uid, began=began)

    def add(self, model: str, values: Row, *, uid: int = ADMIN_UID) -> int:
        made = self.press(model, "create", [], values, uid=uid)
        assert isinstance(made, list)
        return int(made[0])

    def remove(self, model: str, row_id: int, *, uid: int = ADMIN_UID) -> None:
        self.press(model, "unlink", [row_id], uid=uid)

    def press(
        self,
        model: str,
        method: str,
        ids: Sequence[int],
        *args: object,
        uid: int = ADMIN_UID,
        context: Mapping[str, object] | None = None,
        began: datetime | None = None,
    ) -> object:
        """A person uses a button or a form. The webhooks of it follow in the background."""
        with self.db.transaction(began=began):
            answer = self._run(model, method, ids, args, uid, context or {})
        self.hooks.schedule(self.db)
        return answer

    async def act(self, model: str, method: str, ids: Sequence[int], *args: object, uid: int = ADMIN_UID) -> object:
        """Like `press`, and waits as the person does: in 17 the webhooks go out while nobody sees the new values."""
        with self.db.transaction():
            answer = self._run(model, method, ids, args, uid, {})
        await self.hooks.finish(self.db)
        return answer

    async def save(self, model: str, row_id: int, values: Row, *, uid: int = ADMIN_UID) -> None:
        """Like `edit`, and waits."""
        await self.act(model, "write", [row_id], values, uid=uid)

    async def roll_back_after(self, model: str, row_id: int, values: Row, *, uid: int = ADMIN_UID) -> None:
        """A write whose transaction then fails: 17 has posted it all the same, 19 posts nothing."""
        with suppress(RolledBackError), self.db.transaction():
            self._run(model, "write", [row_id], (values,), uid, {})
            raise RolledBackError
        await self.hooks.finish(self.db)

    def fail(
        self,
        name: str,
        *,
        model: str = ".+",
        method: str = ".*",
        skip: int = 0,
        times: int = 1,
        error: OdooError | None = None,
    ) -> Trouble:
        """Scripts a fault; the names are in `trouble.py`. `error` goes with the name `error`."""
        trouble = Trouble(name=name, model=model, method=method, skip=skip, times=times, error=error)
        self.script.pending.append(trouble)
        return trouble

    async def settled(self) -> None:
        await self.hooks.settled()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        asked = read_request(scope["path"], body)
        trouble = self.script.take(asked)
        name = trouble.name if trouble else None
        self.requests.append(replace(asked, fault=name))
        if trouble is not None and (instead := trouble.answered()):
            self.db.trouble.insert(0, instead)
        self.db.load_races = int(name == LOAD_RACE)
        if name == "unavailable":
            await HTMLResponse("<html><h1>503 Service Unavailable</h1></html>", 503)(scope, receive, send)
            return
        if name != "drop":
            await self._app(scope, _again(body), _silent if name == "lost" else send)
        if name in ("drop", "lost"):
            await _drop(send)

    def _run(
        self,
        model: str,
        name: str,
        ids: Sequence[int],
        args: Sequence[object],
        uid: int,
        context: Mapping[str, object],
    ) -> object:
        account, method = self.db.account(uid), find_method(model, name, self.db.version)
        if account is None or method is None:
            raise KeyError(f"the sandbox has no user {uid} or no {model}.{name}")
        call = Call(db=self.db, account=account, model=self.db.model(model), ids=list(ids), context=context)
        return method.run(call, *args)


def create_sandbox(
    *,
    version: int = 17,
    name: str = "odoo",
    key: str = DEFAULT_KEY,
    admin_key: str = "sandbox-key",
    settings: bool = True,
    languages: Sequence[str] = ("en_US", "fr_FR"),
    webhook_client: httpx.AsyncClient | Poster | None = None,
    webhook_url: str | None = None,
    webhook_secret: str | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sandbox:
    """A seeded Odoo. Its sync user has all business rights, and with `settings` those to install rules.

    `webhook_url` and `webhook_secret` are those of the rule that posts reverse-sync envelopes.
    """
    db = seeded(version=version, name=name, api_key=admin_key, now=now, languages=tuple(languages))
    db.add("res.partner", {"name": "Shop sync", "email": SYNC_LOGIN}, row_id=SYNC_PARTNER)
    user: Row = {"name": "Shop sync", "login": SYNC_LOGIN, "partner_id": SYNC_PARTNER, "lang": "en_US"}
    db.add("res.users", {**user, "company_id": 1, "company_ids": [1]}, row_id=SYNC_UID)
    db.accounts.append(Account(uid=SYNC_UID, login=SYNC_LOGIN, password=key, api_key=key, settings=settings))
    db.add("res.users.apikeys", {"name": "shop sync", "user_id": SYNC_UID, "scope": "rpc"})
    automation = Automation(webhook_url=webhook_url, webhook_secret=webhook_secret, webhook_client=webhook_client)
    return Sandbox(db, automation, key=key)


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _silent(message: Message) -> None:
    return None


async def _drop(send: Send) -> None:
    """Cuts the connection under a real server; in process the client meets the error it would get then."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.ReadTimeout("the answer never came")
    transport.abort()
    await asyncio.sleep(0)
