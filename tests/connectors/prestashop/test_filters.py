"""Filters that find what they are asked for, and no more."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.prestashop import filters


def test_plain_values_share_a_filter() -> None:
    assert list(filters.for_values(["a@x.test", "b+c@x.test", "a@x.test"])) == ["[a@x.test|b+c@x.test]"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a|b@x.test", "%[b@x.test]%"),
        ("10% OFF", "%[OFF]%"),
        ("[VIP]", "%[VIP]%"),
        ("1,25", "%[25]%"),
        ("x<b>", "%[x]%"),
        ("back\\slash", "%[slash]%"),
    ],
)
def test_a_value_with_a_sign_of_the_filter_language_is_asked_for_by_its_longest_harmless_piece(
    value: str, expected: str
) -> None:
    assert list(filters.for_values([value])) == [expected]


def test_a_value_of_nothing_but_signs_is_not_asked_for_at_all() -> None:
    assert list(filters.for_values(["|||"])) == []


def test_long_lists_are_cut_to_what_an_address_line_holds() -> None:
    values = [f"{'x' * 240}{number}" for number in range(60)]

    batches = list(filters.batches(values))

    assert [value for batch in batches for value in batch] == values
    assert all(sum(len(value) + 3 for value in batch) <= filters.MOST_CHARACTERS for batch in batches)


@pytest.mark.parametrize("letter", ["x", "ж", "語", "+"])
def test_an_address_line_is_short_enough_in_any_script(letter: str) -> None:
    values = [f"{letter * 60}{number}" for number in range(60)]

    lines = [str(httpx.URL("http://shop.test/", params={"filter[x]": one})) for one in filters.for_values(values)]

    assert max(len(line) for line in lines) <= filters.MOST_CHARACTERS + 100


def test_a_list_has_fifty_values_at_most() -> None:
    assert [len(batch) for batch in filters.batches([str(number) for number in range(120)])] == [50, 50, 20]


@given(st.lists(st.text(min_size=1), max_size=5))
def test_no_value_can_change_the_form_of_a_filter(values: list[str]) -> None:
    for text in filters.for_values(values):
        inner = text.removeprefix("%[").removesuffix("]%") if text.startswith("%") else text[1:-1]
        assert not set("[]%,<>\\") & set(inner)
