"""What routes depend on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.state import ApiState


def get_state(request: Request) -> ApiState:
    state: ApiState = request.app.state.shopsync
    return state


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Committed when the route returns, rolled back when it raises."""
    async with get_state(request).sessions.begin() as session:
        yield session


State = Annotated[ApiState, Depends(get_state)]
Session = Annotated[AsyncSession, Depends(get_session)]
