"""Orders of a WooCommerce: read as the shop sold them, and moved along from Odoo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors.base import Cursor, Patch, Removal, Selling, Write, Written
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.order import OrderPort
from app.entities.base import Json
from app.errors import BadPayload, Rejected
from tests.connectors.woocommerce.trade import (
    FLAT,
    JANE,
    MUG,
    OTTO,
    POSTER,
    SHIRT,
    Trade,
    buy,
    client_of,
    options_of,
    product,
    refund,
    shop_of,
    variations_of,
)

HOME = {"address_1": "Hauptstr. 1", "postcode": "10115", "city": "Berlin"}
STORE = {"address_1": "Lager 2", "postcode": "10117", "city": "Berlin"}


def _trade(*, shop: Mapping[str, Any] | None = None, extra: tuple[str, ...] = (), **options: Any) -> Trade:
    sandbox = shop_of(**(shop or {}))
    port = OrderPort(client_of(sandbox), options_of(**options), extra=extra)
    trade = Trade(sandbox, port)
    trade.forget()
    return trade


async def test_an_order_reads_as_it_was_sold() -> None:
    trade = _trade(shop={"clock": lambda: datetime(2026, 11, 21, 1, 15, 30, tzinfo=UTC)})
    number = buy(trade.shop, (MUG, 2), email="jane@example.test", customer_id=JANE, shipping=FLAT)
    trade.shop.edit("orders", number, customer_note="Ring twice\r\nplease")

    assert await trade.record(number) == {
        "reference": str(number),
        "customer": "3",
        "invoice_address": "3:billing",
        "delivery_address": "3:billing",
        "date": "2026-11-21T01:15:30+00:00",
        "currency": "EUR",
        "status": "confirmed",
        "lines": [
            {
                "product": "10",
                "variant": None,
                "sku": "MUG-1",
                "name": "Mug",
                "quantity": "2",
                "price": "12.5",
                "tax_rate": "19",
            }
        ],
        "shipping": {"name": "Flat rate", "price": "4.9", "tax_rate": "19"},
        "discounts": [],
        "total": "35.58",
        "total_untaxed": "29.9",
        "tracking": None,
        "note": "Ring twice\nplease",
        "payment": "Cash on delivery",
    }


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
async def test_the_date_is_the_moment_whatever_the_shops_clock_shows(zone: str) -> None:
    moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    trade = _trade(shop={"timezone": zone, "clock": lambda: moment})

    record = await trade.record(buy(trade.shop, (MUG, 1)))

    assert record["date"] == "2026-10-25T00:30:00+00:00"


async def test_a_variation_is_named_under_its_product() -> None:
    trade = _trade()
    variation = variations_of(trade.shop, SHIRT)[0]

    record: Any = await trade.record(buy(trade.shop, (SHIRT, 1, variation)))

    [line] = record["lines"]
    assert (line["product"], line["variant"], line["sku"]) == ("13", f"13/{variation}", "SHIRT-RS")


async def test_whoever_remembers_buyers_is_told_of_the_orders_that_were_read() -> None:
    shop, noted = shop_of(), list[Row]()

    class Noting:
        def note(self, orders: Iterable[Row]) -> None:
            noted.extend(orders)

    trade = Trade(shop, OrderPort(client_of(shop), options_of(), buyers=Noting()))
    number = buy(shop, (POSTER, 1))

    await trade.record(number)

    assert [row["id"] for row in noted] == [number]


async def test_a_hundred_orders_are_two_lists() -> None:
    trade = _trade()
    numbers = [buy(trade.shop, (POSTER, 1), customer_id=JANE) for _ in range(100)]

    found = await trade.port.read([str(number) for number in numbers])

    assert len(found) == 100
    assert trade.calls() == ["GET orders", "GET customers"]


async def test_orders_of_guests_alone_ask_for_no_accounts() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1), email="Gustav@Example.test")

    record = await trade.record(number)

    assert record["customer"] == "guest:gustav@example.test"
    assert trade.calls() == ["GET orders"]


async def test_a_guests_places_are_named_by_what_they_are() -> None:
    trade = _trade()
    first = await trade.record(buy(trade.shop, (POSTER, 1)))
    same = await trade.record(buy(trade.shop, (POSTER, 1), billing={"address_1": "WEG  1"}))
    other = await trade.record(buy(trade.shop, (POSTER, 1), billing={"address_1": "Weg 2"}))

    assert str(first["invoice_address"]).startswith("guest:gustav@example.test~")
    assert first["invoice_address"] == first["delivery_address"] == same["invoice_address"]
    assert other["invoice_address"] != first["invoice_address"]


@pytest.mark.parametrize(
    ("billing", "shipping", "named"),
    [
        (HOME, STORE, ("3:billing", "3:shipping")),
        (HOME, {"address_1": "", "postcode": "", "city": ""}, ("3:billing", "3:billing")),
        (STORE, HOME, ("3:shipping", "3:billing")),
        ({**HOME, "address_1": "hauptstr.  1"}, HOME, ("3:billing", "3:billing")),
    ],
    ids=["both", "no place to deliver to", "the other way round", "written otherwise"],
)
async def test_a_place_that_is_the_accounts_own_is_the_accounts(
    billing: dict[str, str], shipping: dict[str, str], named: tuple[str, str]
) -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1), customer_id=JANE)
    trade.shop.edit("orders", number, billing=billing, shipping=shipping)

    record = await trade.record(number)

    assert (record["invoice_address"], record["delivery_address"]) == named


async def test_another_place_of_a_customer_is_the_customers_by_its_content() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1), customer_id=OTTO)

    record = await trade.record(number)

    assert str(record["invoice_address"]).startswith("4~")
    assert len(str(record["invoice_address"])) == len("4~") + 12


async def test_an_order_without_account_and_e_mail_is_of_nobody() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1), email="")

    record = await trade.record(number)

    assert (record["customer"], record["invoice_address"], record["delivery_address"]) == (None, None, None)


@pytest.mark.parametrize("status", ["checkout-draft", "trash"])
async def test_what_is_not_sent_off_or_thrown_away_is_no_order(status: str) -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1))
    trade.shop.row("orders", number)["status"] = status

    assert await trade.gone(number)


async def test_a_coupon_is_a_discount_beside_the_full_price() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 2), coupon="WELCOME10")

    record: Any = await trade.record(number)

    assert [line["price"] for line in record["lines"]] == ["9"]
    assert record["discounts"] == [{"name": "WELCOME10", "amount": "1.8", "tax_rate": "19"}]
    assert (record["total_untaxed"], record["total"]) == ("16.2", "19.28")


async def test_a_coupon_on_goods_of_two_rates_is_a_discount_at_each() -> None:
    trade = _trade()
    full, reduced = product(trade.shop, "100"), product(trade.shop, "50", tax_class="reduced-rate")

    record: Any = await trade.record(buy(trade.shop, (full, 1), (reduced, 1), coupon="WELCOME10"))

    assert [(one["amount"], one["tax_rate"]) for one in record["discounts"]] == [("10", "19"), ("5", "7")]


async def test_where_the_parts_would_come_to_another_cent_the_lines_cost_what_was_paid() -> None:
    trade = _trade()
    # 23.29 and 10 % off are taxed 4.43 and 0.44, which makes 3.99; the shop asks for 3.98 on 20.96.
    number = buy(trade.shop, (product(trade.shop, "23.29"), 1), coupon="WELCOME10")

    record: Any = await trade.record(number)

    assert [line["price"] for line in record["lines"]] == ["20.96"]
    assert record["discounts"] == []
    assert (record["total_untaxed"], record["total"]) == ("20.96", "24.94")


async def test_all_of_a_price_can_be_taken_off() -> None:
    trade = _trade()
    trade.shop.add("coupons", code="FREE", discount_type="percent", amount="100")

    record: Any = await trade.record(buy(trade.shop, (POSTER, 2), coupon="FREE"))

    assert record["lines"][0]["price"] == "9"
    assert record["discounts"] == [{"name": "FREE", "amount": "18", "tax_rate": "19"}]
    assert record["total"] == "0"


async def test_prices_that_include_tax_are_told_without_it_and_exactly() -> None:
    trade = _trade(shop={"prices_include_tax": True})
    number = buy(trade.shop, (product(trade.shop, "100"), 1), (product(trade.shop, "10.005"), 3))

    record: Any = await trade.record(number)

    assert [line["price"] for line in record["lines"]] == ["84.033613", "8.407563"]
    assert (record["total_untaxed"], record["total"]) == ("109.25", "130.01")


async def test_fees_are_lines_and_those_below_zero_discounts() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1))
    fees = [{"name": "Gift wrapping", "total": "2.50"}, {"name": "Loyal customer", "total": "-1.00"}]
    trade.shop.edit("orders", number, fee_lines=fees)

    record: Any = await trade.record(number)

    assert [(line["name"], line["product"], line["price"]) for line in record["lines"]] == [
        ("Poster", "11", "9"),
        ("Gift wrapping", None, "2.5"),
    ]
    assert record["discounts"] == [{"name": "Loyal customer", "amount": "1", "tax_rate": "19"}]


async def test_two_ways_of_one_rate_are_one_and_one_of_another_rate_is_a_line() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1))
    ways = [
        {"method_id": "a", "method_title": "Parcel", "total": "4.90"},
        {"method_id": "b", "method_title": "Lift gate", "total": "10"},
    ]
    trade.shop.edit("orders", number, shipping_lines=ways)
    same: Any = await trade.record(number)
    untaxed = trade.shop.row("orders", number)["shipping_lines"][1]
    untaxed.update(total_tax="0", taxes=[])

    apart: Any = await trade.record(number)

    assert same["shipping"] == {"name": "Parcel, Lift gate", "price": "14.9", "tax_rate": "19"}
    assert apart["shipping"] == {"name": "Parcel", "price": "4.9", "tax_rate": "19"}
    assert [(line["name"], line["tax_rate"]) for line in apart["lines"]] == [("Poster", "19"), ("Lift gate", "0")]


async def test_what_was_given_back_leaves_the_order_as_it_was_bought() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 2), shipping=FLAT)
    before = await trade.snapshot(number)
    line = trade.shop.row("orders", number)["line_items"][0]["id"]

    refund(trade.shop, number, amount="12.50", line_items=[{"id": line, "quantity": 1, "refund_total": 12.5}])

    assert (await trade.snapshot(number)).state == before.state


async def test_a_deleted_product_leaves_a_line_of_its_name() -> None:
    trade = _trade()
    number = buy(trade.shop, (POSTER, 1), (MUG, 1))
    trade.shop.remove("products", POSTER, force=True)
    for line in trade.shop.row("orders", number)["line_items"][:1]:
        line.update(product_id=0)

    record: Any = await trade.record(number)

    gone, mug = record["lines"]
    assert (gone["product"], gone["sku"], gone["name"], gone["price"]) == (None, None, "Poster", "9")
    assert mug["product"] == "10"


async def test_the_empty_line_of_an_unknown_product_is_none() -> None:
    trade = _trade()
    number = trade.shop.add("orders", line_items=[{"product_id": 999999, "quantity": 1}, {"product_id": MUG}])

    record: Any = await trade.record(number)

    assert [line["name"] for line in record["lines"]] == ["Mug"]


async def test_two_reads_of_an_order_are_the_same() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 3), (POSTER, 1), customer_id=JANE, coupon="WELCOME10", shipping=FLAT)

    assert await trade.snapshot(number) == await trade.snapshot(number)


@pytest.mark.parametrize(
    ("native", "status"),
    [
        ("pending", "draft"),
        ("failed", "draft"),
        ("on-hold", "sent"),
        ("processing", "confirmed"),
        ("completed", "done"),
        ("cancelled", "cancelled"),
        ("refunded", None),
    ],
)
async def test_what_a_status_of_the_shop_means(native: str, status: str | None) -> None:
    trade = _trade()

    record = await trade.record(buy(trade.shop, (MUG, 1), status=native))

    assert record.get("status") == status


async def test_an_operator_says_what_other_statuses_mean() -> None:
    trade = _trade(order_statuses={"shipped": ["wc-refunded"]})

    record = await trade.record(buy(trade.shop, (MUG, 1), status="refunded"))

    assert record["status"] == "shipped"


@pytest.mark.parametrize(
    ("native", "wanted", "entered"),
    [
        ("pending", "sent", "on-hold"),
        ("pending", "confirmed", "processing"),
        ("on-hold", "confirmed", "processing"),
        ("processing", "shipped", "completed"),
        ("processing", "done", "completed"),
        ("pending", "cancelled", "cancelled"),
        ("processing", "cancelled", "cancelled"),
        ("failed", "confirmed", "processing"),
    ],
)
async def test_an_order_goes_the_way_it_went_in_odoo(native: str, wanted: str, entered: str) -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1), status=native)

    await trade.change(number, {"status": wanted})

    assert trade.shop.row("orders", number)["status"] == entered


@pytest.mark.parametrize(
    ("native", "wanted"),
    [
        ("completed", "confirmed"),
        ("processing", "sent"),
        ("on-hold", "draft"),
        ("cancelled", "confirmed"),
        ("completed", "cancelled"),
        ("refunded", "done"),
    ],
)
async def test_an_order_does_not_go_back(native: str, wanted: str) -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1), status=native)

    resolved = await trade.words({"status": wanted}, number)

    assert resolved.state == {"status": native}
    assert resolved.notes[0].startswith(f"status {wanted} left out: ")


@pytest.mark.parametrize(
    ("native", "wanted"), [("failed", "draft"), ("completed", "shipped"), ("processing", "confirmed")]
)
async def test_a_status_that_means_the_same_is_not_written(native: str, wanted: str) -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1), status=native)
    state = (await trade.words({"status": wanted}, number)).state
    base = (await trade.snapshot(number)).state
    trade.forget()

    [written] = await trade.port.write([Write(ref=trade.ref(number), changes=state, base=base, operation_id="op-42")])

    assert isinstance(written, Written)
    assert [call for call in trade.calls() if not call.startswith("GET")] == []


async def test_cancelling_puts_the_goods_back_once() -> None:
    trade = _trade()
    before = trade.shop.row("products", MUG)["stock_quantity"]
    number = buy(trade.shop, (MUG, 2))

    await trade.change(number, {"status": "cancelled"})

    assert trade.shop.row("products", MUG)["stock_quantity"] == before


async def test_an_unknown_status_is_refused_by_name() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    assert (await trade.refused({"status": "eaten"}, number)).field == "status"


async def test_a_tracking_number_stands_where_shipment_plugins_read_it() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    written = await trade.change(number, {"tracking": "JD01"})

    assert written.state["tracking"] == "JD01"
    assert _meta(trade, number)["_tracking_number"] == "JD01"
    assert (await trade.record(number))["tracking"] == "JD01"


async def test_the_key_of_the_tracking_number_is_an_option() -> None:
    trade = _trade(tracking_meta="_aftership_tracking_number")
    number = buy(trade.shop, (MUG, 1))

    await trade.change(number, {"tracking": "JD01"})

    assert _meta(trade, number)["_aftership_tracking_number"] == "JD01"


async def test_a_list_of_parcels_keeps_the_others() -> None:
    trade = _trade(tracking_meta="_wc_shipment_tracking_items")
    number = buy(trade.shop, (MUG, 1))
    parcels = [{"tracking_number": "A", "tracking_provider": "dhl"}, {"tracking_number": "B", "date_shipped": 1}]
    trade.shop.edit("orders", number, meta_data=[{"key": "_wc_shipment_tracking_items", "value": parcels}])
    assert (await trade.record(number))["tracking"] == "B"

    await trade.change(number, {"tracking": "C"})

    assert _meta(trade, number)["_wc_shipment_tracking_items"] == [
        parcels[0],
        {"tracking_number": "C", "date_shipped": 1},
    ]


async def test_a_tracking_number_can_be_taken_away() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))
    await trade.change(number, {"tracking": "JD01"})

    written = await trade.change(number, {"tracking": None})

    assert written.state["tracking"] is None
    assert "_tracking_number" not in _meta(trade, number)


async def test_the_customers_note_is_written_and_emptied() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    first = await trade.change(number, {"note": "Ring twice & wait\nplease"})
    second = await trade.change(number, {"note": None})

    assert (first.state["customer_note"], second.state["customer_note"]) == ("Ring twice & wait\nplease", None)


async def test_fifty_changes_are_one_batch_and_one_read_and_one_refusal_stays_with_its_order() -> None:
    trade = _trade()
    numbers = [buy(trade.shop, (MUG, 1), status="pending", customer_id=JANE) for _ in range(5)]
    writes = [
        Write(ref=trade.ref(number), changes={"tracking": f"JD{number}"}, operation_id="op-42", base={})
        for number in [*numbers, 99999]
    ]
    trade.forget()

    results = await trade.port.write(writes)

    assert [isinstance(result, Written) for result in results] == [True] * 5 + [False]
    assert [call for call in trade.calls() if call.startswith("POST")] == ["POST orders/batch"]
    assert len(trade.calls()) == 4


async def test_orders_are_made_in_the_shop_only() -> None:
    trade = _trade()

    refused = await trade.refused({"customer": "3", "lines": []})
    [result] = await trade.port.write([Write(ref=None, changes={}, operation_id="op-42", marker="b.order_1")])

    assert refused.code == "cannot_create"
    assert isinstance(result, Rejected)


@pytest.mark.parametrize("removal", Removal)
async def test_an_order_is_not_removed_from_here(removal: Removal) -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    result = await trade.remove(number, removal)

    assert isinstance(result, Rejected)
    assert result.code == f"cannot_{removal}"
    assert not await trade.gone(number)


async def test_what_was_bought_stays_bought() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    resolved = await trade.words({"total": "1", "lines": []}, number)

    assert resolved.state == {}
    assert resolved.notes == ("lines, total of an order cannot be changed in the shop",)


async def test_events_of_a_reverse_sync_are_refused() -> None:
    [refused] = await _trade().port.resolve([Patch(fields={"current_state": 4})])

    assert isinstance(refused, BadPayload)


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        ("pending", False),
        ("failed", False),
        ("cancelled", False),
        ("on-hold", True),
        ("processing", True),
        ("completed", True),
    ],
)
async def test_which_orders_have_taken_their_goods_off_the_stock(status: str, taken: bool) -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1), status=status)

    assert isinstance(trade.port, Selling)
    assert trade.port.takes_stock((await trade.snapshot(number)).state) is taken


async def test_an_order_is_found_by_its_number() -> None:
    trade = _trade()
    number = buy(trade.shop, (MUG, 1))

    assert await trade.by("reference", str(number)) == [str(number)]
    assert await trade.by("reference", "no-such") == []


async def test_a_changed_order_is_shown_from_a_cursor_taken_before() -> None:
    now = [datetime(2026, 11, 21, 1, 0, tzinfo=UTC)]
    trade = _trade(shop={"clock": lambda: now[0]})
    old, other = buy(trade.shop, (MUG, 1)), buy(trade.shop, (MUG, 1))
    now[0] = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
    trade.shop.edit("orders", other, customer_note="x")

    assert {str(old), str(other)} <= set(await trade.changed())
    assert await trade.changed(Cursor(moment="2026-11-21T01:30:00")) == [str(other)]


async def test_an_operators_own_field_is_a_key_of_the_meta_data() -> None:
    trade = _trade(extra=("gift",))
    number = buy(trade.shop, (MUG, 1))
    base = (await trade.snapshot(number)).state

    [written] = await trade.port.write(
        [Write(ref=trade.ref(number), changes={"extra:gift": "yes"}, base=base, operation_id="op-42")]
    )

    assert isinstance(written, Written)
    assert written.state["extra:gift"] == "yes"


def _meta(trade: Trade, number: int) -> dict[str, Json]:
    return {str(entry["key"]): entry["value"] for entry in trade.shop.row("orders", number)["meta_data"]}
