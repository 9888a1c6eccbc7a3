"""A description as a shop holds it, in HTML, and as a record holds it, in plain text. Pure.

A paragraph, a heading or a list is set off by an empty line, a line break or a list's item is a new line. Blanks are
kept as they are, but a line end in the source is a blank, as in a browser. `plain(of_text(text)) == text` for any text
without blanks at the ends of its lines.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

from app.entities.markup import MarkupReader

_PARAGRAPHS: Final = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "section", "article"}
)
_LINES: Final = frozenset({"li", "tr", "dt", "dd"})
_UNSEEN: Final = frozenset({"script", "style", "template"})
_SOURCE_LINE: Final = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")
_EMPTY_LINE: Final = re.compile(r"(?<!\n)\n\n")


def plain(html: str | None) -> str | None:
    """None where there is nothing to be read."""
    if not html:
        return None
    reader = _Reader()
    reader.read(html)
    return reader.text() or None


def of_text(text: str | None) -> str | None:
    """`<p>` per paragraph, `<br />` per line end; None for nothing."""
    paragraphs = _EMPTY_LINE.split((text or "").strip())
    return "".join(f"<p>{_lines(one)}</p>" for one in paragraphs) if paragraphs != [""] else None


def kept(text: str | None, html: str | None) -> bool:
    """Whether `html` says `text` already, so that its markup need not be lost."""
    return plain(html) == plain(of_text(text))


def _lines(paragraph: str) -> str:
    return "<br />".join(escape(line, quote=False) for line in paragraph.split("\n"))


class _Reader(MarkupReader):
    """Collects text; a break is written when text follows it, so that none stands at either end."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._wanted = 0
        self._lines = 0
        self._unseen = 0

    def text(self) -> str:
        return "".join(self._parts).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "br":
            self._lines += 1
        else:
            self._break(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        words = _SOURCE_LINE.sub(" ", data)
        if not words.strip() and (self._breaks or not self._parts):
            return
        if self._breaks:
            words = words.lstrip(" ") if _SOURCE_LINE.match(data) else words
            self._parts.append("\n" * self._breaks)
        self._parts.append(words)
        self._wanted = self._lines = 0

    @property
    def _breaks(self) -> int:
        return self._wanted + self._lines

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self._wanted = 2
        elif tag in _LINES:
            self._wanted = max(self._wanted, 1)
