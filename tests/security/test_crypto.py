"""Credentials are sealed under a ring of keys that can be turned."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.errors import ActionRequired
from app.redact import REDACTED, redact
from app.security.crypto import BadKey, CannotOpen, KeyRing, new_key, open_key_ring, parse_keys
from app.settings import Settings


def _ring(*keys: str) -> KeyRing:
    return parse_keys(",".join(keys))


def test_what_was_sealed_opens_to_the_same() -> None:
    ring = _ring(new_key())

    assert ring.open(ring.seal(b"\x00secret")) == b"\x00secret"
    assert ring.open(ring.seal("clé")) == "clé".encode()


def test_the_same_content_sealed_twice_looks_different_and_shows_nothing() -> None:
    ring = _ring(new_key())

    one, other = ring.seal("api-key-of-a-shop"), ring.seal("api-key-of-a-shop")

    assert one != other
    assert b"api-key" not in one


def test_after_rotation_the_new_key_seals_and_the_old_one_still_opens() -> None:
    old, new = new_key(), new_key()
    sealed_before = _ring(old).seal("kept")

    turned = _ring(new, old)

    assert turned.open(sealed_before) == b"kept"
    assert not turned.is_current(sealed_before)
    assert turned.is_current(turned.seal("kept"))
    assert _ring(new).open(turned.seal("kept")) == b"kept"


def test_without_its_key_the_error_says_what_to_put_back() -> None:
    sealed = _ring(new_key()).seal("kept")

    with pytest.raises(CannotOpen, match="SECRET_KEYS") as refused:
        _ring(new_key(), new_key()).open(sealed)
    assert isinstance(refused.value, ActionRequired)


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 60])
def test_content_that_was_never_sealed_is_refused_in_the_same_way(damaged: bytes) -> None:
    with pytest.raises(CannotOpen):
        _ring(new_key()).open(damaged)


def test_a_changed_byte_is_noticed() -> None:
    ring = _ring(new_key())
    sealed = bytearray(ring.seal("kept"))
    sealed[-1] ^= 1

    with pytest.raises(CannotOpen):
        ring.open(bytes(sealed))


@pytest.mark.parametrize("written", ["", " , ", "not base64!", base64.b64encode(b"too short").decode()])
def test_a_bad_key_is_named_by_its_place_and_never_shown(written: str) -> None:
    with pytest.raises(BadKey, match="SECRET_KEYS") as refused:
        parse_keys(written)
    assert not written.strip(" ,") or written not in str(refused.value)


def test_outside_production_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    sealed = open_key_ring(settings).seal("kept")

    assert open_key_ring(settings).open(sealed) == b"kept"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_keys_from_the_settings_are_used_and_taken_out_of_logs(tmp_path: Path) -> None:
    key = new_key()
    settings = Settings(secret_keys=SecretStr(key), data_dir=tmp_path)

    sealed = open_key_ring(settings).seal("kept")

    assert _ring(key).open(sealed) == b"kept"
    assert list(tmp_path.iterdir()) == []
    assert redact(f"key {key}") == f"key {REDACTED}"
