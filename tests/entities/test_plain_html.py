"""Descriptions between HTML and plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entities import plain_html

LINE = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=10)
TEXT = st.lists(st.one_of(LINE, st.just("")), max_size=8).map("\n".join).map(str.strip)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (None, None),
        ("", None),
        ("<p></p>", None),
        ("<p>&nbsp;</p>", None),
        ("Only text", "Only text"),
        ("<p>Short <b>bold</b> <i>slanted</i></p>", "Short bold slanted"),
        ("<p>One</p>\n<p>Two</p>", "One\n\nTwo"),
        ("<div><p>One</p></div><div><p>Two<br>Three<br/></p></div>", "One\n\nTwo\nThree"),
        ("<p>Of</p><ul>\n  <li>oak</li>\n  <li>ash</li>\n</ul>", "Of\n\noak\nash"),
        ("<p>a line\n   of source</p>", "a line of source"),
        ("<p>Caf&eacute; &amp; th&#233; &lt;3</p>", "Café & thé <3"),
        ("<style>p{}</style><p>x</p><script>y()</script>", "x"),
        ("<p>unclosed <b>tags", "unclosed tags"),
    ],
)
def test_what_is_read_of_html(html: str | None, text: str | None) -> None:
    assert plain_html.plain(html) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (None, None),
        ("", None),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("One\n\nTwo\nThree", "<p>One</p><p>Two<br />Three</p>"),
    ],
)
def test_what_is_made_of_text(text: str | None, html: str | None) -> None:
    assert plain_html.of_text(text) == html


@given(TEXT)
def test_text_comes_back_as_it_was(text: str) -> None:
    assert (plain_html.plain(plain_html.of_text(text)) or "") == text


def test_markup_is_kept_where_the_words_are_the_same() -> None:
    assert plain_html.kept("One\n\nTwo", "<h2>One</h2><div>Two</div>")
    assert not plain_html.kept("One Two", "<h2>One</h2><div>Two</div>")
    assert plain_html.kept(None, "<p></p>")
