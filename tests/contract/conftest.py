"""A database for the conformance suite's peer `portal`, whose records are in our own tables."""

from __future__ import annotations

import pytest

from app.db.session import SessionMaker
from app.security.crypto import KeyRing
from tests.api.builders import make_link
from tests.api.conftest import app as app
from tests.api.conftest import client as client
from tests.api.conftest import settings as settings
from tests.api.conftest import state as state
from tests.contract.conformance_matrix import PORTAL
from tests.contract.conformance_peers import OWN_TABLES


@pytest.fixture
async def link_of_leads(sessions: SessionMaker) -> int:
    """A link in an empty database."""
    link = await make_link(sessions, KeyRing([b"k" * 32]))
    return link.id


@pytest.fixture(autouse=True)
def _own_tables(request: pytest.FixtureRequest) -> None:
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and callspec.params.get("name") == PORTAL:
        OWN_TABLES.set((request.getfixturevalue("sessions"), request.getfixturevalue("link_of_leads")))
