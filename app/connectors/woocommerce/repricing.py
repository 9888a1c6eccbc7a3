"""Another price of products that have variations: those of the variations move along (`base_price.py` tells how)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.connectors.woocommerce import base_price, taxed, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.measures import Measures, tax_class
from app.connectors.woocommerce.notes import noting
from app.errors import AppError


async def pin(client: WooClient, bases: Mapping[str, Decimal | None]) -> dict[str, AppError]:
    """Notes what these products' variations are reckoned from now, so that changing one does not change the others."""
    known = {number: base for number, base in bases.items() if base is not None}
    bodies: list[Row] = [
        {"id": int(number), "meta_data": [noting(base_price.NOTE, taxed.stored(base))]}
        for number, base in known.items()
    ]
    answers = await client.batch("products", update=bodies) if bodies else []
    return {number: one for number, one in zip(known, answers, strict=True) if isinstance(one, AppError)}


async def move(
    client: WooClient, measures: Measures, parents: Mapping[str, Row], prices: Mapping[str, Decimal]
) -> dict[str, AppError]:
    """Gives the variations of `parents` the prices that go with these new ones; the note of the product itself is
    whoever calls to write, last. What failed comes back: its product must keep its note, so that a retry goes on."""
    held = await variations.of_products(client, prices)
    bases = {number: base_price.of_product(parents[number], held[number]) for number in prices}
    unknown = {number: base for number, base in bases.items() if base_price.noted(parents[number]) is None}
    failed = await pin(client, unknown)
    rates = {number: await _rate(measures, parents[number]) for number in prices if number not in failed}
    async with asyncio.TaskGroup() as group:
        tasks = {
            number: group.create_task(_move_all(client, number, held[number], bases[number], prices[number], rate))
            for number, rate in rates.items()
        }
    return failed | {number: error for number, task in tasks.items() if (error := task.result()) is not None}


async def _rate(measures: Measures, parent: Row) -> Decimal:
    return await measures.rate({"tax_class": tax_class(parent.get("tax_status"), parent.get("tax_class"))})


async def _move_all(
    client: WooClient, number: str, rows: Sequence[Row], old: Decimal | None, new: Decimal, rate: Decimal
) -> AppError | None:
    bodies = [body for row in rows if (body := base_price.moved(row, old, new, rate)) is not None]
    if not bodies:
        return None
    try:
        answers = await client.batch(variations.path(number), update=bodies)
    except AppError as error:
        return error
    return next((one for one in answers if isinstance(one, AppError)), None)
