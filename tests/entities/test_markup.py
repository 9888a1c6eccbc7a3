"""Markup that no editor writes: what a browser shows of it, and in how many steps."""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from app.connectors.odoo.values import html_to_text
from app.entities import plain_html

UNENDING = ["<!--", "<a ", "</", "<!", "<?", "<script>", "&#", "<a b='", "<", "<![", "<p", "<p/", "&", "</a <", "<![a["]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<![foo", None),
        ("a<![endi]>b", "ab"),
        ("<p>a</p><![if !supportLists]>b<![endif]>", "a\n\nb"),
        ("a<!-- b", "a"),
        ("a <b", "a"),
        ("a <", "a <"),
        ("1 < 2 > 0 &amp", "1 < 2 > 0 &"),
        ("<script>a</b", None),
        ("<p>a</p", "a"),
    ],
)
def test_what_never_ends_is_not_shown_and_fails_nobody(markup: str, shown: str | None) -> None:
    assert plain_html.plain(markup) == shown
    assert html_to_text(markup) == (shown and shown.replace("\n\n", "\n"))


@pytest.mark.parametrize("piece", UNENDING)
def test_twice_the_markup_takes_no_more_than_twice_the_steps(piece: str) -> None:
    for ending in ("", ">", "'>", "-->", "]]>"):
        once, twice = (_steps(piece * length + ending) for length in (300, 600))

        assert twice < 2.5 * once + 200, (piece, ending)


def _steps(markup: str) -> int:
    """Calls and lines of Python while it is read."""
    steps = 0

    def count(frame: FrameType, event: str, arg: object) -> object:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)  # type: ignore[arg-type]  # it gives itself back
    try:
        plain_html.plain(markup)
    finally:
        sys.settrace(before)
    return steps
