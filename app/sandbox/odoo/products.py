"""Templates and variants as one product: what is written on the one and found on the other."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour, Inverse
from app.sandbox.odoo.call import Call, existing, id_of, linked
from app.sandbox.odoo.computed import number, target_of, value_of
from app.sandbox.odoo.computed_fields import price_extra, shown_variants, variants_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import validation_error
from app.sandbox.odoo.images import with_image
from app.sandbox.odoo.records import create_row, store, unlink_rows, write_rows
from app.sandbox.odoo.stock import set_on_hand
from app.sandbox.odoo.variants import line_changed, match_variants

SHARED = ("default_code", "barcode", "standard_price", "weight", "volume")
DEFAULT_TAX = 3


def _prepare_template(call: Call, values: Row) -> Row:
    prepared = _typed(call, values)
    if "taxes_id" not in prepared:
        prepared["taxes_id"] = [[6, 0, [DEFAULT_TAX]]]
    return prepared


def _typed(call: Call, values: Row) -> Row:
    """17 has two fields for one thing; whichever is given sets the other."""
    if call.db.version > 17 or call.model.name != "product.template":
        return values
    kind = values.get("detailed_type") or values.get("type")
    return {**values, "type": kind, "detailed_type": kind} if kind else values


def _template_created(call: Call, row: Row) -> None:
    """A template without attributes has one variant, which takes the code, the bar code and the cost."""
    with_image(call, row, row)
    row["_ready"] = True
    if call.context.get("create_product_product") is not False:
        match_variants(call, row)
        _pass_on(call, row)


def _pass_on(call: Call, row: Row) -> None:
    """Values given at the create for the only variant; with several they are lost."""
    given = {name: row.pop(f"_{name}") for name in SHARED if f"_{name}" in row}
    variants = variants_of(call.db, row)
    if given and len(variants) == 1:
        _write_variant(call, variants[0], given)


def _write_variant(call: Call, variant: Row, values: Row) -> None:
    write_rows(call.on("product.product", [variant["id"]], system=True), values)


def _to_only_variant(name: str) -> Inverse:
    """Ineffective on a template with several variants (product_template_write_default_code_multi_variant)."""

    def write(call: Call, row: Row, value: object) -> None:
        variants = shown_variants(call.db, row)
        if not variants:
            row[f"_{name}"] = value
        elif len(variants) == 1:
            _write_variant(call, variants[0], {name: value})

    return write


def _template_written(call: Call, row: Row, values: Row) -> None:
    with_image(call, row, values)
    if "attribute_line_ids" in values:
        match_variants(call, row)
    variants = call.on("product.product")
    mine = [one for one in list(variants.table.values()) if one["product_tmpl_id"] == row["id"]]
    away: Row = {"active": False} if values.get("active", True) is False else {}
    for variant in mine:
        # A template's write reaches its variants' date, never the other way round.
        store(variants, variant, dict(away))
    if values.get("active") and not variants_of(call.db, row):
        match_variants(call, row)


def _template_gone(call: Call, row: Row) -> None:
    row["_ready"] = False
    for model in ("product.product", "product.template.attribute.line"):
        related = call.on(model, system=True)
        for one in [one for one in related.table.values() if one["product_tmpl_id"] == row["id"]]:
            unlink_rows(related.on(model, [one["id"]]))


def _prepare_variant(call: Call, values: Row) -> Row:
    """A product.product made without a template makes its own (product_product_create_makes_template)."""
    if values.get("product_tmpl_id"):
        _check_combination(call, values)
        return values
    of_template = {name: one for name, one in values.items() if _is_delegated(call, name)}
    if "lst_price" in values:
        of_template["list_price"] = values["lst_price"]
    maker = call.on("product.template", create_product_product=False)
    rest = {name: one for name, one in values.items() if name not in of_template and name != "lst_price"}
    return {**rest, "product_tmpl_id": create_row(maker, of_template)}


def _is_delegated(call: Call, name: str) -> bool:
    one = call.model.fields[name]
    return str(one.related or "").startswith("product_tmpl_id.") or name == "image_1920"


def _check_combination(call: Call, values: Row) -> None:
    """Recorded: product_product_err_duplicate_combination."""
    commands = values.get("product_template_attribute_value_ids")
    chosen = [one for part in (commands if isinstance(commands, list) else []) for one in _of_command(part)]
    for variant in call.db.tables["product.product"].holding("product_tmpl_id", values["product_tmpl_id"]):
        if variant["active"] and sorted(linked(variant, "product_template_attribute_value_ids")) == sorted(chosen):
            key = ",".join(str(one) for one in sorted(chosen))
            raise validation_error(
                "The operation cannot be completed: duplicate key value violates unique constraint "
                '"product_product_combination_unique"\nDETAIL:  Key (product_tmpl_id, combination_indices)='
                f"({values['product_tmpl_id']}, {key}) already exists.\n"
            )


def _of_command(part: object) -> list[int]:
    if isinstance(part, int):
        return [part]
    code, target, ids = [*part, None, None][:3] if isinstance(part, list) else (0, None, None)
    if code == 6 and isinstance(ids, list):
        return list(ids)
    return [target] if code == 4 and isinstance(target, int) else []


def _variant_changed(call: Call, row: Row, values: Row) -> None:
    with_image(call, row, values)
    if values.get("barcode"):
        _check_barcode(call, row)


def _variant_created(call: Call, row: Row) -> None:
    _variant_changed(call, row, {name: row[name] for name in ("barcode", "image_variant_1920")})


def _check_barcode(call: Call, row: Row) -> None:
    """A code may be there twice, a bar code may not (product_err_duplicate_barcode)."""
    same = [one for one in call.table.values() if one["barcode"] == row["barcode"]]
    if len(same) > 1:
        names = ", ".join(str(value_of(call.db, "product.product", one, "display_name")) for one in same)
        raise validation_error(
            f'Barcode(s) already assigned:\n\n- Barcode "{row["barcode"]}" already assigned to product(s): {names}\n\n'
            "Note: products that you don't have access to will not be shown above."
        )


def follow_variants(call: Call) -> None:
    """By the archive button a template goes with its last variant and comes back with the first.

    A written `active` does not do so (by Odoo's source, not recorded).
    """
    templates = call.on("product.template", system=True)
    for row_id in {int(str(row["product_tmpl_id"])) for row in existing(call)}:
        template = templates.table[row_id]
        alive = bool(variants_of(call.db, template))
        if template["active"] != alive:
            store(templates, template, {"active": alive})


def _variant_gone(call: Call, row: Row) -> None:
    """The template goes with its last variant, unless it is being taken apart itself."""
    templates = call.on("product.template", system=True)
    template = templates.table.get(int(str(row["product_tmpl_id"])))
    left = [one for one in call.table.values() if one["product_tmpl_id"] == row["product_tmpl_id"]]
    if template and not left and not value_of(call.db, "product.template", template, "attribute_line_ids"):
        unlink_rows(templates.on("product.template", [id_of(template)]))


def _set_lst_price(call: Call, row: Row, value: object) -> None:
    """The price is the template's: all variants have it afterwards (product_product_price_is_shared)."""
    price = number(value) - price_extra(call.db, row)
    write_rows(call.on("product.template", [row["product_tmpl_id"]], system=True), {"list_price": price})


def _set_quantity(call: Call, row: Row, value: object) -> None:
    """17 says true and does nothing, 19 makes an inventory move (product_write_qty_available)."""
    if call.db.version >= 19:
        set_on_hand(call, row, number(value))


def _set_image(call: Call, row: Row, value: object) -> None:
    template = target_of(call.db, "product.product", row, "product_tmpl_id")
    if template and (not template["image_1920"] or len(variants_of(call.db, template)) < 2):
        store(call.on("product.template"), template, {"image_1920": value})
    else:
        store(call, row, {"image_variant_1920": value})


def _category_leaving(call: Call, row: Row) -> None:
    """Categories below go along, unless products are in them."""
    below = [one["id"] for one in call.table.values() if one["parent_id"] == row["id"]]
    unlink_rows(call.on("product.category", below))


BEHAVIOURS: Mapping[str, Behaviour] = {
    "product.category": Behaviour(deleting=_category_leaving),
    "product.template": Behaviour(
        prepare=_prepare_template,
        created=_template_created,
        allow=lambda call, rows, values: _typed(call, values),
        written=_template_written,
        deleting=_template_gone,
    ),
    "product.product": Behaviour(
        prepare=_prepare_variant,
        created=_variant_created,
        written=_variant_changed,
        deleted=_variant_gone,
    ),
    "product.template.attribute.line": Behaviour(
        created=lambda call, row: line_changed(call, row),
        written=lambda call, row, values: line_changed(call, row),
        deleted=lambda call, row: line_changed(call, row),
    ),
}
INVERSES: Mapping[tuple[str, str], Inverse] = {
    **{("product.template", name): _to_only_variant(name) for name in SHARED},
    ("product.product", "lst_price"): _set_lst_price,
    ("product.product", "qty_available"): _set_quantity,
    ("product.product", "image_1920"): _set_image,
}
