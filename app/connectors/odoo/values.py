"""What Odoo's `read` gives for a field, as canonical values (`entities/base.py`). Pure.

Odoo says `false` for everything that is empty, except numbers (`0.0`), booleans (`false`) and x2many (`[]`), and gives
a text that was written as `""` back as `""`: both are None here. Floats come raw (`19.990000000000002`). A many2one is
a bare id with `load: ""`, and `[id, name]` without it (17.0, 19.0).
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from app.entities.base import Json, Record
from app.entities.markup import MarkupReader
from app.errors import BadPayload, Rejected

PLACES: Final = 6
"""More than any price, weight or quantity in Odoo keeps, and fewer than its floats' noise begins at."""

_BLOCKS: Final = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section"}
)
_UNSHOWN: Final = frozenset({"script", "style", "head", "title"})
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
# Blanks that HTML would swallow: at either end of a line, and every one behind another.
_SWALLOWED: Final = re.compile(r"(?:^|(?<= )) | $")


def text_of(value: Json) -> str | None:
    """Text without the blanks around it and with plain line ends; None when empty. A number as its digits."""
    if value is None or isinstance(value, bool):
        return None
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text or None


def texts_of(fields: Record, words: Mapping[str, str]) -> dict[str, Json]:
    """The texts among `fields` under Odoo's names (`words`: Odoo's name → the record's), as `text_of`.

    Raises `Rejected` naming the field for a NUL, which PostgreSQL cannot hold.
    """
    texts = {name: text_of(fields[word]) for name, word in words.items() if word in fields}
    for name, text in texts.items():
        if text and "\x00" in text:
            raise Rejected("Odoo holds no text with a NUL in it", field=words[name], code="invalid")
    return {**texts}


def amount_of(value: Json, *, places: int = PLACES) -> str:
    """A number as plain decimal text without trailing zeros, rounded half up: `19.990000000000002` → `"19.99"`.

    `false` and None are `"0"`. Raises `BadPayload` for what is no number.
    """
    if value is None or isinstance(value, bool):
        value = 0
    try:
        # By way of the shortest text, since Decimal(0.1) would be the float's whole tail.
        number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite():
        raise BadPayload(f"Odoo gave {str(value)[:40]!r} where a number belongs")
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def number_of(value: Json, *, places: int = PLACES) -> float:
    """What to write for a canonical amount: Odoo takes numbers (and refuses `"12,50"`). None is 0."""
    return float(amount_of(value, places=places))


def flag_of(value: Json) -> bool:
    return bool(value)


def id_of(value: Json) -> int | None:
    """A many2one or an `id`: a bare id, `[id, name]`, or `false`."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def ref_of(value: Json) -> str | None:
    """As `id_of`, in the form that records and refs carry: `"67"`."""
    number = id_of(value)
    return None if number is None else str(number)


def many2one_for(native_id: Json) -> int | bool:
    """What to write into a many2one for `"67"`, 67 or None: an int, or False for none.

    Odoo answers true to anything else and stores NULL. Raises `BadPayload` for what is no id.
    """
    if native_id is None or native_id is False:
        return False
    text = str(native_id)
    if isinstance(native_id, bool) or not (text.isascii() and text.isdigit() and int(text) > 0):
        raise BadPayload(f"{text[:40]!r} is no id of an Odoo record")
    return int(text)


def ids_of(value: Json) -> list[int]:
    """A one2many or many2many, in Odoo's order."""
    return [number for each in value if (number := id_of(each))] if isinstance(value, list) else []


def html_to_text(value: Json) -> str | None:
    """An html field as plain text: one line per paragraph, list entry or `<br>`. Odoo's empty one is `<p><br></p>`."""
    markup = text_of(value)
    if markup is None:
        return None
    reader = _Reader()
    reader.read(markup)
    return reader.text()


def text_to_html(text: str | None) -> str | bool:
    """Plain text for an html field; `html_to_text` gives it back, save that a tab becomes a blank.

    One paragraph with `<br>`, which Odoo's sanitiser leaves as it is.
    """
    if not text:
        return False
    lines = [_SWALLOWED.sub("\xa0", _plain_blanks(line)) for line in text.split("\n")]
    return "<p>" + "<br>".join(html.escape(line, quote=False) for line in lines) + "</p>"


def _plain_blanks(line: str) -> str:
    return line.replace("\t", " ").replace("\r", "")


class _Reader(MarkupReader):
    """Lines of what a browser would show."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._line = ""
        self._unshown = 0

    def text(self) -> str | None:
        self._end_block()
        return "\n".join(self._lines).strip() or None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSHOWN:
            self._unshown += 1
        elif tag == "br":
            self._end_line()
        elif tag in _BLOCKS:
            self._end_block()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSHOWN:
            self._unshown = max(0, self._unshown - 1)
        elif tag in _BLOCKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if not self._unshown:
            self._line += data

    def _end_line(self) -> None:
        # A non-breaking blank is how a blank that counts is written, so it is one only after the others went.
        self._lines.append(_BLANKS.sub(" ", self._line).strip(" ").replace("\xa0", " "))
        self._line = ""

    def _end_block(self) -> None:
        if _BLANKS.sub("", self._line):
            self._end_line()
        self._line = ""
