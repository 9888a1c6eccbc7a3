"""Watches one edit: until it has arrived and everything is at rest, and then how many writes it took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from app.demo.scene import Scene, Step
from app.demo.stage import eventually
from app.demo.window import Row

Picture = Mapping[str, str]
"""What each side holds: {"Odoo": …, "the shop": …}, a line each."""
Look = Callable[[], Awaitable[Picture]]
Writes = Mapping[str, Sequence[str]]
"""Per side what it was asked to change, in the order in which it was asked."""
Written = Callable[[], Awaitable[Sequence[str]]]


class Observer:
    """`sides`: what each side was asked to change so far. `jobs`: all of them by id. `quiet`: None while something is
    under way. `teller`: whose word a job that ended unchanged goes back to."""

    def __init__(
        self,
        sides: Mapping[str, Written],
        *,
        jobs: Callable[[], Awaitable[Mapping[int, Row]]],
        quiet: Callable[[], Awaitable[bool | None]],
        teller: Callable[[Row], str],
    ) -> None:
        self._sides = sides
        self._jobs = jobs
        self._quiet = quiet
        self._teller = teller

    async def scene(
        self,
        title: str,
        edit: Callable[[], Awaitable[None]],
        *,
        look: Look,
        seen: Mapping[str, str],
        writes: Mapping[str, int] | None = None,
    ) -> Scene:
        """`seen`: what has to be seen on which side. `writes`: how many a side has to receive; None: any number."""
        before, written, jobs = await look(), await self.written(), await self._jobs()
        started = time.monotonic()
        await edit()
        after_s = await _arrivals(look, seen, started)
        quiet = await eventually(self._quiet)
        after = await look()
        ended = [job for number, job in (await self._jobs()).items() if job != jobs.get(number)]
        arrived = Step(
            name="arrived",
            ok=after_s.keys() == seen.keys(),
            said=", ".join(
                f"in {side} after {after_s[side]:.2f} s" if side in after_s else f"not in {side}" for side in seen
            ),
            facts=[_shown("before", before), _shown("after", after)],
        )
        counted = _counted(since(await self.written(), written), writes)
        return Scene(title=title, steps=[arrived, self._echo(ended, quiet=bool(quiet)), counted])

    async def written(self) -> Writes:
        return {side: await written() for side, written in self._sides.items()}

    def _echo(self, jobs: Sequence[Row], *, quiet: bool) -> Step:
        """A shop tells of our writes as of any other; Odoo's rules leave our user's out, unless another shop needs
        to hear of them."""
        echoes = [job for job in jobs if job["outcome"] == "unchanged"]
        stuck = [job for job in jobs if job["status"] not in ("completed", "cancelled")]
        facts = [
            f"{'held' if job['held_reason'] else job['status']}: {job['held_reason'] or job['error_message']}"
            for job in stuck
        ]
        tellers = " and ".join(sorted({self._teller(job) for job in echoes}))
        numbers = ", ".join(str(job["id"]) for job in echoes)
        told = f"{tellers} told of our write, which ended unchanged (job {numbers})"
        return Step(
            name="echo recognised",
            ok=quiet and not any(not job["held_reason"] for job in stuck),
            said=told if echoes else "nothing came back: Odoo's rules leave out what we write",
            facts=facts,
        )


def since(now: Writes, then: Writes) -> Writes:
    return {side: writes[len(then[side]) :] for side, writes in now.items()}


def at_rest(stats: Mapping[str, int], *, of: str = "") -> Step:
    """`stats`: how many jobs have which status, of that link or of all."""
    left = {status: count for status, count in stats.items() if status not in ("completed", "cancelled") and count}
    said = f"{sum(stats.values())} jobs, all done" if not left else f"still there: {left}"
    return Step(name=f"nothing left in the queue{of and f' of {of}'}", ok=not left, said=said)


async def _arrivals(look: Look, seen: Mapping[str, str], started: float) -> Mapping[str, float]:
    """Seconds until it was there, by side; a side that it never came to is absent."""
    arrived: dict[str, float] = {}

    async def ask() -> bool | None:
        picture = await look()
        passed = time.monotonic() - started
        arrived.update({side: passed for side, text in seen.items() if side not in arrived and text in picture[side]})
        return arrived.keys() == seen.keys() or None

    await eventually(ask)
    return arrived


def _counted(received: Writes, wanted: Mapping[str, int] | None) -> Step:
    numbers = {side: len(writes) for side, writes in received.items()}
    return Step(
        name="writes",
        ok=wanted is None or wanted == numbers,
        said=", ".join(f"{number} to {side}" for side, number in numbers.items()),
        facts=[", ".join(write for writes in received.values() for write in writes) or "(none)"],
    )


def _shown(when: str, picture: Picture) -> str:
    return f"{when:<7} {'   '.join(f'{side}: {line}' for side, line in picture.items())}"
