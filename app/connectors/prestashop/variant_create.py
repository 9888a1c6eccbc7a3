"""New combinations of one batch: what their products have already, their options and values, their products' type."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from app.connectors.base import Snapshot
from app.connectors.prestashop import xml
from app.connectors.prestashop.attributes import Vocabulary
from app.connectors.prestashop.client import PATCH_SINCE, PrestashopClient
from app.connectors.prestashop.fields import as_int, native_id
from app.connectors.prestashop.once import Once
from app.connectors.prestashop.records import by_id
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored
from app.entities.base import Json, State
from app.entities.records import attributes_key
from app.errors import AppError, Conflict

_HIDES_THEM = "standard"
"""A product of this type, which the back office of 8.x gives, shows no combinations there."""


class NewVariants:
    """`of_products` reads the combinations of products; nothing is asked before there is one to make."""

    def __init__(
        self,
        client: PrestashopClient,
        reference: Reference,
        products: Sequence[int],
        of_products: Callable[[Sequence[str]], Awaitable[list[Snapshot]]],
    ) -> None:
        self._client = client
        self._words = Vocabulary(client, reference)
        self._products = [str(number) for number in dict.fromkeys(products) if number]
        self._there = Once(lambda: of_products(self._products))
        self._types = Once(self._read_types)
        self._typed: set[Json] = set()

    async def create(self, changes: State, fields: Mapping[str, str | xml.Texts]) -> Stored:
        """Looks once more: the shop takes a second combination of the same attributes. `fields`: for the shop."""
        product = changes.get("id_product")
        siblings = [one for one in await self._there() if one.state.get("id_product") == product]
        if same := next((one for one in siblings if key(one.state) == key(changes)), None):
            raise Conflict(
                f"combination {same.ref.native_id} of product {product} has these attributes already",
                code="duplicate_attributes",
                field="attributes",
            )
        values = await self._words.values(changes.get("attributes"))
        linked: xml.Associations = {
            "product_option_values": ("product_option_value", [{"id": number} for number in values])
        }
        number = await self._client.create("combinations", {"minimal_quantity": "1", **fields}, associations=linked)
        return Stored(native_id=number, notes=() if siblings else await self._shown(product))

    async def _shown(self, product: Json) -> tuple[str, ...]:
        """The first combination makes another type of a product; told an ordinary one, the shop finds the right one by
        itself (`Product::setWsType`, 8.2.1). The combination is there whether or not that works."""
        if product in self._typed or await self._client.version() < PATCH_SINCE:
            return ()
        self._typed.add(product)
        try:
            if (await self._types()).get(as_int(product)) == _HIDES_THEM:
                await self._client.update("products", str(product), {"type": "simple"})
        except AppError as error:
            return (f"the back office may hide the combinations of product {product}: {error.message}",)
        return ()

    async def _read_types(self) -> dict[int, Json]:
        rows = await by_id(self._client, "products", self._products, ("id", "product_type"))
        return {int(native_id(row)): row.get("product_type") for row in rows.values()}


def key(state: State) -> str:
    """`1|color=white|size=m`"""
    return attributes_key(str(state.get("id_product")), state.get("attributes"))
