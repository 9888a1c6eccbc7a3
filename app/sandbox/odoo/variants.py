"""Which variants a template has to have: one for each combination of its attribute lines' values."""

from __future__ import annotations

import itertools

from app.sandbox.odoo.call import Call, id_of, linked
from app.sandbox.odoo.computed import number
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.records import create_row, store, unlink_rows
from app.sandbox.odoo.rules import in_use

VALUES = "product.template.attribute.value"
LINES = "product.template.attribute.line"


def line_changed(call: Call, line: Row) -> None:
    """Keeps the line's template values, and then the variants of its template."""
    values = call.on(VALUES, system=True)
    wanted = linked(line, "value_ids") if line["id"] in call.table else []
    mine = [one for one in list(values.table.values()) if one["attribute_line_id"] == line["id"]]
    for one in mine:
        if one["product_attribute_value_id"] not in wanted:
            one["ptav_active"] = False
        elif not one["ptav_active"]:
            one["ptav_active"] = True
    known = {one["product_attribute_value_id"] for one in mine}
    for value_id in [one for one in wanted if one not in known]:
        extra = call.db.tables["product.attribute.value"][value_id]["default_extra_price"]
        create_row(
            values,
            {"attribute_line_id": line["id"], "product_attribute_value_id": value_id, "price_extra": number(extra)},
        )
    template = call.db.tables["product.template"].get(int(str(line["product_tmpl_id"])))
    if template is not None and template.get("_ready"):
        match_variants(call, template)


def match_variants(call: Call, template: Row) -> None:
    """Missing combinations are made, others unlinked, or archived where something refers to them.

    So a simple product loses its variant with its first attribute (product_simple_to_variable), and a value that comes
    back makes new ids (product_attribute_line_readd_value).
    """
    combinations, dynamic = _combinations(call, template)
    variants = call.on("product.product", system=True)
    mine = call.db.tables["product.product"].holding("product_tmpl_id", template["id"])
    kept: set[tuple[int, ...]] = set()
    for variant in mine:
        chosen = tuple(sorted(linked(variant, "product_template_attribute_value_ids")))
        if chosen in combinations:
            kept.add(chosen)
            if not variant["active"] and template["active"]:
                store(variants, variant, {"active": True})
    if not dynamic:
        for combination in [one for one in combinations if one not in kept]:
            create_row(
                variants,
                {
                    "product_tmpl_id": template["id"],
                    "product_template_attribute_value_ids": [[6, 0, list(combination)]],
                },
            )
    for variant in mine:
        if tuple(sorted(linked(variant, "product_template_attribute_value_ids"))) not in combinations:
            _put_away(variants, variant)


def _put_away(variants: Call, variant: Row) -> None:
    if in_use(variants.db, "product.product", id_of(variant)):
        store(variants, variant, {"active": False})
    else:
        unlink_rows(variants.on("product.product", [variant["id"]]))


def _combinations(call: Call, template: Row) -> tuple[list[tuple[int, ...]], bool]:
    """Also whether one attribute is dynamic, so that variants come only when somebody makes them."""
    attributes = call.db.tables["product.attribute"]
    parts: list[list[int]] = []
    dynamic = False
    for line in call.db.tables[LINES].values():
        mode = attributes[int(str(line["attribute_id"]))]["create_variant"]
        if line["product_tmpl_id"] != template["id"] or mode == "no_variant":
            continue
        dynamic = dynamic or mode == "dynamic"
        parts.append(_values_of(call, line))
    return [tuple(sorted(one)) for one in itertools.product(*[part for part in parts if part])], dynamic


def _values_of(call: Call, line: Row) -> list[int]:
    rows = call.db.tables[VALUES].values()
    mine = [one for one in rows if one["attribute_line_id"] == line["id"] and one["ptav_active"]]
    order = linked(line, "value_ids")
    return [
        id_of(one) for one in sorted(mine, key=lambda one: order.index(int(str(one["product_attribute_value_id"]))))
    ]
