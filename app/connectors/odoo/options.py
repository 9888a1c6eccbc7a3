"""What an operator can set about one Odoo database. Each option acts; what is left out is asked of Odoo itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class OdooOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    poll_overlap_s: int = Field(
        600,
        ge=0,
        description="How far polling looks back behind what it saw, in seconds: a change carries the moment its "
        "transaction began, and is seen when it ends. As long as the longest transaction.",
    )
    customer_type: Literal["person", "company"] = Field("person", description="What new customers are made as.")
    only_customers: bool = Field(
        False,
        description="Whether polling leaves out contacts that Odoo does not count as customers (customer rank 0).",
    )
    address_type: Literal["delivery", "invoice", "other"] = Field(
        "delivery", description="Type of new addresses. Odoo gives a child of type contact its parent's address."
    )
    category_root: int | None = Field(
        None,
        ge=0,
        description="Id of the product category that the shop's top categories stand under. Empty: Odoo's own `All`, "
        "where there is one. 0: none.",
    )
    only_saleable: bool = Field(
        True, description="Whether polling leaves out products that are not for sale (raw materials, expenses)."
    )
    storable: bool = Field(True, description="Whether new goods are made with tracked stock.")
    allow_variant_rebuild: bool = Field(
        False,
        description="Whether a first variant may be added to a simple product. Odoo then deletes its single variant "
        "and makes new ones, without SKU, barcode and stock.",
    )
    variant_creation: Literal["dynamic", "always"] = Field(
        "dynamic",
        description="How new attributes make variants: `dynamic` only those that the shop has, `always` every "
        "combination of all values.",
    )
    stock_counts: Literal["free", "on_hand"] = Field(
        "free",
        description="What the shop is told: `free` is what no confirmed order has reserved, `on_hand` what lies there. "
        "With `on_hand`, what was ordered and not shipped yet is offered again.",
    )
    stock_warehouse: int | None = Field(
        None, ge=1, description="Id of the warehouse whose stock counts. Empty: every internal location."
    )
    stock_location: int | None = Field(
        None,
        ge=1,
        description="Id of the location whose stock counts, with those inside it, and that adjustments go to. "
        "Empty: that of the warehouse.",
    )
    auto_confirm_orders: bool = Field(
        True,
        description="Whether orders that the shop calls confirmed, shipped or done are confirmed in Odoo, which makes "
        "the delivery. Otherwise they stay quotations.",
    )
    lock_done_orders: bool = Field(False, description="Whether orders that the shop calls done are locked in Odoo.")
    reopen_cancelled_orders: bool = Field(
        False, description="Whether an order that is cancelled in Odoo is opened again when the shop goes on with it."
    )
    fallback_product_sku: str | None = Field(
        None,
        min_length=1,
        description="SKU of the product for order lines whose product Odoo does not know. Empty: such an order is "
        "rejected.",
    )
    shipping_product_sku: str = Field(
        "SHIPPING",
        min_length=1,
        description="SKU of the service that shipping costs stand under; made where there is none.",
    )
    discount_product_sku: str = Field(
        "DISCOUNT", min_length=1, description="SKU of the service that discounts stand under; made where there is none."
    )
    pricelists: Mapping[str, int] = Field(
        default_factory=dict,
        description="Id of the pricelist by currency code, for new orders. Others: the first of that currency.",
    )
    post_credit_notes: bool = Field(
        False,
        description="Whether credit notes of a shop's refunds are posted. Otherwise they stay drafts for a person.",
    )
    lead_type: Literal["lead", "opportunity"] = Field("lead", description="What new leads are made as.")
