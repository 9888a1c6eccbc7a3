"""A customer's checkout: drafts, the odd order of its webhooks, and what it leaves in the shop."""

import httpx

from app.sandbox.woocommerce import Sandbox
from app.sandbox.woocommerce.storefront import place_order, sell

from .conftest import Make, client_of, subscribe

MUG, SHIRT, SMALL_RED = 10, 13, 14
TOPICS = ("order.created", "order.updated", "product.updated")


async def test_a_checkout_tells_of_the_update_before_the_order(make: Make) -> None:
    """As recorded in whx-94, where the draft was told of seconds before."""
    sandbox = make(deliver="held")
    async with client_of(sandbox) as shop:
        await subscribe(shop, *TOPICS)

    order = sell(sandbox, MUG)
    await sandbox.settled()

    told = [(one.topic, one.resource_id) for one in sandbox.hooks.log]
    assert told == [("order.updated", order), ("order.created", order), ("product.updated", MUG)]


async def test_a_draft_of_a_checkout_is_listed_like_an_order(make: Make) -> None:
    sandbox = make()
    async with client_of(sandbox) as shop:
        order = sandbox.add("orders", status="checkout-draft", line_items=[{"product_id": MUG, "quantity": 1}])
        listed = (await shop.get("/wc/v3/orders")).json()

    assert (listed[0]["id"], listed[0]["status"], listed[0]["is_editable"]) == (order, "checkout-draft", False)


async def test_a_guest_is_known_by_his_bill_alone(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    stock = sandbox.row("products", MUG)["stock_quantity"]

    made = place_order(sandbox, email="new@example.test", lines=[{"product_id": MUG, "quantity": 2}])

    order = (await shop.get(f"/wc/v3/orders/{made}")).json()
    assert (order["status"], order["customer_id"], order["created_via"]) == ("processing", 0, "store-api")
    assert (order["billing"]["email"], order["shipping"]["city"]) == ("new@example.test", "Berlin")
    assert (order["payment_method"], order["date_paid"] is not None) == ("cod", True)
    assert sandbox.row("products", MUG)["stock_quantity"] == stock - 2


async def test_a_customer_orders_with_his_address_a_coupon_and_shipping(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    made = place_order(
        sandbox, email="jane@example.test", customer_id=3, coupon="WELCOME10", status="on-hold",
        lines=[{"product_id": SHIRT, "variation_id": SMALL_RED, "quantity": 1}],
        shipping={"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"},
    )  # fmt: skip

    order = (await shop.get(f"/wc/v3/orders/{made}")).json()
    assert (order["customer_id"], order["billing"]["company"]) == (3, "Doe & Sons")
    assert (order["line_items"][0]["total"], order["shipping_total"], order["total"]) == ("17.91", "4.90", "27.14")
    assert order["coupon_lines"][0]["code"] == "WELCOME10"
    assert (order["status"], order["payment_method"], order["date_paid"]) == ("on-hold", "bacs", None)


async def test_the_shop_begins_with_an_order_of_a_customer_and_one_of_a_guest(shop: httpx.AsyncClient) -> None:
    orders = (await shop.get("/wc/v3/orders")).json()

    assert [(one["customer_id"], one["status"]) for one in orders] == [(0, "on-hold"), (3, "processing")]
