"""What the module tells of the catalogue, and what people do to it."""

import httpx
import pytest

from app.sandbox.prestashop import Sandbox

PICTURE = b"\x89PNG\r\n\x1a\n a drawing"


def told(sandbox: Sandbox) -> list[str]:
    return [f"{event.entity_type} {event.action_type} {event.data['id']}" for event in sandbox.hooks.log]


@pytest.mark.parametrize(
    ("resource", "row_id", "event"),
    [
        ("products", 8, "product updated 8"),
        ("combinations", 2, "variant updated 2"),
        ("categories", 3, "category updated 3"),
        ("stock_availables", 8, "stock updated 8"),
    ],
)
def test_an_edit_in_the_back_office_is_told(sandbox: Sandbox, resource: str, row_id: int, event: str) -> None:
    sandbox.edit(resource, row_id)

    assert told(sandbox) == [event]
    assert sandbox.hooks.log[0].operation is None


def test_a_person_adds_and_removes_a_picture(sandbox: Sandbox) -> None:
    added = sandbox.add_image(8, PICTURE)
    sandbox.remove("images", added)

    assert told(sandbox) == ["image created 8/17", "image deleted 8/17"]


def test_the_next_picture_becomes_the_cover(sandbox: Sandbox) -> None:
    sandbox.remove("images", 1)

    assert sandbox.row("images", 2)["cover"] == "1"


async def test_a_picture_is_drawn_anew_and_what_the_shop_drew_stays(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    first = sandbox.shop.pictures[sandbox.add_image(8, PICTURE)]
    second = sandbox.shop.pictures[sandbox.add_image(8, first)]

    assert first != PICTURE
    assert second == first


def test_an_order_of_the_storefront_takes_from_the_stock_and_tells_it(sandbox: Sandbox) -> None:
    cart = sandbox.add("carts", id_customer="67", id_currency="1", id_lang="1", id_address_delivery="7")
    sandbox.shop.table("carts").linked[cart, "cart_rows"] = [
        {"id_product": "1", "id_product_attribute": "2", "quantity": "3"}
    ]
    sandbox.hooks.log.clear()

    sandbox.add(
        "orders", id_cart=str(cart), id_currency="1", id_customer="67", id_address_delivery="7", id_carrier="2",
        module="ps_wirepayment", payment="Bank wire", conversion_rate="1", total_paid="78.7",
    )  # fmt: skip

    assert {"stock updated 21", "stock updated 1"} < set(told(sandbox))
    assert sandbox.row("stock_availables", 21)["quantity"] == "297"


def test_a_category_goes_with_what_stands_below(sandbox: Sandbox) -> None:
    sandbox.remove("categories", 6)

    assert told(sandbox) == ["category deleted 7", "category deleted 8", "category deleted 6"]


def test_a_combination_takes_its_stock_along(sandbox: Sandbox) -> None:
    sandbox.remove("combinations", 1)

    assert [row["id"] for row in sandbox.rows("stock_availables") if row["id_product"] == "1"] == [1, 21]
    assert sandbox.row("stock_availables", 1)["quantity"] == "300"
