"""What every port makes of trouble on the way: it says what to do about it, and a lost answer makes nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from app.connectors.base import Cursor, Removal, Write, Written
from app.entities.base import EntityType, NaturalKey, Ref
from app.entities.records import record_key
from app.errors import ActionRequired, AppError, PeerDown, Rejected, Retryable, Snoozed
from tests.contract.conformance import Notes, Peer
from tests.contract.conformance_held import held
from tests.contract.conformance_matrix import ODOO, PORTAL, PRESTASHOP, REMOTE, WOOCOMMERCE, Form, cells, kind_of
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES

EVERY_PEER = pytest.mark.parametrize("name", REMOTE)
SOME_ID: Final[Mapping[tuple[str, EntityType], str]] = {
    (PRESTASHOP, EntityType.IMAGE): "8/8",
    (WOOCOMMERCE, EntityType.ADDRESS): "8:billing",
    (WOOCOMMERCE, EntityType.VARIANT): "8/8",
    (WOOCOMMERCE, EntityType.IMAGE): "8/8",
    (WOOCOMMERCE, EntityType.REFUND): "8/8",
}
"""Ids that are no plain number."""
SOME_KEY: Final[Mapping[tuple[str, EntityType], str]] = {(WOOCOMMERCE, EntityType.REFUND): "8-8"}
"""Keys that a peer looks for by their form."""
NOT_CREATED: Final = frozenset(
    {(kind, EntityType.STOCK) for kind in (ODOO, PRESTASHOP, WOOCOMMERCE)} | {(ODOO, EntityType.IMAGE)}
)
"""Stock is there with its product, and an image of Odoo is a field of it: nothing is made that could be made twice."""
MARKING: Final = frozenset({ODOO})
"""Kinds that keep the marker of a create: the retry needs no look of ours."""
PAGE: Final = "<!doctype html><html><body>We'll be back soon.</body></html>"


def troubled(name: str, trouble: int | str) -> Peer:
    peer = open_peer(name)
    if isinstance(trouble, int):
        peer.gate.status = trouble
    elif trouble == "locked out":
        peer.lock_out()
    elif trouble == "cut":
        peer.gate.cut = True
    else:
        peer.gate.page = PAGE
    return peer


@EVERY_PEER
@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (429, Snoozed),
        (503, PeerDown),
        (500, Retryable),
        ("locked out", ActionRequired),
        ("cut", Retryable),
        ("a page", Retryable),
    ],
    ids=["429", "503", "500", "locked out", "cut", "a page"],
)
async def test_trouble_on_the_way_is_told_by_what_to_do_about_it(
    name: str, trouble: int | str, error: type[AppError]
) -> None:
    for kind in open_peer(name).ports:
        peer = troubled(name, trouble)
        port = peer.ports[kind]
        key = record_key(kind, CASES[kind].new) if kind in CASES else None
        ref = Ref(side=peer.side, entity_type=kind, native_id=SOME_ID.get((peer.kind, kind), "8"))

        with pytest.raises(error) as read:
            await port.read([ref.native_id])
        with pytest.raises(error):
            _ = [page async for page in port.changed_since(Cursor())]
        if key is not None:
            with pytest.raises(error):
                await port.find([_of_numbers(key, SOME_KEY.get((peer.kind, kind), key.value))])
        results = await port.write([Write(ref=ref, changes={}, operation_id="op", removal=Removal.DELETE)] * 2)

        assert type(read.value) is error, kind
        assert all(isinstance(one, error | Rejected) for one in results), (kind, results)


def _of_numbers(key: NaturalKey, value: str) -> NaturalKey:
    return NaturalKey(entity_type=key.entity_type, name=key.name, value=value.replace("made", "8"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param(name, kind, id=f"{kind}-{name}")
        for name, kind in cells(Form.MADE)
        if (kind_of(name), kind) not in NOT_CREATED and name != PORTAL
    ],
)
async def test_a_create_whose_answers_are_lost_is_made_once(name: str, kind: EntityType) -> None:
    """The engine tries again with the same marker and notes; where the peer keeps no marker it looks first."""
    peer = open_peer(name)
    wanted = await peer.with_parents(kind, CASES[kind].new)
    key = record_key(kind, wanted)
    assert key is not None
    state, port = (await peer.words(kind, wanted)).state, peer.ports[kind]
    content, notes = PICTURES.get(wanted.get("content")), Notes()
    write = Write(
        ref=None, changes=state, operation_id="op-1", marker="boutique.x_1", checkpoint=notes, content=content
    )

    peer.gate.forgets = True
    outcomes: list[object] = []
    for _ in range(6):
        if peer.kind not in MARKING and outcomes and (await port.find([key]))[key]:
            break
        outcomes += await port.write([write])
    peer.gate.forgets = False

    assert any(isinstance(one, Retryable) for one in outcomes)
    assert all(isinstance(one, Retryable | Written) for one in outcomes), outcomes
    found = (await port.find([key]))[key]
    assert len(found) == 1
    if peer.kind != PRESTASHOP:
        record = await peer.record(kind, found[0].ref.native_id)
        assert {field: record.get(field) for field in held(name, kind, wanted)} == held(name, kind, wanted)
