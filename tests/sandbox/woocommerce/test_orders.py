"""Sums, discounts, stock and refunds of orders beyond what one recorded exchange shows."""

from typing import Any

import httpx
import pytest

from app.sandbox.woocommerce import Sandbox

from .conftest import Make, client_of

ORDERS, COUPONS, PRODUCTS = "/wc/v3/orders", "/wc/v3/coupons", "/wc/v3/products"
MUG, POSTER, SHIRT, SMALL_RED = 10, 11, 13, 14
GERMAN, FRENCH = {"country": "DE"}, {"country": "FR"}


async def _place(shop: httpx.AsyncClient, *lines: tuple[int, int], **more: Any) -> dict[str, Any]:
    """`lines`: product and quantity."""
    goods = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
    answer = await shop.post(ORDERS, json={"line_items": goods, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_prices_that_include_tax_are_parted_once_per_line(make: Make) -> None:
    """As recorded in ord-60: 3 x 10.005 with 19 % inside is 25.22 and 4.79."""
    sandbox = make(prices_include_tax=True)
    sandbox.edit("products", POSTER, regular_price="10.005")
    sandbox.edit("products", MUG, regular_price="100")
    async with client_of(sandbox) as shop:
        order = await _place(shop, (MUG, 1), (POSTER, 3), billing=GERMAN)

    first, second = order["line_items"]
    assert (first["total"], first["total_tax"], first["price"]) == ("84.03", "15.97", 84.033613)
    assert (second["total"], second["total_tax"], second["price"]) == ("25.22", "4.79", 8.407563)
    assert second["taxes"] == [{"id": 1, "total": "4.792311", "subtotal": "4.792311"}]
    assert (order["total"], order["total_tax"], order["prices_include_tax"]) == ("130.01", "20.76", True)


async def test_a_total_that_is_sent_is_net_even_where_prices_include_tax(make: Make) -> None:
    """As recorded in ord-61."""
    line = {"product_id": MUG, "quantity": 1, "subtotal": "100", "total": "100"}
    async with client_of(make(prices_include_tax=True)) as shop:
        order = (await shop.post(ORDERS, json={"line_items": [line]})).json()

    assert (order["total"], order["total_tax"]) == ("119.00", "19.00")


async def test_where_no_rate_holds_there_is_no_tax(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), billing=FRENCH)

    assert (order["total"], order["tax_lines"], order["line_items"][0]["taxes"]) == ("25.00", [], [])


async def test_the_address_of_the_goods_decides_the_tax(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), billing=GERMAN, shipping=FRENCH)

    assert order["total_tax"] == "0.00"


async def test_a_reduced_rate_is_a_tax_line_of_its_own(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.edit("products", POSTER, tax_class="reduced-rate")

    order = await _place(shop, (MUG, 2), (POSTER, 1), billing=GERMAN)

    taxes = [(one["rate_percent"], one["tax_total"]) for one in order["tax_lines"]]
    assert taxes == [(19, "4.75"), (7, "0.63")]
    assert order["total"] == "39.38"


@pytest.mark.parametrize(
    ("coupon", "totals", "discount"),
    [
        ({"discount_type": "percent", "amount": "10"}, ["22.50", "8.10"], "3.40"),
        ({"discount_type": "fixed_cart", "amount": "10"}, ["17.64", "6.36"], "10.00"),
        ({"discount_type": "fixed_product", "amount": "2"}, ["21.00", "7.00"], "6.00"),
        ({"discount_type": "fixed_cart", "amount": "99"}, ["0.00", "0.00"], "34.00"),
        ({"discount_type": "percent", "amount": "10", "product_ids": [11]}, ["25.00", "8.10"], "0.90"),
        ({"discount_type": "percent", "amount": "10", "excluded_product_ids": [11]}, ["22.50", "9.00"], "2.50"),
    ],
)
async def test_a_coupon_is_taken_off_the_lines(
    shop: httpx.AsyncClient, coupon: dict[str, Any], totals: list[str], discount: str
) -> None:
    await shop.post(COUPONS, json={"code": "TRY", **coupon})

    order = await _place(shop, (MUG, 2), (POSTER, 1), coupon_lines=[{"code": "try"}])

    assert [one["total"] for one in order["line_items"]] == totals
    assert order["discount_total"] == discount


async def test_a_fixed_coupon_counts_with_the_tax_where_prices_include_it(make: Make) -> None:
    sandbox = make(prices_include_tax=True)
    async with client_of(sandbox) as shop:
        await shop.post(COUPONS, json={"code": "FIVE", "discount_type": "fixed_cart", "amount": "5"})
        order = await _place(shop, (MUG, 2), billing=GERMAN, coupon_lines=[{"code": "FIVE"}])

    assert (order["total"], order["discount_total"], order["discount_tax"]) == ("20.00", "4.20", "0.80")


@pytest.mark.parametrize(
    ("coupon", "said"),
    [
        ({"amount": "1", "date_expires": "2026-11-20T00:00:00"}, "This coupon has expired."),
        ({"amount": "1", "minimum_amount": "500"}, "The minimum spend for coupon &quot;TRY&quot; is 500.00."),
        ({"amount": "1", "usage_limit": 1}, "Usage limit for coupon &quot;TRY&quot; has been reached."),
    ],
)
async def test_a_coupon_may_not_be_used_any_more(shop: httpx.AsyncClient, coupon: dict[str, Any], said: str) -> None:
    await shop.post(COUPONS, json={"code": "TRY", **coupon})
    if "usage_limit" in coupon:
        await _place(shop, (MUG, 1), status="processing", coupon_lines=[{"code": "TRY"}])

    answer = await shop.post(ORDERS, json={"line_items": [{"product_id": MUG}], "coupon_lines": [{"code": "TRY"}]})

    assert (answer.status_code, answer.json()["message"]) == (400, said)


async def test_the_uses_of_a_coupon_are_counted_and_given_back(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 1), status="processing", coupon_lines=[{"code": "WELCOME10"}])
    used = sandbox.row("coupons", 18)["usage_count"]

    await shop.put(f"{ORDERS}/{order['id']}", json={"status": "cancelled"})

    assert (used, sandbox.row("coupons", 18)["usage_count"]) == (1, 0)


async def test_taking_the_coupon_away_restores_the_totals(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), coupon_lines=[{"code": "WELCOME10"}])

    changed = (await shop.put(f"{ORDERS}/{order['id']}", json={"coupon_lines": []})).json()

    assert (changed["coupon_lines"], changed["line_items"][0]["total"]) == ([], "25.00")


async def test_a_refused_coupon_leaves_the_order_as_it_was(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2))
    wanted = {"customer_note": "new", "coupon_lines": [{"code": "NOPE"}]}

    answer = await shop.put(f"{ORDERS}/{order['id']}", json=wanted)

    assert answer.status_code == 400
    assert (await shop.get(f"{ORDERS}/{order['id']}")).json()["customer_note"] == ""


async def test_a_sold_variation_moves_its_own_stock_and_its_parents_date(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    before = sandbox.row("variations", SMALL_RED)["stock_quantity"]
    line = {"product_id": SHIRT, "variation_id": SMALL_RED, "quantity": 2}

    order = (await shop.post(ORDERS, json={"status": "processing", "line_items": [line]})).json()

    shown = order["line_items"][0]
    assert (shown["product_id"], shown["variation_id"], shown["name"]) == (SHIRT, SMALL_RED, "Shirt - Red, S")
    assert (shown["sku"], shown["parent_name"]) == ("SHIRT-RS", "Shirt")
    assert [one["key"] for one in shown["meta_data"]] == ["pa_colour", "size", "_reduced_stock"]
    assert sandbox.row("variations", SMALL_RED)["stock_quantity"] == before - 2


async def test_a_product_whose_stock_is_not_counted_is_sold_without_it(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    order = await _place(shop, (POSTER, 3), status="processing")

    assert order["line_items"][0]["meta_data"] == []
    assert sandbox.row("products", POSTER)["stock_quantity"] is None


async def test_a_refund_of_everything_ends_as_refunded(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), status="completed")
    wanted = {"amount": order["total"], "api_refund": False}

    await shop.post(f"{ORDERS}/{order['id']}/refunds", json=wanted)

    after = (await shop.get(f"{ORDERS}/{order['id']}")).json()
    assert (after["status"], len(after["refunds"])) == ("refunded", 1)


async def test_a_refund_with_tax_has_negative_taxes(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), status="completed")
    tax = [{"id": 1, "refund_total": 1.9}]
    line = {"id": order["line_items"][0]["id"], "quantity": 1, "refund_total": 10, "refund_tax": tax}

    refund = (
        await shop.post(f"{ORDERS}/{order['id']}/refunds", json={"api_refund": False, "line_items": [line]})
    ).json()

    assert refund["amount"] == "11.90"
    assert refund["line_items"][0]["total_tax"] == "-1.90"
    assert refund["line_items"][0]["taxes"] == [{"id": 1, "total": "-1.9", "subtotal": "-1.9"}]


async def test_a_refund_can_be_taken_back_by_force_only(shop: httpx.AsyncClient) -> None:
    order = await _place(shop, (MUG, 2), status="completed")
    address = f"{ORDERS}/{order['id']}/refunds"
    refund = (await shop.post(address, json={"amount": "1", "api_refund": False})).json()

    kept = await shop.delete(f"{address}/{refund['id']}")
    gone = await shop.delete(f"{address}/{refund['id']}?force=true")

    assert (kept.status_code, gone.status_code) == (501, 200)
    assert (await shop.get(address)).json() == []


async def test_a_page_of_orders_is_followed_with_the_status_that_was_asked_for(shop: httpx.AsyncClient) -> None:
    for _ in range(2):
        await _place(shop, (MUG, 1), status="completed")

    first = await shop.get(f"{ORDERS}?status=completed&per_page=1")
    second = await shop.get(first.links["next"]["url"])

    assert [one["status"] for one in (*first.json(), *second.json())] == ["completed", "completed"]
    assert first.json()[0]["id"] != second.json()[0]["id"]
