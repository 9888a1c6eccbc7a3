"""Texts of the catalogue as WordPress stores them and as they read. Pure.

WordPress filters what it is sent: "&" is stored as "&amp;" and a backslash vanishes (recording err-06). Sent as
entities both are kept, and so is a "<" that is no markup.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from app.entities import plain_html
from app.entities.base import Json

_EMPTY_LINE: Final = re.compile(r"\n[ \t]*\n+")
_BLOCK: Final = re.compile(
    r"^</?(?:p|div|h[1-6]|ul|ol|li|table|tr|td|th|blockquote|pre|section|article|figure|hr|!--)\b", re.IGNORECASE
)


def sent_name(text: str | None) -> str:
    return _kept(escape(text or "", quote=False))


def read_html(stored: Json) -> str | None:
    """A description as it is stored, without blanks at its ends."""
    return stored.strip().replace("\r\n", "\n") or None if isinstance(stored, str) else None


def read_description(stored: Json) -> str | None:
    """The plain words of a description. Without markup its line ends count, as they do on the shop's pages."""
    html = read_html(stored)
    return plain_html.plain(_with_paragraphs(html)) if html else None


def sent_description(text: str | None) -> str:
    return _kept(plain_html.of_text(text) or "")


def says(stored: Json, text: str | None) -> bool:
    """Whether a stored description says `text` already, so that its markup need not be lost."""
    return read_description(stored) == plain_html.plain(plain_html.of_text(text))


def _kept(html: str) -> str:
    return html.replace("\\", "&#92;")


def _with_paragraphs(html: str) -> str:
    """What WordPress makes of a stored text when it shows it (`wpautop`)."""
    chunks = [chunk.strip() for chunk in _EMPTY_LINE.split(html)]
    return "\n".join(_paragraph(chunk) for chunk in chunks if chunk)


def _paragraph(chunk: str) -> str:
    return chunk if _BLOCK.match(chunk) else "<p>" + chunk.replace("\n", "<br />") + "</p>"
