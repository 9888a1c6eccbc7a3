"""What customers order of a WooCommerce."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.storefront import place_order
from tests.flows.offices.sales import Sold
from tests.flows.offices.woocommerce_people import AT_HOME, native

STATUSES: Final = {"waiting": "on-hold", "paid": "processing", "shipped": "completed", "cancelled": "cancelled"}
SHIPPING: Final = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "7.00"}
TRACKING: Final = "_tracking_number"


class WoocommerceSales:
    taxes: tuple[float, ...] = (19.0, 7.0)
    mug: str

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop

    def order(
        self, customer: str, *, place: str | None = None, thing: str | None = None, quantity: int = 1,
        status: str = "paid",
    ) -> str:  # fmt: skip
        account = self._account(customer)
        kind = place.partition(":")[2] if place else "billing" if account["billing"]["address_1"] else "shipping"
        line = {"product_id": int(thing or self.mug), "quantity": quantity}
        number = place_order(
            self._shop,
            email=account["email"],
            customer_id=int(customer),
            lines=[line],
            shipping=SHIPPING,
            status=STATUSES[status],
            billing=account[kind],
        )
        return str(number)

    def guest_order(self, email: str) -> str:
        billing = {"first_name": "Grace", "last_name": "Hopper", "state": "", **native(AT_HOME)}
        line = {"product_id": int(self.mug), "quantity": 1}
        return str(place_order(self._shop, email=email, lines=[line], shipping=SHIPPING, billing=billing))

    def move_order(self, number: str, status: str) -> None:
        self._shop.edit("orders", int(number), status=STATUSES[status])

    def save_order(self, number: str) -> None:
        self._shop.edit("orders", int(number))

    def misstate_total(self, number: str, *, taxed: str, untaxed: str) -> None:
        tax = str(Decimal(taxed) - Decimal(untaxed))
        self._shop.write_silently("orders", int(number), total=taxed, total_tax=tax)

    def sold(self, number: str) -> Sold:
        row: Any = self._shop.row("orders", int(number))
        words = {native: word for word, native in STATUSES.items()}
        found = [entry["value"] for entry in row["meta_data"] if entry["key"] == TRACKING]
        return Sold(
            reference=number,
            status=words.get(row["status"], row["status"]),
            total=Decimal(row["total"]),
            untaxed=Decimal(row["total"]) - Decimal(row["total_tax"]),
            customer=str(row["customer_id"]),
            delivery=self._delivery(row),
            at=row["date_created"],
            note=row["customer_note"],
            tracking=str(found[0]) if found else "",
        )

    def entered(self, number: str, status: str) -> int:
        """As the order's notes tell it."""
        said = {"waiting": "On hold", "paid": "Processing", "shipped": "Completed", "cancelled": "Cancelled"}[status]
        notes = [row["note"] for row in self._shop.rows("order_notes") if str(row["order_id"]) == number]
        return len([note for note in notes if note.endswith(f"to {said}.")])

    def _delivery(self, order: Any) -> str:
        account = self._account(str(order["customer_id"])) if order["customer_id"] else {}
        same = [kind for kind in account and ("shipping", "billing") if _is(account[kind], order["shipping"])]
        return f"{order['customer_id']}:{same[0]}" if same else ""

    def _account(self, number: str) -> Any:
        return self._shop.row("customers", int(number))


def _is(place: Any, other: Any) -> bool:
    return all(place[name] == other[name] for name in ("address_1", "postcode", "city", "country"))
