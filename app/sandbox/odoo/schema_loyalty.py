"""Discount programs: a code sits on a rule (for all) or on a card (for one customer)."""

from __future__ import annotations

from app.sandbox.odoo.fields import (
    WRITES,
    Fields,
    Model,
    active,
    boolean,
    char,
    choice,
    date,
    integer,
    many2many,
    many2one,
    number,
    one2many,
)

PROGRAM_TYPES = (
    "coupons",
    "gift_card",
    "loyalty",
    "promotion",
    "ewallet",
    "promo_code",
    "buy_x_get_y",
    "next_order_coupons",
)

PROGRAM: Fields = {
    "name": char("Program Name", required=True, translate=True),
    "active": active(),
    "sequence": integer("Sequence"),
    "program_type": choice("Program Type", PROGRAM_TYPES, default="promotion"),
    "applies_on": choice("Applies On", ("current", "future", "both"), default="current"),
    "trigger": choice("Trigger", ("auto", "with_code"), default="auto"),
    "date_from": date("Start Date"),
    "date_to": date("End date"),
    "limit_usage": boolean("Limit Usage"),
    "max_usage": integer("Max Usage"),
    "company_id": many2one("Company", "res.company"),
    "currency_id": many2one("Currency", "res.currency", default=126),
    "rule_ids": one2many("Conditional rules", "loyalty.rule", "program_id"),
    "reward_ids": one2many("Rewards", "loyalty.reward", "program_id"),
    "coupon_ids": one2many("Coupon", "loyalty.card", "program_id"),
    "coupon_count": integer("Coupon Count", computed=True, readonly=True),
    "total_order_count": integer("Total Order Count", computed=True, readonly=True),
    "pricelist_ids": many2many("Pricelist", "product.pricelist"),
}
RULE: Fields = {
    "active": active(),
    "program_id": many2one("Program", "loyalty.program", required=True),
    "mode": choice("Application", ("auto", "with_code"), default="auto"),
    "code": char("Discount code"),
    "minimum_amount": number("Minimum Purchase"),
    "minimum_amount_tax_mode": choice("Minimum Amount Tax Mode", ("incl", "excl"), default="incl"),
    "minimum_qty": integer("Minimum Quantity", default=1),
    "reward_point_amount": number("Reward", default=1.0),
    "reward_point_mode": choice("Reward Point Mode", ("order", "money", "unit"), default="order"),
    "product_ids": many2many("Products", "product.product"),
    "product_category_id": many2one("Categories", "product.category"),
}
REWARD: Fields = {
    "active": active(),
    "program_id": many2one("Program", "loyalty.program", required=True),
    "description": char("Description", translate=True),
    "reward_type": choice("Reward Type", ("product", "discount", "shipping"), default="discount"),
    "discount": number("Discount", default=10.0),
    "discount_mode": choice("Discount Mode", ("percent", "per_order", "per_point"), default="percent"),
    "discount_applicability": choice("Discount Applicability", ("order", "cheapest", "specific"), default="order"),
    "discount_max_amount": number("Max Discount"),
    "discount_product_ids": many2many("Discounted Products", "product.product"),
    "discount_line_product_id": many2one("Discount Line Product", "product.product"),
    "reward_product_id": many2one("Product", "product.product"),
    "reward_product_qty": integer("Quantity", default=1),
    "required_points": number("Points needed", default=1.0),
}
CARD: Fields = {
    "active": active(since=19),
    "program_id": many2one("Program", "loyalty.program"),
    "code": char("Code", required=True),
    "points": number("Points"),
    "partner_id": many2one("Partner", "res.partner"),
    "expiration_date": date("Expiration Date"),
    "use_count": integer("Use Count", computed=True, readonly=True),
    "order_id": many2one("Order Reference", "sale.order"),
    "company_id": many2one("Company", "res.company", related="program_id.company_id", readonly=True),
}
CODE_WIZARD: Fields = {
    "order_id": many2one("Order", "sale.order", required=True),
    "coupon_code": char("Coupon Code", required=True),
}
REWARD_WIZARD: Fields = {
    "order_id": many2one("Order", "sale.order", required=True),
    "selected_reward_id": many2one("Selected Reward", "loyalty.reward"),
}

LOYALTY: tuple[Model, ...] = (
    Model(name="loyalty.program", label="Loyalty Program", fields=PROGRAM, order="sequence,id", admin_only=WRITES),
    Model(name="loyalty.rule", label="Loyalty Rule", fields=RULE, admin_only=WRITES),
    Model(name="loyalty.reward", label="Loyalty Reward", fields=REWARD, admin_only=WRITES),
    Model(name="loyalty.card", label="Loyalty Coupon", fields=CARD, admin_only=WRITES),
    Model(name="sale.loyalty.coupon.wizard", label="Apply Coupon", fields=CODE_WIZARD, admin_only=WRITES),
    Model(name="sale.loyalty.reward.wizard", label="Select Reward", fields=REWARD_WIZARD, admin_only=WRITES),
)
