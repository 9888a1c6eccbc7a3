"""Who carries a SKU in Odoo: `default_code` of product.product, which is not unique there. Nor is its case ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.search import any_of, plain, rows_of
from app.connectors.odoo.values import flag_of

MODEL: Final = "product.product"
_FIELDS: Final = ("default_code", "product_tmpl_id", "active", "product_template_attribute_value_ids")


async def owners(client: OdooClient, skus: Sequence[str]) -> dict[str, list[Row]]:
    """The variants by SKU as natural keys write it, in one call; every SKU is a key.

    The live ones; where there is none, the archived ones.
    """
    wanted = sorted(set(skus))
    if not wanted:
        return {}
    rows = await rows_of(client, MODEL, any_of("default_code", wanted), _FIELDS)
    found: dict[str, list[Row]] = {one: [] for one in wanted}
    for row in rows:
        found.get(plain(row.get("default_code")), []).append(row)
    return {one: [row for row in some if flag_of(row.get("active"))] or some for one, some in found.items()}
