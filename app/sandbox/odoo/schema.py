"""The models the sandbox knows, by major version. The tables themselves are the `schema_*` files."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.fields import Field, Fields, Model, char, choice, integer, many2one, moment
from app.sandbox.odoo.schema_base import BASE
from app.sandbox.odoo.schema_loyalty import LOYALTY
from app.sandbox.odoo.schema_product import PRODUCT, TYPE_UNTIL_17
from app.sandbox.odoo.schema_rules import RULES, STATES
from app.sandbox.odoo.schema_sale import SALE
from app.sandbox.odoo.schema_stock import STOCK

__all__ = ["LOG_FIELDS", "MODELS", "Field", "Fields", "Model", "models_of"]

LOG_FIELDS: Fields = {
    "id": integer("ID", readonly=True),
    "display_name": char("Display Name", readonly=True),
    "create_uid": many2one("Created by", "res.users", readonly=True),
    "create_date": moment("Created on", readonly=True),
    "write_uid": many2one("Last Updated by", "res.users", readonly=True),
    "write_date": moment("Last Updated on", readonly=True),
}
MODELS: tuple[Model, ...] = (*BASE, *PRODUCT, *STOCK, *SALE, *LOYALTY, *RULES)
WEBHOOKS_SINCE = 17
# Models that 19 no longer has.
GONE_SINCE_19 = frozenset({"res.partner.title"})


def models_of(version: int) -> dict[str, Model]:
    """The models of one major version, each with the fields every Odoo model has."""
    models = [model for model in MODELS if version < 19 or model.name not in GONE_SINCE_19]
    return {model.name: _of_version(model, version) for model in models}


def _of_version(model: Model, version: int) -> Model:
    given = {**model.fields, **_older(model.name, version)}
    fields = {name: one for name, one in given.items() if one.since <= version <= one.until}
    return Model(
        name=model.name,
        label=model.label,
        fields={**LOG_FIELDS, **fields},
        order=model.order,
        admin_only=model.admin_only,
        settings_only=model.settings_only,
    )


def _older(model: str, version: int) -> Mapping[str, Field]:
    """Fields whose keys were others: until 17 a product's `type` could be `product`; webhook actions came with 17."""
    if version > TYPE_UNTIL_17.until:
        return {}
    if model == "ir.actions.server" and version < WEBHOOKS_SINCE:
        return {"state": choice("Type", [one for one in STATES if one != "webhook"], default="object_write")}
    if model == "product.template":
        return {"type": TYPE_UNTIL_17}
    if model == "product.product":
        options = {"related": "product_tmpl_id.type", "selection": TYPE_UNTIL_17.selection, "string": "Product Type"}
        return {"type": Field(type="selection", **options)}  # type: ignore[arg-type]
    return {}
