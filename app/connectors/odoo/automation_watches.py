"""Which changes in Odoo are told: per model the fields that matter to an entity type, and what a hint of it must say.

A rule without trigger fields fires at every stored recompute: 13 posts for one new contact, 34 for a payment (17.0,
19.0). With them a save of an unrelated field posts nothing. A field that a version lacks is left out of the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.entities.base import EntityType

Condition: TypeAlias = tuple[str, str, str | int | bool | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One model. `sent`: fields that go into the body, beside model and id; those of `needed` must exist at all.

    `guarded`: our own writes are left out. `deletions`: a second rule tells them; not for models whose id is not that
    of our record. `only`: the entity type that the address names, where the body could not tell.
    """

    model: str
    fields: Mapping[EntityType, tuple[str, ...]]
    sent: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    guarded: bool = True
    deletions: bool = True
    only: EntityType | None = None


WATCHES: Final[tuple[Watch, ...]] = (
    Watch(
        model="res.partner",
        fields={
            EntityType.CUSTOMER: (
                "name",
                "email",
                "company_name",
                "parent_id",
                "type",
                "website",
                "lang",
                "active",
            ),
            EntityType.ADDRESS: (
                "parent_id",
                "type",
                "name",
                "company_name",
                "street",
                "street2",
                "zip",
                "city",
                "state_id",
                "country_id",
                "phone",
                "mobile",
                "active",
            ),
        },
        sent=("parent_id", "type"),
    ),
    Watch(model="product.category", fields={EntityType.CATEGORY: ("name", "parent_id")}),
    Watch(
        model="product.template",
        fields={
            EntityType.PRODUCT: (
                "name",
                "default_code",
                "list_price",
                "active",
                "sale_ok",
                "description_sale",
                "weight",
                "categ_id",
                "type",
                "detailed_type",
                "is_storable",
            )
        },
    ),
    # The bytes would be in the body if the field were sent; the address says it instead.
    Watch(
        model="product.template",
        fields={EntityType.IMAGE: ("image_1920",)},
        deletions=False,
        only=EntityType.IMAGE,
    ),
    # SKU and barcode of a product without variants are stored on its only variant.
    Watch(
        model="product.product",
        fields={
            EntityType.PRODUCT: ("default_code", "barcode", "weight"),
            EntityType.VARIANT: ("default_code", "barcode", "active"),
        },
        sent=("product_tmpl_id",),
    ),
    # What a value adds to the price of its variants moves no field of theirs.
    Watch(
        model="product.template.attribute.value",
        fields={EntityType.VARIANT: ("price_extra",)},
        sent=("ptav_product_variant_ids",),
        needed=("ptav_product_variant_ids",),
        deletions=False,
    ),
    # Never guarded: what we import moves stock, and every shop must hear of that. There are quants for suppliers,
    # customers and losses as well.
    Watch(
        model="stock.quant",
        fields={EntityType.STOCK: ("quantity", "reserved_quantity")},
        sent=("product_id",),
        needed=("product_id",),
        conditions=(("location_id.usage", "=", "internal"),),
        guarded=False,
        deletions=False,
    ),
    Watch(
        model="sale.order",
        fields={
            EntityType.ORDER: (
                "name",
                "client_order_ref",
                "partner_id",
                "partner_invoice_id",
                "partner_shipping_id",
                "date_order",
                "currency_id",
                "state",
                "locked",
                "delivery_status",
                "note",
                "amount_total",
                "amount_untaxed",
            )
        },
    ),
    Watch(
        model="stock.picking",
        fields={EntityType.ORDER: ("state", "carrier_tracking_ref")},
        sent=("sale_id",),
        needed=("sale_id",),
        conditions=(("sale_id", "!=", False),),
        deletions=False,
    ),
    # Entries of payments are moves too.
    Watch(
        model="account.move",
        fields={
            EntityType.INVOICE: (
                "name",
                "state",
                "payment_state",
                "partner_id",
                "commercial_partner_id",
                "invoice_date",
                "invoice_origin",
                "currency_id",
                "amount_total",
                "amount_untaxed",
            )
        },
        sent=("move_type",),
        needed=("move_type",),
        conditions=(("move_type", "in", ("out_invoice", "out_refund")),),
    ),
    Watch(
        model="loyalty.program",
        fields={
            EntityType.COUPON: (
                "name",
                "program_type",
                "active",
                "date_from",
                "date_to",
                "limit_usage",
                "max_usage",
                "currency_id",
            )
        },
    ),
    Watch(
        model="loyalty.rule",
        fields={EntityType.COUPON: ("active", "code", "minimum_amount")},
        sent=("program_id",),
        needed=("program_id",),
        deletions=False,
    ),
    Watch(
        model="loyalty.reward",
        fields={EntityType.COUPON: ("active", "reward_type", "discount", "discount_mode", "discount_applicability")},
        sent=("program_id",),
        needed=("program_id",),
        deletions=False,
    ),
    Watch(
        model="crm.lead",
        fields={
            EntityType.LEAD: ("name", "contact_name", "email_from", "phone", "partner_name", "description", "active")
        },
    ),
)
