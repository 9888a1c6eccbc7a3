"""The cells that the conformance suite makes records in, and a record made in one."""

from __future__ import annotations

import pytest

from app.entities.base import EntityType, Record
from tests.contract.conformance import Peer
from tests.contract.conformance_matrix import Form, cells
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES

CELLS = [pytest.param(name, kind, id=f"{kind}-{name}") for name, kind in cells(Form.MADE)]
EVERY_PORT = pytest.mark.parametrize(("name", "kind"), CELLS)


async def made(name: str, kind: EntityType) -> tuple[Peer, str, Record]:
    """A peer with a new record, the record's id, and the fields that were wanted."""
    peer = open_peer(name)
    wanted = await peer.with_parents(kind, CASES[kind].new)
    written = await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))
    return peer, written.ref.native_id, wanted
