"""Products: the template people edit, the variant that is sold and stored, and the attributes between them."""

from __future__ import annotations

from app.sandbox.odoo.fields import (
    WRITES,
    Field,
    Fields,
    Model,
    active,
    binary,
    boolean,
    char,
    choice,
    html,
    integer,
    many2many,
    many2one,
    number,
    one2many,
    text,
)

TYPE_UNTIL_17: Field = choice("Product Type", ("consu", "service", "product"), default="consu", until=17)
TYPE_SINCE_18: Field = choice("Product Type", ("consu", "service", "combo"), default="consu", since=18)
CREATE_VARIANT = ("always", "dynamic", "no_variant")
DISPLAY = ("radio", "pills", "select", "color", "multi")

TEMPLATE_ONLY: Fields = {
    "name": char("Name", required=True, translate=True),
    "sequence": integer("Sequence", default=1),
    "description": html("Description", translate=True),
    "description_sale": text("Sales Description", translate=True),
    "list_price": number("Sales Price", default=1.0),
    "categ_id": many2one("Product Category", "product.category", default=1),
    "sale_ok": boolean("Can be Sold", default=True),
    "purchase_ok": boolean("Can be Purchased", default=True),
    "taxes_id": many2many("Customer Taxes", "account.tax"),
    "uom_id": many2one("Unit of Measure", "uom.uom", default=1),
    "uom_po_id": many2one("Purchase UoM", "uom.uom", default=1, until=18),
    "company_id": many2one("Company", "res.company"),
    "currency_id": many2one("Currency", "res.currency", computed=True, readonly=True),
    "invoice_policy": choice("Invoicing Policy", ("order", "delivery"), default="order"),
    "tracking": choice("Tracking", ("serial", "lot", "none"), default="none"),
    "attribute_line_ids": one2many("Product Attributes", "product.template.attribute.line", "product_tmpl_id"),
    "product_variant_ids": one2many("Products", "product.product", "product_tmpl_id"),
    "product_variant_id": many2one("Product", "product.product", computed=True, readonly=True),
    "product_variant_count": integer("# Product Variants", computed=True, readonly=True),
}
# 17 has both words for the type; 18 and later say storable with a flag.
TYPES: Fields = {
    "detailed_type": choice("Product Type", ("consu", "service", "product"), default="consu", until=17),
    "is_storable": boolean("Track Inventory", since=18),
}
QUANTITIES: Fields = {
    "qty_available": number("Quantity On Hand", computed=True),
    "virtual_available": number("Forecasted Quantity", computed=True, readonly=True),
    "incoming_qty": number("Incoming", computed=True, readonly=True),
    "outgoing_qty": number("Outgoing", computed=True, readonly=True),
}
# What a template shows of its only variant; written on a template with several, it is lost.
OF_THE_VARIANT: Fields = {
    "default_code": char("Internal Reference", computed=True),
    "barcode": char("Barcode", computed=True),
    "standard_price": number("Cost", computed=True),
    "weight": number("Weight", computed=True),
    "volume": number("Volume", computed=True),
}
TEMPLATE: Fields = {
    **TEMPLATE_ONLY,
    **TYPES,
    **QUANTITIES,
    **OF_THE_VARIANT,
    "active": active(),
    "image_1920": binary("Image"),
    "image_128": binary("Image 128", computed=True, readonly=True),
    "valid_product_template_attribute_line_ids": many2many(
        "Valid Product Attribute Lines", "product.template.attribute.line", computed=True, readonly=True
    ),
}


def _of_template(name: str, one: Field) -> Field:
    """A product.product inherits its template by delegation: the same field, read and written over there."""
    return Field(
        type=one.type,
        string=one.string,
        relation=one.relation,
        inverse=one.inverse,
        selection=one.selection,
        readonly=one.readonly,
        translate=one.translate,
        related=f"product_tmpl_id.{name}",
        since=one.since,
        until=one.until,
    )


VARIANT: Fields = {
    **{name: _of_template(name, one) for name, one in {**TEMPLATE_ONLY, **TYPES}.items()},
    **QUANTITIES,
    "free_qty": number("Free To Use Quantity", computed=True, readonly=True),
    "active": active(),
    "product_tmpl_id": many2one("Product Template", "product.template", required=True),
    "default_code": char("Internal Reference"),
    "code": char("Reference", related="default_code", readonly=True),
    "barcode": char("Barcode"),
    "standard_price": number("Cost"),
    "weight": number("Weight"),
    "volume": number("Volume"),
    "lst_price": number("Sales Price", computed=True),
    "price_extra": number("Variant Price Extra", computed=True, readonly=True),
    "product_template_attribute_value_ids": many2many("Attribute Values", "product.template.attribute.value"),
    "product_template_variant_value_ids": many2many(
        "Variant Values", "product.template.attribute.value", computed=True, readonly=True
    ),
    "combination_indices": char("Combination Indices", computed=True, readonly=True),
    "image_variant_1920": binary("Variant Image"),
    "image_1920": binary("Image", computed=True),
    "image_128": binary("Image 128", computed=True, readonly=True),
}
CATEGORY: Fields = {
    "name": char("Name", required=True),
    "complete_name": char("Complete Name", computed=True, readonly=True),
    "parent_id": many2one("Parent Category", "product.category"),
    "parent_path": char("Parent Path", computed=True, readonly=True),
    "child_id": one2many("Child Categories", "product.category", "parent_id"),
    "product_count": integer("# Products", computed=True, readonly=True),
}
ATTRIBUTE: Fields = {
    "name": char("Attribute", required=True, translate=True),
    "active": active(since=18),
    "sequence": integer("Sequence"),
    "create_variant": choice("Variants Creation Mode", CREATE_VARIANT, default="always"),
    "display_type": choice("Display Type", (*DISPLAY, "image"), default="radio"),
    "value_ids": one2many("Values", "product.attribute.value", "attribute_id"),
}
VALUE: Fields = {
    "name": char("Value", required=True, translate=True),
    "sequence": integer("Sequence"),
    "attribute_id": many2one("Attribute", "product.attribute", required=True),
    "html_color": char("Color"),
    "is_custom": boolean("Is custom value"),
    "default_extra_price": number("Default Extra Price"),
}
LINE: Fields = {
    "active": active(),
    "product_tmpl_id": many2one("Product Template", "product.template", required=True),
    "sequence": integer("Sequence", default=10),
    "attribute_id": many2one("Attribute", "product.attribute", required=True),
    "value_ids": many2many("Values", "product.attribute.value"),
    "value_count": integer("Value Count", computed=True, readonly=True),
    "product_template_value_ids": one2many(
        "Product Attribute Values", "product.template.attribute.value", "attribute_line_id"
    ),
}
TEMPLATE_VALUE: Fields = {
    "ptav_active": boolean("Active", default=True),
    "name": char("Value", related="product_attribute_value_id.name", readonly=True),
    "product_attribute_value_id": many2one("Attribute Value", "product.attribute.value", required=True),
    "attribute_line_id": many2one("Attribute Line", "product.template.attribute.line", required=True),
    "attribute_id": many2one("Attribute", "product.attribute", related="attribute_line_id.attribute_id"),
    "product_tmpl_id": many2one("Product Template", "product.template", related="attribute_line_id.product_tmpl_id"),
    "price_extra": number("Extra Price"),
    "html_color": char("HTML Color Index", related="product_attribute_value_id.html_color", readonly=True),
    "ptav_product_variant_ids": many2many("Related Variants", "product.product", computed=True, readonly=True),
}
PRICELIST: Fields = {
    "name": char("Pricelist Name", required=True),
    "active": active(),
    "currency_id": many2one("Currency", "res.currency", required=True),
    "company_id": many2one("Company", "res.company"),
}
UOM: Fields = {
    "name": char("Unit of Measure", required=True),
    "active": active(),
    "factor": number("Ratio", default=1.0),
    "rounding": number("Rounding Precision", default=0.01),
    "relative_factor": number("Contains", default=1.0, since=19),
}

PRODUCT: tuple[Model, ...] = (
    Model(
        name="product.template",
        label="Product",
        fields={"type": TYPE_SINCE_18, **TEMPLATE},
        order="name,id",
        admin_only=WRITES,
    ),
    Model(
        name="product.product",
        label="Product Variant",
        fields={"type": _of_template("type", TYPE_SINCE_18), **VARIANT},
        order="default_code,name,id",
        admin_only=WRITES,
    ),
    Model(
        name="product.category",
        label="Product Category",
        fields=CATEGORY,
        order="complete_name",
        admin_only=WRITES,
    ),
    Model(name="product.attribute", label="Product Attribute", fields=ATTRIBUTE, admin_only=WRITES),
    Model(name="product.attribute.value", label="Attribute Value", fields=VALUE, admin_only=WRITES),
    Model(
        name="product.template.attribute.line",
        label="Product Template Attribute Line",
        fields=LINE,
        admin_only=WRITES,
    ),
    Model(
        name="product.template.attribute.value",
        label="Product Template Attribute Value",
        fields=TEMPLATE_VALUE,
        admin_only=WRITES,
    ),
    Model(name="product.pricelist", label="Pricelist", fields=PRICELIST, admin_only=WRITES),
    Model(name="uom.uom", label="Product Unit of Measure", fields=UOM, admin_only=WRITES),
)
