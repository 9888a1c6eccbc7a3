"""A person's name as one text, and as the two parts that shops keep it in. Pure.

Nobody can tell where a first name ends: what is split is split as it was before, wherever that still fits.
"""

from __future__ import annotations

from app.entities.base import Json


def words(value: Json) -> str:
    """With one blank between words and none around them; what is no text is none."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def joined(first: Json, last: Json) -> str | None:
    """`Jean Paul Sartre`; None where both parts are empty."""
    return " ".join(part for part in (words(first), words(last)) if part) or None


def split(name: str, first: Json = None, last: Json = None) -> tuple[str, str]:
    """First and last name, either may be empty. By the last or first name there was; else the last word is the last.

    A name of one word is a first name.
    """
    was_first, was_last = words(first), words(last)
    if name == joined(first, last):
        return was_first, was_last
    if was_last and name.endswith(f" {was_last}"):
        return name.removesuffix(f" {was_last}"), was_last
    if was_first and name.startswith(f"{was_first} "):
        return was_first, name.removeprefix(f"{was_first} ")
    rest, _, word = name.rpartition(" ")
    return (rest, word) if rest else (word, "")
