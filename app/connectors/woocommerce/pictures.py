"""What is known of the bytes of the shop's pictures without downloading them. The shop keeps no checksum.

Of a picture that this service uploaded the product carries a note (`_shopsync_images`); any other is downloaded once
and remembered. Either counts for one attachment with one file: a picture that a person crops gets another file, and
one that is replaced another attachment.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from app.connectors.told import whole_of
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.notes import note_of, noting
from app.entities.base import Json

NOTE: Final = "_shopsync_images"
KNOWN: Final = 20_000
"""Pictures whose hash is kept in memory; about 3 MB."""
KINDS: Final[Mapping[bytes, tuple[str, str]]] = {
    b"\x89PNG\r\n\x1a\n": ("png", "image/png"),
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
    b"GIF8": ("gif", "image/gif"),
    b"RIFF": ("webp", "image/webp"),
}
"""By their first bytes: what WordPress takes, with the file's ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One image of a product: the attachment, and where its bytes are."""

    number: int
    src: str

    @property
    def file(self) -> str:
        return PurePosixPath(unquote(urlsplit(self.src).path)).name.replace(" ", "-")


def of_product(row: Row) -> list[Picture]:
    """In the shop's order: the first is the cover."""
    listed = row.get("images")
    rows = [one for one in listed if isinstance(one, dict) and one.get("id")] if isinstance(listed, list) else []
    return [Picture(number=whole_of(one["id"], "image id"), src=str(one.get("src") or "")) for one in rows]


def name_of(content: bytes) -> str:
    """`sha1:<40 hex digits>`"""
    return "sha1:" + hashlib.sha1(content, usedforsecurity=False).hexdigest()


def kind_of(content: bytes) -> tuple[str, str] | None:
    """`("png", "image/png")`; None for what WordPress would not take."""
    return next((kind for start, kind in KINDS.items() if content.startswith(start)), None)


class Hashes:
    """`sha1:…` by attachment and file, the latest used ones."""

    def __init__(self, most: int = KNOWN) -> None:
        self._most = most
        self._held: OrderedDict[tuple[int, str], str] = OrderedDict()

    def of(self, row: Row) -> dict[int, str]:
        """What is known of the pictures of a product."""
        noted = _noted(row)
        found = {one.number: noted.get((one.number, one.file)) or self._get(one) for one in of_product(row)}
        return {number: known for number, known in found.items() if known}

    def put(self, picture: Picture, name: str) -> None:
        self._held[picture.number, picture.src] = name
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def _get(self, picture: Picture) -> str | None:
        key = (picture.number, picture.src)
        if key in self._held:
            self._held.move_to_end(key)
        return self._held.get(key)


def note(row: Row, uploaded: Iterable[tuple[Picture, str]], staying: Iterable[int]) -> Json | None:
    """The note of a product whose pictures change: of those that stay and were noted, and new ones. None: the same."""
    noted = {key: name for key, name in _noted(row).items() if key[0] in set(staying)}
    noted |= {(picture.number, picture.file): name for picture, name in uploaded}
    text = " ".join(f"{number}:{name.removeprefix('sha1:')}:{file}" for (number, file), name in sorted(noted.items()))
    return noting(NOTE, text) if text != str(note_of(row, NOTE) or "") else None


def _noted(row: Row) -> dict[tuple[int, str], str]:
    """`55:da39…:red.png 56:…`: plain text, for a plugin that copies notes may not keep anything richer."""
    entries = [entry.split(":", 2) for entry in str(note_of(row, NOTE) or "").split()]
    return {(int(one[0]), one[2]): f"sha1:{one[1]}" for one in entries if len(one) == 3 and one[0].isdecimal()}
