"""Operator API tokens: shown once, stored as a hash. They are random, so a plain SHA-256 is enough."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "sst_"  # lets secret scanners, and people, see what it is
RANDOM_BYTES = 24  # 32 characters


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
