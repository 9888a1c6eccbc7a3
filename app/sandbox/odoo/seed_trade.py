"""What a shop's Odoo has before its first order: currencies, taxes, places, categories, one product."""

from __future__ import annotations

from app.sandbox.odoo.database import Database

EUR, USD = 126, 1
CURRENCIES = ((USD, "USD", "$"), (EUR, "EUR", "€"))
TAXES = ((1, "0%", 0.0), (2, "10%", 10.0), (3, "20%", 20.0))
CATEGORIES = ((1, "All", False), (2, "Saleable", 1), (3, "Clothes", 2), (4, "Accessories", 1))
LANGUAGES = ((1, "English (US)", "en_US", "en"), (2, "French / Français", "fr_FR", "fr"))
STAGES = ((1, "New", False), (2, "Qualified", False), (3, "Proposition", False), (4, "Won", True))
# (id, name, usage, parent). Stock is 8 as on the recorded 17.
LOCATIONS = (
    (7, "WH", "view", False),
    (8, "Stock", "internal", 7),
    (5, "Customers", "customer", False),
    (14, "Inventory adjustment", "inventory", False),
)
STOCK, CUSTOMERS, LOSS = 8, 5, 14


def plant_trade(db: Database) -> None:
    _plant_money(db)
    _plant_places(db)
    for row_id, name, parent in CATEGORIES:
        db.add("product.category", {"name": name, "parent_id": parent}, row_id=row_id)
    db.external_ids["product.product_category_all"] = ("product.category", 1)
    db.add("uom.uom", {"name": "Units"}, row_id=1)
    for row_id, name, won in STAGES:
        db.add("crm.stage", {"name": name, "is_won": won, "sequence": row_id}, row_id=row_id)
    db.add("crm.team", {"name": "Sales"}, row_id=1)
    template = {"name": "T-Shirt", "list_price": 20.0, "type": "consu", "is_storable": True, "_ready": True}
    if db.version <= 17:
        template |= {"type": "product", "detailed_type": "product"}
        del template["is_storable"]
    db.add("product.template", template, row_id=5)
    db.add("product.product", {"product_tmpl_id": 5, "default_code": "TS-0"}, row_id=5)


def plant_models(db: Database) -> None:
    """`ir.model` and `ir.model.fields` describe the schema; a rule names its model and fields by their ids."""
    field_id = 0
    for index, model in enumerate(db.models.values(), start=1):
        db.add("ir.model", {"name": model.label, "model": model.name}, row_id=index)
        for name, one in model.fields.items():
            field_id += 1
            described = {"name": name, "model": model.name, "model_id": index, "ttype": one.type}
            more = {"field_description": one.string, "relation": one.relation or False, "store": one.stored}
            db.add("ir.model.fields", {**described, **more}, row_id=field_id)


def _plant_money(db: Database) -> None:
    for row_id, name, symbol in CURRENCIES:
        db.add("res.currency", {"name": name, "symbol": symbol}, row_id=row_id)
    db.external_ids |= {"base.EUR": ("res.currency", EUR), "base.USD": ("res.currency", USD)}
    for row_id, name, amount in TAXES:
        db.add("account.tax", {"name": name, "amount": amount, "country_id": 75, "sequence": row_id}, row_id=row_id)
    db.add("product.pricelist", {"name": "Default EUR pricelist", "currency_id": EUR}, row_id=1)
    for row_id, name, code, iso in LANGUAGES:
        active = code in db.languages
        db.add(
            "res.lang", {"name": name, "code": code, "iso_code": iso, "url_code": iso, "active": active}, row_id=row_id
        )
    db.tables["res.company"][1]["currency_id"] = EUR
    db.tables["res.company"][1]["country_id"] = 75


def _plant_places(db: Database) -> None:
    for row_id, name, usage, parent in LOCATIONS:
        company = 1 if usage != "customer" else False
        place = {"name": name, "usage": usage, "location_id": parent, "company_id": company}
        db.add("stock.location", place, row_id=row_id)
    warehouse = {"name": "My Company", "code": "WH", "company_id": 1, "lot_stock_id": STOCK, "view_location_id": 7}
    db.add("stock.warehouse", warehouse, row_id=1)
    db.external_ids["stock.stock_location_stock"] = ("stock.location", STOCK)
    db.external_ids["stock.warehouse0"] = ("stock.warehouse", 1)
