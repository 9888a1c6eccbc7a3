"""Texts of a PrestaShop's catalogue."""

from __future__ import annotations

import pytest

from app.connectors.prestashop.catalog_texts import slug


@pytest.mark.parametrize(
    ("name", "made"),
    [("Blue Mug", "blue-mug"), ("Blåbärs-Mugg Ø12", "blabars-mugg-12"), ("50% off!", "50-off"), ("椅子", "")],
)
def test_a_slug_has_letters_and_digits_only(name: str, made: str) -> None:
    assert slug(name) == made
