"""Objects, lists and errors as XML and as JSON, the way PrestaShop writes them.

XML shows null and false as nothing. JSON shows `id` as a number and everything else as text, drops falsy
fields of a single object (from 8.0.0), writes an empty list as `[]`, and a multilingual text as a list
only where two or more languages are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from .computed import links_of, value_of
from .query import Selection
from .resources import Association, Field, Resource, Value
from .state import Links, Row, Shop

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
TAIL = "</prestashop>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How this request wants objects shown. `api`: the address links start with, e.g. `http://host/api/`."""

    shop: Shop
    api: str
    json: bool
    languages: Sequence[int]
    drop_falsy: bool
    one_language: bool = False


def errors(found: Iterable[tuple[int, str]], *, json: bool) -> bytes:
    if json:
        return _json({"errors": [{"code": code, "message": message} for code, message in found]})
    nodes = "".join(
        f"<error>\n<code>{_cdata(code)}</code>\n<message>{_cdata(message)}</message>\n</error>\n"
        for code, message in found
    )
    return f"{HEAD}<errors>\n{nodes}</errors>\n{TAIL}".encode()


def listing(view: View, resource: Resource, rows: Sequence[Row], chosen: Selection | None) -> bytes:
    if view.json:
        shown = [_as_json(view, resource, row, chosen) if chosen else {"id": row["id"]} for row in rows]
        return _json({resource.name: shown} if shown else [])
    if chosen is None:
        one = f'<{resource.node} id="%s" xlink:href="{view.api}{resource.name}/%s"/>\n'
        nodes = "".join(one % (row["id"], row["id"]) for row in rows)
    else:
        nodes = "".join(_as_xml(view, resource, row, chosen) for row in rows)
    return f"{HEAD}<{resource.name}>\n{nodes}</{resource.name}>\n{TAIL}".encode()


def objects(view: View, resource: Resource, memories: Sequence[Row], chosen: Selection) -> bytes:
    """One object, or those of one write, outside a list: bare in XML, under the node's name in JSON."""
    if view.json:
        shown = [_as_json(view, resource, memory, chosen) for memory in memories]
        if view.drop_falsy:
            shown = [{name: value for name, value in one.items() if value not in _FALSY} for one in shown]
        return _json({resource.node: shown[0]} if len(shown) == 1 else {resource.name: shown})
    return f"{HEAD}{''.join(_as_xml(view, resource, m, chosen) for m in memories)}{TAIL}".encode()


_FALSY: tuple[object, ...] = (None, "", "0", 0, False, [])


def _as_json(view: View, resource: Resource, memory: Row, chosen: Selection) -> dict[str, object]:
    out: dict[str, object] = {}
    for name in chosen.fields:
        if name == "id":
            out[name] = memory["id"]
        elif resource.fields[name].i18n:
            out[name] = _texts(view, memory.get(name))
        else:
            out[name] = value_of(view.shop, resource, name, memory)
    links = {a.name: _chosen_links(view, resource, a, memory, chosen) for a in resource.associations}
    associations = {name: entries for name, entries in links.items() if entries}
    if associations:
        out["associations"] = associations
    return out


def _texts(view: View, value: Value) -> object:
    texts = value if isinstance(value, dict) else {}
    if view.one_language or len(view.languages) == 1:
        return texts.get(view.languages[0], "")
    return [{"id": str(language), "value": texts.get(language, "")} for language in view.languages]


def _chosen_links(view: View, resource: Resource, association: Association, memory: Row, chosen: Selection) -> Links:
    if association.name not in chosen.associations:
        return []
    entries = links_of(view.shop, resource, association, int(str(memory["id"])))
    wanted = chosen.associations[association.name]
    if wanted is None:
        return entries
    return [{name: value for name, value in entry.items() if name in wanted} for entry in entries]


def _as_xml(view: View, resource: Resource, memory: Row, chosen: Selection) -> str:
    parts = [f"<{resource.node}>\n"]
    for name in chosen.fields:
        if name == "id":
            parts.append(f"\t<id>{_cdata(memory['id'])}</id>\n")
        elif resource.fields[name].i18n:
            parts.append(f"\t<{name}>{_xml_texts(view, memory.get(name))}</{name}>\n")
        else:
            parts.append(_xml_field(view, resource.fields[name], value_of(view.shop, resource, name, memory)))
    if chosen.associations:
        parts.append("<associations>\n")
        for association in resource.associations:
            if association.name in chosen.associations:
                entries = _chosen_links(view, resource, association, memory, chosen)
                parts.append(_xml_association(view, association, entries))
        parts.append("</associations>\n")
    parts.append(f"</{resource.node}>\n")
    return "".join(parts)


def _xml_field(view: View, field: Field, value: Value) -> str:
    text = "" if value is None or value is False else str(value)
    attributes = "" if field.filterable else ' notFilterable="true"'
    if field.link and (field.link_always or text not in ("", "0")):
        attributes += f' xlink:href="{view.api}{field.link}/{text}"'
    return f"\t<{field.name}{attributes}>{_cdata(text)}</{field.name}>\n"


def _xml_texts(view: View, value: Value) -> str:
    """A language that was never set in memory has no link: the trace a POST leaves."""
    texts = value if isinstance(value, dict) else {}
    return "".join(
        f'<language id="{language}"'
        + (f' xlink:href="{view.api}languages/{language}"' if language in texts else "")
        + f">{_cdata(texts.get(language, ''))}</language>"
        for language in view.languages
    )


def _xml_association(view: View, association: Association, entries: Links) -> str:
    kind = f'api="{association.api}"' if association.api else 'virtualEntity="true"'
    opening = f'<{association.name} nodeType="{association.node}" {kind}'
    if not entries:
        return f"{opening}/>\n"
    nodes = "".join(_xml_entry(view, association, entry) for entry in entries)
    return f"{opening}>\n{nodes}</{association.name}>\n"


def _xml_entry(view: View, association: Association, entry: dict[str, str]) -> str:
    href = f' xlink:href="{view.api}{association.api}/{entry["id"]}"' if association.api and "id" in entry else ""
    parts = [f"\t<{association.node}{href}>\n"]
    for name in association.fields:
        if name in entry:
            to = association.links.get(name)
            link = f' xlink:href="{view.api}{to}/{entry[name]}"' if to else ""
            parts.append(f"\t<{name}{link}>{_cdata(entry[name])}</{name}>\n")
    parts.append(f"\t</{association.node}>\n")
    return "".join(parts)


def _cdata(value: object) -> str:
    return f"<![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def _json(value: object) -> bytes:
    """PHP escapes slashes; in JSON a slash stands inside text only, so replacing bytes is safe."""
    return orjson.dumps(value).replace(b"/", b"\\/")
