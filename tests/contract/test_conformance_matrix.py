"""No cell of the matrix goes unasked: what a connector says it can do, the conformance suite tries."""

from __future__ import annotations

import pytest

from app.db.session import SessionMaker
from app.entities.base import Direction, EntityType
from app.modules.matrix import CAPABILITIES
from app.portal.documents import (
    DocumentContent,
    Wanted,
    known_fingerprints,
    page_of_documents,
    remove_documents,
    store_documents,
)
from tests.contract.conformance_doors import MODELS, NO_DOOR, TOPICS
from tests.contract.conformance_matrix import (
    FORMS,
    ODOO,
    PEERS,
    PORTAL,
    WOOCOMMERCE,
    Form,
    directions_in_the_matrix,
    gives,
    takes,
)
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES
from tests.contract.conformance_removals import REMOVALS
from tests.contract.conformance_told import TOLD

CELLS = directions_in_the_matrix()


def asked(kind: str, entity_type: EntityType) -> frozenset[Direction]:
    """The directions that the suite's cases of this cell try."""
    match FORMS.get((kind, entity_type)):
        case Form.MADE if entity_type in CASES and (kind, entity_type) in REMOVALS:
            return frozenset(Direction)
        case Form.TOLD:
            entries = [one for one in TOLD[kind].values() if one.kind is entity_type]
            back = {takes(kind)} if any(one.edits for one in entries) else set()
            return frozenset({gives(kind)} | back) if entries else frozenset()
        case Form.STORED:
            return frozenset({takes(kind)})
    return frozenset()


@pytest.mark.parametrize(("kind", "entity_type"), [pytest.param(*cell, id="-".join(cell)) for cell in CELLS])
def test_every_cell_of_the_matrix_has_cases_in_all_its_directions(kind: str, entity_type: EntityType) -> None:
    assert CELLS[kind, entity_type] <= asked(kind, entity_type), "write cases for it, and its form in FORMS"


def test_no_case_is_of_a_cell_that_is_gone() -> None:
    assert FORMS.keys() == CELLS.keys()
    assert PEERS.keys() == CAPABILITIES.keys()
    assert REMOVALS.keys() <= CELLS.keys()


@pytest.mark.parametrize("name", [name for kind, names in PEERS.items() for name in names])
def test_a_peers_ports_are_the_cells_of_its_kind(name: str) -> None:
    peer = open_peer(name)

    assert {(peer.kind, kind) for kind in peer.ports} == {cell for cell in CELLS if cell[0] == peer.kind}
    assert {kind: port.entity_type for kind, port in peer.ports.items()} == {kind: kind for kind in peer.ports}


def test_what_each_system_tells_of_comes_through_a_door_that_is_tried() -> None:
    told = {kind: {cell.entity_type for cell in some if cell.signals} for kind, some in CAPABILITIES.items()}

    assert told[ODOO] == MODELS.keys()
    assert told[WOOCOMMERCE] == TOPICS.keys()
    assert (
        {kind for kind, some in told.items() if some} - {"prestashop", ODOO, WOOCOMMERCE} == NO_DOOR.keys() == {PORTAL}
    )


@pytest.mark.parametrize("entity_type", [kind for (of, kind), form in FORMS.items() if form is Form.STORED])
async def test_a_document_is_kept_as_it_was_told_and_the_same_again_is_no_difference(
    entity_type: EntityType, sessions: SessionMaker, link_of_leads: int
) -> None:
    content = DocumentContent(
        odoo_id="41",
        number="INV/2026 & «1»",
        partner_id="7",
        partner_name="Zoë O'Brien 🎈",
        partner_email="zoë@x.test",
        date="2026-11-21",
        state="posted",
        total="66.7",
        currency="EUR",
        data={"lines": [{"name": "Été", "quantity": "2"}]},
    )

    async with sessions.begin() as session:
        for _ in range(2):
            await store_documents(session, link_id=link_of_leads, entity_type=entity_type, documents=[content])
        count, [kept] = await page_of_documents(
            session, link_id=link_of_leads, wanted=Wanted(entity_type=entity_type, everybody=True), limit=10, offset=0
        )
        known = await known_fingerprints(session, link_id=link_of_leads, entity_type=entity_type, ids=["41"])
        gone = await remove_documents(session, link_id=link_of_leads, entity_type=entity_type, ids=["41", "42"])

    assert (count, known) == (1, {"41": content.fingerprint})
    shown = {"number", "partner_id", "partner_name", "partner_email", "date", "state", "currency", "data"}
    assert {name: getattr(kept, name) for name in shown} == {name: getattr(content, name) for name in shown}
    assert format(kept.total, "f").rstrip("0") == "66.7"
    assert gone == {"41"}
