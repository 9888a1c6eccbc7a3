"""A hundred records of each kind in a WooCommerce, and with how many calls they are made, changed and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Desired, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType, Json, Record
from app.errors import AppError
from tests.contract.conformance import Peer

MANY: Final = 100
CALLS: Final[Mapping[EntityType, tuple[int, int, int]]] = {
    EntityType.CUSTOMER: (2, 2, 1),
    EntityType.ADDRESS: (2, 2, 1),
    EntityType.CATEGORY: (2, 1, 1),
    EntityType.PRODUCT: (1, 1, 1),
    EntityType.VARIANT: (5, 3, 2),
    EntityType.STOCK: (0, 1, 1),
    EntityType.COUPON: (1, 1, 1),
}
"""Most calls to make, to change and to read a hundred, besides those for settings. New people go by fifties, for each
takes the shop a tenth of a second; a hundred variations are of one product. Pictures are uploaded one by one."""


def new_record(kind: EntityType, number: int, of: str) -> Record:
    """`of`: the id of what it belongs to, where it belongs to something."""
    name = f"Number {number} & «co»"
    records: Mapping[EntityType, Record] = {
        EntityType.CUSTOMER: {"email": f"n{number}@x.test", "name": name},
        EntityType.ADDRESS: {"customer": of, "name": name, "street": f"{number} Main Street", "country": "DE"},
        EntityType.CATEGORY: {"name": name, "parent": of},
        EntityType.PRODUCT: {"name": name, "sku": f"N-{number}", "price": "9.99", "type": "goods"},
        EntityType.VARIANT: {"product": of, "attributes": {"Size": str(number)}, "sku": f"V-{number}"},
        EntityType.COUPON: {"code": f"n{number}", "percent": "10", "amount": None, "currency": "EUR", "active": True},
    }
    return records[kind]


CHANGES: Final[Mapping[EntityType, tuple[str, Json]]] = {
    EntityType.CUSTOMER: ("name", "Another One"),
    EntityType.ADDRESS: ("city", "Köln"),
    EntityType.CATEGORY: ("parent", None),
    EntityType.PRODUCT: ("price", "8.5"),
    EntityType.VARIANT: ("sku", None),
    EntityType.STOCK: ("quantity", "7"),
    EntityType.COUPON: ("percent", "12"),
}


async def make_many(peer: Peer, kind: EntityType, owners: list[str]) -> list[str]:
    """In one write; ids in the order of `owners`."""
    wanted = [Desired(fields=new_record(kind, at, of)) for at, of in enumerate(owners)]
    resolved = await peer.ports[kind].from_records(wanted)
    writes = [
        Write(ref=None, changes=one.state, operation_id="op-1", marker=f"atelier.{kind}_{at}")
        for at, one in enumerate(resolved)
        if isinstance(one, Resolved)
    ]
    return _ids(await peer.ports[kind].write(writes))


async def change_many(peer: Peer, kind: EntityType, ids: list[str]) -> list[str]:
    """Reads and then writes all of them; calls are counted from the write on."""
    field, value = CHANGES[kind]
    found = await peer.ports[kind].read(ids)
    shots = [shot for number in ids if isinstance(shot := found[number], Snapshot)]
    resolved = await peer.ports[kind].from_records([Desired(fields={field: value}, base=one.state) for one in shots])
    writes = [
        Write(ref=shot.ref, changes=one.state, base=shot.state, operation_id="op-1")
        for shot, one in zip(shots, resolved, strict=True)
        if isinstance(one, Resolved)
    ]
    peer.gate.requests.clear()
    return _ids(await peer.ports[kind].write(writes))


def asked(peer: Peer) -> list[str]:
    """Calls since they were cleared, without those for settings, which are kept for a while."""
    paths = [f"{request.method} {request.url.path}" for request in peer.gate.requests]
    return [path for path in paths if not any(part in path for part in ("/settings/", "/taxes", "/data/"))]


def _ids(results: Sequence[Written | AppError]) -> list[str]:
    refused = [one for one in results if not isinstance(one, Written)]
    assert not refused, refused[0]
    return [one.ref.native_id for one in results if isinstance(one, Written)]
