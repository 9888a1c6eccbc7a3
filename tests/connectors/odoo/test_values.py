"""What Odoo reads and writes, in canonical values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.odoo.moments import from_odoo_moment, is_odoo_moment, iso_of, to_odoo_moment
from app.connectors.odoo.values import (
    amount_of,
    html_to_text,
    id_of,
    ids_of,
    many2one_for,
    number_of,
    ref_of,
    text_of,
    text_to_html,
)
from app.entities.base import Json
from app.errors import BadPayload


@pytest.mark.parametrize(
    ("said", "means"),
    [(False, None), ("", None), ("  ", None), (None, None), (" a ", "a"), ("a\r\nb", "a\nb"), (75001, "75001")],
)
def test_false_and_an_empty_text_are_both_nothing(said: Json, means: str | None) -> None:
    assert text_of(said) == means


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (19.990000000000002, "19.99"),
        (96.60000000000001, "96.6"),
        (0.0, "0"),
        (-0.0, "0"),
        (100.0, "100"),
        (100, "100"),
        (False, "0"),
        (1e-05, "0.00001"),
        (1e16, "10000000000000000"),
        ("12.50", "12.5"),
    ],
)
def test_a_float_loses_its_noise_and_its_zeros(said: Json, means: str) -> None:
    assert amount_of(said) == means


def test_amounts_are_rounded_half_up_to_the_places_asked_for() -> None:
    assert amount_of(3.335, places=2) == "3.34"
    assert amount_of(12.5, places=0) == "13"
    assert number_of("12.5") == 12.5


@pytest.mark.parametrize("said", ["12,50", [], {}, "nan"])
def test_what_is_no_number_is_refused_and_not_taken_for_zero(said: Json) -> None:
    with pytest.raises(BadPayload):
        amount_of(said)


def test_ids_are_read_in_every_form_odoo_gives_them() -> None:
    forms: list[Json] = [233, [233, "United States"], False, None, True, 0]

    assert [id_of(said) for said in forms] == [233, 233, None, None, None, None]
    assert ids_of([3, 1]) == [3, 1]
    assert ids_of(False) == []
    assert (ref_of([7, "Acme"]), ref_of(False)) == ("7", None)


def test_a_many2one_is_written_as_an_int_or_false_and_nothing_else() -> None:
    right: list[Json] = ["67", 67, None, False]
    wrongs: list[Json] = [True, "US", "0", 0, -1, "base.us", [233, "United States"]]

    assert [many2one_for(native_id) for native_id in right] == [67, 67, False, False]
    for wrong in wrongs:
        with pytest.raises(BadPayload):
            many2one_for(wrong)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Hello</p>", "Hello"),
        ("<p><br></p>", None),
        (False, None),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<p>a</p><p><br/></p><p>b</p>", "a\n\nb"),
        ("<p>a<br>b<br></p><p>c</p>", "a\nb\nc"),
        ("<div>\n  <ul>\n <li>one</li>\n <li>two &amp; <b>three</b></li></ul></div>", "one\ntwo & three"),
        ("plain", "plain"),
        ("<p>a</p><script>alert(1)</script>", "a"),
    ],
)
def test_html_is_read_as_a_person_sees_it(markup: Json, text: str | None) -> None:
    assert html_to_text(markup) == text


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LINES = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\xa0\u2028\u2029"), max_size=20)


# The first draw of a text builds the table of all characters, which is slow on a cold machine.
@given(st.lists(LINES, max_size=4).map("\n".join))
def test_text_comes_back_from_html_as_it_was(text: str) -> None:
    wanted = text_of(text)

    assert html_to_text(text_to_html(wanted)) == wanted


def test_moments_are_naive_utc_with_a_blank_and_whole_seconds() -> None:
    paris = datetime(2026, 1, 2, 4, 4, 5, 999999, tzinfo=timezone(timedelta(hours=1)))

    assert to_odoo_moment(paris) == "2026-01-02 03:04:05"
    assert to_odoo_moment("2026-01-02T03:04:05Z") == "2026-01-02 03:04:05"
    assert from_odoo_moment("2026-01-02 03:04:05") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert iso_of("2026-01-02 03:04:05") == "2026-01-02T03:04:05+00:00"
    assert iso_of(False) is None
    assert to_odoo_moment(iso_of("2026-01-02 03:04:05") or "") == "2026-01-02 03:04:05"


def test_a_moment_without_a_zone_and_a_text_that_is_none_are_refused() -> None:
    for wrong in ("2026-01-02 03:04:05", "tomorrow", NOON.replace(tzinfo=None)):
        with pytest.raises(BadPayload):
            to_odoo_moment(wrong)
    with pytest.raises(BadPayload):
        from_odoo_moment("soon")


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("2026-01-02 03:04:05", True),
        ("2026-01-02", True),
        (False, True),
        ("2026-01-02T03:04:05", False),
        ("2026-01-02 03:04:05Z", False),
        ("2026-01-02 03:04:05+00:00", False),
        ("2026-01-02 03:04:05.123456", False),
        (1767323045, False),
    ],
)
def test_only_the_forms_that_odoo_took_when_asked_count_as_its_moments(value: Json, taken: bool) -> None:
    assert is_odoo_moment(value) is taken
