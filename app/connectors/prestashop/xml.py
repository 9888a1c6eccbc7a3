"""The webservice's XML: bodies it takes (it refuses JSON, recording 213) and answers it gives.

A record is `<prestashop><customer><id>3</id><name><language id="1">…</language></name><associations>…`.
Values are escaped here and nowhere else; what XML cannot hold at all (most control characters) is refused by
field, because the shop would answer `500 code 127` and name none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.entities.base import Json
from app.errors import Rejected

Texts: TypeAlias = Mapping[str, str]
"""One text per language id."""
Fields: TypeAlias = Mapping[str, "str | Texts"]
Rows: TypeAlias = Sequence[Mapping[str, str]]
Associations: TypeAlias = Mapping[str, tuple[str, Rows]]
"""`{"groups": ("group", [{"id": "3"}])}`."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FIRST_ID = re.compile(rb"<id>(?:<!\[CDATA\[)?\s*(\d+)\s*(?:\]\]>)?</id>")


class NotXmlError(Exception):
    """The answer is no XML, or XML that no honest server sends (entities, external references)."""


def document(name: str, fields: Fields, associations: Associations | None = None) -> bytes:
    """The body of a POST or PATCH."""
    root = Element("prestashop")
    record = SubElement(root, name)
    for field, value in fields.items():
        _set(SubElement(record, field), field, value)
    if associations:
        _associate(record, associations)
    return _bytes(root)


def merged(
    raw: bytes, fields: Fields, associations: Associations | None = None, *, without: Sequence[str] = ()
) -> bytes:
    """The full record as the shop gave it, with `fields` changed: the body of a PUT, which erases what it
    lacks. `without` are fields that it shows and does not take back.

    GET, change, PUT of the whole XML loses nothing for customers and orders (recordings 233, 528), and for products
    without what they do not take back (622, 623).
    """
    root = parse(raw)
    record = root[0] if len(root) else root
    for element in [found for name in without if (found := record.find(name)) is not None]:
        record.remove(element)
    for field, value in fields.items():
        found = record.find(field)
        _set(SubElement(record, field) if found is None else found, field, value)
    if associations:
        _associate(record, associations)
    try:
        return _bytes(root)
    except RecursionError as error:
        raise NotXmlError("it is nested too deeply") from error


def parse(raw: bytes) -> Element:
    """The root element. Text that a module printed before the document is skipped (recording 872)."""
    start = raw.find(b"<?xml")
    try:
        root: Element = fromstring(raw[max(start, 0) :], forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:  # LookupError: an unknown encoding
        raise NotXmlError(str(error)) from error
    return root


def first_id(raw: bytes) -> str | None:
    """The id of the record in an answer to POST, found even where a module spoilt the document around it."""
    found = _FIRST_ID.search(raw)
    return found.group(1).decode() if found else None


def record(raw: bytes) -> dict[str, Json] | None:
    """The record in an answer to a write, as a list's JSON has it, without associations; None if it cannot be read."""
    try:
        root = parse(raw)
    except NotXmlError:
        return None
    if not len(root) or root[0].find("id") is None:
        return None
    return {element.tag: _value(element) for element in root[0] if element.tag != "associations"}


def _value(element: Element) -> Json:
    languages = element.findall("language")
    if not languages:
        return element.text or ""
    return [{"id": one.get("id"), "value": one.text or ""} for one in languages]


def _set(element: Element, field: str, value: str | Texts) -> None:
    for child in list(element):
        element.remove(child)
    if isinstance(value, str):
        element.text = _holdable(field, value)
        return
    element.text = None
    for language, text in value.items():
        SubElement(element, "language", id=language).text = _holdable(field, text)


def _associate(record: Element, associations: Associations) -> None:
    """Replaces the lists named, keeps the others: the shop replaces a list as a whole (recording 976)."""
    parent = record.find("associations")
    if parent is None:
        parent = SubElement(record, "associations")
    for name, (item, rows) in associations.items():
        old = parent.find(name)
        if old is not None:
            parent.remove(old)
        holder = SubElement(parent, name)
        for row in rows:
            node = SubElement(holder, item)
            for field, value in row.items():
                _set(SubElement(node, field), field, value)


def _holdable(field: str, text: str) -> str:
    if found := _FORBIDDEN.search(text):
        raise Rejected(
            f"{field} has a character that cannot be sent to the shop (U+{ord(found.group()):04X}); remove it",
            code="bad_character",
            field=field,
        )
    return text


def _bytes(root: Element) -> bytes:
    raw: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return raw
