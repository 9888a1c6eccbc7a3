"""API tokens: random, recognisable, stored as a hash."""

from __future__ import annotations

from app.security.tokens import hash_token, new_token


def test_tokens_are_recognisable_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert {(token[:4], len(token)) for token in tokens} == {("sst_", 36)}


def test_the_stored_hash_is_the_plain_sha_256() -> None:
    assert hash_token("sst_abc") == "689fb4c3bb4178115acf8f1e59dc4fac06e1a29560f8251c43fef3e998635c34"


def test_a_token_that_is_no_text_is_hashed_like_any_other() -> None:
    assert len(hash_token("sst_\udcff")) == 64
