"""Customers of a PrestaShop."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.connectors.base import (
    MISSING,
    Gone,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import xml
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.customer_record import CustomerRecords
from app.connectors.prestashop.fields import Kind, as_flag, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.guests import stand_ins
from app.connectors.prestashop.listing import ListedPort
from app.connectors.prestashop.people import accounts_first
from app.connectors.prestashop.records import answered, by_id, by_value, delete, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Ref, Side, State
from app.errors import AppError, Conflict, Retryable

FIELDS: Final = {
    "email": Kind.TEXT,
    "firstname": Kind.TEXT,
    "lastname": Kind.TEXT,
    "company": Kind.TEXT,
    "siret": Kind.TEXT,
    "ape": Kind.TEXT,
    "website": Kind.TEXT,
    "birthday": Kind.DAY,
    "newsletter": Kind.BOOL,
    "optin": Kind.BOOL,
    "active": Kind.BOOL,
    "note": Kind.TEXT,
    "id_gender": Kind.ID,
    "id_lang": Kind.ID,
    "id_default_group": Kind.ID,
}
_DISPLAY: Final = ("id", *FIELDS, "is_guest", "deleted", "date_upd", "groups[id]")
_PASSWORD: Final = "the account has a random password; the customer sets one with “forgot your password”"


class CustomerPort(ListedPort):
    entity_type = EntityType.CUSTOMER
    resource = "customers"
    columns = _DISPLAY

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        super().__init__(client, reference, CustomerRecords(reference), extra=extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """A customer the back office deleted but keeps (deleted=1, recording 882) is missing, as it is for visitors.
        A guest who bought before says who stands for it."""
        shots = await self.shown(await by_id(self._client, "customers", ids, self._display))
        return {number: shots.get(number, MISSING) for number in ids}

    async def shown(self, rows: Mapping[str, Row]) -> dict[str, Snapshot]:
        live = {number: row for number, row in rows.items() if not as_flag(row.get("deleted"))}
        others = await stand_ins(self._client, live)
        return {number: replace(await self._snapshot(row), same_as=others.get(number)) for number, row in live.items()}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By e-mail: accounts first, guests only where there is no account."""
        found = await by_value(
            self._client,
            "customers",
            "email",
            [key.value for key in keys],
            self._display,
            only={"deleted": "[0]"},
        )
        return {key: [await self._snapshot(row) for row in accounts_first(found[key.value])] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [await self._resolved(patch.fields) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=native_id(row))
        changed = modified_at(row, await self._reference.time_zone())
        return Snapshot(ref=ref, state=_state(row) | await self._own.state(row), modified_at=changed)

    async def _resolved(self, fields: State) -> Resolved | AppError:
        state = dict(fields)
        try:
            language = fields.get("id_lang")
            if isinstance(language, int | str):
                state["id_lang"] = await self._reference.language(language)
            for number in _groups(fields.get("groups")):
                await self._reference.group(number)
            default = fields.get("id_default_group")
            if isinstance(default, int):
                await self._reference.group(default, field="id_default_group")
        except AppError as error:
            return error
        return Resolved(state=state)

    async def _store(self, write: Write) -> Stored:
        if write.ref is None:
            return await self._create(write.changes)
        number = write.ref.native_id
        if write.removal is Removal.DELETE:
            return await delete(self._client, "customers", number)
        wanted: State = {"active": False} if write.removal is Removal.ARCHIVE else write.changes
        fields = to_shop(wanted, FIELDS) | await self._own.changed(wanted, write.base or {})
        answer = await self._client.update("customers", number, fields, associations=_associations(wanted))
        return Stored(native_id=number, answer=await answered(answer, self._snapshot))

    async def _create(self, changes: State) -> Stored:
        """Active and in a group, which the shop does not see to by itself (recordings 201, 205).

        The shop refuses an e-mail it has. Somebody may have registered since we looked (898, 899): the next attempt
        finds that account, and holds it before it changes it. One that no list shows stays a conflict.
        """
        wanted = {**await self._defaults(changes), **changes}
        own = await self._own.changed(changes, {})
        fields = {**to_shop(wanted, FIELDS), **own, "passwd": secrets.token_urlsafe(24)}
        try:
            number, answer = await self._client.create_shown("customers", fields, associations=_associations(wanted))
        except Conflict as error:
            raise await self._explained(error, changes) from error
        return Stored(
            native_id=number,
            notes=(_PASSWORD,),
            sent=frozenset(wanted.keys() - changes.keys()),
            answer=await answered(answer, self._snapshot),
        )

    async def _defaults(self, changes: State) -> dict[str, Json]:
        groups = _groups(changes.get("groups")) or await self._reference.default_groups()
        default = as_int(changes.get("id_default_group")) or groups[0]
        return {
            "active": True,
            "id_lang": await self._reference.default_language() if "id_lang" not in changes else None,
            "id_default_group": default,
            "groups": list[Json](sorted({default, *groups})),
        }

    async def _explained(self, error: Conflict, changes: State) -> AppError:
        if error.code != "duplicate_email":
            return error
        email = str(changes.get("email"))
        found = await by_value(self._client, "customers", "email", [email], _DISPLAY, only={"deleted": "[0]"})
        accounts = [row for row in found[email] if not as_flag(row.get("is_guest"))]
        if len(accounts) != 1:
            return error
        return Retryable(
            f"customer {native_id(accounts[0])} has got this e-mail meanwhile; the retry changes that one",
            code="appeared",
            field="email",
        )


def _state(row: Row) -> dict[str, Json]:
    """A guest is a customer without an account; nothing makes one a guest later, so it is not among `FIELDS`."""
    associations = row.get("associations")
    listed = associations.get("groups") if isinstance(associations, Mapping) else None
    rows = listed if isinstance(listed, list) else []
    groups = sorted({as_int(item.get("id")) for item in rows if isinstance(item, dict)})
    return {**from_shop(row, FIELDS), "groups": list[Json](groups), "is_guest": as_flag(row.get("is_guest"))}


def _groups(value: Json) -> list[int]:
    return [number for number in value if isinstance(number, int)] if isinstance(value, list) else []


def _associations(state: State) -> xml.Associations | None:
    groups = _groups(state.get("groups"))
    return {"groups": ("group", [{"id": str(number)} for number in groups])} if groups else None
