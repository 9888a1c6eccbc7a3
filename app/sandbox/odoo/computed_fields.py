"""How the computed fields of the models are worked out: one small function each."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.call import linked
from app.sandbox.odoo.computed import Compute, children, number, target_of, target_rows, value_of
from app.sandbox.odoo.database import Database, Row


def variants_of(db: Database, template: Row) -> list[Row]:
    return children(db, template, "product.product", "product_tmpl_id")


def shown_variants(db: Database, template: Row) -> list[Row]:
    """An archived template shows and takes what its archived variant has (by the source of 17 on, not recorded)."""
    return variants_of(db, template) or db.tables["product.product"].holding("product_tmpl_id", template["id"])


def _of_only_variant(name: str) -> Compute:
    def compute(db: Database, template: Row) -> object:
        variants = shown_variants(db, template)
        empty = db.models["product.template"].fields[name].empty
        return variants[0][name] if len(variants) == 1 else empty

    return compute


def _first_variant(db: Database, template: Row) -> object:
    variants = variants_of(db, template)
    return variants[0]["id"] if variants else False


def price_extra(db: Database, variant: Row) -> float:
    values = db.tables["product.template.attribute.value"]
    return sum(number(values[one]["price_extra"]) for one in linked(variant, "product_template_attribute_value_ids"))


def varying_values(db: Database, variant: Row) -> list[int]:
    """Without those of an attribute that has one value on this template: they tell no variant from another.

    By Odoo's source (the field's domain is `attribute_line_id.value_count > 1`), not recorded.
    """
    values = db.tables["product.template.attribute.value"]
    lines = db.tables["product.template.attribute.line"]
    return [
        one
        for one in linked(variant, "product_template_attribute_value_ids")
        if len(linked(lines[int(str(values[one]["attribute_line_id"]))], "value_ids")) > 1
    ]


def _shown_price(db: Database, variant: Row) -> float:
    """As a float it comes with the noise of Odoo's rounding: 19.99 is read as 19.990000000000002 on a variant."""
    template = value_of(db, "product.template", _template(db, variant), "list_price")
    return round(number(template) * 100) * 0.01


def _lst_price(db: Database, variant: Row) -> object:
    return _shown_price(db, variant) + price_extra(db, variant)


def on_hand(db: Database, variant: Row) -> float:
    """What lies in the internal places."""
    places = db.tables["stock.location"]
    return sum(
        number(quant["quantity"])
        for quant in db.tables["stock.quant"].values()
        if quant["product_id"] == variant["id"] and places[int(str(quant["location_id"]))]["usage"] == "internal"
    )


def free(db: Database, variant: Row) -> float:
    """What of it no delivery has reserved."""
    places = db.tables["stock.location"]
    return sum(
        number(quant["quantity"]) - number(quant["reserved_quantity"])
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


def _in_variants(db: Database, template_value: Row) -> object:
    variants = db.tables["product.product"].values()
    chosen = [one for one in variants if template_value["id"] in linked(one, "product_template_attribute_value_ids")]
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


def _won(db: Database, lead: Row) -> object:
    stage = target_of(db, "crm.lead", lead, "stage_id")
    if not lead["active"] and not number(lead["probability"]):
        return "lost"
    return "won" if stage and stage["is_won"] else "pending"


def _product_name(db: Database, template: Row) -> object:
    code = value_of(db, "product.template", template, "default_code")
    return f"[{code}] {template['name']}" if code else template["name"]


def _variant_name(db: Database, variant: Row) -> object:
    name, code = str(_template(db, variant)["name"]), variant["default_code"]
    chosen = target_rows(db, "product.template.attribute.value", varying_values(db, variant))
    texts = [str(value_of(db, "product.template.attribute.value", one, "name")) for one in chosen]
    name = f"{name} ({', '.join(texts)})" if texts else name
    return f"[{code}] {name}" if code else name


def _value_name(db: Database, value: Row) -> object:
    attribute = target_of(db, "product.attribute.value", value, "attribute_id")
    return f"{attribute['name']}: {value['name']}" if attribute else value["name"]


def _line_name(db: Database, line: Row) -> object:
    attribute = target_of(db, "product.template.attribute.line", line, "attribute_id")
    return attribute["name"] if attribute else False


def _contact_name(db: Database, partner: Row) -> object:
    parent = target_of(db, "res.partner", partner, "parent_id")
    return f"{parent['name']}, {partner['name'] or str(partner['type']).title()}" if parent else partner["name"]


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
    ("product.product", "product_template_variant_value_ids"): lambda db, row: varying_values(db, row),
    ("product.product", "combination_indices"): (
        lambda db, row: ",".join(str(one) for one in sorted(linked(row, "product_template_attribute_value_ids")))
    ),
    ("product.category", "complete_name"): _category_path,
    ("product.category", "parent_path"): _category_ids,
    ("product.template.attribute.line", "value_count"): lambda db, row: len(linked(row, "value_ids")),
    ("product.template.attribute.value", "ptav_product_variant_ids"): _in_variants,
    ("stock.location", "complete_name"): _place_path,
    ("stock.quant", "available_quantity"): (lambda db, row: number(row["quantity"]) - number(row["reserved_quantity"])),
    ("stock.quant", "inventory_quantity_auto_apply"): lambda db, row: row["quantity"],
    ("sale.order", "invoice_count"): lambda db, row: len(linked(row, "invoice_ids")),
    ("sale.order", "delivery_count"): _count("stock.picking", "sale_id"),
    ("loyalty.program", "coupon_count"): _count("loyalty.card", "program_id"),
    ("crm.lead", "won_status"): _won,
    ("base.automation", "url"): lambda db, row: "",
    ("res.partner", "display_name"): _contact_name,
    ("product.template", "display_name"): _product_name,
    ("product.product", "display_name"): _variant_name,
    ("product.product", "list_price"): _shown_price,
    ("product.category", "display_name"): _category_path,
    ("product.attribute.value", "display_name"): _value_name,
    ("product.template.attribute.line", "display_name"): _line_name,
    ("stock.location", "display_name"): _place_path,
}
