"""A sandbox WooCommerce with the ports for orders, refunds and coupons, and what a customer does in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from app.connectors.base import Cursor, Desired, Gone, Page, RecordPort, Removal, Resolved, Snapshot, Write, Written
from app.connectors.http import PeerClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import Json, NaturalKey, Record, Ref, Side
from app.errors import AppError
from app.sandbox.woocommerce import Sandbox, create_sandbox
from app.sandbox.woocommerce.storefront import place_order

MUG, POSTER, SHIRT = 10, 11, 13
JANE, OTTO = 3, 4
FLAT = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}


@dataclass
class Trade:
    """One entity type of one shop, as the engine works on it."""

    shop: Sandbox
    port: RecordPort

    async def snapshot(self, number: int | str) -> Snapshot:
        found = (await self.port.read([str(number)]))[str(number)]
        assert isinstance(found, Snapshot), f"{number} is missing"
        return found

    async def gone(self, number: int | str) -> bool:
        return isinstance((await self.port.read([str(number)]))[str(number)], Gone)

    async def record(self, number: int | str) -> Record:
        [record] = await self.port.to_records([(await self.snapshot(number)).state])
        return record

    async def by(self, name: str, value: str) -> list[str]:
        key = NaturalKey(entity_type=self.port.entity_type, name=name, value=value)
        return [shot.ref.native_id for shot in (await self.port.find([key]))[key]]

    async def resolved(self, fields: Record, number: int | str | None = None) -> Resolved | AppError:
        base = None if number is None else (await self.snapshot(number)).state
        [resolved] = await self.port.from_records([Desired(fields=fields, base=base)])
        return resolved

    async def words(self, fields: Record, number: int | str | None = None) -> Resolved:
        resolved = await self.resolved(fields, number)
        assert isinstance(resolved, Resolved), resolved
        return resolved

    async def refused(self, fields: Record, number: int | str | None = None) -> AppError:
        resolved = await self.resolved(fields, number)
        assert isinstance(resolved, AppError), resolved
        return resolved

    async def create(self, fields: Record) -> Written:
        state = (await self.words(fields)).state
        return await self._written(Write(ref=None, changes=state, operation_id="op-42", marker="boutique.record_1"))

    async def change(self, number: int | str, fields: Record) -> Written:
        base = (await self.snapshot(number)).state
        state = (await self.words(fields, number)).state
        differing = {name: value for name, value in state.items() if base.get(name) != value}
        return await self._written(Write(ref=self.ref(number), changes=differing, base=base, operation_id="op-42"))

    async def remove(self, number: int | str, removal: Removal) -> Written | AppError:
        write = Write(ref=self.ref(number), changes={}, operation_id="op-42", removal=removal)
        [result] = await self.port.write([write])
        return result

    def ref(self, number: int | str) -> Ref:
        return Ref(side=Side.SHOP, entity_type=self.port.entity_type, native_id=str(number))

    async def pages(self, cursor: Cursor = Cursor()) -> list[Page]:  # noqa: B008 (frozen)
        return [page async for page in self.port.changed_since(cursor)]

    async def changed(self, cursor: Cursor = Cursor()) -> list[str]:  # noqa: B008 (frozen)
        return [number for page in await self.pages(cursor) for number in page.ids]

    def calls(self) -> list[str]:
        """`GET orders`, `POST orders/batch` … since the last `forget`."""
        return [f"{one.method} {one.path.removeprefix('/wp-json/wc/v3/')}" for one in self.shop.requests]

    def sent(self) -> list[Any]:
        return [json.loads(one.body) for one in self.shop.requests if one.body]

    def forget(self) -> None:
        self.shop.requests.clear()

    async def _written(self, write: Write) -> Written:
        [result] = await self.port.write([write])
        assert isinstance(result, Written), result
        return result


def shop_of(**options: Any) -> Sandbox:
    return create_sandbox(**options)


def client_of(shop: Sandbox) -> WooClient:
    login = Login(consumer_key=shop.key, consumer_secret=shop.secret)
    peer = PeerClient("https://shop.test", name="shop", auth=login, transport=httpx.ASGITransport(shop))
    return WooClient(peer, login)


def options_of(**options: Any) -> WoocommerceOptions:
    return WoocommerceOptions.model_validate(options)


def buy(
    shop: Sandbox,
    *lines: tuple[int, int] | tuple[int, int, int],
    email: str = "gustav@example.test",
    shipping: Mapping[str, str] | None = None,
    **more: Any,
) -> int:
    """A customer's order of (product, quantity) or (product, quantity, variation); its id."""
    goods = [{"product_id": one[0], "quantity": one[1], "variation_id": one[2] if len(one) > 2 else 0} for one in lines]
    return place_order(shop, email=email, lines=goods, shipping=shipping, **more)


def product(shop: Sandbox, price: str, **more: Any) -> int:
    return shop.add("products", name=f"Thing of {price}", sku=f"T-{price}", regular_price=price, **more)


def refund(shop: Sandbox, order: int, **body: Json) -> str:
    """What was given back by a person; its native id."""
    number = shop.add("refunds", parents=(order,), api_refund=False, **body)
    return f"{order}/{number}"


def variations_of(shop: Sandbox, parent: int) -> Sequence[int]:
    return list(shop.row("products", parent)["variation_ids"])
