"""Names of people, whole and in parts."""

from __future__ import annotations

import pytest

from app.entities.person import joined, split


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [("Jean Paul", "Sartre", "Jean Paul Sartre"), (" Ann ", None, "Ann"), ("", "Lee", "Lee"), (None, "", None)],
)
def test_two_parts_are_one_name(first: str | None, last: str | None, whole: str | None) -> None:
    assert joined(first, last) == whole


@pytest.mark.parametrize(
    ("name", "first", "last", "expected"),
    [
        ("Jean Paul Sartre", None, None, ("Jean Paul", "Sartre")),
        ("Ann", None, None, ("Ann", "")),
        ("Anna van der Berg", "Anna", "van der Berg", ("Anna", "van der Berg")),
        ("Hanna van der Berg", "Anna", "van der Berg", ("Hanna", "van der Berg")),
        ("Anna Meyer Schmidt", "Anna", "van der Berg", ("Anna", "Meyer Schmidt")),
        ("Lee", "", "Lee", ("", "Lee")),
        ("", None, None, ("", "")),
    ],
)
def test_a_name_is_split_as_it_was_where_that_fits(
    name: str, first: str | None, last: str | None, expected: tuple[str, str]
) -> None:
    assert split(name, first, last) == expected
