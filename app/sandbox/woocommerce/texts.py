"""What WordPress makes of text: markup filtered on the way in, paragraphs on the way out, slugs for addresses."""

import re
import unicodedata
from collections.abc import Container
from html import unescape

_AMPERSAND = re.compile(r"&(?!(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);)")
_FORBIDDEN = re.compile(r"</?(?:script|style|iframe|object|embed|form|input)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_BLOCK = re.compile(r"^<(?:p|div|ul|ol|li|h[1-6]|table|blockquote|pre)\b", re.IGNORECASE)
_NOT_IN_A_SLUG = re.compile(r"[\x00-\x2c\x2e\x2f\x3a-\x60\x7b-\x7f]+")


def filtered(text: str) -> str:
    """Stored content: a bare "&" becomes an entity, backslashes vanish, harmless markup stays (err-06)."""
    return _AMPERSAND.sub("&amp;", _FORBIDDEN.sub("", text.replace("\\", "")))


def paragraphs(text: str) -> str:
    """A description as visitors (and `context=view`, and webhooks) get it: "d" -> "<p>d</p>\\n" (whx-06)."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    return "".join(f"{_paragraph(block)}\n" for block in blocks)


def slug(text: str) -> str:
    """ "Tüte & <b>x</b>" -> "tute-x" (err-06)."""
    bare = unescape(_TAG.sub("", text)).replace("&", " ").replace("'", "").replace('"', "")
    folded = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    return re.sub(r"-+", "-", _NOT_IN_A_SLUG.sub("-", folded.lower())).strip("-")


def free_slug(wanted: str, taken: Container[str]) -> str:
    """ "shirt" -> "shirt-2" where there is one (prod-45)."""
    count, free = 2, wanted
    while free in taken:
        free, count = f"{wanted}-{count}", count + 1
    return free


def _paragraph(block: str) -> str:
    if _BLOCK.match(block):
        return block
    lines = block.replace("\n", "<br />\n")
    return f"<p>{lines}</p>"
