"""What the demonstration has to say: scenes, and the steps that had to come out right in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
