"""What a model adds to plain rows: computed fields, required ones, and what may not be written or deleted."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.computed import target_of, value_of
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.faults import OdooError, user_error, validation_error
from app.sandbox.odoo.fields import Model


def recompute(db: Database, model: str, row_id: int) -> None:
    """The computed fields of a row, and the names of those whose name contains it."""
    row = db.tables[model][row_id]
    row["display_name"] = display_name(db, model, row)
    if model == "res.partner":
        _recompute_partner(db, row)
    if model == "sale.order.line" and row["order_id"]:
        recompute(db, "sale.order", int(str(row["order_id"])))
    if model == "sale.order":
        lines = [line for line in db.tables["sale.order.line"].values() if line["order_id"] == row_id]
        total = sum(float(str(line["product_uom_qty"])) * float(str(line["price_unit"])) for line in lines)
        row["amount_total"] = total


def display_name(db: Database, model: str, row: Row) -> object:
    if model in ("product.template", "product.product"):
        return _product_name(db, model, row)
    if model in ("product.category", "stock.location"):
        return value_of(db, model, row, "complete_name")
    if model == "product.attribute.value":
        attribute = target_of(db, model, row, "attribute_id")
        return f"{attribute['name']}: {row['name']}" if attribute else row["name"]
    named = value_of(db, model, row, "name") if "name" in db.models[model].fields else False
    return named or f"{model},{row['id']}"


def _product_name(db: Database, model: str, row: Row) -> str:
    code, name = value_of(db, model, row, "default_code"), str(value_of(db, model, row, "name"))
    chosen = value_of(db, model, row, "product_template_attribute_value_ids") if model == "product.product" else []
    values = db.tables["product.template.attribute.value"]
    several = [values[one] for one in chosen if one in values] if isinstance(chosen, list) else []
    texts = [str(value_of(db, "product.template.attribute.value", one, "name")) for one in several]
    name = f"{name} ({', '.join(texts)})" if texts else name
    return f"[{code}] {name}" if code else name


def _recompute_partner(db: Database, row: Row) -> None:
    email = str(row["email"] or "").strip().lower()
    row["email_normalized"] = email if email.count("@") == 1 else False
    parent = db.tables["res.partner"].get(row["parent_id"]) if isinstance(row["parent_id"], int) else None
    if parent:
        row["display_name"] = f"{parent['name']}, {row['name'] or str(row['type']).title()}"
    for child in db.tables["res.partner"].values():
        if child["parent_id"] == row["id"] and child["parent_id"] is not False:
            child["display_name"] = f"{row['name']}, {child['name'] or str(child['type']).title()}"


def check_required(model: Model, values: Mapping[str, object]) -> None:
    if model.name == "res.partner" and not values.get("name") and values.get("type", "contact") == "contact":
        raise validation_error("The operation cannot be completed: Contacts require a name")
    for name, one in model.fields.items():
        if one.required and not values.get(name):
            raise validation_error(
                "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
                f"Model: {model.label} ({model.name})\nField: {one.string} ({name})\n"
            )


def check_parent(db: Database, row: Row, stored: Mapping[str, object]) -> None:
    above = stored.get("parent_id")
    while isinstance(above, int) and above is not False:
        if above == row["id"]:
            raise validation_error("You cannot create recursive Partner hierarchies.")
        above = db.tables["res.partner"][above]["parent_id"]


def check_unlink(db: Database, model: str, row: Row) -> None:
    users = db.tables["res.users"].values()
    if model == "res.partner" and any(u["partner_id"] == row["id"] and u["active"] for u in users):
        raise OdooError(
            "odoo.exceptions.RedirectWarning",
            "You cannot delete contacts linked to an active user.\nYou should rather archive them after "
            "archiving their associated user.",
        )
    if model == "sale.order" and row["state"] not in ("draft", "cancel"):
        raise user_error("You can not delete a sent quotation or a confirmed sales order. You must first cancel it.")
