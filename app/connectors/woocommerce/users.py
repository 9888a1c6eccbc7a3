"""People of a WordPress: its users, over `wp/v2` with an Application Password (option `people: users`).

There is no batch for them. A taken name or address is answered as a broken server would (recordings user-03, -04).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import (
    HIDDEN,
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.woocommerce import changes, names, roles
from app.connectors.woocommerce.accounts import ALL_USERS, Accounts
from app.connectors.woocommerce.client import Params, Row, WooClient
from app.connectors.woocommerce.customer_record import resolved, state_of, to_record
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.records import cannot, native_id
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.errors import AppError, Conflict, Rejected, Retryable

RESOURCE: Final = "users"
FIELDS: Final[Mapping[str, str]] = {
    "email": "text",
    names.FIRST: "text",
    names.LAST: "text",
    "url": "text",
}
NO_PATCHES: Final = "the events of a reverse sync are PrestaShop's; this port speaks records"
_WRITTEN: Final = ("email", names.FIRST, names.LAST, "url")
_PASSWORD: Final = "the user has a random password and sets one with “lost your password”"


class UserPort:
    entity_type = EntityType.CUSTOMER

    def __init__(self, client: WooClient, accounts: Accounts, options: WoocommerceOptions) -> None:
        self._client, self._accounts = client, accounts
        self._role, self._new_role = options.role, roles.new_role(options)
        self._listed: Params = {**ALL_USERS, **({"roles": options.role} if options.role else {})}

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await self._accounts.by_ids(ids)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, HIDDEN if number in rows else MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        rows = await self._accounts.by_email([key.value for key in keys])
        return {key: await self._snapshots([rows[key.value]]) if key.value in rows else [] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [Rejected(NO_PATCHES, code="not_supported") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [resolved(desired, website=True) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """All by id: WordPress keeps no date of a change."""
        return changes.by_id(self._client, RESOURCE, cursor, self._listed, wp=True)

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, self._snapshots, self._listed, wp=True)

    async def count(self) -> int:
        return await self._client.count(RESOURCE, self._listed, wp=True)

    async def native_fields(self) -> Mapping[str, str]:
        """No meta data: WordPress shows only what a plugin registered for its API."""
        return FIELDS

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        return [_snapshot(row) for row in rows if self._role is None or self._role in roles.roles_of(row)]

    async def _store(self, write: Write) -> Stored:
        if write.ref is None:
            return await self._create(write.changes)
        number = write.ref.native_id
        if write.removal is Removal.ARCHIVE:
            raise cannot(write.removal, "a user", "an account is there or it is not; delete it instead, or leave it")
        if write.removal is Removal.DELETE:
            return await self._delete(number)
        if body := _body(write.changes):
            await self._client.put(f"{RESOURCE}/{number}", body, wp=True)
        return Stored(native_id=number)

    async def _create(self, fields: State) -> Stored:
        """Called by their e-mail address, which nobody else's name is."""
        given: Row = {"roles": [self._new_role]} if self._new_role else {}
        body = {**_body(fields), "username": fields.get("email"), "password": secrets.token_urlsafe(24), **given}
        try:
            row = await self._client.post(RESOURCE, body, wp=True)
        except Conflict as error:
            raise await self._explained(error, str(fields.get("email"))) from error
        return Stored(native_id=native_id(row), notes=(_PASSWORD,))

    async def _explained(self, error: Conflict, email: str) -> AppError:
        owners = await self._accounts.one_by_one([email.lower()])
        row = owners.get(email.lower())
        if row is None:
            return error
        if not await self._snapshots([row]):
            return Conflict(
                f"user {native_id(row)} has this e-mail and another role than {self._role} (option role)",
                code="duplicate_email",
                field="email",
            )
        return Retryable(
            f"user {native_id(row)} has got this e-mail meanwhile; the retry changes that one",
            code="appeared",
            field="email",
        )

    async def _delete(self, number: str) -> Stored:
        """What they wrote becomes that of the user who deletes them: WordPress wants a name for it (user-11 to -14)."""
        row = (await self._accounts.by_ids([number])).get(number)
        if row is not None:
            if roles.is_staff(roles.roles_of(row)):
                raise cannot(Removal.DELETE, "a person who works in the shop", roles.BY_HAND)
            me = await self._client.get("users/me", wp=True)
            await self._client.delete(f"{RESOURCE}/{number}", force=True, params={"reassign": native_id(me)}, wp=True)
        return Stored(native_id=number, gone=True)


def _snapshot(row: Row) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=native_id(row))
    return Snapshot(ref=ref, state=state_of(row, website=True))


def _body(fields: State) -> Row:
    return {name: fields[name] or "" for name in _WRITTEN if name in fields}
