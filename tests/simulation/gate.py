"""One transaction at a time in the whole world, and who is next is drawn by lot.

Two transactions side by side would meet in the database in an order that no seed decides. The service holds none across
a call to a peer, so that nobody waits here for what cannot end.
"""

from __future__ import annotations

import asyncio
import random

from tests.simulation.life import Boundary, Life


class Gate:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._inside: Life | None = None
        self._waiting: list[tuple[Life, asyncio.Future[None]]] = []

    async def enter(self, life: Life) -> None:
        """The caller has it from here to `leave`."""
        await life.reach(Boundary.BEFORE_TRANSACTION)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((life, turn))
        self._open_soon()
        try:
            await turn
        except asyncio.CancelledError:
            self._gave_up(turn)
            raise
        if not life.alive:
            self.leave()
            await life.stopped()

    def leave(self) -> None:
        self._inside = None
        self._open_soon()

    def _gave_up(self, turn: asyncio.Future[None]) -> None:
        before = len(self._waiting)
        self._waiting = [each for each in self._waiting if each[1] is not turn]
        if len(self._waiting) == before:
            self.leave()  # it had just been let in

    def _open_soon(self) -> None:
        """Those who come in the same turn of the loop have the same chance."""
        asyncio.get_running_loop().call_soon(self._open)

    def _open(self) -> None:
        if self._inside is not None or not self._waiting:
            return
        life, turn = self._waiting.pop(self._rng.randrange(len(self._waiting)))
        if turn.done():
            self._open_soon()
            return
        self._inside = life
        turn.set_result(None)
