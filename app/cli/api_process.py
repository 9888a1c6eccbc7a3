"""One API process: uvicorn around the application, on a socket that listens already."""

from __future__ import annotations

import asyncio
import signal
import socket
from types import FrameType

import typer
import uvicorn
from fastapi import FastAPI

from app.cli.environment import Urls
from app.cli.listener import BACKLOG
from app.main import create_app
from app.settings import Settings

LAST_ANSWERS_S = 1.0
"""So long before the grace time ends nobody waits for an outcome any more: uvicorn would answer 500 for an event that
is stored."""


class _Server(uvicorn.Server):
    """Not ready from the signal on, while requests under way are still answered."""

    app: FastAPI

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.app.state.stopping = True
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        grace_s = self.config.timeout_graceful_shutdown or 0
        outcomes = self.app.state.shopsync.outcomes
        asyncio.get_running_loop().call_later(max(grace_s - LAST_ANSWERS_S, 0), outcomes.close)
        await super().shutdown(sockets)


def run_api(settings: Settings, where: Urls, listener: socket.socket) -> None:
    """Until SIGTERM or SIGINT; requests under way get `SHUTDOWN_GRACE_S`."""
    app = create_app(settings, database_url=where.database_url, redis_url=where.redis_url)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # `api/limits.py` believes the trusted proxies only
        server_header=False,
        timeout_graceful_shutdown=round(settings.shutdown_grace_s),
        backlog=BACKLOG,
    )
    server = _Server(config)
    server.app = app
    # After draining uvicorn raises the signal again for whoever ran it; we have nothing left to do and end with 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)
