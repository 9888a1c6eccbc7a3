"""A shop's order in neutral words, and what of it can be said back: status, tracking number, note.

The shop tells of an order while it is being made: without lines at first, then without a state (recording 811). Such
an order is not `complete`, and its record has neither lines nor status, rather than wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.prestashop.customer_record import text
from app.connectors.prestashop.fields import as_int
from app.connectors.prestashop.order_status import OrderStatuses
from app.connectors.prestashop.reference import Reference
from app.entities.base import EntityType, Json, Record, State
from app.entities.records import FIXED, OrderStatus
from app.entities.values import plain
from app.errors import AppError, Rejected

_SAME: Final = {
    "reference": "reference",
    "payment": "payment",
    "note": "note",
    "tracking": "tracking_number",
}
_AMOUNTS: Final = {"total": "total_paid_tax_incl", "total_untaxed": "total_paid_tax_excl"}
_IDS: Final = {
    "customer": "id_customer",
    "invoice_address": "id_address_invoice",
    "delivery_address": "id_address_delivery",
}
_CENT: Final = Decimal("0.01")
WRAPPING: Final = "Gift wrapping"
DISCOUNT: Final = "Discount"


class OrderRecords:
    def __init__(self, reference: Reference, statuses: OrderStatuses) -> None:
        self._reference = reference
        self._statuses = statuses

    async def record(self, state: State) -> Record:
        record: dict[str, Json] = {name: text(state[own]) for name, own in _SAME.items() if own in state}
        record |= {name: state[own] for name, own in _AMOUNTS.items() if own in state}
        record |= {name: _id(state[own]) for name, own in _IDS.items() if own in state}
        if "date_add" in state:
            record["date"] = await self._reference.utc(state["date_add"], field="date_add")
        if "id_currency" in state:
            record["currency"] = await self._reference.currency_code(state["id_currency"])
        if "id_carrier" in state:
            record["shipping"] = await self._shipping(state)
        if "discounts" in state:
            record["discounts"] = _discounts(state)
        return record | await self._of_complete(state)

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _of_complete(self, state: State) -> dict[str, Json]:
        """`status` alone for a state that says nothing of lines."""
        if state.get("complete") is False:
            return {}
        record: dict[str, Json] = {}
        if status := await self._statuses.status(state.get("current_state")):
            record["status"] = status.value
        if "order_rows" in state:
            record["lines"] = list[Json]([*_lines(state["order_rows"]), *_wrapping(state)])
        return record

    async def _shipping(self, state: State) -> Json:
        if not state.get("id_carrier"):
            return None
        untaxed, taxed = (_decimal(state.get(f"total_shipping_tax_{kind}")) for kind in ("excl", "incl"))
        told = _decimal(state.get("carrier_tax_rate"))
        return {
            "name": text(await self._reference.carrier_name(state["id_carrier"])),
            "price": plain(untaxed),
            "tax_rate": plain(told) if told else tax_rate(untaxed, taxed, _rates(state)),
        }

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        if base is None:
            raise Rejected("orders are made in the shop, not from Odoo's record of one", code="cannot_create")
        fixed = ", ".join(sorted(FIXED[EntityType.ORDER] & fields.keys()))
        notes: tuple[str, ...] = (f"{fixed} of an order cannot be changed in the shop",) if fixed else ()
        state: dict[str, Json] = {}
        if "tracking" in fields:
            state["tracking_number"] = text(fields["tracking"])
        if "note" in fields and "note" in base:
            state["note"] = text(fields["note"])
        elif "note" in fields:
            notes += ("orders have no note before PrestaShop 1.7.8",)
        status, more = await self._status(fields.get("status"), base)
        return Resolved(state=state | status, notes=notes + more)

    async def _status(self, wanted: Json, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        """The state the order is in, if it means that already: the same meaning again would mail and bill again."""
        if wanted is None:
            return {}, ()
        try:
            status = OrderStatus(str(wanted))
        except ValueError:
            raise Rejected(f'"{wanted}" is no status of an order', code="invalid", field="status") from None
        if await self._statuses.status(base.get("current_state")) is status:
            return {"current_state": base["current_state"]}, ()
        if (number := await self._statuses.state(status)) is None:
            return {}, (f"the shop has no state for {status.value}; name one in the option order_states",)
        return {"current_state": number}, ()


def tax_rate(untaxed: Decimal, taxed: Decimal, known: Sequence[str] = ()) -> str:
    """In percent: "20", "8.875". The smaller the price, the less its six decimals say.

    `known` are the rates of the order's lines: an amount in whole cents takes the one that fits it to the cent.
    """
    if not untaxed:
        return "0"
    for rate in known:
        if abs(untaxed * (1 + Decimal(rate) / 100) - taxed) <= _CENT:
            return rate
    places = 3 if abs(untaxed) >= 1 else 2 if abs(untaxed) >= Decimal("0.1") else 1
    return plain(round((taxed / untaxed - 1) * 100, places))


def _rates(state: State) -> list[str]:
    return sorted({str(line["tax_rate"]) for line in _lines(state.get("order_rows"))}, key=Decimal)


def _lines(rows: Json) -> list[dict[str, Json]]:
    return [_line(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _line(row: Mapping[str, Json]) -> dict[str, Json]:
    untaxed, taxed = (_decimal(row.get(f"unit_price_tax_{kind}")) for kind in ("excl", "incl"))
    return {
        "product": _id(row.get("product_id")),
        "variant": _id(row.get("product_attribute_id")),
        "sku": text(row.get("product_reference")),
        "name": text(row.get("product_name")),
        "quantity": str(as_int(row.get("product_quantity"))),
        "price": plain(untaxed),
        "tax_rate": tax_rate(untaxed, taxed),
    }


def _wrapping(state: State) -> list[dict[str, Json]]:
    """What the customer paid for wrapping is a line of no product, or the lines would not make the total."""
    untaxed, taxed = (_decimal(state.get(f"total_wrapping_tax_{kind}")) for kind in ("excl", "incl"))
    if not untaxed:
        return []
    line: dict[str, Json] = {"product": None, "variant": None, "sku": None, "name": WRAPPING, "quantity": "1"}
    return [{**line, "price": plain(untaxed), "tax_rate": tax_rate(untaxed, taxed)}]


def _discounts(state: State) -> list[Json]:
    """One per coupon. What the order's total has more than these together was given by hand."""
    rows = state["discounts"] if isinstance(state["discounts"], list) else []
    rates = _rates(state)
    given: list[Json] = [_discount(row, rates) for row in rows if isinstance(row, dict)]
    names: Sequence[str] = ("value_tax_excl", "value")
    rest, rest_taxed = (
        _decimal(state.get(f"total_discounts_tax_{kind}"))
        - sum((_decimal(row.get(name)) for row in rows if isinstance(row, dict)), Decimal())
        for kind, name in zip(("excl", "incl"), names, strict=True)
    )
    if rest >= _CENT:
        given.append({"name": DISCOUNT, "amount": plain(rest), "tax_rate": tax_rate(rest, rest_taxed, rates)})
    return given


def _discount(row: Mapping[str, Json], rates: Sequence[str]) -> Json:
    untaxed, taxed = _decimal(row.get("value_tax_excl")), _decimal(row.get("value"))
    return {"name": text(row.get("name")), "amount": plain(untaxed), "tax_rate": tax_rate(untaxed, taxed, rates)}


def _id(value: Json) -> str | None:
    return str(number) if (number := as_int(value)) else None


def _decimal(value: Json) -> Decimal:
    return Decimal(str(value or 0))
