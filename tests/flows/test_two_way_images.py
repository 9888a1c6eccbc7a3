"""Pictures: bytes travel only when they have to, and what the shop makes of them is no edit."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides

RED, BLUE = b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue"


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


def coded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


async def a_product(both: TwoSides) -> tuple[int, str]:
    """(template, the shop's product), without a picture."""
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.work()
    shop_id = (await both.pair_of("product", odoo=number)).shop_id
    both.forget_calls()
    return number, shop_id


def images(both: TwoSides, product: str) -> list[int]:
    return [int(row["id"]) for row in both.shop_rows("images") if str(row["id_product"]) == product]


def uploads(both: TwoSides) -> list[str]:
    return [each for each in both.world.writes() if "/images/" in each]


async def test_a_picture_of_odoo_is_the_shops_and_its_echo_ends(both: TwoSides) -> None:
    number, product = await a_product(both)

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    [image] = images(both, product)
    assert (await both.pair_of("image", odoo=number)).shop_id == f"{product}/{image}"
    assert uploads(both) == [f"POST /api/images/products/{product}"]
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_unchanged_bytes_are_never_sent_again(both: TwoSides) -> None:
    number, product = await a_product(both)
    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()
    both.forget_calls()

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.edit_shop("products", int(product))
    await both.work()

    assert (uploads(both), both.odoo_writes()) == ([], [])
    assert ("product.template", "read") not in both.line.calls[1:], "the bytes were read"


async def test_another_picture_in_odoo_takes_the_place_of_the_first(both: TwoSides) -> None:
    number, product = await a_product(both)
    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    await both.edit_odoo("product.template", number, image_1920=coded(BLUE))
    await both.work()

    [image] = images(both, product)
    assert both.shop_row("images", image)["cover"] == "1"
    assert (await both.pair_of("image", odoo=number)).shop_id == f"{product}/{image}"
    assert both.row("product.template", number)["image_1920"] == coded(BLUE)
    assert await both.unfinished() == []


async def test_a_cover_of_the_shop_is_odoos_picture(both: TwoSides) -> None:
    number, product = await a_product(both)

    image = both.world.shop.add_image(int(product), RED)
    await both.world.shop.settled()
    await both.work()

    assert (await both.pair_of("image", odoo=number)).shop_id == f"{product}/{image}"
    assert (
        base64.b64decode(str(both.row("product.template", number)["image_1920"]))
        == both.world.shop.shop.pictures[image]
    )
    assert uploads(both) == []
    assert await both.unfinished() == []


async def test_a_second_picture_of_the_shop_stays_there_and_takes_no_cover_away(both: TwoSides) -> None:
    number, product = await a_product(both)
    first = both.world.shop.add_image(int(product), RED)
    await both.world.shop.settled()
    await both.work()

    both.world.shop.add_image(int(product), BLUE)
    await both.world.shop.settled()
    await both.work()

    assert (await both.pair_of("image", odoo=number)).shop_id == f"{product}/{first}"
    assert (
        base64.b64decode(str(both.row("product.template", number)["image_1920"]))
        == both.world.shop.shop.pictures[first]
    )
    assert len(images(both, product)) == 2
    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE outcome = 'rejected'")
    assert job.error_code == "one_image"


async def test_an_upload_whose_answer_was_lost_leaves_one_picture(both: TwoSides) -> None:
    number, product = await a_product(both)
    both.world.shop.fail("POST", "/images/", name="commit_then_drop")

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    assert len(images(both, product)) == 1
    assert await both.unfinished() == []


async def test_the_picture_of_a_product_that_the_shop_lacks_comes_after_it(both: TwoSides) -> None:
    [number] = await both.people.create("product.template", [{"name": "Teapot", "default_code": "TP-1"}])

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    product = (await both.pair_of("product", odoo=number)).shop_id
    assert len(images(both, product)) == 1
    assert await both.unfinished() == []
