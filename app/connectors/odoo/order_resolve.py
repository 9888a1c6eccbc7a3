"""Orders in neutral words as Odoo shall hold them: products, taxes, currency and state found for a whole batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.moments import to_odoo_moment
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_lines import Line, new_discount, new_line, new_shipping
from app.connectors.odoo.order_products import Products
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.order_rounding import rounding_lines
from app.connectors.odoo.order_rows import LINES
from app.connectors.odoo.order_states import Aim, StatePolicy, aim_for
from app.connectors.odoo.order_taxes import Tax
from app.connectors.odoo.order_tracking import TRACKING
from app.connectors.odoo.values import many2one_for, text_of
from app.connectors.odoo.writing import as_known
from app.entities.base import EntityType, Json, Record, State
from app.entities.records import FIXED, OrderStatus
from app.errors import AppError, Rejected

_NUMBERS: Final = {
    "customer": "partner_id",
    "invoice_address": "partner_invoice_id",
    "delivery_address": "partner_shipping_id",
}
_TOTALS: Final = {"total": "amount_total", "total_untaxed": "amount_untaxed"}
NO_PAYMENT: Final = "payment left out: an order in Odoo has no method of payment"


class OrderResolver:
    def __init__(self, client: OdooClient, options: OdooOptions, reference: OrderReference) -> None:
        self._client = client
        self._options = options
        self._reference = reference
        self._policy = StatePolicy(
            confirm=options.auto_confirm_orders, lock=options.lock_done_orders, reopen=options.reopen_cancelled_orders
        )

    async def resolve(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        """Position by position; what is wrong with one order is its own error."""
        lines = [line for desired in wanted if desired.base is None for line in _listed(desired.fields.get("lines"))]
        products = await Products.of(self._client, lines, fallback=self._options.fallback_product_sku)
        return [await self._one(desired, products) for desired in wanted]

    async def _one(self, desired: Desired, products: Products) -> Resolved | AppError:
        try:
            return self._update(desired, desired.base) if desired.base else await self._create(desired, products)
        except Exception as error:
            return as_known(error, "translating an order")

    def _update(self, desired: Desired, base: State) -> Resolved:
        """What was bought stays bought; the shop's number of the order may change."""
        aim = self._aim(desired)
        state: dict[str, Json] = {**_texts(desired.fields), **aim.changes}
        notes = aim.notes
        if base.get("locked") and "note" in state:
            del state["note"]
            notes = (*notes, "note left out: the order is locked in Odoo")
        fixed = sorted((FIXED[EntityType.ORDER] - {"reference"}) & desired.fields.keys())
        if fixed:
            notes = (*notes, f"left as they are: {', '.join(fixed)}")
        return Resolved(state=state, notes=notes)

    async def _create(self, desired: Desired, products: Products) -> Resolved:
        fields, aim = desired.fields, self._aim(desired)
        if not fields.get("customer"):
            raise Rejected("Odoo takes no order without a customer", field="customer", code="customer_missing")
        state: dict[str, Json] = {
            **_texts(fields),
            **{odoo: many2one_for(fields[name]) or None for name, odoo in _NUMBERS.items() if name in fields},
            **{odoo: fields[name] for name, odoo in _TOTALS.items() if fields.get(name) is not None},
            **aim.changes,
            "order_line": list[Json](await self._lines(fields, products)),
        }
        if fields.get("date"):
            to_odoo_moment(str(fields["date"]))
            state["date_order"] = fields["date"]
        if code := text_of(fields.get("currency")):
            await self._reference.pricelist(code)
            state["currency_id"] = await self._reference.currency_id(code)
        return Resolved(state=state, notes=(*aim.notes, NO_PAYMENT) if fields.get("payment") else aim.notes)

    def _aim(self, desired: Desired) -> Aim:
        wanted = desired.fields.get("status")
        if wanted is None:
            return Aim(changes={})
        try:
            return aim_for(OrderStatus(str(wanted)), desired.base, self._policy)
        except ValueError:
            raise Rejected(f"{wanted!r:.40} is no status of an order", field="status", code="unknown_status") from None

    async def _lines(self, fields: Record, products: Products) -> list[Line]:
        known = await self._client.fields(LINES)
        decimals = known["price_unit"].decimals if "price_unit" in known else None
        try:
            return _all_lines(fields, products, await self._reference.sale_taxes(), decimals)
        except Rejected as error:
            if error.code != "no_tax":
                raise
        return _all_lines(fields, products, await self._reference.sale_taxes(anew=True), decimals)


def _all_lines(fields: Record, products: Products, taxes: Sequence[Tax], decimals: int | None) -> list[Line]:
    lines = _new_lines(fields, products, taxes)
    return [*lines, *rounding_lines(lines, fields, taxes, decimals=decimals)]


def _new_lines(fields: Record, products: Products, taxes: Sequence[Tax]) -> list[Line]:
    goods = [new_line(line, products.product(line), taxes) for line in _listed(fields.get("lines"))]
    shipping = fields.get("shipping")
    costs = [new_shipping(shipping, taxes)] if isinstance(shipping, dict) else []
    return [*goods, *costs, *(new_discount(discount, taxes) for discount in _listed(fields.get("discounts")))]


def _texts(fields: Record) -> dict[str, Json]:
    names = {"reference": "client_order_ref", "note": "note", "tracking": TRACKING}
    return {odoo: text_of(fields[name]) for name, odoo in names.items() if name in fields}


def _listed(value: Json) -> list[Mapping[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
