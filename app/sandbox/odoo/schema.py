"""The models the sandbox knows, as data: fields with their type, and what differs between versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """`until`/`since` are major versions; `inverse` names the many2one a one2many is the other end of."""

    type: str
    string: str
    relation: str | None = None
    inverse: str | None = None
    selection: tuple[str, ...] = ()
    default: object = False
    readonly: bool = False
    required: bool = False
    since: int = 0
    until: int = 99

    @property
    def empty(self) -> object:
        """Empty is `false`, except numbers and lists."""
        if self.type in {"one2many", "many2many"}:
            return []
        return {"integer": 0, "float": 0.0, "monetary": 0.0}.get(self.type, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """`admin_only` operations are refused to the limited user; `label` is what Odoo's text calls the records."""

    name: str
    label: str
    fields: Mapping[str, Field]
    order: str = "id"
    admin_only: frozenset[str] = field(default_factory=frozenset)


def _char(string: str, **more: int | bool | str) -> Field:
    return Field(type="char", string=string, **more)  # type: ignore[arg-type]


def _many2one(string: str, relation: str, *, required: bool = False, since: int = 0) -> Field:
    return Field(type="many2one", string=string, relation=relation, required=required, since=since)


def _bool(string: str, *, default: bool = False) -> Field:
    return Field(type="boolean", string=string, default=default)


LOG_FIELDS: Mapping[str, Field] = {
    "id": Field(type="integer", string="ID", readonly=True),
    "display_name": _char("Display Name", readonly=True),
    "create_uid": _many2one("Created by", "res.users"),
    "create_date": Field(type="datetime", string="Created on", readonly=True),
    "write_uid": _many2one("Last Updated by", "res.users"),
    "write_date": Field(type="datetime", string="Last Updated on", readonly=True),
}

_WRITES = frozenset({"create", "write", "unlink"})
_ALL = _WRITES | {"read"}

_PARTNER: Mapping[str, Field] = {
    "name": _char("Name"),
    "active": _bool("Active", default=True),
    "is_company": _bool("Is a Company"),
    "type": Field(
        type="selection",
        string="Address Type",
        selection=("contact", "invoice", "delivery", "other"),
        default="contact",
    ),
    "parent_id": _many2one("Related Company", "res.partner"),
    "child_ids": Field(type="one2many", string="Contact", relation="res.partner", inverse="parent_id"),
    "category_id": Field(type="many2many", string="Tags", relation="res.partner.category"),
    "email": _char("Email"),
    "email_normalized": _char("Normalized Email", readonly=True),
    "phone": _char("Phone"),
    "mobile": _char("Mobile", until=18),
    "ref": _char("Reference"),
    "vat": _char("Tax ID"),
    "street": _char("Street"),
    "street2": _char("Street2"),
    "zip": _char("Zip"),
    "city": _char("City"),
    "state_id": _many2one("State", "res.country.state"),
    "country_id": _many2one("Country", "res.country"),
    "lang": _char("Language"),
    "comment": Field(type="html", string="Notes"),
    "customer_rank": Field(type="integer", string="Customer Rank"),
    "credit_limit": Field(type="float", string="Credit Limit"),
}
_ORDER: Mapping[str, Field] = {
    "name": _char("Order Reference"),
    "partner_id": _many2one("Customer", "res.partner", required=True),
    "partner_invoice_id": _many2one("Invoice Address", "res.partner"),
    "partner_shipping_id": _many2one("Delivery Address", "res.partner"),
    "client_order_ref": _char("Customer Reference"),
    "date_order": Field(type="datetime", string="Order Date"),
    "state": Field(type="selection", string="Status", selection=("draft", "sent", "sale", "cancel"), default="draft"),
    "locked": _bool("Locked"),
    "note": Field(type="html", string="Terms and conditions"),
    "order_line": Field(type="one2many", string="Order Lines", relation="sale.order.line", inverse="order_id"),
    "amount_total": Field(type="monetary", string="Total", readonly=True),
}
_LINE: Mapping[str, Field] = {
    "order_id": _many2one("Order Reference", "sale.order", required=True),
    "product_id": _many2one("Product", "product.product"),
    "name": Field(type="text", string="Description"),
    "product_uom_qty": Field(type="float", string="Quantity", default=1.0),
    "price_unit": Field(type="float", string="Unit Price"),
}
_PRODUCT: Mapping[str, Field] = {
    "name": _char("Name", required=True),
    "active": _bool("Active", default=True),
    "default_code": _char("Internal Reference"),
    "barcode": _char("Barcode"),
    "lst_price": Field(type="float", string="Sales Price", default=1.0),
    "sale_ok": _bool("Can be Sold", default=True),
}

MODELS: tuple[Model, ...] = (
    Model(name="res.partner", label="Contact", fields=_PARTNER, order="display_name,id", admin_only=_WRITES),
    Model(
        name="res.partner.category",
        label="Partner Tags",
        fields={"name": _char("Tag Name", required=True)},
        admin_only=_WRITES,
    ),
    Model(
        name="res.users",
        label="User",
        fields={
            "name": _char("Name", required=True),
            "login": _char("Login", required=True),
            "active": _bool("Active", default=True),
            "partner_id": _many2one("Related Partner", "res.partner"),
            "company_id": _many2one("Company", "res.company"),
            "company_ids": Field(type="many2many", string="Companies", relation="res.company"),
            "lang": _char("Language"),
            "tz": _char("Timezone"),
        },
        admin_only=_WRITES,
    ),
    Model(
        name="res.users.apikeys",
        label="Users API Keys",
        fields={
            "name": _char("Description"),
            "user_id": _many2one("User", "res.users"),
            "scope": _char("Scope"),
            "expiration_date": Field(type="datetime", string="Expiration Date", since=18),
        },
        admin_only=_WRITES,
    ),
    Model(name="res.company", label="Companies", fields={"name": _char("Company Name")}, admin_only=_WRITES),
    Model(
        name="res.country",
        label="Country",
        fields={"name": _char("Country Name"), "code": _char("Country Code")},
        admin_only=_WRITES,
    ),
    Model(
        name="res.country.state",
        label="Country state",
        fields={
            "name": _char("State Name"),
            "code": _char("State Code"),
            "country_id": _many2one("Country", "res.country"),
        },
        admin_only=_WRITES,
    ),
    Model(name="product.product", label="Product Variant", fields=_PRODUCT, admin_only=_WRITES),
    Model(
        name="sale.order",
        label="Sales Order",
        fields=_ORDER,
        order="date_order desc,id desc",
        admin_only=_ALL,
    ),
    Model(name="sale.order.line", label="Sales Order Line", fields=_LINE, admin_only=_ALL),
    Model(
        name="ir.model",
        label="Models",
        fields={"name": _char("Model Description"), "model": _char("Model")},
        admin_only=_WRITES,
    ),
    Model(
        name="ir.model.data",
        label="Model Data",
        fields={
            "module": _char("Module"),
            "name": _char("External Identifier"),
            "model": _char("Model Name"),
            "res_id": Field(type="integer", string="Record ID"),
        },
        admin_only=_ALL,
    ),
    Model(
        name="ir.config_parameter",
        label="System Parameter",
        fields={"key": _char("Key"), "value": Field(type="text", string="Value")},
        admin_only=_ALL,
    ),
)


def models_of(version: int) -> dict[str, Model]:
    """The models of one major version, each with the fields every Odoo model has."""
    return {model.name: _of_version(model, version) for model in MODELS}


def _of_version(model: Model, version: int) -> Model:
    fields = {name: one for name, one in model.fields.items() if one.since <= version <= one.until}
    return Model(
        name=model.name,
        label=model.label,
        fields={**LOG_FIELDS, **fields},
        order=model.order,
        admin_only=model.admin_only,
    )
