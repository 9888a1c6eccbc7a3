"""Values of the shop in canonical form."""

from __future__ import annotations

import pytest

from app.connectors.base import Snapshot
from app.connectors.prestashop.fields import Kind, as_str, from_shop
from app.entities.base import Json
from tests.connectors.prestashop.boutique import Boutique


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\x00b", "ab"),
        ("\x00", None),
        ("a\ud800b", "ab"),
        ("\U0001f600\x0b", "\U0001f600\x0b"),
        ("a\r\nb\rc", "a\nb\nc"),
        (False, None),
        (7, "7"),
    ],
)
def test_text_has_nothing_in_it_that_our_database_cannot_hold(value: Json, text: str | None) -> None:
    assert as_str(value) == text


def test_neither_have_texts_in_several_languages() -> None:
    row: dict[str, Json] = {"name": [{"id": "1", "value": "a\x00b"}], "birthday": "1990-01-02\x00"}

    state = from_shop(row, {"name": Kind.TEXTS, "birthday": Kind.DAY})

    assert state == {"name": {"1": "ab"}, "birthday": "1990-01-02"}


async def test_a_record_with_such_a_character_is_read_without_it(shop: Boutique) -> None:
    shop.sandbox.edit("customers", 67, company="a\x00b")

    snapshot = await shop.state("customer", 67)

    assert isinstance(snapshot, Snapshot)
    assert snapshot.state["company"] == "ab"
