"""A shop's orders as records: what was bought, what a state means, and what can be said back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.connectors.base import Cursor, Removal, Resolved, Snapshot
from app.connectors.prestashop.order_record import tax_rate
from app.entities.base import EntityType, Json
from app.entities.records import FIELDS, OrderStatus, record_key
from app.errors import Rejected
from tests.connectors.prestashop.boutique import Boutique, boutique

BOTH = pytest.mark.parametrize("version", ["8.2.1", "1.7.8.11"])
MUGS: Json = {
    "product": "8",
    "variant": None,
    "sku": "demo_13",
    "name": "Mug Today is a good day",
    "quantity": "2",
    "price": "11.9",
    "tax_rate": "20",
}


def taxed(shop: Boutique) -> None:
    """Order 1001 as one inside France: recording 820."""
    shop.sandbox.row("order_details", 1001)["unit_price_tax_incl"] = "14.280000"
    shop.sandbox.row("orders", 1001).update(
        total_paid_tax_incl="36.960000", total_shipping_tax_incl="8.400000", carrier_tax_rate="20.000"
    )


def discounted(shop: Boutique, *values: tuple[str, str, str], total: tuple[str, str]) -> None:
    """`values`: name, with tax, without."""
    for name, value, untaxed in values:
        shop.sandbox.add(
            "order_cart_rules", id_order="1001", id_cart_rule="1", name=name, value=value, value_tax_excl=untaxed
        )
    shop.sandbox.row("orders", 1001).update(total_discounts_tax_incl=total[0], total_discounts_tax_excl=total[1])


async def test_an_order_in_neutral_words(shop: Boutique) -> None:
    taxed(shop)

    record = await shop.record("order", 1001)

    assert record == {
        "reference": "EXAMPLEXA",
        "customer": "67",
        "invoice_address": "7",
        "delivery_address": "7",
        "date": "2026-11-21T01:11:56+00:00",
        "currency": "EUR",
        "status": "confirmed",
        "lines": [MUGS],
        "shipping": {"name": "My carrier", "price": "7", "tax_rate": "20"},
        "discounts": [],
        "total": "36.96",
        "total_untaxed": "30.8",
        "tracking": None,
        "note": None,
        "payment": "Bank wire",
    }
    assert record.keys() == FIELDS[EntityType.ORDER]


async def test_a_variant_is_named_and_two_rows_of_one_product_stay_two(shop: Boutique) -> None:
    first = shop.sandbox.row("order_details", 1)
    for name in ("product_id", "product_attribute_id"):
        shop.sandbox.row("order_details", 2)[name] = first[name]

    lines = (await shop.record("order", 1))["lines"]

    assert isinstance(lines, list)
    assert [(line["product"], line["variant"]) for line in lines if isinstance(line, dict)] == [("1", "1"), ("1", "1")]


@pytest.mark.parametrize(
    ("untaxed", "gross", "rate"),
    [
        ("11.9", "14.28", "20"),
        ("11.9", "12.956125", "8.875"),
        ("0.833333", "1.000000", "20"),
        ("0.05", "0.06", "20"),
        ("0", "0", "0"),
        ("79", "79", "0"),
    ],
)
def test_the_tax_rate_is_told_by_the_two_prices(untaxed: str, gross: str, rate: str) -> None:
    assert tax_rate(Decimal(untaxed), Decimal(gross)) == rate


def test_an_amount_in_cents_takes_the_rate_of_the_lines_that_fits_it() -> None:
    assert tax_rate(Decimal("2.38"), Decimal("2.86"), ["5.5", "20"]) == "20"


async def test_coupons_are_discounts_and_the_rest_of_the_total_is_one_more(shop: Boutique) -> None:
    taxed(shop)
    discounted(shop, ("Ten off", "2.86", "2.38"), total=("8.86", "7.38"))

    assert (await shop.record("order", 1001))["discounts"] == [
        {"name": "Ten off", "amount": "2.38", "tax_rate": "20"},
        {"name": "Discount", "amount": "5", "tax_rate": "20"},
    ]


async def test_a_coupon_that_was_taken_off_again_is_none(shop: Boutique) -> None:
    discounted(shop, ("Ten off", "5", "5"), ("Old", "3", "3"), total=("5", "5"))
    [kept, gone] = shop.sandbox.rows("order_cart_rules")
    gone["deleted"] = "1"

    discounts = (await shop.record("order", 1001))["discounts"]

    assert discounts == [{"name": kept["name"], "amount": "5", "tax_rate": "0"}]


async def test_a_version_that_keeps_no_such_mark_is_asked_without_it(shop: Boutique) -> None:
    discounted(shop, ("Ten off", "5", "5"), total=("5", "5"))
    refusal = '{"errors":[{"code":35,"message":"Unable to display this field \\"deleted\\"."}]}'
    shop.sandbox.fail("GET", "order_cart_rules", status=400, body=refusal, content_type="application/json")

    assert (await shop.record("order", 1001))["discounts"] == [{"name": "Ten off", "amount": "5", "tax_rate": "0"}]
    await shop.record("order", 1001)
    assert ["deleted" in request.query for request in shop.sandbox.requests if "cart_rules" in request.path] == [
        True, False, False,
    ]  # fmt: skip


async def test_gift_wrapping_is_a_line_of_no_product(shop: Boutique) -> None:
    taxed(shop)
    shop.sandbox.row("orders", 1001).update(total_wrapping_tax_incl="2.4", total_wrapping_tax_excl="2")

    lines = (await shop.record("order", 1001))["lines"]

    assert isinstance(lines, list)
    assert lines[0] == MUGS
    assert lines[1:] == [
        {"product": None, "variant": None, "sku": None, "name": "Gift wrapping", "quantity": "1", "price": "2",
         "tax_rate": "20"}
    ]  # fmt: skip


async def test_an_order_of_downloads_has_no_shipping(shop: Boutique) -> None:
    shop.sandbox.row("orders", 1001)["id_carrier"] = "0"

    assert (await shop.record("order", 1001))["shipping"] is None


@pytest.mark.parametrize("unfinished", ["state", "lines"])
async def test_an_order_that_is_being_made_has_neither_lines_nor_status(shop: Boutique, unfinished: str) -> None:
    if unfinished == "state":
        shop.sandbox.row("orders", 1001)["current_state"] = "0"
    else:
        shop.sandbox.shop.table("order_details").drop(1001)

    snapshot = await shop.state("order", 1001)
    record = await shop.record("order", 1001)

    assert isinstance(snapshot, Snapshot)
    assert snapshot.state["complete"] is False
    assert record.keys() == FIELDS[EntityType.ORDER] - {"lines", "status"}


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (1, "sent"), (2, "confirmed"), (3, "confirmed"), (4, "shipped"), (5, "done"), (6, "cancelled"),
        (7, "cancelled"), (8, "cancelled"), (9, "confirmed"), (10, "sent"), (11, "confirmed"), (12, "sent"),
        (13, "sent"),
    ],
)  # fmt: skip
async def test_every_state_of_a_new_shop_means_something(shop: Boutique, state: int, status: str) -> None:
    shop.sandbox.row("orders", 1001)["current_state"] = str(state)

    assert (await shop.record("order", 1001))["status"] == status


async def test_the_shops_own_settings_say_which_state_is_which(shop: Boutique) -> None:
    shop.sandbox.add("configurations", name="PS_OS_CANCELED", value="12")
    shop.sandbox.row("orders", 1001)["current_state"] = "12"

    assert (await shop.record("order", 1001))["status"] == "cancelled"


async def test_the_option_says_what_a_state_means_and_which_is_entered() -> None:
    shop = boutique(order_states={OrderStatus.SHIPPED: [12, 4]})
    shop.sandbox.row("orders", 1001)["current_state"] = "4"
    assert (await shop.record("order", 1001))["status"] == "shipped"
    shop.sandbox.row("orders", 1001)["current_state"] = "2"

    written = await shop.keep("order", 1001, status="shipped")

    assert written.state["current_state"] == 12


@BOTH
@pytest.mark.parametrize(("status", "state"), [("shipped", 4), ("done", 5), ("cancelled", 6)])
async def test_a_status_is_entered_by_a_history_row_and_mails_nobody(version: str, status: str, state: int) -> None:
    shop = boutique(version)

    written = await shop.keep("order", 1001, status=status)

    assert written.state["current_state"] == state
    assert [request.path for request in shop.writes()] == ["/api/order_histories"]
    assert shop.sandbox.mails == []


async def test_the_state_that_means_it_already_is_not_entered_again(shop: Boutique) -> None:
    resolved = await shop.in_its_words("order", 1001, status="confirmed")

    assert resolved == Resolved(state={"current_state": 2})


async def test_a_status_that_no_state_says_is_left_out_with_a_note(shop: Boutique) -> None:
    resolved = await shop.in_its_words("order", 1001, status="draft")

    assert resolved == Resolved(
        state={}, notes=("the shop has no state for draft; name one in the option order_states",)
    )


@BOTH
async def test_tracking_and_note_are_written_and_nothing_else_changes(version: str) -> None:
    shop = boutique(version)
    before = dict(shop.sandbox.row("orders", 1001))

    await shop.keep("order", 1001, tracking="1Z999", note="Leave at the door")

    after = shop.sandbox.row("orders", 1001)
    assert {name for name in before if before[name] != after[name]} <= {"note", "date_upd"}
    assert shop.sandbox.row("order_carriers", 1001)["tracking_number"] == "1Z999"


async def test_a_shop_without_notes_leaves_them_out_of_the_record() -> None:
    shop = boutique("1.7.7.0")

    assert "note" not in await shop.record("order", 1001)
    resolved = await shop.in_its_words("order", 1001, note="Hello")
    assert resolved == Resolved(state={}, notes=("orders have no note before PrestaShop 1.7.8",))


async def test_what_was_bought_is_never_rewritten(shop: Boutique) -> None:
    resolved = await shop.in_its_words("order", 1001, lines=[], total="1", tracking="1Z")

    assert resolved == Resolved(
        state={"tracking_number": "1Z"}, notes=("lines, total of an order cannot be changed in the shop",)
    )


@pytest.mark.parametrize(("number", "fields"), [(None, {"reference": "S00042"}), (1001, {"status": "lost"})])
async def test_what_makes_no_sense_is_refused(shop: Boutique, number: int | None, fields: dict[str, Json]) -> None:
    assert isinstance(await shop.in_its_words("order", number, **fields), Rejected)


@pytest.mark.parametrize("removal", list(Removal))
async def test_an_order_is_never_removed(shop: Boutique, removal: Removal) -> None:
    [refused] = await shop.write("order", 1001, {}, removal=removal)

    assert isinstance(refused, Rejected)
    assert refused.code == f"cannot_{removal}"
    assert shop.writes() == []


async def test_it_is_found_by_the_key_of_a_record(shop: Boutique) -> None:
    key = record_key(EntityType.ORDER, {"reference": "EXAMPLEXA"})
    assert key is not None

    found = await shop.records("order").find([key])

    assert [snapshot.ref.native_id for snapshot in found[key]] == ["1001"]
    assert found[key][0].modified_at == datetime(2026, 11, 21, 1, 11, 56, tzinfo=UTC)


async def test_many_orders_are_read_in_three_calls_and_put_in_neutral_words_from_memory(shop: Boutique) -> None:
    discounted(shop, ("Ten off", "5", "5"), total=("5", "5"))
    port = shop.records("order")
    numbers = [str(row["id"]) for row in shop.sandbox.rows("orders")]
    for _ in range(2):
        shop.sandbox.requests.clear()
        found = await port.read(numbers)
        states = [snapshot.state for snapshot in found.values() if isinstance(snapshot, Snapshot)]
        records = await port.to_records(states)

    assert len(records) == 6
    assert sorted(shop.calls()) == ["GET messages", "GET order_cart_rules", "GET orders"]


async def test_all_orders_come_from_the_start(shop: Boutique) -> None:
    pages = [page async for page in shop.records("order").changed_since(Cursor())]

    assert [page.ids for page in pages] == [("1", "2", "3", "4", "5", "1001")]


@BOTH
async def test_an_operators_own_field_of_an_order_is_written_and_mails_nobody(version: str) -> None:
    shop = boutique(version, own={EntityType.ORDER: ("gift_message",)})

    [written] = await shop.write("order", 1001, {"extra:gift_message": "Best wishes"})

    assert not isinstance(written, Exception)
    assert (written.state["extra:gift_message"], written.state["current_state"]) == ("Best wishes", 2)
    assert shop.sandbox.mails == []
