"""People of a WooCommerce: accounts by the id of their user, `67`, and guests by their e-mail address, `guest:…`.

Of accounts those with the role that is kept the same are shown, and whoever bought, for orders need their customer.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
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
from app.connectors.woocommerce import changes, columns, names, roles
from app.connectors.woocommerce.accounts import Accounts, email_of
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.customer_record import NO_ACCOUNT, resolved, state_of, to_record
from app.connectors.woocommerce.extra import NativeFields, OwnFields
from app.connectors.woocommerce.guests import Buyers, guest_state, is_guest
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.records import cannot, modified_at, moment, native_id
from app.entities.base import EntityType, NaturalKey, Record, Ref, Side, State
from app.errors import ActionRequired, AppError, Conflict, Rejected, Retryable

RESOURCE: Final = "customers"
FIELDS: Final[Mapping[str, str]] = {
    "email": "text",
    names.FIRST: "text",
    names.LAST: "text",
}
MOST: Final = 50
"""Creates in one call: each takes a tenth of a second for its password (timings)."""
NO_PATCHES: Final = "the events of a reverse sync are PrestaShop's; this port speaks records"
_PASSWORD: Final = "the account has a random password; the customer sets one with “lost your password”"
_KEPT: Final = cannot(Removal.DELETE, "a person who works in the shop", roles.BY_HAND)


class CustomerPort:
    entity_type = EntityType.CUSTOMER

    def __init__(
        self,
        client: WooClient,
        accounts: Accounts,
        buyers: Buyers,
        options: WoocommerceOptions,
        *,
        extra: Sequence[str] = (),
    ) -> None:
        self._client, self._accounts, self._buyers = client, accounts, buyers
        self._role = roles.of_customers(options)
        self._new_role = roles.new_role(options) or roles.CUSTOMER
        self._own = OwnFields(extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Accounts in one list per 100; guests from their orders, with the account that stands for them if any."""
        guests = [number for number in ids if is_guest(number)]
        rows = await self._accounts.by_ids([number for number in ids if not is_guest(number)])
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        shots |= await self._guests(guests) if guests else {}
        return {number: shots.get(number, HIDDEN if number in rows else MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """Accounts by e-mail. Guests are not looked for: an account made with their address stands for them."""
        rows = await self._accounts.by_email([key.value for key in keys])
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        found = {key: native_id(rows[key.value]) for key in keys if key.value in rows}
        return {key: [shots[found[key]]] if key in found and found[key] in shots else [] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [Rejected(NO_PATCHES, code="not_supported") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """One call for many; the shop's answers are the accounts as they are stored (cust-34)."""
        outcomes = Outcomes(writes)
        outcomes.add({at: error for at, one in outcomes.open() if (error := _refusal(one)) is not None})
        await outcomes.guarded(self._remove(outcomes))
        await outcomes.guarded(self._send(outcomes))
        await outcomes.guarded(self._explain(outcomes))
        return await outcomes.shown(self._snapshots)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """All by id: a date is not taken (list-09, cust-35). Guests come with their orders."""
        return changes.by_id(self._client, RESOURCE, cursor, {"role": self._role})

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return changes.listed(self._client, RESOURCE, cursor, self._snapshots, {"role": self._role})

    async def count(self) -> int:
        return await self._client.count(RESOURCE, {"role": self._role})

    async def native_fields(self) -> Mapping[str, str]:
        return NativeFields({**columns.CUSTOMER, **FIELDS}, hidden=True)

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        kept = await self._kept(rows)
        return [self._snapshot(row) for row in rows if native_id(row) in kept]

    async def _kept(self, rows: Sequence[Row]) -> set[str]:
        """Ids of those who are kept the same: by role, and of the others who bought."""
        fitting = {native_id(row) for row in rows if self._role in roles.roles_of(row)}
        others = {native_id(row): row for row in rows if native_id(row) not in fitting}
        paying = {number for number, row in others.items() if row.get("is_paying_customer") is True}
        buyers = await self._buyers.newest(sorted(others.keys() - paying))
        return fitting | paying | buyers.keys()

    def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=native_id(row))
        return Snapshot(ref=ref, state=state_of(row) | self._own.state(row), modified_at=modified_at(row))

    async def _guests(self, ids: Sequence[str]) -> dict[str, Snapshot]:
        orders = await self._buyers.newest(ids)
        shots = {number: self._guest(number, order) for number, order in orders.items()}
        emails = {number: str(shot.state.get("email")) for number, shot in shots.items()}
        accounts = await self._accounts.by_email(list(emails.values())) if emails else {}
        kept = await self._kept(list(accounts.values()))
        others = {email: native_id(row) for email, row in accounts.items() if native_id(row) in kept}
        return {number: replace(shot, same_as=others.get(emails[number])) for number, shot in shots.items()}

    def _guest(self, number: str, order: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=number)
        state = guest_state(order) | self._own.state({})
        return Snapshot(ref=ref, state=state, modified_at=moment(order.get("date_created_gmt")))

    async def _remove(self, outcomes: Outcomes) -> None:
        """There is no trash for people (cust-30); the orders stay, as those of a guest (ord-73)."""
        chosen = {at: outcomes.number(at) for at, one in outcomes.open() if one.removal is Removal.DELETE}
        rows = await self._accounts.by_ids(list(chosen.values())) if chosen else {}
        staff = {number for number, row in rows.items() if roles.is_staff(roles.roles_of(row))}
        outcomes.add({at: _KEPT for at, number in chosen.items() if number in staff})
        gone = {at: int(number) for at, number in chosen.items() if number not in staff}
        answers = await self._client.batch(RESOURCE, delete=list(gone.values()))
        outcomes.add_gone({at: _failed(answer) for at, answer in zip(gone, answers, strict=True)})

    async def _send(self, outcomes: Outcomes) -> None:
        if (lacking := self._lacking()) is not None:
            outcomes.add({at: lacking for at, one in outcomes.open() if one.ref is None})
        new = {at: self._new(one) for at, one in outcomes.open() if one.ref is None}
        changed = {at: {"id": int(outcomes.number(at)), **self._body(one)} for at, one in outcomes.open() if one.ref}
        answers = await self._client.batch(
            RESOURCE, create=list(new.values()), update=list(changed.values()), most=MOST
        )
        outcomes.add(dict(zip([*new, *changed], answers, strict=True)))
        await self._give_role(outcomes, {at: answers[place] for place, at in enumerate(new)})

    def _new(self, write: Write) -> Row:
        return {**self._body(write), "password": secrets.token_urlsafe(24)}

    def _body(self, write: Write) -> Row:
        body: Row = {
            name: write.changes[name] or "" for name in ("email", names.FIRST, names.LAST) if name in write.changes
        }
        own = self._own.changed(write.changes)
        return {**body, "meta_data": own} if own else body

    def _lacking(self) -> AppError | None:
        """WooCommerce makes customers whatever role is asked for (cust-24); another one is WordPress' matter."""
        if self._new_role == roles.CUSTOMER or self._client.has_user:
            return None
        return ActionRequired(
            f"{self._client.name}: people with the role {self._new_role} are made with an Application Password only; "
            "add one to the connection, or leave the options role and new_user_role empty",
            code="no_application_password",
        )

    async def _give_role(self, outcomes: Outcomes, made: Mapping[int, Row | AppError]) -> None:
        rows = {at: row for at, row in made.items() if not isinstance(row, AppError)}
        for at in rows:
            outcomes.note(at, _PASSWORD)
        if self._new_role == roles.CUSTOMER:
            return
        async with asyncio.TaskGroup() as group:
            for at, row in rows.items():
                group.create_task(self._put_role(outcomes, at, row))

    async def _put_role(self, outcomes: Outcomes, at: int, row: Row) -> None:
        """The account exists: where its role was refused, that is a note and no error."""
        body: Row = {"roles": [self._new_role]}
        try:
            await self._client.put(f"users/{native_id(row)}", body, wp=True)
        except AppError as error:
            outcomes.note(at, f"the role {self._new_role} was not given: {error.message}")
        else:
            outcomes.add({at: {**row, "role": self._new_role}})

    async def _explain(self, outcomes: Outcomes) -> None:
        """New ones whose e-mail address is taken: by one that just appeared, or by one with a role that is left out."""
        refused = {
            at: str(one.changes.get("email")) for at, one in outcomes.refused({"duplicate_email"}) if not one.ref
        }
        if not refused:
            return
        owners = await self._accounts.one_by_one([email.lower() for email in refused.values()])
        kept = await self._kept(list(owners.values()))
        for at, email in refused.items():
            if (row := owners.get(email.lower())) is not None:
                outcomes.add({at: _taken(row, is_kept=native_id(row) in kept)})


def _refusal(write: Write) -> AppError | None:
    """What is refused before anything is sent."""
    if write.removal is Removal.ARCHIVE:
        return cannot(write.removal, "a person", "an account is there or it is not; delete it instead, or leave it")
    if write.ref is None or not is_guest(write.ref.native_id):
        return None
    if write.removal is not None:
        return cannot(write.removal, "a guest", "it stands in its orders only")
    return Rejected(NO_ACCOUNT, code="guest")


def _failed(answer: Row | AppError) -> AppError | None:
    """Who is gone already is as good (cust-44)."""
    return answer if isinstance(answer, AppError) and answer.code != "not_found" else None


def _taken(row: Row, *, is_kept: bool) -> AppError:
    if is_kept:
        return Retryable(
            f"account {native_id(row)} has got this e-mail meanwhile; the retry changes that one",
            code="appeared",
            field="email",
        )
    named = ", ".join(str(role) for role in roles.roles_of(row))
    return Conflict(
        f"account {native_id(row)} has the e-mail {email_of(row)} and the role {named}, which this link leaves out "
        "(option role)",
        code="duplicate_email",
        field="email",
    )
