"""One process at a time, for work that calls other systems: a lock without a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import SessionMaker


class Space(IntEnum):
    """What the second number of a lock is an id of."""

    WEBHOOKS_OF_LINK = 7101


@asynccontextmanager
async def only_here(sessions: SessionMaker, space: Space, number: int) -> AsyncIterator[bool]:
    """False, at once, while another process has it. PostgreSQL gives it back if this process dies.

    It belongs to a connection that is kept meanwhile, out of a transaction: no row is locked, nothing grows old.
    """
    key = {"space": int(space), "number": number}
    async with sessions() as session:
        connection = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        held = bool(await connection.scalar(text("SELECT pg_try_advisory_lock(:space, :number)"), key))
        try:
            yield held
        finally:
            if held:
                try:
                    await connection.execute(text("SELECT pg_advisory_unlock(:space, :number)"), key)
                except (SQLAlchemyError, OSError):
                    # The lock went with the connection; the pool must not hand that out.
                    await connection.invalidate()
                except BaseException:
                    await connection.invalidate()
                    raise
