"""SHA-256 of the canonical JSON of a record's mapped fields, as one side stores it."""

from __future__ import annotations

import hashlib
import json

from app.entities.base import State


def fingerprint(state: State) -> str:
    """64 hex digits; equal for equal content whatever the order of the keys."""
    text = json.dumps(dict(state), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
