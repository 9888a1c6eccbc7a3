"""Product images, in conversation with the sandbox shop."""

from __future__ import annotations

import hashlib

import pytest

from app.connectors.base import MISSING, Removal, Resolved, Snapshot, Written
from app.entities.base import EntityType, Json
from app.entities.records import FIELDS
from app.errors import NotFound, Rejected, Retryable
from tests.connectors.prestashop.boutique import Boutique, boutique
from tests.connectors.prestashop.shelf import LATER, Shelf

PICTURE = b"\x89PNG\r\n\x1a\n a chair"
BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])


def sha1(picture: bytes) -> str:
    return "sha1:" + hashlib.sha1(picture, usedforsecurity=False).hexdigest()


def chair(product: str, *, cover: bool) -> dict[str, Json]:
    return {"product": product, "content": sha1(PICTURE), "cover": cover}


@pytest.fixture
def images(shop: Boutique) -> Shelf:
    return Shelf(shop, EntityType.IMAGE)


async def test_an_image_in_neutral_words(images: Shelf) -> None:
    content = sha1(images.shop.sandbox.shop.pictures[2])

    assert await images.record("1/2") == {"product": "1", "content": content, "cover": False}
    assert (await images.record("1/1"))["cover"] is True
    assert (await images.record("1/1")).keys() == FIELDS[EntityType.IMAGE]


async def test_a_picture_is_fetched_once_for_it_never_changes(images: Shelf) -> None:
    await images.read("1/1", "1/2", "8/8")
    assert images.gets() == 1 + 3, "the products, and each picture"

    again = await images.read("1/1", "1/2", "8/8")

    assert all(isinstance(one, Snapshot) for one in again.values())
    assert images.gets() == 1


async def test_an_image_that_is_not_there_or_of_another_product_is_missing(images: Shelf) -> None:
    found = await images.read("8/1", "8/999", "999/1", "8", "x/y")

    assert set(found.values()) == {MISSING}


async def test_a_picture_that_the_shop_lost_does_not_hide_the_others(images: Shelf) -> None:
    images.shop.sandbox.fail("GET", "/images/products/1/2", status=500, content_type="application/json",
                             body='{"errors":[{"code":61,"message":"This image does not exist on disk"}]}')  # fmt: skip

    found = await images.read("1/1", "1/2")

    assert isinstance(found["1/1"], Snapshot)
    assert found["1/2"] is MISSING


async def test_the_bytes_of_an_image(images: Shelf) -> None:
    assert await images.images.content("8/8") == images.shop.sandbox.shop.pictures[8]
    for number in ("8/1", "99/1", "8", "../1"):
        with pytest.raises(NotFound):
            await images.images.content(number)


async def test_a_first_image_is_the_cover_in_one_call(images: Shelf) -> None:
    product = str(images.shop.sandbox.add("products", reference="NEW", price="1"))

    written = await images.keep(picture=PICTURE, **chair(product, cover=True))

    assert written.state["cover"] is True
    assert [request.method for request in images.shop.writes()] == ["POST"]


async def test_what_the_shop_holds_is_drawn_anew_and_stays_so(images: Shelf) -> None:
    written = await images.keep(picture=PICTURE, **chair("8", cover=False))

    stored = await images.images.content(written.ref.native_id)
    assert written.state["content"] == sha1(stored) != sha1(PICTURE)
    assert await images.state(written.ref.native_id) == written.state


@BOTH
async def test_a_later_image_is_made_the_cover(version: str) -> None:
    images = Shelf(boutique(version), EntityType.IMAGE)

    written = await images.keep(picture=PICTURE, **chair("8", cover=True))

    assert written.state["cover"] is True
    assert (await images.state("8/8"))["cover"] is False
    assert images.shop.sandbox.row("products", 8)["reference"] == "demo_13"


async def test_another_picture_is_another_image_and_the_old_one_is_gone(images: Shelf) -> None:
    written = await images.write("8/8", {"content": sha1(PICTURE)}, content=PICTURE)

    assert isinstance(written, Written), written
    assert [request.method for request in images.shop.writes()] == ["POST", "PATCH", "DELETE"]
    assert written.ref.native_id == "8/17"
    assert written.state["cover"] is True
    assert (await images.read("8/8"))["8/8"] is MISSING


async def test_a_new_picture_that_cannot_be_the_cover_is_taken_back(images: Shelf) -> None:
    images.shop.sandbox.fail("PATCH", "/products/8", status=500)

    error = await images.write("8/8", {"content": sha1(PICTURE)}, content=PICTURE)

    assert isinstance(error, Retryable)
    assert [row["id"] for row in images.shop.sandbox.rows("images") if row["id_product"] == "8"] == [8]


async def test_an_old_picture_that_stays_is_told(images: Shelf) -> None:
    images.shop.sandbox.fail("DELETE", "/images/products/1/2", status=500)

    written = await images.write("1/2", {"content": sha1(PICTURE)}, content=PICTURE)

    assert isinstance(written, Written), "another attempt would add it once more"
    assert written.notes[0].startswith("the image it replaces, 1/2, is still there:")


async def test_an_attempt_that_was_cut_off_does_not_add_the_image_twice(images: Shelf) -> None:
    images.shop.sandbox.fail("PATCH", "/products/8", status=500)
    resolved = await images.wanted(**chair("8", cover=True))
    assert isinstance(resolved, Resolved)

    cut_off = await images.write(None, resolved.state, content=PICTURE)
    written = await images.write(None, resolved.state, content=PICTURE)

    assert isinstance(cut_off, Retryable)
    assert isinstance(written, Written)
    assert [row["id"] for row in images.shop.sandbox.rows("images") if row["id_product"] == "8"] == [8, 17]


async def test_the_cover_of_a_product_is_found(images: Shelf) -> None:
    assert await images.found(product="1", cover=True) == ["1/1"]
    assert await images.found(product="99", cover=True) == []


async def test_a_cover_is_given_to_another_image_and_not_just_taken_away(images: Shelf) -> None:
    resolved = await images.wanted("1/1", cover=False)
    await images.keep("1/2", cover=True)

    assert isinstance(resolved, Resolved)
    assert resolved.state == {}
    assert "until another image is" in resolved.notes[0]
    assert (await images.state("1/1"))["cover"] is False


@pytest.mark.parametrize("lacking", ["product", "content"])
async def test_a_new_image_needs_its_product_and_content(images: Shelf, lacking: str) -> None:
    error = await images.wanted(**{**chair("8", cover=True), lacking: None})

    assert isinstance(error, Rejected)
    assert error.field == lacking


@pytest.mark.parametrize(("content", "code"), [(None, "no_content"), (b"text", "refused")])
async def test_what_is_no_picture_is_refused(images: Shelf, content: bytes | None, code: str) -> None:
    error = await images.write(None, {"id_product": 8, "content": "sha1:x", "cover": True}, content=content)

    assert isinstance(error, Rejected)
    assert error.code == code


async def test_an_image_is_deleted_or_nothing(images: Shelf) -> None:
    refused = await images.remove("1/1", Removal.ARCHIVE)
    deleted = await images.remove("1/1", Removal.DELETE)

    assert isinstance(refused, Rejected)
    assert refused.code == "cannot_archive"
    assert isinstance(deleted, Written)
    assert deleted.gone
    assert (await images.read("1/1"))["1/1"] is MISSING


async def test_those_of_a_changed_product_are_shown(images: Shelf) -> None:
    assert {"1/1", "1/2", "8/8"} <= set(await images.changed_ids())
    images.long_ago()
    images.shop.sandbox.edit("products", 1, price="1")

    assert await images.changed_ids(LATER) == ["1/1", "1/2"]
