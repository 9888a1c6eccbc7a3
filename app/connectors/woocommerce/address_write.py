"""Writes of accounts' addresses: several of one account, and many accounts, in one call.

The shop merges what is sent into what it has (recording cust-13): only what changes goes out. There is no address
without a place for it: a new one takes the place that is empty, and one that is removed leaves its place empty. The
address for deliveries that is the same as that for bills is no second one: what becomes of the one becomes of both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from app.connectors.base import Removal, Snapshot, Write, Written
from app.connectors.woocommerce.accounts import Accounts
from app.connectors.woocommerce.address_record import COLUMNS, KINDS, is_copy, is_empty
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.order_places import BILLING, SHIPPING
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.records import cannot, is_number
from app.connectors.woocommerce.reference import Reference
from app.entities.base import Json, State
from app.errors import AppError, Conflict, NotFound, Rejected

_PATH: Final = "customers"
_BOTH_FILLED: Final = (
    "the customer has an address for bills and one for deliveries already, and the shop has room for two; change one "
    "of them, or leave this one in Odoo only"
)
_OF_AN_ORDER: Final = "it is a copy that an order keeps"


class AddressWrites:
    def __init__(self, client: WooClient, accounts: Accounts, reference: Reference) -> None:
        self._client, self._accounts, self._reference = client, accounts, reference

    async def write(
        self, writes: Sequence[Write], show: Callable[[Row], Sequence[Snapshot]]
    ) -> list[Written | AppError]:
        """`show`: the addresses of an account's row. The shop's answers are the rows as they are stored (cust-34)."""
        outcomes = Outcomes(writes)
        outcomes.add({at: error for at, one in outcomes.open() if (error := _refusal(one)) is not None})
        await outcomes.guarded(self._send(outcomes))

        async def shown(rows: Sequence[Row]) -> list[Snapshot]:
            return [shot for row in rows for shot in show(_account(row)) if shot.ref.native_id == row["id"]]

        return await outcomes.shown(shown)

    async def _send(self, outcomes: Outcomes) -> None:
        owners = {at: _owner(one) for at, one in outcomes.open()}
        accounts = await self._accounts.by_ids(list(owners.values()))
        places = _places(outcomes, accounts)
        bodies: dict[str, Row] = {}
        for at, kinds in places.items():
            body = bodies.setdefault(owners[at], {"id": int(owners[at])})
            columns = await self._columns(outcomes, at)
            body |= {kind: {**_inner(body, kind), **columns} for kind in kinds}
        answers = dict(zip(bodies, await self._client.batch(_PATH, update=list(bodies.values())), strict=True))
        for at, kinds in places.items():
            _settle(outcomes, at, f"{owners[at]}:{kinds[0]}", answers[owners[at]])

    async def _columns(self, outcomes: Outcomes, at: int) -> Row:
        write = outcomes.writes[at]
        if write.removal is not None:
            return dict.fromkeys(COLUMNS, "")
        columns: Row = {name: write.changes[name] or "" for name in COLUMNS if name in write.changes}
        if write.ref is None and not columns.get("country"):
            columns["country"] = await self._reference.default_country()
            outcomes.note(at, f"no country given: {columns['country']}, the link's default, was used")
            outcomes.sent(at, {"country"})
        return columns


def _refusal(write: Write) -> AppError | None:
    """What is refused before anything is sent."""
    if write.removal is Removal.ARCHIVE:
        return cannot(write.removal, "an address", "it has no such state; delete it instead, or leave it")
    if write.ref is None:
        if is_number(str(write.changes.get("customer"))):
            return None
        return Rejected("a guest has no addresses but those of the orders", code="guest", field="customer")
    if write.ref.native_id.rpartition(":")[2] in KINDS:
        return None
    if write.removal is not None:
        return cannot(write.removal, "an order's address", _OF_AN_ORDER)
    return Rejected(f"an order's address is not changed: {_OF_AN_ORDER}", code="read_only")


def _owner(write: Write) -> str:
    return write.ref.native_id.rpartition(":")[0] if write.ref else str(write.changes.get("customer"))


def _places(outcomes: Outcomes, accounts: Mapping[str, Row]) -> dict[int, tuple[str, ...]]:
    """Which of the account's two each write is about, by position; those that find no room are refused."""
    places: dict[int, tuple[str, ...]] = {}
    taken: set[tuple[str, str]] = set()
    for at, write in outcomes.open():
        customer = _owner(write)
        try:
            if (account := accounts.get(customer)) is None:
                raise NotFound(f"customer {customer} is not in the shop", field="customer")
            kinds = _both(account, write.ref.native_id) if write.ref else (_room(account, write.changes, taken),)
        except AppError as error:
            outcomes.add({at: error})
        else:
            places[at] = kinds
            taken.add((customer, kinds[0]))
    return places


def _both(account: Row, native_id: str) -> tuple[str, ...]:
    kind = native_id.rpartition(":")[2]
    return KINDS if kind == BILLING and is_copy(account) else (kind,)


def _room(account: Row, changes: State, taken: Collection[tuple[str, str]]) -> str:
    """The place that the label names if it is free, else the first that is."""
    customer = str(account.get("id"))
    free = [kind for kind in KINDS if is_empty(_inner(account, kind)) or (kind == SHIPPING and is_copy(account))]
    free = [kind for kind in free if (customer, kind) not in taken]
    if not free:
        raise Conflict(_BOTH_FILLED, code="no_room", field="customer")
    named = str(changes.get("kind")).lower()
    return named if named in free else free[0]


def _settle(outcomes: Outcomes, at: int, number: str, answer: Row | AppError) -> None:
    if outcomes.writes[at].removal is not None:
        outcomes.add_gone({at: answer if isinstance(answer, AppError) and not isinstance(answer, NotFound) else None})
    else:
        outcomes.add({at: answer if isinstance(answer, AppError) else {"id": number, "account": answer}})


def _account(row: Row) -> Row:
    account = row.get("account")
    return account if isinstance(account, dict) else {}


def _inner(row: Row, kind: str) -> Mapping[str, Json]:
    place = row.get(kind)
    return place if isinstance(place, dict) else {}
