"""Contacts, users, companies, and the records that describe Odoo itself."""

from __future__ import annotations

from app.sandbox.odoo.fields import (
    ALL,
    WRITES,
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
    moment,
    number,
    one2many,
    text,
)

PARTNER: Fields = {
    "name": char("Name"),
    "active": active(),
    "is_company": boolean("Is a Company"),
    "company_type": choice("Company Type", ("person", "company"), computed=True),
    "type": choice("Address Type", ("contact", "invoice", "delivery", "other"), default="contact"),
    "parent_id": many2one("Related Company", "res.partner"),
    "child_ids": one2many("Contact", "res.partner", "parent_id"),
    "commercial_partner_id": many2one("Commercial Entity", "res.partner", computed=True, readonly=True),
    "category_id": many2many("Tags", "res.partner.category"),
    "company_id": many2one("Company", "res.company"),
    "company_name": char("Company Name"),
    "email": char("Email"),
    "email_normalized": char("Normalized Email", readonly=True),
    "phone": char("Phone"),
    "mobile": char("Mobile", until=18),
    "title": many2one("Title", "res.partner.title", until=18),
    "ref": char("Reference"),
    "vat": char("Tax ID"),
    "website": char("Website Link"),
    "function": char("Job Position"),
    "street": char("Street"),
    "street2": char("Street2"),
    "zip": char("Zip"),
    "city": char("City"),
    "state_id": many2one("State", "res.country.state"),
    "country_id": many2one("Country", "res.country"),
    "country_code": char("Country Code", related="country_id.code", readonly=True),
    "lang": char("Language"),
    "tz": char("Timezone"),
    "comment": html("Notes"),
    "customer_rank": integer("Customer Rank"),
    "supplier_rank": integer("Supplier Rank"),
    "user_id": many2one("Salesperson", "res.users"),
    "property_product_pricelist": many2one("Pricelist", "product.pricelist"),
    "image_1920": binary("Image"),
    "credit_limit": number("Credit Limit", restricted=True),
}
USERS: Fields = {
    "name": char("Name", required=True),
    "login": char("Login", required=True),
    "active": active(),
    "partner_id": many2one("Related Partner", "res.partner"),
    "company_id": many2one("Company", "res.company"),
    "company_ids": many2many("Companies", "res.company"),
    "lang": char("Language"),
    "tz": char("Timezone"),
}
COMPANY: Fields = {
    "name": char("Company Name"),
    "currency_id": many2one("Currency", "res.currency"),
    "country_id": many2one("Country", "res.country"),
    "partner_id": many2one("Partner", "res.partner"),
}
CURRENCY: Fields = {
    "name": char("Currency", required=True),
    "active": active(),
    "symbol": char("Symbol"),
    "rounding": number("Rounding Factor", default=0.01),
    "decimal_places": integer("Decimal Places", default=2),
}
LANG: Fields = {
    "name": char("Name", required=True),
    "code": char("Locale Code", required=True),
    "iso_code": char("ISO code"),
    "url_code": char("URL Code"),
    "active": active(),
}
ATTACHMENT: Fields = {
    "name": char("Name", required=True),
    "res_model": char("Resource Model"),
    "res_field": char("Resource Field"),
    "res_id": integer("Resource ID"),
    "type": choice("Type", ("url", "binary"), default="binary"),
    "datas": binary("File Content (base64)"),
    "checksum": char("Checksum/SHA1", readonly=True),
    "file_size": integer("File Size", readonly=True),
    "mimetype": char("Mime Type"),
    "company_id": many2one("Company", "res.company"),
    "public": boolean("Is public document"),
}
MODEL: Fields = {
    "name": char("Model Description"),
    "model": char("Model"),
    "state": choice("Type", ("manual", "base"), default="base"),
}
MODEL_FIELD: Fields = {
    "name": char("Field Name", required=True),
    "model": char("Model Name"),
    "model_id": many2one("Model", "ir.model"),
    "ttype": char("Field Type"),
    "field_description": char("Field Label"),
    "relation": char("Related Model"),
    "relation_field": char("Relation Field"),
    "store": boolean("Stored"),
    "index": boolean("Indexed"),
    "copied": boolean("Copied"),
    "readonly": boolean("Readonly"),
    "required": boolean("Required"),
    "state": choice("Type", ("manual", "base"), default="base"),
}
EXTERNAL_ID: Fields = {
    "module": char("Module"),
    "name": char("External Identifier"),
    "model": char("Model Name"),
    "res_id": integer("Record ID"),
    "noupdate": boolean("Non Updatable"),
}
STATE: Fields = {
    "name": char("State Name"),
    "code": char("State Code"),
    "country_id": many2one("Country", "res.country"),
}
API_KEY: Fields = {
    "name": char("Description"),
    "user_id": many2one("User", "res.users"),
    "scope": char("Scope"),
    "expiration_date": moment("Expiration Date", since=18),
}
NAMED: Fields = {"name": char("Name", required=True)}

BASE: tuple[Model, ...] = (
    Model(name="res.partner", label="Contact", fields=PARTNER, order="display_name,id", admin_only=WRITES),
    Model(
        name="res.partner.category",
        label="Partner Tags",
        fields={"name": char("Tag Name", required=True), "active": active()},
        admin_only=WRITES,
    ),
    Model(name="res.partner.title", label="Partner Title", fields=NAMED, admin_only=WRITES),
    Model(name="res.users", label="User", fields=USERS, admin_only=WRITES),
    Model(name="res.users.apikeys", label="Users API Keys", fields=API_KEY, admin_only=WRITES),
    Model(name="res.company", label="Companies", fields=COMPANY, admin_only=WRITES),
    Model(
        name="res.country",
        label="Country",
        fields={"name": char("Country Name"), "code": char("Country Code")},
        admin_only=WRITES,
    ),
    Model(name="res.country.state", label="Country state", fields=STATE, admin_only=WRITES),
    Model(name="res.currency", label="Currency", fields=CURRENCY, order="active desc,name", admin_only=WRITES),
    Model(name="res.lang", label="Languages", fields=LANG, order="active desc,name", admin_only=WRITES),
    Model(name="ir.attachment", label="Attachment", fields=ATTACHMENT, order="id desc", admin_only=WRITES),
    Model(name="ir.model", label="Models", fields=MODEL, admin_only=WRITES),
    Model(name="ir.model.fields", label="Fields", fields=MODEL_FIELD, admin_only=WRITES),
    Model(name="ir.model.data", label="Model Data", fields=EXTERNAL_ID, admin_only=ALL, settings_only=ALL),
    Model(
        name="ir.config_parameter",
        label="System Parameter",
        fields={"key": char("Key"), "value": text("Value")},
        admin_only=ALL,
        settings_only=ALL,
    ),
)
