"""An order of the shop as a state, in neutral words, and what of it can be said back: status, tracking, note. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.woocommerce.order_lines import amount, bought, decimal, line_state, rows_in, tax_rates
from app.connectors.woocommerce.order_places import addresses_of, customer_of
from app.connectors.woocommerce.order_status import Statuses, status_for, status_of
from app.connectors.woocommerce.order_tracking import tracking_of, with_tracking
from app.connectors.woocommerce.records import text
from app.entities.base import EntityType, Json, Record, State
from app.entities.records import FIXED
from app.entities.values import plain
from app.errors import Rejected

Row = Mapping[str, Json]
TRACKING: Final = "tracking"
_TEXTS: Final = {"reference": "number", "payment": "payment_method_title", "note": "customer_note"}
_SAME: Final = ("customer", "invoice_address", "delivery_address", "currency", "total", "tracking")


def state_of(row: Row, account: Row | None, *, tracking_key: str) -> State:
    """`row` asked for with six decimals; `account` is the customer's row, None for a guest.

    What refunds gave back does not change the order: its lines and totals stay what was bought.
    """
    invoice, delivery = addresses_of(row, account)
    return {
        "status": row.get("status"),
        "number": text(row.get("number")),
        "currency": row.get("currency"),
        "date_created_gmt": row.get("date_created_gmt"),
        "customer": customer_of(row),
        "invoice_address": invoice,
        "delivery_address": delivery,
        "payment_method_title": text(row.get("payment_method_title")),
        "customer_note": text(row.get("customer_note")),
        "total": amount(row.get("total")),
        "total_tax": amount(row.get("total_tax")),
        "lines": [line_state(line) for line in rows_in(row.get("line_items"))],
        "shipping_lines": [line_state(line) for line in rows_in(row.get("shipping_lines"))],
        "fee_lines": [line_state(line) for line in rows_in(row.get("fee_lines"))],
        "coupons": [line.get("code") for line in rows_in(row.get("coupon_lines"))],
        "tax_rates": tax_rates(row.get("tax_lines")),
        TRACKING: tracking_of(meta_of(row, tracking_key)),
    }


def to_record(state: State, statuses: Statuses) -> Record:
    """Without a status where the shop's own says nothing to the other side."""
    record: dict[str, Json] = {name: state[own] for name, own in _TEXTS.items() if own in state}
    record |= {name: state[name] for name in _SAME if name in state}
    if "date_created_gmt" in state:
        record["date"] = moment(state["date_created_gmt"])
    if "total" in state and "total_tax" in state:
        record["total_untaxed"] = plain(decimal(state["total"]) - decimal(state["total_tax"]))
    if "lines" in state:
        parts = bought(state)
        record |= {"lines": parts.lines, "shipping": parts.shipping, "discounts": parts.discounts}
    if (status := status_of(state.get("status"), statuses)) is not None:
        record["status"] = status.value
    return record


def from_record(desired: Desired, statuses: Statuses) -> Resolved:
    """Raises `Rejected` for a new order: customers order in the shop."""
    fields, base = desired.fields, desired.base
    if base is None:
        raise Rejected("orders are made in the shop, not from Odoo's record of one", code="cannot_create")
    state: dict[str, Json] = {}
    fixed = ", ".join(sorted(FIXED[EntityType.ORDER] & fields.keys()))
    notes: tuple[str, ...] = (f"{fixed} of an order cannot be changed in the shop",) if fixed else ()
    if TRACKING in fields:
        state[TRACKING] = text(fields[TRACKING])
    if "note" in fields:
        state["customer_note"] = text(fields["note"])
    if fields.get("status") is not None:
        state["status"], more = status_for(fields["status"], base.get("status"), statuses)
        notes += more
    return Resolved(state=state, notes=notes)


def body_of(changes: State, *, tracking_key: str, kept: Json) -> dict[str, Json]:
    """What to send for changes of a state; `kept` is what the shop has under the key of the tracking number."""
    body: dict[str, Json] = {name: changes[name] for name in ("status",) if name in changes}
    if "customer_note" in changes:
        body["customer_note"] = changes["customer_note"] or ""
    if TRACKING in changes:
        body["meta_data"] = [{"key": tracking_key, "value": with_tracking(tracking_key, kept, text(changes[TRACKING]))}]
    return body


def meta_of(row: Row, key: str) -> Json:
    """Of two entries with one key the later, as the shop reads it."""
    found = [entry.get("value") for entry in rows_in(row.get("meta_data")) if entry.get("key") == key]
    return found[-1] if found else None


def moment(value: Json) -> str | None:
    """The shop's `…_gmt`, which says no zone: `2026-11-21T01:15:30` → `2026-11-21T01:15:30+00:00`."""
    return f"{value}+00:00" if value else None
