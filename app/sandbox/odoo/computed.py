"""Fields without a stored value: read through a relation, or worked out from other rows."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from app.sandbox.odoo.database import Database, Row

Compute = Callable[[Database, Row], object]


def value_of(db: Database, model: str, row: Row, name: str, lang: str | None = None) -> object:
    """What a field of a row is now, whatever way it is kept. `lang`: for translated texts."""
    one = db.models[model].fields[name]
    if one.related:
        path, _, last = one.related.rpartition(".")
        target = _follow(db, model, row, path) if path else (model, row)
        return value_of(db, *target, last, lang) if target else one.empty
    if one.type == "one2many":
        return [other["id"] for other in children(db, row, str(one.relation), str(one.inverse))]
    if one.computed:
        return COMPUTED[(model, name)](db, row) if (model, name) in COMPUTED else one.empty
    if one.translate and lang and f"{name}@{lang}" in row:
        return row[f"{name}@{lang}"]
    return row.get(name, one.empty)


def children(db: Database, row: Row, relation: str, inverse: str) -> list[Row]:
    """The other end of a many2one. Archived ones are not among them, as in Odoo without `active_test: false`."""
    if db.models[relation].fields[inverse].related:
        rows = [other for other in db.tables[relation].values() if value_of(db, relation, other, inverse) == row["id"]]
    else:
        rows = [other for other in db.tables[relation].values() if other[inverse] == row["id"]]
    return [other for other in rows if other.get("active", True) and other.get("ptav_active", True)]


def target_of(db: Database, model: str, row: Row, name: str) -> Row | None:
    """The row a many2one points to."""
    value = value_of(db, model, row, name)
    relation = str(db.models[model].fields[name].relation)
    return db.tables[relation].get(value) if isinstance(value, int) else None


def _follow(db: Database, model: str, row: Row, path: str) -> tuple[str, Row] | None:
    here: tuple[str, Row] = (model, row)
    for name in path.split("."):
        target = target_of(db, *here, name)
        if target is None:
            return None
        here = (str(db.models[here[0]].fields[name].relation), target)
    return here


def number(value: object) -> float:
    return float(str(value or 0))


def variants_of(db: Database, template: Row) -> list[Row]:
    return children(db, template, "product.product", "product_tmpl_id")


def _of_only_variant(name: str) -> Compute:
    def compute(db: Database, template: Row) -> object:
        variants = variants_of(db, template)
        empty = db.models["product.template"].fields[name].empty
        return variants[0][name] if len(variants) == 1 else empty

    return compute


def _first_variant(db: Database, template: Row) -> object:
    variants = variants_of(db, template)
    return variants[0]["id"] if variants else False


def price_extra(db: Database, variant: Row) -> float:
    values = db.tables["product.template.attribute.value"]
    return sum(number(values[one]["price_extra"]) for one in _ids(variant, "product_template_attribute_value_ids"))


def _lst_price(db: Database, variant: Row) -> object:
    return number(value_of(db, "product.product", variant, "list_price")) + price_extra(db, variant)


def on_hand(db: Database, variant: Row) -> float:
    """What lies in the internal places."""
    places = db.tables["stock.location"]
    return sum(
        number(quant["quantity"])
        for quant in db.tables["stock.quant"].values()
        if quant["product_id"] == variant["id"] and places[int(str(quant["location_id"]))]["usage"] == "internal"
    )


def _template_on_hand(db: Database, template: Row) -> object:
    return sum(on_hand(db, variant) for variant in variants_of(db, template))


def outgoing(db: Database, variant: Row) -> float:
    return sum(
        number(move["product_uom_qty"])
        for move in db.tables["stock.move"].values()
        if move["product_id"] == variant["id"]
        and move["picking_id"]
        and move["state"] not in ("done", "cancel", "draft")
    )


def _forecast(db: Database, variant: Row) -> object:
    return on_hand(db, variant) - outgoing(db, variant)


def _ids(row: Row, name: str) -> list[int]:
    value = row.get(name)
    return list(value) if isinstance(value, list) else []


def _in_variants(db: Database, template_value: Row) -> object:
    variants = db.tables["product.product"].values()
    chosen = [one for one in variants if template_value["id"] in _ids(one, "product_template_attribute_value_ids")]
    return [one["id"] for one in chosen if one["active"]]


def _category_path(db: Database, category: Row) -> object:
    parent = target_of(db, "product.category", category, "parent_id")
    return f"{_category_path(db, parent)} / {category['name']}" if parent else category["name"]


def _category_ids(db: Database, category: Row) -> object:
    parent = target_of(db, "product.category", category, "parent_id")
    return f"{_category_ids(db, parent) if parent else ''}{category['id']}/"


def _place_path(db: Database, place: Row) -> object:
    parent = target_of(db, "stock.location", place, "location_id")
    return f"{_place_path(db, parent)}/{place['name']}" if parent else place["name"]


def _count(relation: str, inverse: str) -> Compute:
    return lambda db, row: len(children(db, row, relation, inverse))


def _company_currency(db: Database, row: Row) -> object:
    company = db.tables["res.company"].get(int(str(row.get("company_id") or 1)))
    return company["currency_id"] if company else False


def _commercial(db: Database, partner: Row) -> object:
    parent = target_of(db, "res.partner", partner, "parent_id")
    return partner["id"] if parent is None or partner["is_company"] else _commercial(db, parent)


def _variant_image(db: Database, variant: Row) -> object:
    return variant["image_variant_1920"] or value_of(db, "product.template", _template(db, variant), "image_1920")


def _template(db: Database, variant: Row) -> Row:
    return db.tables["product.template"][int(str(variant["product_tmpl_id"]))]


def _checked_size(row: Row) -> int:
    return len(base64.b64decode(str(row.get("datas") or "")))


def _won(db: Database, lead: Row) -> object:
    stage = target_of(db, "crm.lead", lead, "stage_id")
    if not lead["active"] and not number(lead["probability"]):
        return "lost"
    return "won" if stage and stage["is_won"] else "pending"


COMPUTED: Mapping[tuple[str, str], Compute] = {
    ("res.partner", "company_type"): lambda db, row: "company" if row["is_company"] else "person",
    ("res.partner", "commercial_partner_id"): _commercial,
    ("product.template", "product_variant_id"): _first_variant,
    ("product.template", "product_variant_count"): lambda db, row: len(variants_of(db, row)),
    ("product.template", "currency_id"): _company_currency,
    ("product.template", "qty_available"): _template_on_hand,
    ("product.template", "virtual_available"): _template_on_hand,
    ("product.template", "image_128"): lambda db, row: row["image_1920"],
    ("product.template", "valid_product_template_attribute_line_ids"): (
        lambda db, row: value_of(db, "product.template", row, "attribute_line_ids")
    ),
    **{
        ("product.template", name): _of_only_variant(name)
        for name in ("default_code", "barcode", "standard_price", "weight", "volume")
    },
    ("product.product", "lst_price"): _lst_price,
    ("product.product", "price_extra"): price_extra,
    ("product.product", "qty_available"): on_hand,
    ("product.product", "free_qty"): _forecast,
    ("product.product", "virtual_available"): _forecast,
    ("product.product", "outgoing_qty"): outgoing,
    ("product.product", "image_1920"): _variant_image,
    ("product.product", "image_128"): _variant_image,
    ("product.product", "product_template_variant_value_ids"): (
        lambda db, row: row["product_template_attribute_value_ids"]
    ),
    ("product.product", "combination_indices"): (
        lambda db, row: ",".join(str(one) for one in sorted(_ids(row, "product_template_attribute_value_ids")))
    ),
    ("product.category", "complete_name"): _category_path,
    ("product.category", "parent_path"): _category_ids,
    ("product.template.attribute.line", "value_count"): lambda db, row: len(_ids(row, "value_ids")),
    ("product.template.attribute.value", "ptav_product_variant_ids"): _in_variants,
    ("stock.location", "complete_name"): _place_path,
    ("stock.quant", "available_quantity"): (lambda db, row: number(row["quantity"]) - number(row["reserved_quantity"])),
    ("stock.quant", "inventory_diff_quantity"): (
        lambda db, row: number(row["inventory_quantity"]) - number(row["quantity"])
    ),
    ("stock.quant", "inventory_quantity_auto_apply"): lambda db, row: row["quantity"],
    ("sale.order", "invoice_count"): lambda db, row: len(_ids(row, "invoice_ids")),
    ("sale.order", "delivery_count"): _count("stock.picking", "sale_id"),
    ("loyalty.program", "coupon_count"): _count("loyalty.card", "program_id"),
    ("crm.lead", "won_status"): _won,
}
