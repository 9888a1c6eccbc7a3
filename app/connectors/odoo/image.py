"""Images: the one picture that a template has. Its record has the template's id; a template without one has no record.

Whether it changed is told by the checksum of the attachment that Odoo keeps it in, without the bytes.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
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
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import from_odoo_moment
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.polling import changed_since
from app.connectors.odoo.product import MODEL
from app.connectors.odoo.records import Table, is_id, refuse_patches
from app.connectors.odoo.values import ref_of, text_of
from app.connectors.odoo.writing import Stored, required_id, write_each
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.errors import AppError, BadPayload, NotFound, Rejected, Retryable

FIELD: Final = "image_1920"
ATTACHMENT: Final = "ir.attachment"
WIDTH: Final = 2
"""Pictures on their way at once: each is in memory several times then."""
KIND: Final[tuple[Json, ...]] = (["res_model", "=", MODEL], ["res_field", "=", FIELD])


class ProductImagePort:
    entity_type = EntityType.IMAGE
    creates_in_steps = True

    def __init__(self, client: OdooClient, options: OdooOptions) -> None:
        self._client = client
        self._width = asyncio.Semaphore(WIDTH)
        self._overlap_s = options.poll_overlap_s
        self._table = Table(client=client, entity_type=self.entity_type, model=MODEL, fields=(FIELD,))

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """One call. The date is the attachment's: that of the picture, not of its product."""
        numbers = list[Json](sorted({int(one) for one in ids if is_id(one)}))
        domain: list[Json] = [*KIND, ["res_id", "in", numbers]]
        fields = ["res_id", "checksum", "write_date"]
        rows = await self._client.search_read(ATTACHMENT, domain, fields, order="id") if numbers else []
        shots = {shot.ref.native_id: shot for row in rows if (shot := self._snapshot(row))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product (`cover`): a template has one image."""
        shots = await self.read([key.value for key in keys])
        return {key: [shot] if isinstance(shot := shots[key.value], Snapshot) else [] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """One call per picture, and one read of all. Odoo makes large ones smaller, so that what is stored then has
        another checksum than what was sent."""
        return await write_each(self._table, writes, self._store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [{name: state.get(name) for name in ("product", "content", "cover")} for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """By the dates of the attachments."""
        return changed_since(self._client, ATTACHMENT, KIND, cursor, overlap_s=self._overlap_s, of="res_id")

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def content(self, native_id: str) -> bytes:
        rows = await self._client.read(MODEL, [int(native_id)], [FIELD]) if is_id(native_id) else []
        text = text_of(rows[0].get(FIELD)) if rows else None
        if text is None:
            raise NotFound(f"product {native_id} has no image in Odoo")
        try:
            return await asyncio.to_thread(base64.b64decode, text, validate=True)
        except binascii.Error as error:
            raise Retryable(f"product {native_id}: Odoo's image is no base64", code="odd_answer") from error

    def _snapshot(self, row: Row) -> Snapshot | None:
        product, checksum = ref_of(row.get("res_id")), text_of(row.get("checksum"))
        if product is None or checksum is None:
            return None
        state: State = {"product": product, "content": f"sha1:{checksum}", "cover": True}
        modified_at = from_odoo_moment(row.get("write_date"))
        return Snapshot(ref=self._table.ref_to(product), state=state, modified_at=modified_at)

    async def _store(self, write: Write) -> Stored:
        if write.removal is not None:
            return await self._remove(write)
        number = _product(write)
        if write.content is None:
            if "content" in write.changes:
                raise BadPayload("an image needs its bytes", code="no_content", field="content")
            return Stored(native_id=str(number))
        async with self._width:
            picture = await asyncio.to_thread(base64.b64encode, write.content)
            await self._client.write(MODEL, [number], {FIELD: picture.decode()})
        return Stored(native_id=str(number))

    async def _remove(self, write: Write) -> Stored:
        if write.removal is not Removal.DELETE:
            raise Rejected("Odoo cannot archive an image", code="cannot_archive")
        number = required_id(write)
        with contextlib.suppress(NotFound):  # its product is gone, and the image with it
            await self._client.write(MODEL, [number], {FIELD: False})
        return Stored(native_id=str(number), gone=True)


def _product(write: Write) -> int:
    if write.ref is not None:
        return required_id(write)
    product = write.changes.get("product")
    if not isinstance(product, str) or not is_id(product):
        raise Rejected("an image needs its product", field="product", code="product_missing")
    return int(product)


def _resolved(desired: Desired) -> Resolved | AppError:
    """Odoo's only picture is the cover; what a shop has besides has no place here, and must not take its place."""
    fields = desired.fields
    if desired.base is None and fields.get("cover") is False:
        return Rejected("a product has one image in Odoo, its cover", field="cover", code="one_image")
    state: dict[str, Json] = {"content": fields["content"]} if "content" in fields else {}
    if desired.base is None:
        state |= {"product": fields.get("product"), "cover": True}
    notes = ("the only image of a product in Odoo stays its cover",) if fields.get("cover") is False else ()
    return Resolved(state=state, notes=notes)
