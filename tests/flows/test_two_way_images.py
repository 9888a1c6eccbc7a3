"""Pictures: bytes travel only when they have to, and what the shop makes of them is no edit."""

from __future__ import annotations

import base64

from tests.flows.two_sides import TwoSides

RED, BLUE = b"\x89PNG\r\n\x1a\nred", b"\x89PNG\r\n\x1a\nblue"


def coded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


async def a_product(both: TwoSides) -> tuple[int, str]:
    """(template, the shop's product), without a picture."""
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.work()
    shop_id = (await both.pair_of("product", odoo=number)).shop_id
    both.forget_calls()
    return number, shop_id


def uploads(both: TwoSides) -> int:
    return both.office.writes().count("create image")


async def added_in_shop(both: TwoSides, product: str, picture: bytes) -> str:
    number = both.office.add_picture(product, picture)
    await both.office.settled()
    await both.work()
    return number


def in_odoo(both: TwoSides, template: int) -> bytes:
    return base64.b64decode(str(both.row("product.template", template)["image_1920"]))


async def test_a_picture_of_odoo_is_the_shops_and_its_echo_ends(both: TwoSides) -> None:
    number, product = await a_product(both)

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    [image] = both.office.pictures(product)
    assert (await both.pair_of("image", odoo=number)).shop_id == image
    assert uploads(both) == 1
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_unchanged_bytes_are_never_sent_again(both: TwoSides) -> None:
    number, product = await a_product(both)
    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()
    both.forget_calls()

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    both.office.edit_thing(product)
    await both.office.settled()
    await both.work()

    assert (uploads(both), both.odoo_writes()) == (0, [])
    assert ("product.template", "read") not in both.line.calls[1:], "the bytes were read"


async def test_another_picture_in_odoo_takes_the_place_of_the_first(both: TwoSides) -> None:
    number, product = await a_product(both)
    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    await both.edit_odoo("product.template", number, image_1920=coded(BLUE))
    await both.work()

    [image] = both.office.pictures(product)
    assert (await both.pair_of("image", odoo=number)).shop_id == image
    assert both.office.picture(image).startswith(BLUE)
    assert both.row("product.template", number)["image_1920"] == coded(BLUE)
    assert await both.unfinished() == []


async def test_a_cover_of_the_shop_is_odoos_picture(both: TwoSides) -> None:
    number, product = await a_product(both)

    image = await added_in_shop(both, product, RED)

    assert (await both.pair_of("image", odoo=number)).shop_id == image
    assert in_odoo(both, number) == both.office.picture(image)
    assert uploads(both) == 0
    assert await both.unfinished() == []


async def test_a_second_picture_of_the_shop_stays_there_and_takes_no_cover_away(both: TwoSides) -> None:
    number, product = await a_product(both)
    first = await added_in_shop(both, product, RED)

    second = await added_in_shop(both, product, BLUE)

    assert (await both.pair_of("image", odoo=number)).shop_id == first
    assert in_odoo(both, number) == both.office.picture(first)
    assert both.office.pictures(product) == [first, second]
    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE outcome = 'rejected' AND entity_type = 'image'")
    assert (job.native_id, job.error_code) == (second, "one_image")


async def test_an_upload_whose_answer_was_lost_leaves_one_picture(both: TwoSides) -> None:
    number, product = await a_product(both)
    both.office.lose_answer("image")

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    assert len(both.office.pictures(product)) == 1
    assert await both.unfinished() == []


async def test_the_picture_of_a_product_that_the_shop_lacks_comes_after_it(both: TwoSides) -> None:
    [number] = await both.people.create("product.template", [{"name": "Teapot", "default_code": "TP-1"}])

    await both.edit_odoo("product.template", number, image_1920=coded(RED))
    await both.work()

    product = (await both.pair_of("product", odoo=number)).shop_id
    assert len(both.office.pictures(product)) == 1
    assert await both.unfinished() == []
