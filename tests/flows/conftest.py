"""One world per test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.world import World, open_world


@pytest.fixture
async def world(engine: AsyncEngine) -> AsyncIterator[World]:
    async with open_world(engine) as opened:
        yield opened
