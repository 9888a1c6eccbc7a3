"""The XML a client sends, read as leniently as the shop does: any root, any node name, any field.

<prestashop><customer><id>3</id><name><language id="1">x</language></name>
    <associations><groups><group><id>3</id></group></groups></associations></customer></prestashop>
"""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .errors import ApiError
from .state import Links


@dataclass(frozen=True, slots=True)
class Entity:
    """`texts`: what a multilingual field's `<language>` nodes say; empty where plain text was sent."""

    fields: dict[str, str] = field(default_factory=dict)
    texts: dict[str, dict[int, str]] = field(default_factory=dict)
    associations: dict[str, Links] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.fields.get("id", "")


def read(body: bytes) -> list[Entity]:
    """Whatever is not XML, JSON included, is HTTP 500 code 127 with the body echoed."""
    sent = body.removeprefix(b"xml=")
    try:
        root = fromstring(sent)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        echo = sent.decode("utf-8", "replace")
        message = f"XML error : String could not be parsed as XML\nXML length : {len(sent)}\nOriginal XML : {echo}"
        raise ApiError(500, (127, message)) from problem
    return [_entity(node) for node in root]


def _entity(node: Element) -> Entity:
    entity = Entity()
    for child in node:
        if child.tag == "associations":
            entity.associations.update({one.tag: [_entry(entry) for entry in one] for one in child})
            continue
        entity.fields[child.tag] = child.text or ""
        languages = child.findall("language")
        if languages:
            entity.texts[child.tag] = {int(one.get("id") or 0): one.text or "" for one in languages}
    return entity


def _entry(node: Element) -> dict[str, str]:
    return {child.tag: (child.text or "").strip() for child in node}
