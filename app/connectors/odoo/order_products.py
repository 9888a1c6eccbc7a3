"""Which `product.product` an order's line stands for: a record names templates, Odoo sells variants."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.order_reference import products_by_sku
from app.connectors.odoo.order_rows import products_with
from app.connectors.odoo.records import Table, is_id
from app.connectors.odoo.search import any_of, plain
from app.connectors.odoo.values import flag_of, id_of, text_of
from app.connectors.odoo.writing import create_one
from app.entities.base import EntityType, Json
from app.errors import Rejected

PRODUCT: Final = "product.product"


class Products:
    """The products that a batch of orders names, in one call. `fallback` stands for products Odoo does not know."""

    def __init__(self, rows: Mapping[int, Row], *, fallback: str | None) -> None:
        self._rows = rows
        self._fallback = fallback

    @classmethod
    async def of(cls, client: OdooClient, lines: Sequence[Mapping[str, Json]], *, fallback: str | None) -> Products:
        variants = _ids(line.get("variant") for line in lines)
        templates = _ids(line.get("product") for line in lines if not line.get("variant"))
        domain: list[Json] = ["|", ["id", "in", list[Json](variants)], ["product_tmpl_id", "in", list[Json](templates)]]
        unknown = [line for line in lines if not line.get("product") and not line.get("variant")]
        if skus := sorted({plain(line.get("sku")) for line in unknown} - {""}):
            domain = ["|", *domain, *any_of("default_code", skus)]
        if fallback is not None and unknown:
            domain = ["|", *domain, ["default_code", "=", fallback]]
        return cls(await products_with(client, domain) if lines else {}, fallback=fallback)

    def product(self, line: Mapping[str, Json]) -> Row:
        """Raises `Rejected` for a line that stands for none, or might stand for several."""
        if variant := line.get("variant"):
            return self._one([row for number, row in self._rows.items() if str(number) == variant], line)
        if not line.get("product"):
            return self._stand_in(line)
        mine = [row for row in self._rows.values() if str(id_of(row.get("product_tmpl_id"))) == line["product"]]
        live = [row for row in mine if flag_of(row.get("active"))] or mine
        same_sku = [row for row in live if line.get("sku") and text_of(row.get("default_code")) == line["sku"]]
        return self._one(live if len(live) == 1 else same_sku, line)

    def _stand_in(self, line: Mapping[str, Json]) -> Row:
        """By its SKU, where products are not synced, or were deleted; else the one for such lines."""
        wanted = plain(line.get("sku"))
        same_sku = [row for row in self._rows.values() if wanted and plain(row.get("default_code")) == wanted]
        live = [row for row in same_sku if flag_of(row.get("active"))] or same_sku
        if len(live) == 1 or (live and self._fallback is None):
            return self._one(live, line)
        if self._fallback is None:
            raise Rejected(
                f"line {_named(line)}: Odoo has no product of that SKU and takes no line without a product; sync the "
                "product, or name one for such lines in the option fallback_product_sku",
                field="lines",
                code="no_product",
            )
        found = [row for row in self._rows.values() if text_of(row.get("default_code")) == self._fallback]
        return self._one([row for row in found if flag_of(row.get("active"))], line)

    def _one(self, rows: Sequence[Row], line: Mapping[str, Json]) -> Row:
        if len(rows) != 1:
            raise Rejected(
                f"line {_named(line)}: Odoo has {'no' if not rows else 'more than one'} product for it; which variant "
                "it is can be told by an SKU that only one has",
                field="lines",
                code="no_product" if not rows else "ambiguous_product",
            )
        return rows[0]


class Services:
    """The products that shipping costs and discounts stand under, by SKU; made once, under an external id."""

    def __init__(self, client: OdooClient) -> None:
        self._table = Table(client=client, entity_type=EntityType.PRODUCT, model=PRODUCT, fields=("name",))
        self._known: dict[str, int] = {}
        self._finding = asyncio.Lock()

    async def product_id(self, sku: str, *, name: str, module: str) -> int:
        """`module` is the first part of the external id, as in an order's marker."""
        async with self._finding:
            if sku not in self._known:
                self._known[sku] = await self._find(sku) or await self._make(sku, name=name, module=module)
            return self._known[sku]

    def forget(self) -> None:
        """For when Odoo refused a line: one of them may have been deleted."""
        self._known.clear()

    async def _find(self, sku: str) -> int | None:
        rows = await products_by_sku(self._table.client, sku)
        return id_of(rows[0].get("id")) if rows else None

    async def _make(self, sku: str, *, name: str, module: str) -> int:
        # Until 17 the kind is `detailed_type`, and `type` follows from it.
        kind = "detailed_type" if await self._table.has("detailed_type") else "type"
        values: dict[str, Json] = {"name": name, "default_code": sku, kind: "service"}
        return int(await create_one(self._table, values, marker=f"{module}.service_{_plain(sku)}"))


def _ids(values: Iterable[Json]) -> list[int]:
    return sorted({int(value) for value in values if isinstance(value, str) and is_id(value)})


def _plain(sku: str) -> str:
    """An external id has letters, digits, `-` and `_`."""
    return "".join(character if character.isascii() and character.isalnum() else "_" for character in sku)


def _named(line: Mapping[str, Json]) -> str:
    return repr(text_of(line.get("sku")) or text_of(line.get("name")) or "without a name")[:80]
