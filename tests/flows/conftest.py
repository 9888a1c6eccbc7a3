"""One world per test; and two sides for each kind of shop, one per version of Odoo.

A test that only one kind of shop can pass says why, and carries `on_prestashop` or `on_woocommerce` of `two_sides.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import KINDS, VERSIONS, WHOLE_SHOP, TwoSides, open_two_sides
from tests.flows.world import World, open_world


@pytest.fixture
async def world(engine: AsyncEngine) -> AsyncIterator[World]:
    async with open_world(engine) as opened:
        yield opened


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def version(kind: str) -> int:
    """What Odoo is does not hang on what the shop is: both kinds on both versions would find no more, twice as slow."""
    return VERSIONS[kind]


@pytest.fixture
async def both(engine: AsyncEngine, kind: str, version: int) -> AsyncIterator[TwoSides]:
    """Everything is kept the same, and Odoo tells of what we write as well."""
    async with open_two_sides(engine, kind=kind, version=version, sync=WHOLE_SHOP) as opened:
        opened.listen()
        yield opened
