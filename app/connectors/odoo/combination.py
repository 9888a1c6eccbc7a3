"""Making variants: the attribute lines of a template, and what Odoo then makes of its products.

Adding a value to a line adds variants. Adding a *line* rebuilds them: a simple product's only product.product is
deleted and new ones get new ids, without SKU, barcode and stock (17.0). That is done unasked only to a simple product
which this link made itself and which has no stock yet; otherwise the item is parked. No value is ever taken away: Odoo
would delete variants with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.connectors.base import Write
from app.connectors.odoo import sku
from app.connectors.odoo.attributes import OF_TEMPLATE, Attributes, chosen_by_id, named
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.records import is_id
from app.connectors.odoo.search import plain, rows_of
from app.connectors.odoo.values import flag_of, id_of, ids_of
from app.connectors.odoo.writing import as_known
from app.context import mark_as_reverse_sync
from app.entities.base import Json
from app.entities.records import attributes_key
from app.errors import AppError, Parked, Rejected

LINE: Final = "product.template.attribute.line"
TEMPLATE: Final = "product.template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One variant to be there. `module` is the part of the marker that names who makes it."""

    template: int
    attributes: Mapping[str, str]
    module: str
    operation_id: str

    @property
    def key(self) -> str:
        return attributes_key(str(self.template), dict(self.attributes))


class Combinations:
    def __init__(self, client: OdooClient, options: OdooOptions) -> None:
        self._client = client
        self._options = options
        self._attributes = Attributes(client, creation=options.variant_creation)

    async def located(self, creates: Mapping[int, Write]) -> dict[int, int | AppError]:
        """The product.product of each create, by position: the one that is there, or a new one. Templates side by
        side; all that one template lacks is added to it at once."""
        wants = {at: want_of(write) for at, write in creates.items()}
        located: dict[int, int | AppError] = {at: one for at, one in wants.items() if isinstance(one, AppError)}
        good = {at: one for at, one in wants.items() if isinstance(one, Want)}
        known = await self.known({want.template for want in good.values()})
        lacking: dict[int, list[Want]] = {}
        for want in good.values():
            if want.key not in known:
                lacking.setdefault(want.template, []).append(want)
        made = await asyncio.gather(*(self._made(template, some) for template, some in lacking.items()))
        problems = {template: one for template, one in zip(lacking, made, strict=True) if isinstance(one, AppError)}
        known |= {key: number for one in made if isinstance(one, dict) for key, number in one.items()}
        for at, want in good.items():
            located[at] = known.get(want.key) or problems.get(want.template) or _incomplete()
        return located

    async def known(self, templates: set[int]) -> dict[str, int]:
        """The variants there are, by `attributes_key`; a live one before an archived one. Two calls."""
        if not templates:
            return {}
        domain: list[Json] = [["product_tmpl_id", "in", list[Json](sorted(templates))]]
        fields = ["product_tmpl_id", "product_template_attribute_value_ids", "active"]
        rows = await rows_of(self._client, sku.MODEL, domain, fields)
        chosen = await chosen_by_id(self._client, {n for row in rows for n in _choice(row)})
        found: dict[str, int] = {}
        for row in sorted(rows, key=lambda row: flag_of(row.get("active"))):
            attributes = named([chosen[number] for number in _choice(row) if number in chosen])
            if attributes:
                key = attributes_key(str(id_of(row.get("product_tmpl_id"))), attributes)
                found[key] = id_of(row.get("id")) or 0
        return found

    async def _made(self, template: int, wants: Sequence[Want]) -> dict[str, int] | AppError:
        try:
            with mark_as_reverse_sync(wants[0].operation_id):
                pairs = await self._offered(template, wants)
                known = await self.known({template})
                missing = [want for want in wants if want.key not in known]
                return known | await self._created(template, missing, pairs) if missing else known
        except Exception as error:
            return as_known(error, "making variants")

    async def _offered(self, template: int, wants: Sequence[Want]) -> dict[tuple[str, str], tuple[int, int]]:
        """All the values wanted stand in the template's lines afterwards; gives their ids by plain names."""
        fields = ["attribute_id", "value_ids"]
        rows = await self._client.search_read(LINE, [["product_tmpl_id", "=", template]], fields, order="id")
        wanted: dict[str, list[str]] = {}
        for want in wants:
            for name, value in want.attributes.items():
                wanted.setdefault(name, []).append(value)
        lines = {id_of(row.get("attribute_id")): row for row in rows}
        # Asked before any attribute is made for nothing.
        if not rows and not await self._is_fresh(template, wants[0].module):
            self._refuse_rebuild(template)
        pairs = await self._attributes.ids(wanted)
        commands = _commands(lines, list(pairs.values()))
        if rows and any(attribute not in lines for attribute, _ in pairs.values()):
            self._refuse_rebuild(template)
        if commands:
            await self._client.write(TEMPLATE, [template], {"attribute_line_ids": commands})
        return pairs

    def _refuse_rebuild(self, template: int) -> None:
        if self._options.allow_variant_rebuild:
            return
        raise Parked(
            f"adding an attribute to product {template} makes Odoo delete its variants and make new ones, without SKU, "
            "barcode and stock; add the attributes in Odoo, or set allow_variant_rebuild",
            code="would_rebuild_variants",
            field="attributes",
        )

    async def _is_fresh(self, template: int, module: str) -> bool:
        """Made by this very link, and never counted or sold from stock: there is nothing to lose."""
        marker = (await self._client.markers_of(TEMPLATE, [template])).get(template, "")
        if not module or marker.partition(".")[0] != module:
            return False
        domain: list[Json] = [["product_id.product_tmpl_id", "=", template]]
        try:
            return not await self._client.search("stock.quant", domain, limit=1)
        except AppError as error:
            if error.code == "not_installed":
                return True
            raise

    async def _created(
        self, template: int, wants: Sequence[Want], pairs: Mapping[tuple[str, str], tuple[int, int]]
    ) -> dict[str, int]:
        """Where Odoo makes no variants by itself (dynamic attributes), or a combination was taken away once. Odoo
        refuses a combination twice, so that a repeated create finds the first one."""
        offered = await self._offers(template)
        rows: dict[str, Row] = {}
        for want in wants:
            values = {pairs[plain(name), plain(value)][1] for name, value in want.attributes.items()}
            numbers = sorted(offered[value][1] for value in values if value in offered)
            if {offered[value][0] for value in values if value in offered} == {line for line, _ in offered.values()}:
                choice: list[Json] = [[6, 0, list[Json](numbers)]]
                rows[want.key] = {"product_tmpl_id": template, "product_template_attribute_value_ids": choice}
        made = await self._client.create(sku.MODEL, list(rows.values()))
        return dict(zip(rows, made, strict=True))

    async def _offers(self, template: int) -> dict[int, tuple[int, int]]:
        """(line, id for this template) by id of the attribute's value."""
        fields = ["product_attribute_value_id", "attribute_line_id"]
        domain: list[Json] = [["product_tmpl_id", "=", template], ["ptav_active", "=", True]]
        rows = await self._client.search_read(OF_TEMPLATE, domain, fields)
        return {
            id_of(row.get("product_attribute_value_id")) or 0: (
                id_of(row.get("attribute_line_id")) or 0,
                id_of(row.get("id")) or 0,
            )
            for row in rows
        }


def want_of(write: Write) -> Want | AppError:
    product, attributes = write.changes.get("product"), write.changes.get("attributes")
    if not isinstance(product, str) or not is_id(product):
        return Rejected("a variant needs its product", field="product", code="product_missing")
    given = attributes if isinstance(attributes, dict) else {}
    texts = {name: str(value) for name, value in given.items() if value not in (None, "")}
    if not texts:
        return Rejected("a variant needs its attributes", field="attributes", code="attributes_missing")
    module = (write.marker or "").partition(".")[0]
    return Want(template=int(product), attributes=texts, module=module, operation_id=write.operation_id)


def _commands(lines: Mapping[int | None, Row], pairs: Sequence[tuple[int, int]]) -> list[Json]:
    """For `attribute_line_ids`: what of (attribute, value) the lines lack, never anything away."""
    missing: dict[int, list[Json]] = {}
    for attribute, value in dict.fromkeys(pairs):
        if attribute not in lines or value not in ids_of(lines[attribute].get("value_ids")):
            missing.setdefault(attribute, []).append(value)
    return [
        [1, lines[attribute]["id"], {"value_ids": [[4, value, 0] for value in values]}]
        if attribute in lines
        else [0, 0, {"attribute_id": attribute, "value_ids": [[6, 0, values]]}]
        for attribute, values in missing.items()
    ]


def _choice(row: Row) -> list[int]:
    return ids_of(row.get("product_template_attribute_value_ids"))


def _incomplete() -> AppError:
    return Rejected(
        "the product has attributes in Odoo that the variant says nothing of, so Odoo cannot have it",
        field="attributes",
        code="incomplete_combination",
    )
