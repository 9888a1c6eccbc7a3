"""Writing images: each new picture is uploaded by itself, then every product is told its images once, as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from app.connectors.base import Removal, Snapshot, Write, Written
from app.connectors.woocommerce import pictures
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.pictures import Hashes, Picture
from app.connectors.woocommerce.records import by_ids, is_number
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired, AppError, NotFound, Rejected, Retryable

_SAVED: Final = "attachment"
_SAVED_AT: Final = "address"
Show: TypeAlias = Callable[[Sequence[Row], set[str]], Awaitable[dict[str, Snapshot]]]


@dataclass(slots=True)
class _Product:
    """The images of one product while a batch is written: attachments in order, and what was uploaded for it."""

    row: Row
    order: list[int]
    uploaded: dict[int, tuple[Picture, str]] = field(default_factory=dict)

    def body(self) -> Row | None:
        """None where nothing changed."""
        if self.order == [one.number for one in pictures.of_product(self.row)]:
            return None
        listed: list[Json] = [{"id": number} for number in self.order]
        note = pictures.note(self.row, self.uploaded.values(), self.order)
        return {"id": self.row["id"], "images": listed, **({"meta_data": [note]} if note is not None else {})}


class ImageWrites:
    def __init__(self, client: WooClient, hashes: Hashes) -> None:
        self._client, self._hashes = client, hashes

    async def write(self, writes: Sequence[Write], show: Show) -> list[Written | AppError]:
        """One list of products, an upload per new picture, one batch of products."""
        try:
            products = await self._products([_product(write) for write in writes])
        except AppError as error:
            return [error for _ in writes]
        placed = [await self._place(write, products.get(_product(write))) for write in writes]
        answers = await self._send(products)
        return await self._results(writes, placed, answers, show)

    async def _products(self, numbers: Sequence[str]) -> dict[str, _Product]:
        known = [number for number in dict.fromkeys(numbers) if is_number(number)]
        rows = await by_ids(self._client, "products", known, {"status": "any", "context": "edit"})
        return {
            number: _Product(row=row, order=[one.number for one in pictures.of_product(row)])
            for number, row in rows.items()
        }

    async def _place(self, write: Write, product: _Product | None) -> int | AppError:
        """Which attachment it is now, put where it belongs."""
        try:
            if write.removal is not None:
                return _removed(write, product)
            if product is None:
                raise NotFound(f"product {_product(write)} is not in the shop")
            return await self._placed(write, product)
        except AppError as error:
            return error

    async def _placed(self, write: Write, product: _Product) -> int:
        old = int(write.ref.native_id.rpartition("/")[2]) if write.ref else None
        if old is not None and old not in product.order:
            raise NotFound(f"image {write.ref.native_id if write.ref else ''} is not in the shop")
        number = await self._uploaded(write, product) if old is None or "content" in write.changes else old
        if old is not None and old != number:
            product.order[product.order.index(old)] = number
        elif number not in product.order:
            product.order.append(number)
        if write.changes.get("cover"):
            product.order.sort(key=lambda one: one != number)
        return number

    async def _uploaded(self, write: Write, product: _Product) -> int:
        """The attachment with these bytes: one that the product has already, or that an earlier attempt sent."""
        if not write.content:
            raise Rejected("the bytes of the image are missing", code="no_content", field="content")
        name = await asyncio.to_thread(pictures.name_of, write.content)
        known = next((number for number, held in self._hashes.of(product.row).items() if held == name), None)
        if known is not None and known in product.order:
            return known
        picture = _saved(write) or await self._upload(write, write.content, name)
        product.uploaded[picture.number] = (picture, name)
        self._hashes.put(picture, name)
        return picture.number

    async def _upload(self, write: Write, content: bytes, name: str) -> Picture:
        if not self._client.has_user:
            raise ActionRequired(
                "images need a WordPress user with an Application Password: WooCommerce's own API takes no files; add "
                "username and application_password to the connection",
                code=NOT_PERMITTED,
            )
        kind = pictures.kind_of(content)
        if kind is None:
            raise Rejected("the image is no PNG, JPEG, GIF or WebP", code="image_refused", field="content")
        row = await self._client.upload(f"product-{_product(write)}-{name[5:17]}.{kind[0]}", content, kind[1])
        picture = Picture(number=int(str(row["id"])), src=str(row.get("source_url") or ""))
        if write.checkpoint is not None:
            await write.checkpoint.save(attachment=picture.number, address=picture.src)
        return picture

    async def _send(self, products: Mapping[str, _Product]) -> dict[str, Row | AppError]:
        bodies = {number: body for number, one in products.items() if (body := one.body()) is not None}
        answers = await self._client.batch("products", update=list(bodies.values()))
        return {number: one.row for number, one in products.items()} | dict(zip(bodies, answers, strict=True))

    async def _results(
        self,
        writes: Sequence[Write],
        placed: Sequence[int | AppError],
        answers: Mapping[str, Row | AppError],
        show: Show,
    ) -> list[Written | AppError]:
        rows = [row for row in answers.values() if not isinstance(row, AppError)]
        only = {f"{_product(one)}/{at}" for one, at in zip(writes, placed, strict=True) if isinstance(at, int)}
        try:
            shots = await show(rows, only)
        except AppError as error:
            return [error for _ in writes]
        return [_result(one, at, answers, shots) for one, at in zip(writes, placed, strict=True)]


def _product(write: Write) -> str:
    return write.ref.native_id.partition("/")[0] if write.ref else str(write.changes.get("product"))


def _removed(write: Write, product: _Product | None) -> int:
    """Off the product; the attachment stays in the media library, where other pages may show it."""
    if write.removal is Removal.ARCHIVE or write.ref is None:
        raise Rejected(
            "an image cannot be archived: it is there or it is not; let it be deleted", code="cannot_archive"
        )
    number = int(write.ref.native_id.rpartition("/")[2])
    if product is not None and number in product.order:
        product.order.remove(number)
    return number


def _saved(write: Write) -> Picture | None:
    saved = write.checkpoint.saved if write.checkpoint is not None else {}
    number = saved.get(_SAVED)
    return Picture(number=number, src=str(saved.get(_SAVED_AT) or "")) if isinstance(number, int) else None


def _result(
    write: Write, placed: int | AppError, answers: Mapping[str, Row | AppError], shots: Mapping[str, Snapshot]
) -> Written | AppError:
    if isinstance(placed, AppError):
        return placed
    answer = answers.get(_product(write))
    if isinstance(answer, AppError):
        return answer
    if write.removal is not None and write.ref is not None:
        return Written(ref=write.ref, state={}, gone=True)
    shot = shots.get(f"{_product(write)}/{placed}")
    if shot is None:
        return Retryable("the image is not there when read back; the retry looks again", code="vanished")
    return Written(ref=shot.ref, state=shot.state)
