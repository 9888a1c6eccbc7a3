"""Prices with and without tax, weights, and texts as WordPress keeps them. Pure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.woocommerce import attributes, base_price, catalog_texts, pictures, taxed, weights
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.pictures import Hashes, Picture

RATES = st.sampled_from([Decimal(one) for one in ("0", "2.5", "5.5", "7", "19", "20", "21", "25", "27")])
PRICES = st.decimals(min_value=0, max_value=100_000, places=4)
NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=30)


@given(price=PRICES, rate=RATES)
def test_a_price_comes_back_from_the_shop_as_it_was(price: Decimal, rate: Decimal) -> None:
    sent = taxed.stored(taxed.gross(price, rate))

    assert taxed.net(Decimal(sent), rate) == price


@pytest.mark.parametrize(
    ("net", "gross"),
    [("16.80", "19.99"), ("10", "11.9"), ("0", "0"), ("16.8012", "19.9934"), ("84.03", "100")],
)
def test_a_price_with_tax_is_as_round_as_it_can_be(net: str, gross: str) -> None:
    assert taxed.stored(taxed.gross(Decimal(net), Decimal(19))) == gross


def test_a_trifle_tells_a_price_of_more_decimals_from_a_rounded_one() -> None:
    sent = taxed.gross(Decimal("10.008"), Decimal(25))

    assert sent == Decimal("12.510001")
    assert taxed.net(sent, Decimal(25)) == Decimal("10.008")
    assert taxed.net(Decimal("12.51"), Decimal(25)) == Decimal("10.01")


@pytest.mark.parametrize("text", ["", None, "abc", "1,5"])
def test_what_is_no_price_is_none(text: str | None) -> None:
    assert taxed.amount(text) is None


@given(weight=st.decimals(min_value=0, max_value=5000, places=2), unit=st.sampled_from(sorted(weights.KILOGRAMS)))
def test_a_weight_comes_back_from_the_shops_unit_as_it_was(weight: Decimal, unit: str) -> None:
    there = weights.in_unit(weight, unit)

    assert Decimal(weights.kilograms(Decimal(there), unit)) == weight


@pytest.mark.parametrize(
    ("kilograms", "unit", "there"), [("1.5", "kg", "1.5"), ("1.5", "g", "1500"), ("1", "oz", "35.273962")]
)
def test_a_weight_is_in_the_shops_unit(kilograms: str, unit: str, there: str) -> None:
    assert weights.in_unit(Decimal(kilograms), unit) == there


@given(words=st.lists(NAMES, max_size=5).map("\n".join))
def test_a_description_comes_back_as_it_was(words: str) -> None:
    stored = catalog_texts.sent_description(words)

    assert catalog_texts.read_description(stored) == (words.strip() or None)
    assert "\\" not in stored
    assert catalog_texts.says(stored, words)


def test_a_product_lists_what_its_variations_need_and_nothing_when_it_does_already() -> None:
    parent: Row = {"attributes": [{"id": 0, "name": "Size", "variation": False, "options": ["S &amp; M"]}]}

    listed = attributes.listing(parent, [{"size": "s & m"}, {"Size": "L", "Colour": "Red"}], {"colour": 7})

    assert listed == [
        {"id": 0, "name": "Size", "variation": True, "options": ["S & M", "L"]},
        {"id": 7, "name": "Colour", "visible": True, "variation": True, "options": ["Red"]},
    ]
    assert attributes.listing({"attributes": listed}, [{"Size": "l", "colour": "red"}], {}) is None
    assert attributes.of_variation({"size": "l", "Colour": "RED"}, listed) == [
        {"name": "Size", "option": "L"},
        {"id": 7, "option": "Red"},
    ]


def test_a_variation_that_moved_already_does_not_move_again() -> None:
    old, new, rate = Decimal(10), Decimal(15), Decimal(0)
    row: Row = {"id": 1, "regular_price": "12.5", "meta_data": []}

    moved = base_price.moved(row, old, new, rate)

    assert moved is not None
    assert moved["regular_price"] == "17.5"
    assert base_price.moved({**row, **moved}, old, new, rate) is None
    assert base_price.extra({**row, **moved}, old, rate) == "2.5"


def test_a_variation_without_a_price_stays_so_unless_none_has_one() -> None:
    row: Row = {"id": 1, "regular_price": "", "meta_data": []}

    assert base_price.moved(row, Decimal(10), Decimal(15), Decimal(0)) is None
    first = base_price.moved(row, None, Decimal(15), Decimal(0))
    assert first is not None
    assert first["regular_price"] == "15"


def test_what_is_known_of_a_picture_counts_for_one_file_only() -> None:
    picture = Picture(number=55, src="https://shop.test/wp-content/red.png")
    note = pictures.note({}, [(picture, "sha1:aa")], [55])
    row: Row = {"images": [{"id": 55, "src": picture.src}], "meta_data": [note]}
    cropped: Row = {**row, "images": [{"id": 55, "src": "https://shop.test/wp-content/red-e17.png"}]}

    assert Hashes().of(row) == {55: "sha1:aa"}
    assert Hashes().of(cropped) == {}
    assert pictures.note(row, [], [55]) is None, "nothing new to be noted"


def test_only_the_latest_pictures_are_remembered() -> None:
    hashes = Hashes(most=2)
    seen = [Picture(number=one, src=f"https://shop.test/{one}.png") for one in (1, 2, 3)]
    for one in seen:
        hashes.put(one, f"sha1:{one.number}")

    rows: list[Row] = [{"images": [{"id": one.number, "src": one.src}]} for one in seen]
    assert [list(hashes.of(row)) for row in rows] == [[], [2], [3]]
