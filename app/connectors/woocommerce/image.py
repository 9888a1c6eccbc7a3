"""Images of a WooCommerce's products; `10/55` is attachment 55 as an image of product 10. The first one is the cover.

An image named by an address is imported anew each time (recordings prod-26, -27), and the shop would have to reach
that address; so pictures go through WordPress' media library, which takes an Application Password, and products name
attachments by id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.woocommerce import changes, pictures, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.image_write import ImageWrites
from app.connectors.woocommerce.pictures import Hashes, Picture
from app.connectors.woocommerce.product import RESOURCE
from app.connectors.woocommerce.product_record import native_number
from app.connectors.woocommerce.records import by_ids, is_number, native_id
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.errors import ActionRequired, AppError, NotFound, Rejected, Retryable

FIELDS: Final[Mapping[str, str]] = {"product": "id", "cover": "boolean", "content": "image"}
SHOWN: Final = {"status": "any", "_fields": "id,images,meta_data"}


class ImagePort:
    """`limit`: of a product with more images than that, the first ones are there for us."""

    entity_type = EntityType.IMAGE
    creates_in_steps = True

    def __init__(self, client: WooClient, *, limit: int = 20, hashes: Hashes | None = None) -> None:
        self._client, self._limit = client, limit
        self._hashes = hashes or Hashes()
        self._writes = ImageWrites(client, self._hashes)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list per 100 products, and each picture that was never seen."""
        rows = await self._rows([pair[0] for number in ids if (pair := variations.split(number))])
        shots = await self._snapshots(rows, only=set(ids))
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """The cover of a product; of other images there is no key."""
        rows = await self._rows([key.value for key in keys])
        covers = {number: f"{number}/{held[0].number}" for number, row in rows.items() if (held := self._held(row))}
        shots = await self._snapshots(rows, only=set(covers.values()))
        return {key: [shots[one]] if (one := covers.get(key.value, "")) in shots else [] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name images by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Another picture for an image is another image: `Written.ref` is the new one, and the old one is gone."""
        return await self._writes.write(writes, self._shown)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of the products that changed."""
        async for page in changes.by_date(self._client, RESOURCE, cursor, {"status": "any"}):
            rows = await by_ids(self._client, RESOURCE, page.ids, {"status": "any", "_fields": "id,images"})
            held = {number: self._held(row) for number, row in rows.items()}
            ids = tuple(f"{number}/{one.number}" for number in page.ids for one in held.get(number, ()))
            yield Page(ids=ids, cursor=page.cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return FIELDS

    async def content(self, native_id: str) -> bytes:
        product, _, image = native_id.partition("/")
        row = (await self._rows([product])).get(product, {})
        held = next((one for one in pictures.of_product(row) if str(one.number) == image), None)
        if held is None:
            raise NotFound(f"image {native_id} is not in the shop")
        return await self._download(held)

    def _held(self, row: Row) -> list[Picture]:
        return pictures.of_product(row)[: self._limit]

    async def _rows(self, products: Sequence[str]) -> dict[str, Row]:
        numbers = [number for number in dict.fromkeys(products) if is_number(number)]
        return await by_ids(self._client, RESOURCE, numbers, SHOWN)

    async def _shown(self, rows: Sequence[Row], only: set[str]) -> dict[str, Snapshot]:
        return await self._snapshots({native_id(row): row for row in rows}, only=only)

    async def _snapshots(self, rows: Mapping[str, Row], *, only: set[str]) -> dict[str, Snapshot]:
        """Without those whose file the shop has lost."""
        wanted = {
            (product, one.number): one
            for product, row in rows.items()
            for one in self._held(row)
            if f"{product}/{one.number}" in only
        }
        names = {product: self._hashes.of(row) for product, row in rows.items()}
        unknown = {one.number: one for (product, _), one in wanted.items() if one.number not in names[product]}
        fresh = await self._names(list(unknown.values()))
        shots = {}
        for (product, number), _ in wanted.items():
            if name := names[product].get(number) or fresh.get(number):
                cover = pictures.of_product(rows[product])[0].number == number
                shots[f"{product}/{number}"] = _snapshot(product, number, cover=cover, content=name)
        return shots

    async def _names(self, unknown: Sequence[Picture]) -> dict[int, str]:
        found = await asyncio.gather(*[self._name(one) for one in unknown])
        for answer in found:
            if isinstance(answer, AppError):
                raise answer
        return {one.number: name for one, name in zip(unknown, found, strict=True) if isinstance(name, str)}

    async def _name(self, picture: Picture) -> str | AppError | None:
        try:
            name = await asyncio.to_thread(pictures.name_of, await self._download(picture))
        except NotFound:
            return None
        except AppError as error:
            return error
        self._hashes.put(picture, name)
        return name

    async def _download(self, picture: Picture) -> bytes:
        """An address of the API is no picture's; the shop's login must not go where a row of it says."""
        if "/wp-json/" in picture.src or not picture.src.startswith(("http://", "https://")):
            raise NotFound(f"image {picture.number} has no file in the shop")
        try:
            return await self._client.download(picture.src)
        except ActionRequired as error:
            # A login that nobody sent is not the matter.
            if error.code == "bad_url":
                raise NotFound(f"image {picture.number} has no file in the shop") from error
            raise Retryable(f"image {picture.number}: {error.message}", code="no_picture") from error


def _snapshot(product: str, number: int, *, cover: bool, content: str) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.IMAGE, native_id=f"{product}/{number}")
    return Snapshot(ref=ref, state={"product": int(product), "cover": cover, "content": content})


def _record(state: State) -> Record:
    """Of a state that may hold only some of its fields."""
    record: dict[str, Json] = {name: state[name] for name in ("cover", "content") if name in state}
    return {**record, "product": str(state["product"])} if "product" in state else record


def _resolved(desired: Desired) -> Resolved | AppError:
    fields, base = desired.fields, desired.base
    state: dict[str, Json] = {name: fields[name] for name in ("cover", "content") if name in fields}
    if base is None:
        try:
            state["product"] = native_number(fields.get("product"), field="product")
        except AppError as error:
            return error
        if not state["product"] or not state.get("content"):
            missing = "content" if state["product"] else "product"
            return Rejected(f"an image of the shop needs {missing}", code="required", field=missing)
    elif fields.get("cover") is False and base.get("cover"):
        del state["cover"]
        return Resolved(state=state, notes=("cover was left out: it stays the cover until another image is",))
    return Resolved(state=state)
