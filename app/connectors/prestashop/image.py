"""Images of a PrestaShop's products; `8/24` is image 24 of product 8, which is also its address.

An image never changes: another picture is another image. So what is known of the bytes of an image is kept, and a read
costs one list of products and a download only of what was never seen. The shop draws every picture anew when it takes
it (913 bytes became 1088: recordings 630, 634): it never holds the bytes sent, and `content` says what it holds.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import changes
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_int, native_id
from app.connectors.prestashop.product_record import native_reference
from app.connectors.prestashop.records import by_id, cannot, delete
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.errors import AppError, NotFound, Rejected

KNOWN: Final = 20_000
"""Images whose hash is kept; about 2 MB."""
_DISPLAY: Final = ("id", "id_default_image", "images[id]")
_NATIVE: Final = {"id": "isUnsignedId", "id_product": "isUnsignedId", "cover": "isBool", "content": "image"}
_SAVED: Final = "image"


class ImagePort:
    entity_type = EntityType.IMAGE
    creates_in_steps = True

    def __init__(self, client: PrestashopClient, reference: Reference, *, known: int = KNOWN) -> None:
        self._client = client
        self._reference = reference
        self._hashes = _Hashes(known)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One list of products, and each picture that was never seen."""
        rows = await by_id(self._client, "products", [number.partition("/")[0] for number in ids], _DISPLAY)
        covers = {number: cover for row in rows.values() for number, cover in _images(row).items()}
        hashes = await self._contents([number for number in dict.fromkeys(ids) if number in covers])
        return {
            number: _snapshot(number, cover=covers[number], content=hashes[number]) if number in hashes else MISSING
            for number in ids
        }

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """The cover of a product; of other images there is no key."""
        rows = await by_id(self._client, "products", [key.value for key in keys], _DISPLAY)
        covers = {product: _cover(row) for product, row in rows.items()}
        found = await self.read([number for number in covers.values() if number is not None])
        held = {key: found.get(covers.get(key.value) or "") for key in keys}
        return {key: [snapshot] if isinstance(snapshot, Snapshot) else [] for key, snapshot in held.items()}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name images by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Another picture for an image is another image: `Written.ref` is the new one, and the old one is gone."""
        return await write_all(writes, self._store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of the products that changed: an image has no date, and does not always move its product's."""
        async for page in changes.by_date(self._client, self._reference, "products", cursor):
            rows = await by_id(self._client, "products", page.ids, _DISPLAY)
            ids = tuple(number for product in page.ids if product in rows for number in _images(rows[product]))
            yield Page(ids=ids, cursor=page.cursor)

    async def native_fields(self) -> Mapping[str, str]:
        """The webservice has no description of them (recordings 014-016)."""
        return _NATIVE

    async def content(self, native_id: str) -> bytes:
        product, _, image = native_id.partition("/")
        if not (product.isdecimal() and image.isdecimal()):
            raise NotFound(f"image {native_id} is not in the shop")
        return await self._client.download(f"images/products/{product}", image)

    async def _contents(self, ids: Sequence[str]) -> dict[str, str]:
        """`sha1:…` of those whose bytes can be had; one is missing whose file the shop has lost."""
        async with asyncio.TaskGroup() as group:
            tasks = {number: group.create_task(self._content(number)) for number in ids}
        answers = {number: task.result() for number, task in tasks.items()}
        for answer in answers.values():
            if isinstance(answer, AppError):
                raise answer
        return {number: answer for number, answer in answers.items() if isinstance(answer, str)}

    async def _content(self, number: str) -> str | AppError | None:
        image = number.partition("/")[2]
        try:
            return self._hashes.get(image) or self._hashes.put(image, await self.content(number))
        except NotFound:
            return None
        except AppError as error:
            return error

    async def _store(self, write: Write) -> Stored:
        if write.removal is not None:
            return await self._remove(write)
        if write.ref is None:
            return await self._add(write)
        if "content" in write.changes:
            return await self._replace(write, write.ref.native_id)
        if write.changes.get("cover"):
            await self._make_cover(write.ref.native_id)
        return Stored(native_id=write.ref.native_id)

    async def _remove(self, write: Write) -> Stored:
        if write.removal is Removal.ARCHIVE or write.ref is None:
            raise cannot(Removal.ARCHIVE, "an image", "it is there or it is not; let it be deleted")
        product, _, image = write.ref.native_id.partition("/")
        await delete(self._client, f"images/products/{product}", image)
        return Stored(native_id=write.ref.native_id, gone=True)

    async def _add(self, write: Write) -> Stored:
        new = await self._uploaded(write, as_int(write.changes.get("id_product")))
        if write.changes.get("cover"):
            await self._make_cover(new)
        return Stored(native_id=new)

    async def _replace(self, write: Write, old: str) -> Stored:
        """The new one first, so that the product is never without; it is the cover if the old one was.

        What goes wrong after it leaves no two of the same: the new one is taken back, or a person is told of the old.
        """
        product, _, image = old.partition("/")
        new = await self._uploaded(write, as_int(product))
        try:
            if write.changes.get("cover", (write.base or {}).get("cover")):
                await self._make_cover(new)
        except AppError:
            await delete(self._client, f"images/products/{product}", new.partition("/")[2])
            raise
        try:
            await delete(self._client, f"images/products/{product}", image)
        except AppError as error:
            return Stored(native_id=new, notes=(f"the image it replaces, {old}, is still there: {error.message}",))
        return Stored(native_id=new)

    async def _uploaded(self, write: Write, product: int) -> str:
        """`8/24`. An image of an earlier attempt is not sent again."""
        if write.checkpoint is not None and isinstance(saved := write.checkpoint.saved.get(_SAVED), str):
            return saved
        if not write.content:
            raise Rejected("the bytes of the image are missing", code="no_content", field="content")
        new = f"{product}/{await self._client.upload('images/products', str(product), write.content)}"
        if write.checkpoint is not None:
            await write.checkpoint.save(**{_SAVED: new})
        return new

    async def _make_cover(self, number: str) -> None:
        """The first image of a product is its cover without being told."""
        product, _, image = number.partition("/")
        row = (await by_id(self._client, "products", [product], _DISPLAY)).get(product)
        if row is not None and _cover(row) != number:
            await self._client.update("products", product, {"id_default_image": image})


class _Hashes:
    """`sha1:…` by image id, the latest used ones."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, str] = OrderedDict()

    def get(self, image: str) -> str | None:
        if image in self._held:
            self._held.move_to_end(image)
        return self._held.get(image)

    def put(self, image: str, picture: bytes) -> str:
        self._held[image] = known = "sha1:" + hashlib.sha1(picture, usedforsecurity=False).hexdigest()
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return known


def _snapshot(number: str, *, cover: bool, content: str) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.IMAGE, native_id=number)
    product = as_int(number.partition("/")[0])
    return Snapshot(ref=ref, state={"id_product": product, "cover": cover, "content": content})


def _images(row: Row) -> dict[str, bool]:
    """`{"8/24": True}`: the product's images, and whether each is the cover."""
    associations = row.get("associations")
    listed = associations.get("images") if isinstance(associations, Mapping) else None
    rows = listed if isinstance(listed, list) else []
    numbers = sorted({as_int(item.get("id")) for item in rows if isinstance(item, dict)} - {0})
    return {f"{native_id(row)}/{number}": f"{native_id(row)}/{number}" == _cover(row) for number in numbers}


def _cover(row: Row) -> str | None:
    image = as_int(row.get("id_default_image"))
    return f"{native_id(row)}/{image}" if image else None


def _record(state: State) -> Record:
    """Of a state that may hold only some of its fields."""
    record: dict[str, Json] = {name: state[name] for name in ("cover", "content") if name in state}
    if "id_product" in state:
        record["product"] = str(state["id_product"])
    return record


def _resolved(desired: Desired) -> Resolved | AppError:
    fields, base = desired.fields, desired.base
    state: dict[str, Json] = {name: fields[name] for name in ("cover", "content") if name in fields}
    if base is None:
        try:
            state["id_product"] = native_reference(fields.get("product"), field="product")
        except AppError as error:
            return error
        if not state["id_product"] or not state.get("content"):
            missing = "content" if state["id_product"] else "product"
            return Rejected(f"an image of the shop needs {missing}", code="required", field=missing)
    elif fields.get("cover") is False and base.get("cover"):
        del state["cover"]
        return Resolved(state=state, notes=("cover was left out: it stays the cover until another image is",))
    return Resolved(state=state)
