"""A whole name in the shop's two parts, and back."""

from __future__ import annotations

import pytest

from app.connectors.prestashop import names
from app.entities.base import State
from app.errors import Rejected
from app.sandbox.prestashop.validators import is_valid

SARTRE: State = {"firstname": "Jean", "lastname": "Paul Sartre"}


@pytest.mark.parametrize(
    ("base", "name", "parts"),
    [
        ({}, "John Doe", ("John", "Doe")),
        ({}, "Ana Maria Souza", ("Ana Maria", "Souza")),
        ({}, "Madonna", ("Madonna", "-")),
        ({}, "  John   Doe ", ("John", "Doe")),
        (SARTRE, "Jean Paul Sartre", ("Jean", "Paul Sartre")),
        (SARTRE, "Pierre Paul Sartre", ("Pierre", "Paul Sartre")),
        (SARTRE, "Jean de Beauvoir", ("Jean", "de Beauvoir")),
        (SARTRE, "Simone de Beauvoir", ("Simone de", "Beauvoir")),
        ({"firstname": "Madonna", "lastname": "-"}, "Madonna", ("Madonna", "-")),
        ({"firstname": "Madonna", "lastname": "-"}, "Madonna Ciccone", ("Madonna", "Ciccone")),
        ({}, "王小明", ("王小明", "-")),
        ({"firstname": "J.R.", "lastname": "Ewing 2"}, "J.R. Ewing 2", ("J.R.", "Ewing 2")),
    ],
)
def test_a_name_is_split_as_it_was_where_that_still_fits(base: State, name: str, parts: tuple[str, str]) -> None:
    state, notes = names.of_customer(name, base)

    assert (state["firstname"], state["lastname"]) == parts
    assert notes == ()
    assert names.joined(state) == " ".join(name.split())


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("R2D2 Droid 9", "R D Droid"),
        ("ACME 24", "ACME"),
        ("Smith, Jr.", "Smith Jr."),
        ("J.R. Ewing", "J. R. Ewing"),
        ("Miller (Berlin)", "Miller Berlin"),
        ("Miller / Meier", "Miller Meier"),
        ("http://x.test", "http x. test"),
    ],
)
def test_what_the_shop_refuses_in_a_name_is_left_out_with_a_note(name: str, taken: str) -> None:
    state, notes = names.of_customer(name, {})

    assert names.joined(state) == taken
    assert notes == (f'name: the shop takes "{taken}" only',)
    assert all(is_valid("isCustomerName", str(part)) for part in state.values())


def test_a_name_that_was_shortened_is_no_change_the_next_time() -> None:
    base, _ = names.of_customer("ACME 24", {})

    assert names.of_customer("ACME 24", base)[0] == base


@pytest.mark.parametrize("name", ["123", "-", "?!", "", None])
def test_a_name_without_letters_is_refused(name: str | None) -> None:
    with pytest.raises(Rejected) as refused:
        names.of_customer(name, {})

    assert refused.value.field == "name"


def test_an_address_takes_some_signs_that_a_customer_does_not() -> None:
    state, notes = names.of_address("Miller/Meier J.R.", {})

    assert (state, notes) == ({"firstname": "Miller/Meier", "lastname": "J.R."}, ())
    assert all(is_valid("isName", str(part)) for part in state.values())
