"""The error table alone; `tests/contract` holds it against what real servers sent."""

from __future__ import annotations

import pytest

from app.connectors.odoo.errors import Fault, is_contention, shorten, translate, translate_bare
from app.errors import ActionRequired, AppError, NotFound, PeerDown, Rejected, Retryable

TABLE: tuple[tuple[str, str, type[AppError], str], ...] = (
    ("odoo.exceptions.AccessDenied", "Access Denied", ActionRequired, "bad_login"),
    ("odoo.exceptions.AccessError", "You are not allowed to modify", ActionRequired, "not_permitted"),
    ("odoo.exceptions.AccessError", "Access to unauthorized or invalid companies.", ActionRequired, "no_company"),
    (
        "odoo.exceptions.MissingError",
        "Record does not exist\n(Record: res.partner(9,), User: 2)",
        NotFound,
        "not_found",
    ),
    ("odoo.exceptions.MissingError", "gone\n(Record: res.users(9,), User: 9)", ActionRequired, "bad_login"),
    ("odoo.exceptions.MissingError", "gone\n(Record: res.users(9,), User: 2)", NotFound, "not_found"),
    ("odoo.exceptions.ValidationError", "Barcode(s) already assigned", Rejected, "refused"),
    ("odoo.exceptions.ValidationError", "Error, a partner cannot follow twice the same object.", Retryable, "busy"),
    (
        "odoo.exceptions.ValidationError",
        'duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"',
        Retryable,
        "busy",
    ),
    ("odoo.exceptions.UserError", "Object no.model doesn't exist", ActionRequired, "not_installed"),
    ("odoo.exceptions.UserError", "Invalid language code: fr_FR", ActionRequired, "bad_language"),
    ("builtins.AttributeError", "The method 'x' does not exist on the model 'y'", ActionRequired, "not_installed"),
    ("builtins.ValueError", "Invalid field 'x' on model 'y'", Rejected, "invalid"),
    ("builtins.KeyError", "x", Rejected, "invalid"),
    ("psycopg2.OperationalError", 'FATAL:  database "x" does not exist\n', ActionRequired, "wrong_database"),
    ("psycopg2.OperationalError", "server closed the connection unexpectedly", Retryable, "busy"),
    ("psycopg2.OperationalError", "could not serialize access due to concurrent update", Retryable, "busy"),
    ("psycopg2.pool.PoolError", "The Connection Pool Is Full", Retryable, "busy"),
    ("psycopg2.errors.InvalidTextRepresentation", "invalid input syntax", Rejected, "invalid"),
    ("odoo.addons.carrier.CarrierDown", "the carrier does not answer", Retryable, "unknown_fault"),
    ("", "", Retryable, "unknown_fault"),
)


@pytest.mark.parametrize(("name", "text", "means", "code"), TABLE)
def test_each_class_name_means_one_thing_to_do(name: str, text: str, means: type[AppError], code: str) -> None:
    error = translate(Fault(name=name, text=text), peer="erp", call="res.partner.write")

    assert (type(error), error.code) == (means, code)
    assert error.message.startswith("erp: res.partner.write: ")


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (200, Retryable),
        (400, Rejected),
        (401, ActionRequired),
        (403, ActionRequired),
        (404, ActionRequired),
        (413, Rejected),
        (500, Retryable),
        (502, Retryable),
        (503, PeerDown),
    ],
)
def test_an_answer_that_is_not_odoos_is_judged_by_its_status(status: int, means: type[AppError]) -> None:
    assert type(translate_bare(status, peer="erp", call="res.partner.read")) is means


def test_a_message_keeps_the_first_line_and_leaves_the_groups_and_the_traceback_out() -> None:
    text = "\nYou are not allowed to access 'Sales Order' records.\n\nThis operation is allowed for:\n\t- Sales"

    assert shorten(text) == "You are not allowed to access 'Sales Order' records."
    assert len(shorten("x" * 1000)) == 300


def test_a_lost_race_is_known_by_its_text_where_odoo_does_not_raise_it() -> None:
    assert is_contention("could not serialize access due to concurrent update\n")
    assert not is_contention("Value 'bogus' not found in selection field 'Address Type'")
