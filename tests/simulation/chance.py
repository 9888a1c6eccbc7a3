"""Everything that is drawn by lot in this process, from one seed.

To be imported before the service: some of it binds `uuid4` or `time.monotonic` when it is imported.
"""

from __future__ import annotations

import base64
import random
import secrets
import time
import uuid
from typing import Final

import nacl.utils

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
    # `token_bytes` stays: the driver logs in to PostgreSQL with it, and when it does hangs on what was done before.
    secrets.token_hex = lambda nbytes=None: _LOT.randbytes(nbytes or 32).hex()
    secrets.token_urlsafe = lambda nbytes=None: (
        base64.urlsafe_b64encode(_LOT.randbytes(nbytes or 32)).decode().rstrip("=")
    )
    nacl.utils.random = lambda size=32: _LOT.randbytes(size)
    time.monotonic = CLOCK.monotonic
