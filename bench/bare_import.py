"""The shortest way of a shop's products into Odoo: list pages, load batches, keep no record. The yardstick of imports.

It matches nothing with what Odoo has, reads nothing back, and a second run is no better than the first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx

from app.sandbox.odoo.server import SYNC_UID
from bench.bulk_peers import ODOO_CREDENTIALS, SHOP_LOGIN, TIMEOUT_S

PAGE: Final = 100
BATCH: Final = 500
"""As large as the service's own."""
ROOT: Final = "1"
COLUMNS: Final = (
    "id",
    "active",
    "categ_id/.id",
    "default_code",
    "description_sale",
    "detailed_type",
    "list_price",
    "name",
    "weight",
)


async def import_products(*, shop_url: str, odoo_url: str) -> int:
    """How many it has loaded."""
    async with (
        httpx.AsyncClient(base_url=shop_url, auth=SHOP_LOGIN, timeout=TIMEOUT_S) as shop,
        httpx.AsyncClient(base_url=odoo_url, timeout=TIMEOUT_S) as odoo,
    ):
        categories = [row async for row in _listed(shop, "products/categories")]
        rows = [[f"bare.category_{row['id']}", row["name"], ROOT] for row in categories]
        made = await _load(odoo, "product.category", ("id", "name", "parent_id/.id"), rows)
        under = {row["id"]: str(number) for row, number in zip(categories, made, strict=True)}
        count, batch = 0, []
        async for product in _listed(shop, "products"):
            batch.append(_row(product, under))
            if len(batch) == BATCH:
                count += len(await _load(odoo, "product.template", COLUMNS, batch))
                batch = []
        return count + (len(await _load(odoo, "product.template", COLUMNS, batch)) if batch else 0)


async def _listed(shop: httpx.AsyncClient, resource: str) -> AsyncIterator[dict[str, Any]]:
    page = 1
    while True:
        params = {"per_page": str(PAGE), "page": str(page), "orderby": "id", "order": "asc"}
        answer = await shop.get(f"/wp-json/wc/v3/{resource}", params=params)
        rows = answer.raise_for_status().json()
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        page += 1


async def _load(odoo: httpx.AsyncClient, model: str, columns: tuple[str, ...], rows: list[list[str]]) -> list[int]:
    login = [ODOO_CREDENTIALS["database"], SYNC_UID, ODOO_CREDENTIALS["api_key"]]
    args = [*login, model, "load", [list(columns), rows], {"context": {"tracking_disable": True}}]
    params = {"service": "object", "method": "execute_kw", "args": args}
    answer = await odoo.post("/jsonrpc", json={"jsonrpc": "2.0", "method": "call", "id": 1, "params": params})
    return list(answer.raise_for_status().json()["result"]["ids"])


def _row(product: dict[str, Any], under: dict[int, str]) -> list[str]:
    return [
        f"bare.product_{product['id']}",
        "1",
        under[product["categories"][0]["id"]] if product["categories"] else ROOT,
        product["sku"],
        product["short_description"],
        "service" if product["virtual"] else "product",
        product["regular_price"] or "0",
        product["name"],
        product["weight"] or "0",
    ]
