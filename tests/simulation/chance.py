"""Everything that is drawn by lot in this process, from one seed.

To be imported before the service: some of it binds `uuid4` or `time.monotonic` when it is imported.
"""

from __future__ import annotations

import random
import secrets
import time
import uuid
from typing import Final

from tests.simulation.clock import CLOCK

_LOT: Final = random.Random(0)
"""For ids and secrets; what the world draws for itself comes from a generator of its own."""


def reseed(seed: int) -> None:
    """The same seed makes the same ids, passwords and waits of retries from here on."""
    _LOT.seed(f"ids {seed}")
    random.seed(f"waits {seed}")


def install() -> None:
    """Once per process."""
    uuid.uuid4 = lambda: uuid.UUID(int=_LOT.getrandbits(128), version=4)
    secrets.token_bytes = lambda nbytes=None: _LOT.randbytes(32 if nbytes is None else nbytes)
    time.monotonic = CLOCK.monotonic
