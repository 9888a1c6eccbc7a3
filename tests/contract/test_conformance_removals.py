"""What every port promises of removals and of looking for changes: all that is there, and nothing that is gone."""

from __future__ import annotations

import pytest

from app.connectors.base import MISSING, Cursor, Removal, Write, Written
from app.entities.base import EntityType
from app.errors import Rejected
from tests.contract.conformance import Peer
from tests.contract.conformance_cases import EVERY_PORT, made
from tests.contract.conformance_matrix import Form, cells, kind_of
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES
from tests.contract.conformance_removals import GONE, KEPT, REMOVALS

DELETABLE = pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param(name, kind, id=f"{kind}-{name}")
        for name, kind in cells(Form.MADE)
        if REMOVALS[kind_of(name), kind][1] == GONE
    ],
)


async def removed(peer: Peer, kind: EntityType, number: str, removal: Removal) -> str:
    shot = await peer.snapshot(kind, number)
    write = Write(ref=shot.ref, changes={}, operation_id="op-1", base=shot.state, removal=removal)
    [result] = await peer.ports[kind].write([write])
    if isinstance(result, Rejected):
        return result.code
    assert isinstance(result, Written), result
    if result.gone:
        assert (await peer.ports[kind].read([number]))[number] is MISSING
        return GONE
    assert (await peer.record(kind, number))["active"] is False
    return KEPT


@EVERY_PORT
@pytest.mark.parametrize("removal", list(Removal))
async def test_a_removal_does_what_is_said_of_it(name: str, kind: EntityType, removal: Removal) -> None:
    peer, number, _ = await made(name, kind)

    done = await removed(peer, kind, number, removal)

    assert done == REMOVALS[peer.kind, kind][list(Removal).index(removal)]


@DELETABLE
async def test_a_second_deletion_finds_it_gone_and_is_no_trouble(name: str, kind: EntityType) -> None:
    peer, number, _ = await made(name, kind)
    shot = await peer.snapshot(kind, number)
    write = Write(ref=shot.ref, changes={}, operation_id="op-1", base=shot.state, removal=Removal.DELETE)
    await peer.ports[kind].write([write])

    [again] = await peer.ports[kind].write([write])

    assert isinstance(again, Written), again
    assert again.gone


@EVERY_PORT
async def test_a_new_record_is_shown_from_a_cursor_taken_before(name: str, kind: EntityType) -> None:
    peer = open_peer(name)
    before = await peer.pages(kind, Cursor())
    wanted = await peer.with_parents(kind, CASES[kind].new)

    number = (await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))).ref.native_id
    pages = await peer.pages(kind, before[-1].cursor if before else Cursor())

    assert number in {each for page in pages for each in page.ids}
    assert number in {each for page in await peer.pages(kind, Cursor()) for each in page.ids}


@DELETABLE
async def test_what_was_deleted_is_neither_listed_nor_found(name: str, kind: EntityType) -> None:
    peer, number, wanted = await made(name, kind)

    await removed(peer, kind, number, Removal.DELETE)

    listed = {each for page in await peer.pages(kind, Cursor()) for each in page.ids}
    there = await peer.ports[kind].read(sorted(listed | {number}))
    assert there[number] is MISSING
    assert number not in [shot.ref.native_id for shot in await peer.all_found(kind, wanted)]
