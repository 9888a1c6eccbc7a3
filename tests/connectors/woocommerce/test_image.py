"""Images of a WooCommerce's products, over the wire against the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from app.connectors.base import Cursor, Removal, Snapshot
from app.connectors.woocommerce.pictures import name_of
from app.entities.base import Json
from app.errors import NOT_PERMITTED, ActionRequired, NotFound, Rejected
from app.sandbox.woocommerce.images import add_attachment
from tests.connectors.woocommerce.catalogue import (
    BLUE,
    RED,
    Catalogue,
    catalogue,
    change,
    changed_ids,
    found,
    made,
    missing,
    new,
    record,
    refused,
    removal,
    state,
    written,
)

UPLOAD = "POST wp/v2/media"


@dataclass
class Notes:
    """A checkpoint in memory."""

    saved: dict[str, Json] = field(default_factory=dict)

    async def save(self, **values: Json) -> None:
        self.saved |= values


@pytest.fixture
def shop() -> Catalogue:
    return catalogue()


def pictured(shop: Catalogue, *pictures: bytes) -> tuple[str, list[str]]:
    """A product with pictures that a person uploaded, and their ids."""
    rows = [add_attachment(shop.sandbox.store, "photo.png", one) for one in pictures]
    number = shop.product(name="Mug", images=[{"id": row["id"]} for row in rows])
    return number, [f"{number}/{row['id']}" for row in rows]


def picture(number: str, content: bytes, *, cover: bool = True) -> dict[str, Json]:
    return {"product": number, "content": name_of(content), "cover": cover}


async def test_a_picture_is_uploaded_once_and_read_back_without_a_download(shop: Catalogue) -> None:
    port = shop.images()
    number = shop.product(name="Mug")
    write = await new(port, content_bytes=RED, **picture(number, RED))
    shop.calls()

    [answer] = await port.write([write])

    assert shop.calls() == ["GET products", UPLOAD, "POST products/batch"]
    assert await port.to_records([written(answer).state]) == [picture(number, RED)]
    assert await record(shop.images(), written(answer).ref.native_id) == picture(number, RED)
    assert shop.calls() == ["GET products"], "a new process knows what was uploaded, by the product's note"
    assert await port.content(written(answer).ref.native_id) == RED


async def test_a_picture_of_the_shop_is_downloaded_once(shop: Catalogue) -> None:
    port = shop.images()
    number, [cover, second] = pictured(shop, RED, BLUE)
    shop.calls()

    assert await found(port, **picture(number, RED)) == [cover]
    assert len(shop.calls()) == 2
    assert await record(port, second) == picture(number, BLUE, cover=False)
    shop.calls()
    await port.read([cover, second])

    assert shop.calls() == ["GET products"]


async def test_a_replaced_picture_is_another_image(shop: Catalogue) -> None:
    port = shop.images()
    number, [old] = pictured(shop, RED)
    await port.read([old])
    fresh = add_attachment(shop.sandbox.store, "photo.png", BLUE)
    shop.sandbox.edit("products", int(number), images=[{"id": fresh["id"]}])

    assert missing(await port.read([old])) == [old]
    assert await record(port, f"{number}/{fresh['id']}") == picture(number, BLUE)


async def test_an_equal_picture_is_never_imported_again(shop: Catalogue) -> None:
    port = shop.images()
    number, [cover] = pictured(shop, RED)
    await port.read([cover])
    shop.calls()

    answer = await made(port, content_bytes=RED, **picture(number, RED))

    assert answer.ref.native_id == cover
    assert shop.calls() == ["GET products"]


async def test_other_bytes_replace_the_picture_in_its_place(shop: Catalogue) -> None:
    port = shop.images()
    number, [cover, second] = pictured(shop, RED, RED)
    write = await change(port, cover, content=name_of(BLUE))

    [answer] = await port.write([replace(write, content=BLUE)])

    new_one = written(answer).ref.native_id
    assert new_one not in (cover, second)
    assert await record(port, new_one) == picture(number, BLUE)
    assert missing(await port.read([cover, second])) == [cover]


async def test_another_cover_comes_first(shop: Catalogue) -> None:
    port = shop.images()
    _, [first, second] = pictured(shop, RED, BLUE)

    [answer] = await port.write([await change(port, second, cover=True)])

    assert written(answer).state["cover"] is True
    assert (await state(port, first))["cover"] is False


async def test_several_pictures_of_several_products_are_told_in_one_call(shop: Catalogue) -> None:
    port = shop.images()
    numbers = [shop.product(name=name) for name in ("Mug", "Cup")]
    writes = [
        await new(port, content_bytes=content, **picture(number, content, cover=content is RED))
        for number in numbers
        for content in (BLUE, RED)
    ]
    shop.calls()

    answers = [written(one) for one in await port.write(writes)]

    assert shop.calls() == ["GET products", *[UPLOAD] * 4, "POST products/batch"]
    assert [one.state["cover"] for one in answers] == [False, True, False, True]


async def test_a_picture_that_an_earlier_attempt_uploaded_is_not_sent_again(shop: Catalogue) -> None:
    port = shop.images()
    number = shop.product(name="Mug")
    notes = Notes()
    write = replace(await new(port, content_bytes=RED, **picture(number, RED)), checkpoint=notes)
    shop.sandbox.fail("POST", "/products/batch", drop=True)
    [failed] = await port.write([write])
    shop.calls()

    [answer] = await shop.images().write([write])

    assert not isinstance(failed, Snapshot)
    assert UPLOAD not in shop.calls()
    assert written(answer).ref.native_id == f"{number}/{notes.saved['attachment']}"


async def test_without_an_application_password_it_is_said_what_is_needed() -> None:
    shop = catalogue(user=False)
    port = shop.images()
    number, [cover] = pictured(shop, BLUE)

    [answer] = await port.write([await new(port, content_bytes=RED, **picture(number, RED))])

    assert isinstance(answer, ActionRequired)
    assert answer.code == NOT_PERMITTED
    assert "Application Password" in answer.message
    assert await record(port, cover) == picture(number, BLUE)


async def test_a_picture_is_taken_off_its_product_and_stays_in_the_library(shop: Catalogue) -> None:
    port = shop.images()
    number, [cover, second] = pictured(shop, RED, BLUE)

    gone, kept, again = await port.write(
        [
            removal(port, cover, Removal.DELETE),
            removal(port, second, Removal.ARCHIVE),
            removal(port, f"{number}/9999", Removal.DELETE),
        ]
    )

    assert written(gone).gone
    assert written(again).gone
    assert isinstance(kept, Rejected)
    assert kept.code == "cannot_archive"
    assert missing(await port.read([cover, second])) == [cover]
    assert (await state(port, second))["cover"] is True
    assert len(shop.sandbox.rows("media")) == 2


async def test_what_is_no_picture_is_refused_before_it_is_sent(shop: Catalogue) -> None:
    port = shop.images()
    number = shop.product(name="Mug")

    wrong, empty = await port.write(
        [await new(port, content_bytes=b"%PDF", **picture(number, b"%PDF")), await new(port, **picture(number, RED))]
    )

    assert isinstance(wrong, Rejected)
    assert wrong.code == "image_refused"
    assert isinstance(empty, Rejected)
    assert empty.code == "no_content"
    assert UPLOAD not in shop.calls()
    assert (await refused(port, content=name_of(RED))).field == "product"
    assert (await refused(port, product=number)).field == "content"


async def test_the_cover_stays_until_another_image_is(shop: Catalogue) -> None:
    port = shop.images()
    _, [cover] = pictured(shop, RED)

    write = await change(port, cover, cover=False)

    assert write.changes == {}


async def test_a_picture_whose_file_is_lost_is_not_there(shop: Catalogue) -> None:
    port = shop.images()
    number, [lost, there] = pictured(shop, RED, BLUE)
    shop.sandbox.store.files.pop(shop.sandbox.row("media", int(lost.partition("/")[2]))["path"])

    assert missing(await port.read([lost, there])) == [lost]
    with pytest.raises(NotFound):
        await port.content(lost)
    with pytest.raises(NotFound):
        await port.content(f"{number}/9999")


async def test_only_the_first_images_of_a_product_are_there(shop: Catalogue) -> None:
    _, [first, second, third] = pictured(shop, RED, BLUE, RED)

    port = shop.images(limit=2)

    assert missing(await port.read([first, second, third])) == [third]
    assert await changed_ids(port, Cursor()) == [first, second]


async def test_the_login_goes_to_no_address_that_a_picture_names(shop: Catalogue) -> None:
    _, [cover] = pictured(shop, RED)
    shop.sandbox.row("media", int(cover.partition("/")[2]))["path"] = "/wp-json/wc/v3/customers"

    assert missing(await shop.images().read([cover])) == [cover]
    assert all("customers" not in call for call in shop.calls())
