"""What a model adds to plain rows: computed fields, required ones, and what may not be written or deleted."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.faults import OdooError, user_error, validation_error
from app.sandbox.odoo.fields import Field, Model

RECURSION: Mapping[str, str] = {
    "res.partner": "You cannot create recursive Partner hierarchies.",
    "product.category": "You cannot create recursive categories.",
}
# Foreign keys that refuse the deletion of what they point to.
NEEDED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "res.partner": (
        ("sale.order", "partner_id"),
        ("sale.order", "partner_invoice_id"),
        ("sale.order", "partner_shipping_id"),
        ("account.move", "partner_id"),
    ),
    "product.product": (
        ("account.move.line", "product_id"),
        ("sale.order.line", "product_id"),
        ("stock.move", "product_id"),
        ("stock.quant", "product_id"),
        ("loyalty.reward", "discount_line_product_id"),
    ),
    "product.category": (("product.template", "categ_id"),),
    "product.attribute": (("product.template.attribute.line", "attribute_id"),),
    "product.attribute.value": (("product.template.attribute.value", "product_attribute_value_id"),),
}


def recompute(db: Database, model: str, row_id: int) -> None:
    """The stored computed fields of a row by itself; totals are in `totals.py`."""
    row = db.tables[model][row_id]
    source = {"res.partner": "email", "crm.lead": "email_from"}.get(model)
    if source:
        email = str(row[source] or "").strip().lower()
        row["email_normalized"] = email if email.count("@") == 1 else False


def check_required(model: Model, values: Mapping[str, object]) -> None:
    if model.name == "res.partner" and not values.get("name") and values.get("type", "contact") == "contact":
        raise validation_error("The operation cannot be completed: Contacts require a name")
    for name, one in model.fields.items():
        if one.required and not values.get(name):
            raise validation_error(
                "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
                f"Model: {model.label} ({model.name})\nField: {one.string} ({name})\n"
            )


def check_parent(db: Database, model: str, row: Row, stored: Mapping[str, object]) -> None:
    """No record is above itself. Recorded: jsonrpc_err_recursive_parent."""
    if model not in RECURSION:
        return
    above = stored.get("parent_id")
    while isinstance(above, int) and above is not False:
        if above == row["id"]:
            raise validation_error(RECURSION[model])
        above = db.tables[model][above]["parent_id"]


def forget(db: Database, model: str, row_id: int) -> None:
    """What pointed to a deleted record without needing it points nowhere now; its files go. No date changes."""
    files = db.tables["ir.attachment"]
    for file_id in [one for one, row in files.items() if (row["res_model"], row["res_id"]) == (model, row_id)]:
        files.pop(file_id)
    for other in db.models.values():
        names = [name for name, one in other.fields.items() if one.relation == model and _is_loose(one)]
        for row in list(db.tables[other.name].values()) if names else []:
            for name in names:
                if row.get(name) == row_id and row[name] is not False:
                    row[name] = False


def _is_loose(one: Field) -> bool:
    return one.type == "many2one" and one.stored and not one.required


def check_unlink(db: Database, model: str, row: Row) -> None:
    users = db.tables["res.users"].values()
    if model == "res.partner" and any(u["partner_id"] == row["id"] and u["active"] for u in users):
        raise OdooError(
            "odoo.exceptions.RedirectWarning",
            "You cannot delete contacts linked to an active user.\nYou should rather archive them after "
            "archiving their associated user.",
        )
    _check_not_needed(db, model, row)
    if model == "sale.order" and row["state"] not in ("draft", "cancel"):
        raise user_error("You can not delete a sent quotation or a confirmed sales order. You must first cancel it.")


def in_use(db: Database, model: str, row_id: int) -> tuple[str, str] | None:
    """The model and field that still need a record."""
    for other, name in NEEDED.get(model, ()):
        if any(row.get(name) == row_id for row in db.tables[other].values()):
            return other, name
    return None


def _check_not_needed(db: Database, model: str, row: Row) -> None:
    """Recorded: product_err_unlink_in_use."""
    needed = in_use(db, model, int(str(row["id"])))
    if needed:
        other, name = needed
        raise validation_error(
            "The operation cannot be completed: another model requires the record being deleted. If possible, archive "
            f"it instead.\n\nModel: {db.models[other].label} ({other})\n"
            f"Constraint: {other.replace('.', '_')}_{name}_fkey\n"
        )
