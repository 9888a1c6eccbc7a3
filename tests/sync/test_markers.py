"""The marker of a create: the same for the same record, another for another, in letters that every peer takes."""

from __future__ import annotations

import re
from typing import cast

import pytest

from app.connections.effective_sync import EffectiveSync
from app.connectors.base import RecordPort
from app.entities.base import EntityType, Side
from app.sync.pair_work import Ends
from app.sync.peers import LinkTerms

PORT = cast(RecordPort, None)


def marker(source_id: str) -> str:
    terms = LinkTerms(id=1, slug="boutique", module="woocommerce", sync=EffectiveSync())
    ends = Ends(terms=terms, entity_type=EntityType.CUSTOMER, side=Side.SHOP, source=PORT, target=PORT)
    return ends.marker(source_id)


def test_a_plain_id_stands_in_its_marker() -> None:
    assert marker("67") == "shopsync_boutique.customer_67"


@pytest.mark.parametrize("source_id", ["12/31", "67:billing", "guest:jane@example.com", "guest:jä@example.com~0a1b"])
def test_a_marker_has_one_dot_and_letters_that_every_peer_takes(source_id: str) -> None:
    assert re.fullmatch(r"[a-z_]+\.[A-Za-z0-9_-]+", marker(source_id))


def test_ids_that_differ_in_strange_letters_only_have_markers_of_their_own() -> None:
    ids = ["12/31", "12~31", "12:31", "12-31", "12_31", "guest:a.b@c.de", "guest:a-b@c.de"]

    assert len({marker(one) for one in ids}) == len(ids)
