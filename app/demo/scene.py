"""What the demonstration has to say: scenes, and the steps that had to come out right in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that had to come out right. `facts` are further lines for the reader."""

    name: str
    ok: bool
    said: str
    facts: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    title: str
    steps: Sequence[Step]


class Act(Protocol):
    def scenes(self) -> AsyncIterator[Scene]:
        """One after the other, as they are played."""
        ...
