"""Addresses of a WooCommerce: two of each account, `67:billing` and `67:shipping`, and places that stand in orders
only, `67~1f2e3d4c5b6a`.

The first two can be written (`address_write.py`); the places are copies of what was ordered and stay as they are. One
that is the account's own by now says so (`Snapshot.same_as`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.woocommerce import changes, roles
from app.connectors.woocommerce.accounts import Accounts
from app.connectors.woocommerce.address_record import (
    COLUMNS,
    KINDS,
    PLACE,
    AddressRecords,
    is_copy,
    is_empty,
    state_of,
    to_record,
)
from app.connectors.woocommerce.address_write import AddressWrites
from app.connectors.woocommerce.client import Params, Row, WooClient
from app.connectors.woocommerce.guests import Buyers, is_guest, places_in
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.order_places import BILLING, SHIPPING, place_id
from app.connectors.woocommerce.records import is_number, modified_at, native_id
from app.connectors.woocommerce.reference import Reference
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.records import place_key
from app.errors import AppError, Rejected

RESOURCE: Final = "customers"
FIELDS: Final[Mapping[str, str]] = {**dict.fromkeys(COLUMNS, "text"), "kind": "text, read only"}
NO_PATCHES: Final = "the events of a reverse sync are PrestaShop's; this port speaks records"


class AddressPort:
    entity_type = EntityType.ADDRESS

    def __init__(
        self, client: WooClient, accounts: Accounts, buyers: Buyers, reference: Reference, options: WoocommerceOptions
    ) -> None:
        self._client, self._accounts, self._buyers = client, accounts, buyers
        self._records = AddressRecords(reference)
        self._writes = AddressWrites(client, accounts, reference)
        self._asked: Params = {"role": roles.of_customers(options)}

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Accounts in one list per 100; places from orders read lately, else a call for each customer."""
        accounts = await self._accounts.by_ids([owner for number in ids if is_number(owner := _owner(number))])
        shots = {shot.ref.native_id: shot for row in accounts.values() for shot in snapshots(row)}
        places = await self._buyers.places([number for number in ids if "~" in number])
        shots |= {number: _own(_place(number, place), accounts) for number, place in places.items()}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By owner and place: an account's own two, or what a guest ordered to."""
        owners = list(dict.fromkeys(key.value.partition("|")[0] for key in keys))
        accounts = await self._accounts.by_ids([owner for owner in owners if is_number(owner)])
        orders = await self._buyers.bought([owner for owner in owners if is_guest(owner)])
        shots = [shot for row in accounts.values() for shot in snapshots(row)]
        shots += [_place(number, place) for some in orders.values() for number, place in places_in(some).items()]
        return {key: _best([shot for shot in shots if place_key(to_record(shot.state)) == key.value]) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [Rejected(NO_PATCHES, code="not_supported") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await self._writes.write(writes, snapshots)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._records.resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of all accounts by id (`customer.py`); places come with their orders."""
        async for page in self.listed(cursor):
            yield Page(ids=tuple(shot.ref.native_id for shot in page.snapshots), cursor=page.cursors[-1])

    async def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        async for rows, cursors in changes.numbered(self._client, RESOURCE, cursor, self._asked):
            found = [(shot, at) for row, at in zip(rows, cursors, strict=True) for shot in snapshots(row)]
            if found:
                yield ListedPage(snapshots=tuple(shot for shot, _ in found), cursors=tuple(at for _, at in found))

    async def native_fields(self) -> Mapping[str, str]:
        return FIELDS


def snapshots(account: Row) -> list[Snapshot]:
    """Of an account's own addresses, those that are some. That for bills stands for the other if both are the same."""
    customer, same = native_id(account), is_copy(account)
    held = {kind: place for kind in KINDS if isinstance(place := account.get(kind), dict) and not is_empty(place)}
    return [
        Snapshot(
            ref=Ref(side=Side.SHOP, entity_type=EntityType.ADDRESS, native_id=f"{customer}:{kind}"),
            state=state_of(place, customer=customer, kind=kind),
            modified_at=modified_at(account),
            same_as=f"{customer}:{BILLING}" if same and kind == SHIPPING else None,
        )
        for kind, place in held.items()
    ]


def _place(number: str, place: Mapping[str, Json]) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.ADDRESS, native_id=number)
    return Snapshot(ref=ref, state=state_of(place, customer=_owner(number), kind=PLACE))


def _own(shot: Snapshot, accounts: Mapping[str, Row]) -> Snapshot:
    """The account's own address stands for an order's that is the same."""
    number = _owner(shot.ref.native_id)
    account = accounts.get(number, {})
    for kind in KINDS:
        place = account.get(kind)
        if isinstance(place, dict) and place_id(number, place) == shot.ref.native_id and not is_empty(place):
            return replace(shot, same_as=f"{number}:{kind}")
    return shot


def _owner(number: str) -> str:
    """`67` of `67:billing`, `guest:ann@example.test` of `guest:ann@example.test~1f2e3d4c5b6a`."""
    customer, tilde, _ = number.rpartition("~")
    return customer if tilde else number.rpartition(":")[0]


def _best(shots: list[Snapshot]) -> list[Snapshot]:
    """Bills and deliveries often go to one place: the address for bills stands for both."""
    return shots[:1]
