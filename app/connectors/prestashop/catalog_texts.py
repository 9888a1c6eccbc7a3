"""Texts of the catalogue: a record speaks the shop's default language, the state has every language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.prestashop import texts
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, State

_LONGEST_SLUG: Final = 128
_NOT_IN_SLUG: Final = re.compile(r"[^a-z0-9]+")


def spread(state: dict[str, Json], fields: Sequence[str]) -> dict[str, Json]:
    """`{"name": {"1": "Mug"}}` → `{"name:1": "Mug"}`, for each of `fields`."""
    held = {field: state.pop(field) for field in fields if field in state}
    for field, given in held.items():
        state |= texts.spread(field, given if isinstance(given, Mapping) else {})
    return state


def gathered(changes: State, base: State, fields: Sequence[str]) -> State:
    """The other way round, complete: the shop empties what is left out (recording 661)."""
    for field in fields:
        changes = texts.gathered(field, changes, base)
    return changes


async def everywhere(reference: Reference, changes: State, fields: Sequence[str]) -> dict[str, Json]:
    """`changes` of a new record with every active language: those without a text get the default language's, or the
    first given, for a nameless record cannot be found in the shop."""
    languages, default = await reference.languages(), str(await reference.default_language())
    filled = dict(changes)
    for field in fields:
        given = {number: changes[key] for number in languages if (key := texts.key(field, number)) in changes}
        if given:
            text = given.get(default) or next((one for one in given.values() if one), None)
            filled |= texts.spread(field, {number: given.get(number) or text for number in languages})
    return filled


def slugs(state: State, *, otherwise: str) -> dict[str, str]:
    """`link_rewrite` for each language of `name`: `{"1": "blue-mug"}`; the shop needs one and takes only letters."""
    names = texts.gathered("name", state, {}).get("name")
    languages = names if isinstance(names, dict) else {}
    return {number: slug(str(text or "")) or slug(otherwise) or "new" for number, text in languages.items()}


def slug(text: str) -> str:
    """`Blåbärs-Mugg Ø12` → `blabars-mugg-12`"""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUG.sub("-", plain)[:_LONGEST_SLUG].strip("-")
