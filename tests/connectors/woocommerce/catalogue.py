"""The catalogue of a sandbox shop: its ports over the wire, and what the shop was asked meanwhile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from app.connectors.base import Desired, Gone, RecordPort, Removal, Resolved, Snapshot, Write, Written
from app.connectors.http import PeerClient
from app.connectors.woocommerce.category import CategoryPort
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.image import ImagePort
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.options import WoocommerceOptions
from app.connectors.woocommerce.product import ProductPort
from app.connectors.woocommerce.reference import Reference
from app.connectors.woocommerce.stock import StockPort
from app.connectors.woocommerce.variant import VariantPort
from app.entities.base import Json, NaturalKey, Record, Ref, Side, State
from app.entities.records import record_key
from app.errors import AppError
from app.sandbox.woocommerce import Sandbox, create_sandbox

RED = b"\x89PNG\r\n\x1a\nred"
BLUE = b"\x89PNG\r\n\x1a\nblue"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS = ("/wp-json/wc/v3/settings/", "/wp-json/wc/v3/taxes")


@dataclass
class Catalogue:
    sandbox: Sandbox
    client: WooClient
    measures: Measures
    options: WoocommerceOptions

    def products(self, **how: Any) -> ProductPort:
        return ProductPort(self.client, self.measures, **how)

    def variants(self, **how: Any) -> VariantPort:
        return VariantPort(self.client, self.measures, **how)

    def stock(self, *, start_counting: bool = False) -> StockPort:
        return StockPort(self.client, start_counting=start_counting)

    def categories(self) -> CategoryPort:
        return CategoryPort(self.client)

    def images(self, **how: Any) -> ImagePort:
        return ImagePort(self.client, **how)

    def product(self, **fields: Any) -> str:
        """A product that a person made in the shop."""
        return str(self.sandbox.add("products", **fields))

    def shirt(self, *sizes: str, price: str = "10", **fields: Any) -> tuple[str, list[str]]:
        """A product that varies by size: its id, and those of its variations."""
        attributes = [{"name": "Size", "visible": True, "variation": True, "options": list(sizes)}]
        shirt = self.sandbox.add("products", name="Shirt", type="variable", attributes=attributes, **fields)
        made = [
            self.sandbox.add(
                "variations",
                parents=(shirt,),
                sku=f"S-{size}",
                regular_price=price,
                manage_stock=True,
                stock_quantity=3,
                attributes=[{"name": "Size", "option": size}],
            )
            for size in sizes
        ]
        return str(shirt), [f"{shirt}/{one}" for one in made]

    def calls(self) -> list[str]:
        """`GET products`, `POST products/batch` … since the last time asked, without those for settings."""
        seen = [one for one in self.sandbox.requests if not one.path.startswith(SETTINGS)]
        self.sandbox.requests.clear()
        return [f"{one.method} {one.path.removeprefix('/wp-json/wc/v3/').removeprefix('/wp-json/')}" for one in seen]

    def bodies(self) -> list[Any]:
        """What was sent since the last time asked."""
        sent = [json.loads(one.body) for one in self.sandbox.requests if one.method != "GET" and one.body]
        self.sandbox.requests.clear()
        return sent


def catalogue(*, user: bool = True, **how: Any) -> Catalogue:
    sandbox = create_sandbox(examples=False, clock=lambda: NOON, **how)
    login = Login(
        consumer_key=sandbox.key,
        consumer_secret=sandbox.secret,
        username=sandbox.app_user if user else None,
        application_password=sandbox.app_password if user else None,
    )
    transport = httpx.ASGITransport(sandbox)
    client = WooClient(PeerClient("https://shop.test", name="shop", auth=login, transport=transport), login)
    options = WoocommerceOptions()
    return Catalogue(sandbox, client, Measures(client, Reference(client, options)), options)


async def state(port: RecordPort, number: str) -> State:
    shot = (await port.read([number]))[number]
    assert isinstance(shot, Snapshot), f"{number} is missing"
    return shot.state


async def record(port: RecordPort, number: str) -> Record:
    [one] = await port.to_records([await state(port, number)])
    return one


async def resolved(port: RecordPort, base: State | None = None, /, **fields: Json) -> Resolved:
    [answer] = await port.from_records([Desired(fields=fields, base=base)])
    assert isinstance(answer, Resolved), answer
    return answer


async def refused(port: RecordPort, base: State | None = None, /, **fields: Json) -> AppError:
    [answer] = await port.from_records([Desired(fields=fields, base=base)])
    assert isinstance(answer, AppError), answer
    return answer


async def new(port: RecordPort, **how: Any) -> Write:
    """A create of these neutral fields."""
    content = how.pop("content_bytes", None)
    answer = await resolved(port, **how)
    return Write(ref=None, changes=answer.state, operation_id="op-1", content=content)


async def change(port: RecordPort, number: str, **fields: Json) -> Write:
    base = await state(port, number)
    answer = await resolved(port, base, **fields)
    return Write(ref=ref(port, number), changes=answer.state, base=base, operation_id="op-1")


def removal(port: RecordPort, number: str, how: Removal) -> Write:
    return Write(ref=ref(port, number), changes={}, operation_id="op-1", removal=how)


def ref(port: RecordPort, number: str) -> Ref:
    return Ref(side=Side.SHOP, entity_type=port.entity_type, native_id=number)


async def made(port: RecordPort, **fields: Any) -> Written:
    [answer] = await port.write([await new(port, **fields)])
    return written(answer)


async def changed(port: RecordPort, number: str, **fields: Json) -> Written:
    [answer] = await port.write([await change(port, number, **fields)])
    return written(answer)


def key_of(port: RecordPort, **fields: Json) -> NaturalKey:
    key = record_key(port.entity_type, fields)
    assert key is not None
    return key


async def found(port: RecordPort, **fields: Json) -> list[str]:
    """Ids of what the shop has with the natural key of these fields."""
    key = key_of(port, **fields)
    return [shot.ref.native_id for shot in (await port.find([key]))[key]]


def written(answer: Written | AppError) -> Written:
    assert isinstance(answer, Written), answer
    return answer


def missing(answers: dict[str, Snapshot | Gone]) -> list[str]:
    return [number for number, answer in answers.items() if not isinstance(answer, Snapshot)]


async def changed_ids(port: RecordPort, cursor: Any) -> list[str]:
    return [number async for page in port.changed_since(cursor) for number in page.ids]
