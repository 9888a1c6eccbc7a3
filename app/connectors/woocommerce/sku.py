"""Who has an SKU: the shop has each once, over products and variations alike, and keeps those of its trash taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.connectors.woocommerce.client import Row, WooClient

TAKEN: Final = frozenset({"duplicate_sku", "sku_held"})
"""Codes of a refusal. The second is of an SKU in the trash, and of some that lose a race (recording timings)."""
_MOST: Final = 50
_MOST_CHARACTERS: Final = 1500
"""Of one list: an address line holds 8 kB on most servers, and an encoded letter takes up to twelve."""
_SEPARATOR: Final = ","


def plain(sku: object) -> str:
    """As the shop compares them: without regard to case (recording prod-07)."""
    return " ".join(str(sku or "").lower().split())


async def owners(client: WooClient, skus: Iterable[str]) -> dict[str, Row]:
    """Live products and variations by plain SKU, 50 to a call; one with a comma is asked for alone, and the shop takes
    it as a whole, too (`WC_REST_Products_V2_Controller`, 9.9)."""
    wanted = {plain(sku) for sku in skus}
    found: dict[str, Row] = {}
    alone = [[sku] for sku in sorted(wanted) if _SEPARATOR in sku]
    for batch in [*_batches(sorted(sku for sku in wanted if sku and _SEPARATOR not in sku)), *alone]:
        params = {"sku": _SEPARATOR.join(batch), "status": "any", "context": "edit"}
        for row in await client.rows("products", params):
            if (sku := plain(row.get("sku"))) in wanted:
                found.setdefault(sku, row)
    return found


async def in_trash(client: WooClient) -> dict[str, Row]:
    """Products in the trash by plain SKU. The shop does not find them by it (recording trash-06), so all are listed."""
    rows = await client.rows("products", {"status": "trash", "context": "edit"})
    return {sku: row for row in rows if (sku := plain(row.get("sku")))}


def _batches(skus: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for sku in skus:
        if batch and (len(batch) == _MOST or sum(map(len, batch)) + len(sku) > _MOST_CHARACTERS):
            yield batch
            batch = []
        batch.append(sku)
    if batch:
        yield batch
