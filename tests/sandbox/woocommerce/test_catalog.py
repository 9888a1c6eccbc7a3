"""Products, variations, categories, attributes and pictures beyond what one recorded exchange shows."""

import httpx
import pytest

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.state import File

from .conftest import Clock, Make, client_of, subscribe

PICTURE = b"\x89PNG\r\n\x1a\n a drawing"
PRODUCTS = "/wc/v3/products"
MUG, SHIRT, SMALL_RED = 10, 13, 14


async def test_the_shop_begins_with_one_of_each_kind_of_product(shop: httpx.AsyncClient) -> None:
    goods = (await shop.get(f"{PRODUCTS}?order=asc&orderby=id")).json()

    assert [(one["sku"], one["type"], one["manage_stock"], one["virtual"]) for one in goods] == [
        ("MUG-1", "simple", True, False),
        ("POSTER-1", "simple", False, False),
        ("COURSE-1", "simple", True, True),
        ("SHIRT", "variable", False, False),
    ]
    assert len(goods[3]["variations"]) == 4


async def test_an_edit_in_the_back_office_is_told_like_one_of_the_api(
    sandbox: Sandbox, shop: httpx.AsyncClient, clock: Clock
) -> None:
    await subscribe(shop, "product.updated")
    clock.tick()

    sandbox.edit("products", MUG, regular_price="13.00")
    await sandbox.settled()

    assert [(one.topic, one.resource_id) for one in sandbox.hooks.log] == [("product.updated", MUG)]
    assert (await shop.get(f"{PRODUCTS}/{MUG}")).json()["date_modified_gmt"] == "2026-11-21T11:00:01"


async def test_an_importer_moves_neither_date_nor_webhook(
    sandbox: Sandbox, shop: httpx.AsyncClient, clock: Clock
) -> None:
    """As recorded in silent-01."""
    await subscribe(shop, "product.updated")
    clock.tick()

    sandbox.write_silently("products", MUG, stock_quantity=44)
    await sandbox.settled()

    mug = (await shop.get(f"{PRODUCTS}/{MUG}")).json()
    assert (mug["stock_quantity"], mug["date_modified_gmt"]) == (44, "2026-11-21T11:00:00")
    assert sandbox.hooks.log == []


async def test_related_products_differ_between_two_reads(shop: httpx.AsyncClient) -> None:
    reads = [(await shop.get(f"{PRODUCTS}/{MUG}")).json()["related_ids"] for _ in range(5)]

    assert any(one != reads[0] for one in reads)


async def test_the_payload_of_a_variation_is_that_of_a_product(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    found = sandbox.service.payload(
        "product", SMALL_RED, owner=sandbox.store.row("users", 1), origin="http://shop.test"
    )

    read = (await shop.get(f"{PRODUCTS}/{SMALL_RED}")).json()
    assert {name: found[name] for name in ("id", "type", "parent_id", "name", "stock_quantity", "sku")} == {
        name: read[name] for name in ("id", "type", "parent_id", "name", "stock_quantity", "sku")
    }
    assert found["name"] == "Shirt - Red, S"


async def test_a_variation_knows_its_global_attribute_by_id_and_its_own_by_name(shop: httpx.AsyncClient) -> None:
    variation = (await shop.get(f"{PRODUCTS}/{SHIRT}/variations/{SMALL_RED}")).json()

    assert variation["attributes"] == [
        {"id": 1, "name": "Colour", "slug": "pa_colour", "option": "Red"},
        {"id": 0, "name": "Size", "slug": "size", "option": "S"},
    ]


async def test_an_option_of_a_global_attribute_becomes_a_term(shop: httpx.AsyncClient) -> None:
    wanted = [{"id": 1, "variation": True, "options": ["Red", "Green"]}]

    await shop.put(f"{PRODUCTS}/{SHIRT}", json={"attributes": wanted})

    terms = (await shop.get(f"{PRODUCTS}/attributes/1/terms")).json()
    assert [one["name"] for one in terms] == ["Blue", "Green", "Red"]


async def test_a_variation_without_a_stock_of_its_own_shows_the_parents(shop: httpx.AsyncClient) -> None:
    await shop.put(f"{PRODUCTS}/{SHIRT}", json={"manage_stock": True, "stock_quantity": 9})

    await shop.put(f"{PRODUCTS}/{SHIRT}/variations/{SMALL_RED}", json={"manage_stock": False})

    variation = (await shop.get(f"{PRODUCTS}/{SHIRT}/variations/{SMALL_RED}")).json()
    assert (variation["manage_stock"], variation["stock_quantity"]) == ("parent", 9)


async def test_a_category_of_that_name_below_that_parent_is_named_in_the_refusal(shop: httpx.AsyncClient) -> None:
    again = await shop.post(f"{PRODUCTS}/categories", json={"name": "shirts", "parent": 16})
    elsewhere = await shop.post(f"{PRODUCTS}/categories", json={"name": "Shirts"})

    assert (again.status_code, again.json()["code"]) == (400, "term_exists")
    assert again.json()["data"]["resource_id"] == 17
    assert (elsewhere.status_code, elsewhere.json()["slug"]) == (201, "shirts-2")


async def test_products_of_a_deleted_category_go_to_uncategorized(shop: httpx.AsyncClient) -> None:
    kept = await shop.delete(f"{PRODUCTS}/categories/17")
    await shop.delete(f"{PRODUCTS}/categories/17?force=true")

    assert kept.status_code == 501
    assert (await shop.get(f"{PRODUCTS}/{SHIRT}")).json()["categories"][0]["slug"] == "uncategorized"


async def test_products_are_listed_by_category(shop: httpx.AsyncClient) -> None:
    found = (await shop.get(f"{PRODUCTS}?category=17")).json()

    assert [one["id"] for one in found] == [SHIRT]


async def test_an_attribute_twice_is_refused(shop: httpx.AsyncClient) -> None:
    answer = await shop.post(f"{PRODUCTS}/attributes", json={"name": "Colour"})

    assert answer.status_code == 400


async def test_a_picture_sent_as_bytes_is_shown_at_its_address(sandbox: Sandbox) -> None:
    async with client_of(sandbox, auth=(sandbox.app_user, sandbox.app_password)) as person:
        headers = {"Content-Disposition": 'attachment; filename="mug.png"', "Content-Type": "image/png"}
        made = await person.post("/wp/v2/media", content=PICTURE, headers=headers)
        again = await person.post("/wp/v2/media", content=PICTURE, headers=headers)
        shown = await person.get(made.json()["source_url"])

    assert made.status_code == 201
    assert made.json()["source_url"] == "https://shop.test/wp-content/uploads/2026/11/mug.png"
    assert again.json()["source_url"] == "https://shop.test/wp-content/uploads/2026/11/mug-1.png"
    assert (shown.content, shown.headers["content-type"]) == (PICTURE, "image/png")


async def test_a_key_of_the_shop_cannot_upload(shop: httpx.AsyncClient) -> None:
    headers = {"Content-Disposition": 'attachment; filename="mug.png"'}

    answer = await shop.post("/wp/v2/media", content=PICTURE, headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize("content", [b"<?php", b""])
async def test_what_is_no_picture_is_not_uploaded(sandbox: Sandbox, content: bytes) -> None:
    async with client_of(sandbox, auth=(sandbox.app_user, sandbox.app_password)) as person:
        headers = {"Content-Disposition": 'attachment; filename="mug.png"', "Content-Type": "image/png"}
        answer = await person.post("/wp/v2/media", content=content, headers=headers)

    assert answer.status_code == 500
    assert sandbox.rows("media") == []


async def test_the_shops_own_picture_is_copied_when_it_is_named_by_address(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    sandbox.store.downloads["http://pictures.test/mug.png"] = File(PICTURE, "image/png")
    first = (await shop.put(f"{PRODUCTS}/{MUG}", json={"images": [{"src": "http://pictures.test/mug.png"}]})).json()
    own = first["images"][0]["src"]

    second = (await shop.put(f"{PRODUCTS}/{MUG}", json={"images": [{"src": own}]})).json()

    assert second["images"][0]["id"] != first["images"][0]["id"]
    assert second["images"][0]["src"] != own


async def test_a_variation_has_one_picture(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.store.downloads["http://pictures.test/red.png"] = File(PICTURE, "image/png")
    address = f"{PRODUCTS}/{SHIRT}/variations/{SMALL_RED}"

    made = (await shop.put(address, json={"image": {"src": "http://pictures.test/red.png"}})).json()

    assert made["image"]["src"].endswith("/red.png")
    assert (await shop.get(f"{PRODUCTS}/{SHIRT}")).json()["images"] == []


async def test_a_name_ten_times_has_ten_addresses(make: Make) -> None:
    sandbox = make(examples=False)
    async with client_of(sandbox) as shop:
        batch = [{"name": "Same", "sku": f"N-{place}"} for place in range(10)]
        await shop.post(f"{PRODUCTS}/batch", json={"create": batch})
        found = (await shop.get(f"{PRODUCTS}?sku=N-7,N-9")).json()

    assert {one["slug"] for one in found} == {"same-8", "same-10"}
    assert len({row["slug"] for row in sandbox.rows("products")}) == 10


async def test_variations_go_into_the_trash_with_their_product_and_come_out_with_it_where_a_person_takes_it_out(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    await subscribe(shop, "product.deleted")
    await subscribe(shop, "product.restored")
    variations = sandbox.row("products", SHIRT)["variation_ids"]
    sandbox.edit("variations", SMALL_RED, status="private")

    async def live() -> dict[int, str]:
        listed = (await shop.get(f"{PRODUCTS}/{SHIRT}/variations?status=any")).json()
        return {one["id"]: one["status"] for one in listed}

    before = await live()
    await shop.delete(f"{PRODUCTS}/{SHIRT}")
    trashed = await live()
    sandbox.restore(SHIRT)
    await sandbox.settled()

    assert trashed == {}
    assert await live() == before
    assert before[SMALL_RED] == "private"
    told = [(one.topic, one.resource_id) for one in sandbox.hooks.log]
    assert sorted(told) == sorted(
        (f"product.{event}", one) for event in ("deleted", "restored") for one in (SHIRT, *variations)
    )
    assert (await shop.get(f"{PRODUCTS}/{SHIRT}")).json()["status"] == "publish"


async def test_a_product_taken_out_of_the_trash_over_the_api_leaves_its_variations_there(
    shop: httpx.AsyncClient,
) -> None:
    await shop.delete(f"{PRODUCTS}/{SHIRT}")
    await shop.put(f"{PRODUCTS}/{SHIRT}", json={"status": "publish"})

    listed = (await shop.get(f"{PRODUCTS}/{SHIRT}/variations?status=trash")).json()
    assert len(listed) == 4
