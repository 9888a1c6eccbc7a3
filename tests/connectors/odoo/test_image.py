"""Images of products in Odoo, told apart by the checksum of their attachment."""

from __future__ import annotations

import hashlib

import pytest

from app.connectors.base import ImagePort, Removal, Written
from app.entities.base import Json
from app.errors import BadPayload, NotFound, Rejected
from tests.connectors.odoo.ports import Erp, erp

VERSIONS = pytest.mark.parametrize("version", [17, 19])
RED, BLUE = b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue"


def sha1(content: bytes) -> str:
    return f"sha1:{hashlib.sha1(content, usedforsecurity=False).hexdigest()}"


def image_port(odoo: Erp) -> ImagePort:
    port: ImagePort = odoo.port  # type: ignore[assignment]
    return port


async def with_image(version: int = 17) -> Erp:
    odoo = erp("image", version)
    state: dict[str, Json] = {"product": "5", "content": sha1(RED), "cover": True}
    await odoo.create(state, content=RED)
    return odoo


@VERSIONS
async def test_a_new_image_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(version: int) -> None:
    odoo = await with_image(version)

    record = await odoo.record(5)

    assert record == {"product": "5", "content": sha1(RED), "cover": True}
    assert (await odoo.resolved(record, 5)).state == {"content": sha1(RED)}
    assert await image_port(odoo).content("5") == RED


@VERSIONS
async def test_a_changed_image_has_another_checksum(version: int) -> None:
    odoo = await with_image(version)

    written = await odoo.change(5, {"content": sha1(BLUE)}, content=BLUE)

    assert written.state["content"] == sha1(BLUE)
    assert await image_port(odoo).content("5") == BLUE


@VERSIONS
async def test_images_of_many_products_are_one_call_without_their_bytes(version: int) -> None:
    odoo = await with_image(version)
    odoo.forget()

    await odoo.port.read([str(number) for number in range(1, 101)])

    assert odoo.calls() == ["ir.attachment.search_read"]


async def test_a_product_without_an_image_has_no_record_and_no_bytes() -> None:
    odoo = erp("image")

    assert await odoo.gone(5)
    assert await odoo.found({"product": "5", "cover": True}) == []
    with pytest.raises(NotFound):
        await image_port(odoo).content("5")
    with pytest.raises(NotFound):
        await image_port(odoo).content("x")


async def test_an_image_is_found_by_its_product() -> None:
    odoo = await with_image()

    assert await odoo.found({"product": "5", "cover": True}) == ["5"]


@VERSIONS
async def test_bytes_that_are_no_image_are_refused_alone(version: int) -> None:
    odoo = erp("image", version)
    other = odoo.db.add("product.template", {"name": "Other"})

    bad, good, empty = await odoo.results(
        odoo.creation({"product": "5", "content": "sha1:0"}, content=b"not an image"),
        odoo.creation({"product": str(other), "content": sha1(RED)}, content=RED),
        odoo.creation({"product": str(other), "content": sha1(RED)}),
    )

    assert isinstance(bad, Rejected)
    assert isinstance(good, Written)
    assert isinstance(empty, BadPayload)


async def test_a_further_image_does_not_take_the_covers_place() -> None:
    refused = await (await with_image()).refused({"product": "5", "content": sha1(BLUE), "cover": False})

    assert isinstance(refused, Rejected)
    assert refused.code == "one_image"


@VERSIONS
async def test_an_image_is_taken_away_or_gone_with_its_product_and_never_archived(version: int) -> None:
    odoo = await with_image(version)

    taken, gone, kept = await odoo.results(
        odoo.update(5, {}, removal=Removal.DELETE),
        odoo.update(424242, {}, removal=Removal.DELETE),
        odoo.update(5, {}, removal=Removal.ARCHIVE),
    )

    assert isinstance(taken, Written)
    assert isinstance(gone, Written)
    assert (taken.gone, gone.gone) == (True, True)
    assert isinstance(kept, Rejected)
    assert kept.code == "cannot_archive"
    assert await odoo.gone(5)


@VERSIONS
async def test_polling_shows_products_whose_image_changed(version: int) -> None:
    odoo = await with_image(version)
    odoo.db.add("ir.attachment", {"name": "a.pdf", "res_model": "res.partner", "res_id": 7})

    assert await odoo.changed() == ["5"]
