"""Making an order in a PrestaShop, exactly once.

The story: an order is made from a cart, in two calls. The cart's id is saved before the second, so whatever happens
then (our crash, a lost answer, a module that fails after the order was stored) the retry asks for the order of *that*
cart, and the shop refuses to order a cart twice (recording 703). A crash before the save leaves an unused cart, of
which shops have thousands.

A new order starts in the state "Remote payment accepted" (`PS_OS_WS_PAYMENT`, whatever state is sent), and the shop
mails its usual confirmation.

The shop reckons by its own prices, taxes, postage and discounts. If it comes to another total than the one paid, it
stores the order all the same, in the state "Payment error", and mails the customer that (701): such an order is
parked with both totals, for a person to judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.base import Write
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_int, as_str, native_id
from app.connectors.prestashop.records import by_id
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored
from app.entities.base import Json, State
from app.entities.values import plain
from app.errors import AppError, Conflict, Parked, Rejected, Retryable

HALF_A_CENT: Final = Decimal("0.005")
_SHARED: Final = (
    "id_customer",
    "id_address_delivery",
    "id_address_invoice",
    "id_carrier",
    "id_currency",
    "id_lang",
)


class OrderMaker:
    def __init__(self, client: PrestashopClient, reference: Reference) -> None:
        self._client = client
        self._reference = reference

    async def make(self, write: Write) -> Stored:
        """The new order's id, or the one an earlier attempt has made."""
        saved = write.checkpoint.saved.get("id_cart") if write.checkpoint else None
        if saved is not None and (made := await self._order_of(str(saved))) is not None:
            return Stored(native_id=made)
        shop = await self._shop_of(as_int(write.changes.get("id_customer")))
        cart = str(saved) if saved is not None else await self._new_cart(write, shop)
        try:
            return Stored(native_id=await self._order(cart, write.changes, shop))
        except (Conflict, Retryable) as error:
            if (made := await self._order_of(cart)) is not None:
                return Stored(native_id=made)
            raise await self._explained(error, cart, write.changes) from error

    async def check_total(self, number: str, changes: State) -> None:
        """Raises `Parked` if the shop's total is another than the one given, beyond half a cent."""
        given = Decimal(str(changes.get("total_paid")))
        row = await self._client.one("orders", number, display=["id", "reference", "total_paid"])
        stored = Decimal(as_str(row.get("total_paid")) or 0) if row else given
        if row and abs(stored - given) > HALF_A_CENT:
            raise Parked(
                f"order {row.get('reference')} (id {number}) was made, but the shop's total is {plain(stored)} and the "
                f"event's is {plain(given)}; the shop has set it to a payment error: correct it there, or cancel it",
                code="total_mismatch",
                field="total_paid",
                native_id=number,
            )

    async def _new_cart(self, write: Write, shop: Mapping[str, str]) -> str:
        await self._check_lines(write.changes)
        address = str(write.changes.get("id_address_delivery"))
        rows = [
            {
                "id_product": str(line["id_product"]),
                "id_product_attribute": str(line["id_product_attribute"]),
                "id_address_delivery": address,
                "quantity": str(line["quantity"]),
            }
            for line in _lines(write.changes)
        ]
        cart = await self._client.create(
            "carts", {**_shared(write.changes), **shop}, associations={"cart_rows": ("cart_row", rows)}
        )
        if write.checkpoint is not None:
            await write.checkpoint.save(id_cart=cart)
        return cart

    async def _order(self, cart: str, changes: State, shop: Mapping[str, str]) -> str:
        """All totals are required and all but `total_paid` are reckoned anew by the shop (recordings 701, 702)."""
        currency = await self._reference.currency(as_int(changes.get("id_currency")))
        total = str(changes.get("total_paid"))
        products = str(changes.get("total_products") or total)
        fields = {
            **_shared(changes),
            **shop,
            "id_cart": cart,
            "module": str(changes.get("module")),
            "payment": str(changes.get("payment")),
            "total_paid": total,
            "total_paid_real": total,
            "total_products": products,
            "total_products_wt": products,
            "conversion_rate": str(currency.get("conversion_rate") or 1),
        }
        rows = [
            {
                "product_id": str(line["id_product"]),
                "product_attribute_id": str(line["id_product_attribute"]),
                "product_quantity": str(line["quantity"]),
            }
            for line in _lines(changes)
        ]
        return await self._client.create("orders", fields, associations={"order_rows": ("order_row", rows)})

    async def _order_of(self, cart: str) -> str | None:
        rows = await self._client.rows("orders", display=["id"], filters={"id_cart": f"[{cart}]"}, limit=1)
        return native_id(rows[0]) if rows else None

    async def _explained(self, error: AppError, cart: str, changes: State) -> AppError:
        """An unknown payment module is a 500 without a word (recording 704), and so is a passing fault.

        Which of the two: a module that has taken an order before exists.
        """
        module = str(changes.get("module"))
        if error.code != "shop_error":
            return error
        if await self._client.rows("orders", display=["id"], filters={"module": f"[{module}]"}, limit=1):
            return error
        return Rejected(
            f'the shop failed without a reason and made no order of cart {cart}; most likely "{module}" is not '
            "the name of an installed payment module",
            code="order_not_made",
            field="module",
        )

    async def _check_lines(self, changes: State) -> None:
        lines = _lines(changes)
        products = await by_id(self._client, "products", [str(line["id_product"]) for line in lines], ["id", "price"])
        combinations = await by_id(
            self._client,
            "combinations",
            [str(line["id_product_attribute"]) for line in lines if line["id_product_attribute"]],
            ["id", "id_product", "price"],
        )
        total = Decimal(0)
        for line in lines:
            product = products.get(str(line["id_product"]))
            if product is None:
                raise Rejected(f"the shop has no product {line['id_product']}", field="lines")
            total += line["quantity"] * (_price(product) + _extra(combinations, line))
        given = changes.get("total_products")
        if given is not None and abs(total - Decimal(str(given))) > HALF_A_CENT:
            raise Rejected(
                f"the lines cost {plain(total)} without tax in the shop, the event says {given}; nothing was made",
                code="total_mismatch",
                field="total_products",
            )

    async def _shop_of(self, customer: int) -> dict[str, str]:
        """The shop the customer belongs to, in an installation with several; recorded carts carry it (700)."""
        row = await self._client.one("customers", str(customer), display=["id", "id_shop", "id_shop_group"])
        numbers = {name: as_int(row.get(name)) for name in ("id_shop", "id_shop_group")} if row else {}
        return {name: str(number) for name, number in numbers.items() if number}


def _shared(changes: State) -> dict[str, str]:
    return {name: str(changes[name]) for name in _SHARED}


def _lines(changes: State) -> Sequence[dict[str, int]]:
    lines = changes.get("lines")
    rows = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    return [{name: as_int(value) for name, value in row.items()} for row in rows]


def _price(row: Row) -> Decimal:
    return Decimal(as_str(row.get("price")) or 0)


def _extra(combinations: dict[str, Row], line: dict[str, Json] | dict[str, int]) -> Decimal:
    """What the combination adds to the product's price; it must be one of that product."""
    number = line["id_product_attribute"]
    if not number:
        return Decimal(0)
    row = combinations.get(str(number))
    if row is None or as_int(row.get("id_product")) != line["id_product"]:
        raise Rejected(f"the shop's product {line['id_product']} has no combination {number}", field="lines")
    return _price(row)
