"""Writes `docs/matrix.md` and the tables of `docs/modules.md` from the modules, so that there is one place to change.

`python -m app.modules_docs` says whether both are up to date; with `--write` it makes them so. Plugins are left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic_core import PydanticUndefined

from app.connectors.kind import ODOO
from app.connectors.registry import SHOPS
from app.entities.base import Direction, EntityType, Side
from app.modules.base import Module
from app.modules.matrix import CAPABILITIES, DOCUMENTS, can_flow, find_cell, other_end_of
from app.modules.registry import BUILT_IN, amount
from app.portal.capabilities import KIND as PORTAL

DOCS: Final = Path(__file__).parents[1] / "docs"
MODULES_PAGE: Final = DOCS / "modules.md"
MATRIX_PAGE: Final = DOCS / "matrix.md"
HEAD: Final = """\
# What is kept the same, and how a change is noticed

Made from the modules and what the connectors say of themselves by `make fmt`. For one link as it is set the same
is shown by `GET /api/v1/links/{slug}/capabilities` and `shopsync link check`.

- *possible*: both ends can. *by default*: what the module switches on with its default settings.
- *webhook*: the system tells of it, and of which changes. *poll*: it is found by its date of change, every five minutes
  if nothing else is set. *reconcile only*: neither shows it.
- What a webhook failed to tell is found by poll. What neither shows is named below each table, and found by a
  reconciliation.
"""
_OUT_OF: Final = {Side.ODOO: Direction.ODOO_TO_SHOP, Side.SHOP: Direction.SHOP_TO_ODOO}
_ENDS: Final = {DOCUMENTS: " (as documents)", PORTAL: " (our lead form)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One entity type of one module on a link with such a shop. `other_end`: what stands in the shop's place."""

    entity_type: EntityType
    module: str
    other_end: str
    by_default: str


def settings_table(module: Module[Any]) -> str:
    """The module's own settings, then those of the connector that they are laid over."""
    fields = module.settings.model_fields
    own = vars(module.settings).get("__annotations__", {})
    rows = [
        f"| `{name}` | {_default(fields[name].get_default(call_default_factory=True))} | {fields[name].description} |"
        for name in sorted(fields, key=lambda name: name not in own)
    ]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows])


def modules_page(page: str) -> str:
    """The page with the part between each module's markers made anew."""
    for module in BUILT_IN:
        begin, end = f"<!-- {module.name}:begin -->", f"<!-- {module.name}:end -->"
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n{settings_table(module)}\n{end}{rest.split(end, 1)[1]}"
    return page


def matrix_page() -> str:
    parts = [HEAD, "## Odoo\n", *_unseen(ODOO)]
    for kind, shop in SHOPS.items():
        parts += [
            f"\n## {shop.title}\n",
            "| entity type | module | possible | by default | a change in Odoo | in the shop |",
        ]
        parts += ["|---|---|---|---|---|---|", *(_row(cell) for cell in cells(kind)), "", *_unseen(kind)]
    return "\n".join(parts) + "\n"


def cells(shop_kind: str) -> list[Cell]:
    """By entity type, and the modules that keep it."""
    allowed = [each for each in BUILT_IN if each.shop_kinds is None or shop_kind in each.shop_kinds]
    found = [cell for module in allowed for cell in _cells(module, shop_kind)]
    order = list(EntityType)
    return sorted(found, key=lambda cell: (order.index(cell.entity_type), cell.module))


def outdated() -> dict[Path, str]:
    """What differs from the modules, and what it should say."""
    wanted = {MATRIX_PAGE: matrix_page(), MODULES_PAGE: modules_page(_read(MODULES_PAGE))}
    return {path: text for path, text in wanted.items() if _read(path) != text}


def main() -> None:
    parser = argparse.ArgumentParser(description="Check docs/matrix.md and docs/modules.md against the modules.")
    parser.add_argument("--write", action="store_true", help="bring them up to date")
    write: bool = parser.parse_args().write
    found = outdated()
    for path, text in found.items():
        if write:
            path.write_text(text)
        sys.stdout.write(f"{path.name} {'written' if write else 'is out of date: make fmt'}\n")
    if found and not write:
        raise SystemExit(1)


def _cells(module: Module[Any], shop_kind: str) -> Iterator[Cell]:
    defaults = amount({module.name: {}}, shop_kind=shop_kind).sync
    for entity_type in module.entity_types:
        switched_on = defaults.entities.get(entity_type)
        yield Cell(
            entity_type=entity_type,
            module=module.name,
            other_end=other_end_of(entity_type, shop_kind, defaults.documents),
            by_default="as `sync` says" if switched_on is None else _arrow(str(switched_on.get("direction", "both"))),
        )


def _row(cell: Cell) -> str:
    possible = [each.value for each in Direction if can_flow(cell.entity_type, each, shop_kind=cell.other_end)]
    arrow = _arrow("both" if len(possible) == len(Direction) else (possible or ["none"])[0])
    noticed = [_noticed(cell, side) for side in Side]
    name = f"{cell.entity_type}{_ENDS.get(cell.other_end, '')}"
    return f"| {name} | {cell.module} | {arrow} | {cell.by_default} | {' | '.join(noticed)} |"


def _noticed(cell: Cell, side: Side) -> str:
    found = find_cell(ODOO if side is Side.ODOO else cell.other_end, cell.entity_type)
    if found is None or not can_flow(cell.entity_type, _OUT_OF[side], shop_kind=cell.other_end):
        return "—"
    ways = [f"webhook ({', '.join(sorted(found.signals))})"] if found.signals else []
    ways += ["poll"] if found.polled else []
    return ", ".join(ways) or "reconcile only"


def _unseen(kind: str) -> list[str]:
    told = [f"- {cell.entity_type}: {'; '.join(cell.unseen)}" for cell in CAPABILITIES[kind] if cell.unseen]
    return ["Seen by neither webhook nor poll:", "", *told]


def _arrow(direction: str) -> str:
    return {"both": "Odoo ⇄ shop", "odoo_to_shop": "Odoo → shop", "shop_to_odoo": "shop → Odoo"}.get(direction, "—")


def _default(value: object) -> str:
    if value in (None, PydanticUndefined, {}, (), ""):
        return ""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {', '.join(values)}" for name, values in value.items())
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    main()
