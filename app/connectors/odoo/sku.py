"""Who carries a SKU in Odoo: `default_code` of product.product, which is not unique there. Nor is its case ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import flag_of, text_of
from app.entities.base import Json

MODEL: Final = "product.product"
_FIELDS: Final = ("default_code", "product_tmpl_id", "active", "product_template_attribute_value_ids")


async def owners(client: OdooClient, skus: Sequence[str]) -> dict[str, list[Row]]:
    """The variants by SKU as natural keys write it (lower case, single blanks), in one call; every SKU is a key.

    The live ones; where there is none, the archived ones.
    """
    wanted = sorted(set(skus))
    if not wanted:
        return {}
    leaves: list[Json] = [["default_code", "=ilike", _pattern(one)] for one in wanted]
    rows = await rows_of(client, MODEL, ["|"] * (len(leaves) - 1) + leaves, _FIELDS)
    found: dict[str, list[Row]] = {one: [] for one in wanted}
    for row in rows:
        found.get(plain(row.get("default_code")), []).append(row)
    return {one: [row for row in some if flag_of(row.get("active"))] or some for one, some in found.items()}


def plain(sku: Json) -> str:
    return " ".join((text_of(sku) or "").lower().split())


def _pattern(sku: str) -> str:
    """Finds at least this SKU: `_` and `%` match more in Odoo as well, and a backslash escapes; compared after."""
    return re.sub(r"\\", "_", sku).replace(" ", "%")
