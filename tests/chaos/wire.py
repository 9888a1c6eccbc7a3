"""What can happen to a call or an answer on its way."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send


async def cut(send: Send) -> None:
    """The connection is gone. `send` is the server's own, of uvicorn."""
    transport: Any = send.__self__.transport  # type: ignore[attr-defined]  # RequestResponseCycle.send
    transport.abort()
    await asyncio.sleep(0)  # lets uvicorn notice, or it would complain of a missing answer


async def unavailable(scope: Scope, receive: Receive, send: Send) -> None:
    """A proxy answers for a server that is not there."""
    await HTMLResponse("<html><h1>503 Service Unavailable</h1></html>", 503)(scope, receive, send)
