"""The variations of products: a variation is only reachable below its product, so each product is a list of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.records import by_ids, is_number
from app.entities.base import Json
from app.errors import AppError, NotFound


async def of_products(client: WooClient, products: Iterable[str]) -> dict[str, list[Row]]:
    """Their live variations, by product; one that is gone has none. Raises what the first failed list met."""
    wanted = list(dict.fromkeys(products))
    answers = await asyncio.gather(*[_of_product(client, number) for number in wanted])
    for answer in answers:
        if isinstance(answer, AppError):
            raise answer
    return {number: rows for number, rows in zip(wanted, answers, strict=True) if not isinstance(rows, AppError)}


async def numbers(client: WooClient, products: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`{"12": ("12/31", "12/32"), "10": ()}`: ids of the live ones, from the products' own rows."""
    rows = await by_ids(client, "products", products, {"status": "any", "_fields": "id,variations"})
    return {number: tuple(f"{number}/{one}" for one in _numbers(row)) for number, row in rows.items()}


async def in_trash(client: WooClient, product: str) -> list[Row]:
    return await client.rows(path(product), {"status": "trash", "context": "edit"})


def path(product: str) -> str:
    return f"products/{product}/variations"


def native_id(product: str, row: Row) -> str:
    return f"{product}/{row['id']}"


def split(native_id: str) -> tuple[str, str] | None:
    """`12/31` is product 12 and variation 31; None for what names no variation."""
    product, _, variation = native_id.partition("/")
    return (product, variation) if is_number(product) and is_number(variation) else None


def _numbers(row: Row) -> Sequence[Json]:
    listed = row.get("variations")
    return listed if isinstance(listed, list) else ()


async def _of_product(client: WooClient, product: str) -> list[Row] | AppError:
    try:
        return await client.rows(path(product), {"status": "any", "context": "edit"})
    except NotFound:
        return []
    except AppError as error:
        return error
