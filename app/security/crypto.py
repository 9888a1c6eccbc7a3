"""Seals credentials at rest with libsodium's secretbox under a ring of keys: the first seals, all open.

To change the key, put the new one first and keep the old ones until everything has been sealed anew.
"""

from __future__ import annotations

import base64
import binascii
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from app.errors import ActionRequired
from app.redact import register_secret
from app.settings import Settings

KEY_FILE = "secret.key"


class CannotOpen(ActionRequired):
    """Sealed with a key that is not, or no longer, in `SECRET_KEYS`."""

    code = "cannot_open"
    status_code = 500


class BadKey(ActionRequired):
    code = "bad_secret_key"
    status_code = 500


class KeyRing:
    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise BadKey("SECRET_KEYS holds no key; make one with `shopsync key`")
        self._boxes = [SecretBox(key) for key in keys]

    def __len__(self) -> int:
        return len(self._boxes)

    def seal(self, plain: bytes | str) -> bytes:
        return bytes(self._boxes[0].encrypt(plain.encode() if isinstance(plain, str) else plain))

    def open(self, sealed: bytes) -> bytes:
        for box in self._boxes:
            try:
                return box.decrypt(sealed)
            except (CryptoError, ValueError):  # ValueError: too short to have been sealed at all
                continue
        raise CannotOpen("stored credentials open with none of SECRET_KEYS: put the key they were sealed with back")

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed it; if not, sealing it anew lets the old key go."""
        try:
            self._boxes[0].decrypt(sealed)
        except (CryptoError, ValueError):
            return False
        return True


def new_key() -> str:
    """32 random bytes in base64, as `SECRET_KEYS` takes them."""
    return base64.b64encode(random_bytes(SecretBox.KEY_SIZE)).decode()


def parse_keys(written: str) -> KeyRing:
    return KeyRing([_key(position, part) for position, part in enumerate(_parts(written), start=1)])


def open_key_ring(settings: Settings) -> KeyRing:
    """From `SECRET_KEYS`, else from a key file under `DATA_DIR`, made at first use (production refuses that)."""
    if settings.secret_keys is not None:
        return parse_keys(settings.secret_keys.get_secret_value())
    return parse_keys(_generated_key(settings.data_dir / KEY_FILE))


def _generated_key(path: Path) -> str:
    """Written aside and linked into place: of two processes that start at once, both use the one that came first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, aside = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(aside)
    return path.read_text()


def _parts(written: str) -> list[str]:
    return [part.strip() for part in written.split(",") if part.strip()]


def _key(position: int, written: str) -> bytes:
    register_secret(written)
    try:
        key = base64.b64decode(written, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != SecretBox.KEY_SIZE:
        raise BadKey(f"key {position} of SECRET_KEYS is not 32 bytes in base64; make one with `shopsync key`")
    return key
