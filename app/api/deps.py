"""What routes depend on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.state import ApiState


async def get_state(request: Request) -> ApiState:
    """A coroutine, because FastAPI sends plain functions through a thread pool: 0.1 ms of every webhook."""
    state: ApiState = request.app.state.shopsync
    return state


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Committed when the route returns and before the answer leaves, rolled back when it raises."""
    state = await get_state(request)
    async with state.sessions.begin() as session:
        yield session


State = Annotated[ApiState, Depends(get_state)]
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
