"""What sets a product's variations apart: attributes ("Size") with their options ("M"). Pure.

An attribute is the shop's own, with an id and terms that all products share, or a product's only (id 0). A product
lists the options there are; a variation names one of each. Options that a shared attribute does not know yet become
its terms when a product lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import unescape

from app.connectors.woocommerce.client import Row
from app.entities.base import Json


def chosen(variation: Row) -> dict[str, Json]:
    """`{"Colour": "Red", "Size": "M"}`"""
    pairs = {_name(one): unescape(str(one.get("option") or "")).strip() for one in _listed(variation)}
    return {name: pairs[name] for name in sorted(pairs) if name and pairs[name]}


def is_one(variation: Row, parent: Row) -> bool:
    """Not one that stands for any size, and so for several variants."""
    varying = {plain(_name(one)) for one in _listed(parent) if one.get("variation")}
    named = {plain(name) for name in chosen(variation)}
    return bool(named) and varying <= named


def listing(parent: Row, wanted: Iterable[Mapping[str, Json]], shared: Mapping[str, int]) -> list[Json] | None:
    """The attributes of a product that has variations of all `wanted`, to be sent as a whole; None: it lists them
    already. `shared`: ids of the shop's own attributes by name in lower case."""
    held = [_kept(one) for one in _listed(parent)]
    needed: dict[str, tuple[str, list[str]]] = {}
    for pairs in wanted:
        for name, option in pairs.items():
            _, options = needed.setdefault(plain(name), (name.strip(), []))
            if plain(str(option)) not in map(plain, options):
                options.append(str(option).strip())
    changed = [_grown(held, name, options, shared) for name, options in needed.values()]
    return list[Json](held) if any(changed) else None


def of_variation(attributes: Mapping[str, Json], listed: Sequence[Json]) -> list[Json]:
    """As a variation is sent: by id where the attribute is the shop's, in the spelling its product has."""
    known = {plain(_name(one)): one for one in listed if isinstance(one, dict)}
    return [_choice(known.get(plain(name), {}), name, str(option)) for name, option in attributes.items()]


def of_parent(parent: Row) -> list[Json]:
    return [_kept(one) for one in _listed(parent)]


def _grown(held: list[Row], name: str, options: Sequence[str], shared: Mapping[str, int]) -> bool:
    """Whether `held` had to change to vary by these options."""
    one = next((one for one in held if plain(_name(one)) == plain(name)), None)
    if one is None:
        number = shared.get(plain(name), 0)
        who: Row = {"id": number} if number else {"name": name}
        held.append({**who, "visible": True, "variation": True, "options": list[Json](options)})
        if number:
            held[-1]["name"] = name
        return True
    there = _options(one)
    more = [option for option in options if plain(option) not in map(plain, there)]
    if not more and one.get("variation"):
        return False
    one.update({"variation": True, "options": list[Json]([*there, *more])})
    return True


def _choice(known: Row, name: str, option: str) -> Json:
    spelled = next((one for one in _options(known) if plain(one) == plain(option)), option.strip())
    return (
        {"id": known["id"], "option": spelled} if known.get("id") else {"name": _name(known) or name, "option": spelled}
    )


def _kept(one: Row) -> Row:
    """What the shop needs to leave an attribute as it is."""
    return {name: one[name] for name in ("id", "name", "position", "visible", "variation", "options") if name in one}


def _options(one: Row) -> list[str]:
    options = one.get("options")
    return [unescape(str(option)).strip() for option in options] if isinstance(options, list) else []


def _listed(row: Row) -> list[Row]:
    listed = row.get("attributes")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _name(one: Mapping[str, Json]) -> str:
    return unescape(str(one.get("name") or "")).strip()


def plain(text: str | None) -> str:
    return " ".join((text or "").lower().split())
