"""What customers order of a PrestaShop."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from app.sandbox.prestashop import Sandbox
from tests.flows.offices.prestashop_people import AT_HOME, PrestashopPeople
from tests.flows.offices.sales import Sold

STATES: Final = {"waiting": "10", "paid": "2", "shipped": "4", "cancelled": "6"}
FRENCH: Final = Decimal("1.2")
BANK_WIRE: Final = {"module": "ps_wirepayment", "payment": "Bank wire", "conversion_rate": "1"}
COMMON: Final = {"id_currency": "1", "id_lang": "1", "id_carrier": "2"}
"""The carrier is the one that costs 7."""


class PrestashopSales:
    taxes: tuple[float, ...] = (20.0,)

    def __init__(self, shop: Sandbox) -> None:
        self._shop = shop
        self._people = PrestashopPeople(shop)

    def order(
        self, customer: str, *, place: str | None = None, thing: str | None = None, quantity: int = 1,
        status: str = "paid",
    ) -> str:  # fmt: skip
        place, product = place or self._home_of(customer), int(thing or "8")
        ends = {"id_customer": customer, "id_address_delivery": place, "id_address_invoice": place}
        cart = self._shop.add("carts", **COMMON, **ends)
        line = {"id_product": str(product), "id_product_attribute": "0", "quantity": str(quantity)}
        self._shop.shop.table("carts").linked[cart, "cart_rows"] = [line]
        goods = Decimal(self._shop.shop.text("products", product, "price")) * quantity
        taxed = (goods + 7) * (FRENCH if self._people.place(place).country == "FR" else 1)
        sums = {"total_paid": str(taxed), "total_products": str(goods), "total_products_wt": str(goods)}
        number = str(self._shop.add("orders", id_cart=str(cart), **COMMON, **BANK_WIRE, **sums, **ends))
        if status != "paid":
            self._row(number)["current_state"] = STATES[status]
        return number

    def guest_order(self, email: str) -> str:
        """Each time a new customer with that e-mail address, as the shop has it."""
        given = {"firstname": "Grace", "lastname": "Hopper", "email": email}
        guest = str(self._shop.add("customers", **given, is_guest="1", active="1"))
        return self.order(guest, place=self._people.add_place(guest, **AT_HOME))

    def move_order(self, number: str, status: str) -> None:
        self._shop.add("order_histories", id_order=number, id_order_state=STATES[status])

    def save_order(self, number: str) -> None:
        self._shop.edit("orders", int(number))

    def misstate_total(self, number: str, *, taxed: str, untaxed: str) -> None:
        self._row(number).update(total_paid_tax_incl=taxed, total_paid_tax_excl=untaxed)

    def sold(self, number: str) -> Sold:
        row = self._row(number)
        words = {native: word for word, native in STATES.items()}
        made = datetime.fromisoformat(row["date_add"]).replace(tzinfo=self._shop.shop.zone)
        parcels = [each for each in self._shop.rows("order_carriers") if str(each["id_order"]) == number]
        return Sold(
            reference=row["reference"],
            status=words.get(str(row["current_state"]), str(row["current_state"])),
            total=Decimal(row["total_paid_tax_incl"]),
            untaxed=Decimal(row["total_paid_tax_excl"]),
            customer=str(row["id_customer"]),
            delivery=str(row["id_address_delivery"]),
            at=made.astimezone(UTC),
            note=str(row["note"] or ""),
            tracking=str(parcels[0]["tracking_number"] or "") if parcels else "",
        )

    def entered(self, number: str, status: str) -> int:
        rows = [row for row in self._shop.rows("order_histories") if str(row["id_order"]) == number]
        return [str(row["id_order_state"]) for row in rows].count(STATES[status])

    def _row(self, number: str) -> Any:
        return self._shop.row("orders", int(number))

    def _home_of(self, customer: str) -> str:
        return next(str(row["id"]) for row in self._shop.rows("addresses") if str(row["id_customer"]) == customer)
