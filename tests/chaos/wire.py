"""What can happen to an answer on its way: the connection is cut under uvicorn."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Send


async def cut(send: Send) -> None:
    """`send` is the server's own."""
    transport: Any = send.__self__.transport  # type: ignore[attr-defined]  # uvicorn's RequestResponseCycle.send
    transport.abort()
    await asyncio.sleep(0)  # lets uvicorn notice, or it would complain of a missing answer
