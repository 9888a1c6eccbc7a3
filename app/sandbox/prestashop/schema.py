"""The two descriptions of a resource: `?schema=blank` (an empty form) and `?schema=synopsis` (its rules)."""

from collections.abc import Sequence

from .render import HEAD, TAIL
from .resources import Association, Field, Resource

EMPTY = "<![CDATA[]]>"


def schema(resource: Resource, kind: str, *, api: str, languages: Sequence[int]) -> bytes:
    rules = kind == "synopsis"
    shown = [field for field in resource.fields.values() if rules or field.writable]
    fields = "".join(_field(field, rules=rules, api=api, languages=languages) for field in shown)
    first = "" if rules else f"\t<id>{EMPTY}</id>\n"
    linked = "".join(_association(association, rules=rules) for association in resource.associations)
    linked = f"<associations>\n{linked}</associations>\n" if linked else ""
    return f"{HEAD}<{resource.node}>\n{first}{fields}{linked}</{resource.node}>\n{TAIL}".encode()


def _field(field: Field, *, rules: bool, api: str, languages: Sequence[int]) -> str:
    attributes = _rules(field) if rules else ""
    if not field.i18n:
        return f"\t<{field.name}{attributes}>{EMPTY}</{field.name}>\n"
    href = f' xlink:href="{api}languages/%s" format="isUnsignedId" ' if rules else "%.0s"
    inner = "".join(f'<language id="{one}"{href % one}>{EMPTY}</language>' for one in languages)
    return f"\t<{field.name}{attributes}>{inner}</{field.name}>\n"


def _rules(field: Field) -> str:
    marks = {
        "notFilterable": "" if field.filterable else "true",
        "required": "true" if field.required else "",
        "maxSize": str(field.max_length or ""),
        "readOnly": "" if field.writable else "true",
        "format": field.validator or "",
    }
    return "".join(f' {name}="{value}"' for name, value in marks.items() if value)


def _association(association: Association, *, rules: bool) -> str:
    kind = f'api="{association.api}"' if association.api else 'virtualEntity="true"'
    fields = "".join(f"\t<{name}>{EMPTY}</{name}>\n" for name in association.fields)
    node = f"\t<{association.node}>\n{fields}\t</{association.node}>\n"
    attributes = f' nodeType="{association.node}" {kind}' if rules else ""
    return f"<{association.name}{attributes}>\n{node}</{association.name}>\n"
