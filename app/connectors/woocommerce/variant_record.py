"""A variation of the shop in neutral words and back, and as the shop takes it. Pure but for the shop's currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.woocommerce import attributes, base_price, taxed
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.product_record import CODES, SHOWN, amount, codes, native_number, text
from app.entities.base import EntityType, Json, Record, State
from app.entities.currency import without_foreign_prices
from app.errors import AppError, LeftAlone, Rejected

OFF: Final = "private"
"""What the shop's own editor makes of a variation that is not enabled."""
FIELDS: Final[Mapping[str, str]] = {
    "parent_id": "id",
    "attributes": "object",
    "sku": "text",
    "global_unique_id": "text",
    "regular_price": "amount",
    "status": "text",
}


class VariantRecords:
    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    async def record(self, state: State) -> Record:
        """Of a state that may hold only some of its fields: a record has what they say."""
        record: dict[str, Json] = {name: state[native] for name, native in CODES.items() if native in state}
        if "parent_id" in state:
            record["product"] = str(state["parent_id"])
        if "attributes" in state:
            record["attributes"] = state["attributes"]
        if "status" in state:
            record["active"] = state["status"] == SHOWN
        if state.get("price_extra") is not None:
            record |= {"price_extra": state["price_extra"], "currency": await self._measures.currency()}
        return record

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        if base is None and fields.get("alone") is True:
            raise LeftAlone("the only variant there can be: its product stays a simple one in the shop")
        fields, foreign = without_foreign_prices(EntityType.VARIANT, fields, await self._measures.currency())
        state, notes = codes(fields)
        if "price_extra" in fields:
            asked, rate = Decimal(amount(fields["price_extra"], "price_extra")), await self._measures.rate({})
            state["price_extra"] = taxed.stored(taxed.held(asked, rate))
            notes += taxed.shortened("price_extra", asked, rate)
        if isinstance(active := fields.get("active"), bool):
            state["status"] = SHOWN if active else OFF
        if base is None:
            state |= _of_new(fields)
        if base is None and fields.get("counted") is False:
            state["counted"] = False
        return Resolved(state=state, notes=foreign + notes)


def state_of(row: Row, parent: Row, base: Decimal | None, rate: Decimal) -> dict[str, Json]:
    """Without an SKU of its own a variation shows its product's (recording var-12): that is none. What it adds to its
    product's price is all that is kept of its own, for that moves along with the product's."""
    sku = text(row.get("sku"))
    state: dict[str, Json] = {
        "parent_id": int(str(parent["id"])),
        "attributes": attributes.chosen(row),
        "sku": sku if sku != text(parent.get("sku")) else None,
        "price_extra": base_price.extra(row, base, rate),
        "status": str(row.get("status")),
    }
    if "global_unique_id" in row:
        state["global_unique_id"] = text(row["global_unique_id"])
    return state


def body_of(changes: State) -> Row:
    """All but its price and attributes, which take its product to reckon."""
    body: Row = {name: changes[name] or "" for name in CODES.values() if name in changes}
    return {**body, "status": changes["status"]} if "status" in changes else body


def _of_new(fields: Record) -> dict[str, Json]:
    """What never changes later: whose variation it is, and which."""
    product = native_number(fields.get("product"), field="product")
    if product is None or not fields.get("attributes"):
        missing = "attributes" if product else "product"
        raise Rejected(f"a variation of the shop needs {missing}", code="required", field=missing)
    return {"parent_id": product, "attributes": fields["attributes"]}
