"""An order event in the shop's canonical values: ids that exist, defaults of the link, texts in their place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Resolved
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_flag, as_int, as_str
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.people import Owners, owners
from app.connectors.prestashop.records import by_id
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, State
from app.errors import AppError, NotFound, Rejected

PREFIX: Final = "message:"
MARK: Final = "Odoo order "
"""Begins the private message by which an order made for Odoo's S00042 is found again."""
_ADDRESSES: Final = ("id_address_delivery", "id_address_invoice")
_KEPT: Final = ("tracking_number", "note", "total_paid", "total_products")


class OrderResolver:
    def __init__(self, client: PrestashopClient, reference: Reference, options: PrestashopOptions) -> None:
        self._client = client
        self._reference = reference
        self._options = options

    async def resolve(self, patches: Sequence[State]) -> list[Resolved | AppError]:
        """Customers and addresses of all patches in one go, then each for itself."""
        try:
            known = await owners(self._client, patches)
            addresses = await self._addresses(patches)
        except AppError as error:
            return [error for _ in patches]
        return [await self._resolved(fields, known, addresses) for fields in patches]

    async def _resolved(self, fields: State, known: Owners, addresses: Mapping[str, Row]) -> Resolved | AppError:
        state: dict[str, Json] = {name: fields[name] for name in _KEPT if name in fields}
        try:
            wanted = fields.get("current_state")
            if isinstance(wanted, int | str):
                state["current_state"] = await self._reference.order_state(wanted)
            if isinstance(lines := fields.get("lines"), list):
                state["lines"] = lines_of(lines)
                state |= await self._of_new(fields, known, addresses)
        except AppError as error:
            return error
        return Resolved(state=state | _messages(fields))

    async def _of_new(self, fields: State, known: Owners, addresses: Mapping[str, Row]) -> dict[str, Json]:
        owner = known.of(fields)
        if owner is None:
            raise Rejected("a new order needs id_customer or customer_email", field="id_customer")
        customer = as_int(owner.get("id"))
        delivery = as_int(fields.get("id_address_delivery"))
        invoice = as_int(fields.get("id_address_invoice")) or delivery
        for name, number in zip(_ADDRESSES, (delivery, invoice), strict=True):
            _check_address(addresses, number, customer, field=name)
        return {
            "id_customer": customer,
            "id_address_delivery": delivery,
            "id_address_invoice": invoice,
            "id_carrier": await self._carrier(fields.get("id_carrier")),
            "id_currency": await self._currency(fields.get("id_currency")),
            "id_lang": await self._language(fields.get("id_lang"), owner),
            **self._payment(fields),
        }

    async def _carrier(self, given: Json) -> int:
        number = as_int(given) or self._options.order_carrier
        if not number:
            raise Rejected("no carrier given: send id_carrier, or set the option order_carrier", field="id_carrier")
        return await self._reference.carrier(number)

    async def _currency(self, given: Json) -> int:
        if isinstance(given, int | str):
            return as_int((await self._reference.currency(given)).get("id"))
        return as_int((await self._reference.default_currency()).get("id"))

    async def _language(self, given: Json, owner: Row) -> int:
        if isinstance(given, int | str):
            return await self._reference.language(given)
        return as_int(owner.get("id_lang")) or await self._reference.default_language()

    def _payment(self, fields: State) -> dict[str, Json]:
        module = as_str(fields.get("module")) or self._options.order_module
        if module is None:
            raise Rejected("no payment module given: send module, or set the option order_module", field="module")
        return {"module": module, "payment": as_str(fields.get("payment")) or self._options.order_payment or module}

    async def _addresses(self, patches: Sequence[State]) -> dict[str, Row]:
        given = [str(fields[name]) for fields in patches for name in _ADDRESSES if fields.get(name) is not None]
        return await by_id(self._client, "addresses", given, ["id", "id_customer", "deleted"])


def lines_of(rows: Sequence[Json]) -> list[Json]:
    """`[{"id_product": 8, "id_product_attribute": 0, "quantity": 2}]` from either's words, each product once."""
    quantities: dict[tuple[int, int], int] = {}
    for row in rows:
        if isinstance(row, dict):
            product = as_int(row.get("id_product", row.get("product_id")))
            combination = as_int(row.get("id_product_attribute", row.get("product_attribute_id")))
            quantity = as_int(row.get("quantity", row.get("product_quantity")))
            quantities[product, combination] = quantities.get((product, combination), 0) + quantity
    return [
        {"id_product": product, "id_product_attribute": combination, "quantity": quantity}
        for (product, combination), quantity in sorted(quantities.items())
    ]


def message_key(text: str, *, private: bool) -> str:
    digest = hashlib.sha256(text.strip().encode()).hexdigest()[:16]
    return f"{PREFIX}{'private' if private else 'public'}:{digest}"


def _messages(fields: State) -> dict[str, Json]:
    messages: dict[str, Json] = {}
    if text := as_str(fields.get("message")):
        messages[message_key(text, private=fields.get("message_private") is not False)] = text
    if odoo_reference := as_str(fields.get("odoo_reference")):
        mark = MARK + odoo_reference
        messages[message_key(mark, private=True)] = mark
    return messages


def _check_address(addresses: Mapping[str, Row], number: int, customer: int, *, field: str) -> None:
    row = addresses.get(str(number))
    if row is None or as_flag(row.get("deleted")):
        raise NotFound(f"Address {number} not found in the shop", field=field)
    if as_int(row.get("id_customer")) != customer:
        raise Rejected(f"{field} {number} is not an address of customer {customer}", field=field)
