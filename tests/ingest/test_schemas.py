"""What the webhook takes, what it refuses, and in which words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entities.base import Action, EntityType, NaturalKey
from app.errors import BadPayload
from app.ingest.schemas import Event, parse_envelope

CUSTOMER = {"email": "John@Example.com", "firstname": "John", "lastname": "Doe"}
ADDRESS = {"id_customer": 67, "alias": "Home", "address1": "123 Main St", "city": "New York"}
COUPON = {
    "code": "WELCOME10",
    "name": "Welcome",
    "reduction_percent": 10,
    "date_from": "2026-01-01",
    "date_to": "2026-12-31",
}
ORDER = {
    "id_customer": 2,
    "id_address_delivery": 5,
    "lines": [{"id_product": 8, "quantity": 2}],
    "total_paid": "30.80",
}


def body(entity_type: str = "customer", action: str = "updated", /, **data: Any) -> bytes:
    envelope = {"event_id": "odoo-1", "entity_type": entity_type, "action_type": action, "data": data}
    return json.dumps(envelope).encode()


def refusal(raw: bytes) -> BadPayload:
    with pytest.raises(BadPayload) as caught:
        parse_envelope(raw)
    return caught.value


def test_the_example_customer_becomes_an_event_with_its_id_apart() -> None:
    raw = (
        b'{"event_id":"odoo-customer-123-1699365000","entity_type":"customer","action_type":"updated",'
        b'"data":{"id":67,"email":"john@example.com","firstname":"John","lastname":"Doe","newsletter":true}}'
    )

    event = parse_envelope(raw)

    assert event == Event(
        event_id="odoo-customer-123-1699365000",
        entity_type=EntityType.CUSTOMER,
        action=Action.UPDATED,
        fields={"email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True},
        native_id="67",
        natural_key=NaturalKey(entity_type=EntityType.CUSTOMER, name="email", value="john@example.com"),
        notes=(),
        body_hash=event.body_hash,
    )
    assert event.entity_key == "67"


def test_the_example_order_takes_a_state_and_a_tracking_number() -> None:
    event = parse_envelope(body("order", id=1001, current_state=3, tracking_number="1Z999AA10"))

    assert event.fields == {"current_state": 3, "tracking_number": "1Z999AA10"}
    assert event.entity_key == "1001"


def test_the_example_address_without_a_country_says_what_will_be_used() -> None:
    event = parse_envelope(body("address", "created", **ADDRESS, postcode="10001"))

    assert event.notes == ("no country given: a new address gets the link's default country",)
    assert event.entity_key == "id_customer+alias:67 home"


def test_the_example_coupon_says_how_often_it_can_be_used() -> None:
    event = parse_envelope(body("coupon", "created", **COUPON))

    assert event.fields["reduction_percent"] == "10"
    assert event.fields["date_from"] == "2026-01-01 00:00:00"
    assert event.fields["date_to"] == "2026-12-31 23:59:59", "the last day counts in full"
    assert "1000000 times" in event.notes[0]
    assert event.entity_key == "code:welcome10"


def test_key_order_and_white_space_do_not_change_the_hash() -> None:
    one = parse_envelope(body(id=1, firstname="A", lastname="B"))
    other = parse_envelope(
        b'{ "data": {"lastname": "B", "id": 1,\n "firstname": "A"}, "action_type": "updated",'
        b' "event_id": "odoo-1", "entity_type": "customer"}'
    )

    assert one.body_hash == other.body_hash


def test_another_value_changes_the_hash() -> None:
    assert parse_envelope(body(id=1, note="a")).body_hash != parse_envelope(body(id=1, note="b")).body_hash


def test_unknown_fields_are_reported_and_not_refused() -> None:
    event = parse_envelope(body(id=1, active=True, x_studio="?"))

    assert event.fields == {"active": True}
    assert event.notes == ('unknown field "x_studio" was ignored',)


def test_a_thousand_unknown_fields_do_not_make_a_thousand_notes() -> None:
    event = parse_envelope(body(**{"id": 1} | {f"x_{number}": 1 for number in range(1000)}))

    assert len(event.notes) == 21
    assert event.notes[-1] == "980 more unknown fields were ignored"


def test_what_was_bought_cannot_be_changed_on_an_existing_order() -> None:
    event = parse_envelope(body("order", id=1, current_state="shipped", total_paid=3))

    assert event.fields == {"current_state": "shipped"}
    assert event.notes == ('"total_paid" of an existing order cannot be changed and was ignored',)


def test_a_new_order_may_come_with_its_handling() -> None:
    handling = {"current_state": 3, "tracking_number": "T-1", "note": "n", "message": "m", "message_private": True}

    event = parse_envelope(body("order", "created", **ORDER, **handling))

    assert event.notes == ()
    assert handling.items() <= event.fields.items()


def test_a_price_in_an_order_line_is_reported() -> None:
    lines = [{"product_id": "8", "product_quantity": "2", "price": 3}]

    event = parse_envelope(body("order", "created", **{**ORDER, "lines": lines}))

    assert event.fields["lines"] == [{"id_product": 8, "quantity": 2}]
    assert event.notes == ('unknown field "price" in lines was ignored',)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"odoo_reference": "S00042"}, "odoo_reference:s00042"),
        ({}, "event_id:odoo-1"),
    ],
)
def test_a_new_order_is_named_by_odoos_reference_or_by_its_event(data: dict[str, str], key: str) -> None:
    assert parse_envelope(body("order", "created", **ORDER, **data)).entity_key == key


@pytest.mark.parametrize(
    ("entity_type", "data", "key"),
    [
        ("customer", {"email": " John@Example.com "}, "email:john@example.com"),
        ("address", {"id_customer": "67", "alias": "Home "}, "id_customer+alias:67 home"),
        ("address", {"customer_email": "J@x.y", "alias": "At Home"}, "customer_email+alias:j@x.y at home"),
        ("coupon", {"code": "Welcome10"}, "code:welcome10"),
        ("order", {"reference": "XKBKNABJK"}, "reference:xkbknabjk"),
    ],
)
def test_an_update_without_an_id_goes_by_the_natural_key(entity_type: str, data: dict[str, str], key: str) -> None:
    assert parse_envelope(body(entity_type, **data)).entity_key == key


@pytest.mark.parametrize(
    ("entity_type", "data", "fields"),
    [
        (
            "customer",
            {"newsletter": 0, "optin": "1", "active": "true"},
            {"newsletter": False, "optin": True, "active": True},
        ),
        (
            "customer",
            {"company": False, "note": "", "birthday": False},
            {"company": None, "note": None, "birthday": None},
        ),
        ("customer", {"firstname": "  Jo "}, {"firstname": "Jo"}),
        ("customer", {"birthday": "1990-12-31 00:00:00"}, {"birthday": "1990-12-31"}),
        ("customer", {"birthday": "0000-00-00"}, {"birthday": None}),
        ("customer", {"groups": [{"id": "4"}, 3, "3"]}, {"groups": [3, 4]}),
        ("customer", {"id_lang": "fr", "id_gender": "0"}, {"id_lang": "fr", "id_gender": None}),
        ("address", {"postcode": 10001, "phone": 5550100}, {"postcode": "10001", "phone": "5550100"}),
        ("address", {"country": "US", "state": "NY"}, {"id_country": "US", "id_state": "NY"}),
        ("address", {"id_country": "21", "id_state": 0}, {"id_country": 21, "id_state": None}),
        ("coupon", {"reduction_amount": "12.50"}, {"reduction_amount": "12.5"}),
        ("coupon", {"reduction_amount": 49.900000000000006}, {"reduction_amount": "49.9"}),
        ("coupon", {"reduction_percent": 33.3333}, {"reduction_percent": "33.33"}),
        (
            "coupon",
            {"reduction_percent": 100, "reduction_amount": 0},
            {"reduction_percent": "100", "reduction_amount": "0"},
        ),
        ("coupon", {"date_from": "2026-01-01 10:30"}, {"date_from": "2026-01-01 10:30:00"}),
        ("coupon", {"date_from": "2026-01-01T10:30:00.000000"}, {"date_from": "2026-01-01 10:30:00"}),
        ("coupon", {"date_from": "2026-01-01T10:30:00Z"}, {"date_from": "2026-01-01T10:30:00+00:00"}),
        ("coupon", {"date_to": "2026-01-01T01:30:00+02:00"}, {"date_to": "2025-12-31T23:30:00+00:00"}),
        ("coupon", {"name": {"FR": "Dix", "1": "Ten"}}, {"name": {"fr": "Dix", "1": "Ten"}}),
        ("order", {"current_state": "3"}, {"current_state": 3}),
        (
            "order",
            {"message": "Left at the door", "message_private": "0"},
            {"message": "Left at the door", "message_private": False},
        ),
    ],
)
def test_the_variants_people_and_odoo_send_become_one_form(
    entity_type: str, data: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert parse_envelope(body(entity_type, id=1, **data)).fields == fields


@pytest.mark.parametrize(
    ("raw", "field", "words"),
    [
        (b"", None, "not JSON"),
        (b"{", None, "not JSON in UTF-8"),
        (b'{"event_id": "\xff"}', None, "not JSON in UTF-8"),
        (b"[]", None, "must be a JSON object"),
        (b'"text"', None, "must be a JSON object"),
        (b"[" * 5000, None, "depth"),
        (b'{"x": ' + b"[" * 300 + b"]" * 300 + b"}", None, "nested too deeply"),
        (b"{}", "event_id", "event_id is missing"),
        (b'{"event_id": 5}', "event_id", "must be text"),
        (b'{"event_id": ""}', "event_id", "1 to 200"),
        (b'{"event_id": "' + b"e" * 201 + b'"}', "event_id", "1 to 200"),
        (b'{"event_id": "e"}', "entity_type", "one of: customer, address, order, coupon"),
        (
            b'{"event_id": "e", "entity_type": "custmer"}',
            "entity_type",
            '"custmer" is not known; one of: customer',
        ),
        (b'{"event_id": "e", "entity_type": ["customer"]}', "entity_type", "is not known"),
        (b'{"event_id": "e", "entity_type": "customer"}', "action_type", "one of: created, updated"),
        (
            b'{"event_id": "e", "entity_type": "customer", "action_type": "upserted"}',
            "action_type",
            '"upserted"',
        ),
        (
            b'{"event_id": "e", "entity_type": "customer", "action_type": "deleted"}',
            "action_type",
            "deletes nothing",
        ),
        (
            b'{"event_id": "e", "entity_type": "customer", "action_type": "updated"}',
            "data",
            "data is missing",
        ),
        (
            b'{"event_id": "e", "entity_type": "customer", "action_type": "updated", "data": []}',
            "data",
            "JSON object",
        ),
        (b'{"event_id": "a\\u0000b"}', "event_id", "NUL character"),
        (body(id=1, note={"deep": ["a\x00b"]}), "data.note.deep.0", "NUL character"),
        (body(**{"id": 1, "na\x00me": 1}), None, "NUL character"),
        (body(firstname="Jo"), "data.id", "its email"),
        (body("address", city="Paris"), "data.id", "id_customer (or customer_email) and alias"),
        (body("order", current_state=3), "data.id", "its reference"),
        (body(id=0), "data.id", "must be an id"),
        (body(id="sixty"), "data.id", "must be an id"),
        (body(id=1.5), "data.id", "must be an id"),
        (body(id=True), "data.id", "must be an id"),
        (body(id=4_294_967_296), "data.id", "must be an id"),
        (body(id="²"), "data.id", "must be an id"),
        (body(id=1, newsletter="yes"), "data.newsletter", "must be true or false"),
        (body(id=1, newsletter=1.0), "data.newsletter", "must be true or false"),
        (body(id=1, firstname=5), "data.firstname", "must be text"),
        (body(id=1, lastname=False), "data.lastname", "must not be empty"),
        (body(id=1, email="nobody"), "data.email", "e-mail address"),
        (body(id=1, email="no body@x.y"), "data.email", "e-mail address"),
        (body(id=1, company="c" * 256), "data.company", "is 256 characters long; the shop takes 255"),
        (body(id=1, birthday="31/12/1990"), "data.birthday", "must be a date"),
        (body(id=1, birthday="1990-02-30"), "data.birthday", "must be a date"),
        (body(id=1, groups=[]), "data.groups", "one or more group ids"),
        (body("customer", "created", email="a@b.c"), "data.firstname", "lacks firstname, lastname"),
        (
            body("address", "created", alias="Home"),
            "data.id_customer",
            "lacks id_customer or customer_email, address1",
        ),
        (body("address", id=1, country="FR", id_country=8), "data.country", "send one"),
        (
            body("coupon", "created", **{**COUPON, "reduction_percent": 0}),
            "data.reduction_percent",
            "needs a reduction",
        ),
        (
            body("coupon", "created", **COUPON, reduction_amount=5),
            "data.reduction_amount",
            "takes one of them",
        ),
        (body("coupon", id=1, reduction_percent=100.5), "data.reduction_percent", "100 or less"),
        (body("coupon", id=1, reduction_percent=-1), "data.reduction_percent", "not be negative"),
        (body("coupon", id=1, reduction_amount="1,5"), "data.reduction_amount", "with a dot"),
        (body("coupon", id=1, reduction_amount=1e14), "data.reduction_amount", "too large"),
        (
            body("coupon", id=1, date_from="2026-02-01", date_to="2026-01-31"),
            "data.date_to",
            "before date_from",
        ),
        (
            body("coupon", id=1, date_from="9999-12-31T23:59:59-10:00"),
            "data.date_from",
            "must be a date or time",
        ),
        (body("coupon", id=1, date_from="0001-01-01"), "data.date_from", "must be a date or time"),
        (body("coupon", id=1, name={}), "data.name", "each language"),
        (body("coupon", id=1, name={"fr": ""}), "data.name", "each language"),
        (body("order", "created", **{**ORDER, "lines": []}), "data.lines", "must not be empty"),
        (
            body("order", "created", **{**ORDER, "lines": [{"quantity": 1}]}),
            "data.lines.0.id_product",
            "is missing",
        ),
        (
            body("order", "created", **{**ORDER, "lines": [{"id_product": 1, "quantity": 0}]}),
            "data.lines.0.quantity",
            "1 or more",
        ),
        (body("order", "created", **{**ORDER, "lines": ["mug"]}), "data.lines.0", "must be an object"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_with_the_field_and_the_reason(
    raw: bytes, field: str | None, words: str
) -> None:
    error = refusal(raw)

    assert error.field == field
    assert words in error.message


def test_everything_wrong_is_said_at_once() -> None:
    error = refusal(body(id="x", email="y", active="z"))

    assert error.field == "data.id"
    assert all(f"data.{name} must be" in error.message for name in ("id", "email", "active"))


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    event = parse_envelope(
        b'{"event_id":"e","entity_type":"customer","action_type":"updated","data":{"id":1,"note":"\\\\u0000"}}'
    )

    assert event.fields["note"] == "\\u0000"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "id",
        "email",
        "firstname",
        "active",
        "groups",
        "birthday",
        "id_country",
        "state",
        "postcode",
        "lines",
        "code",
        "name",
        "reduction_percent",
        "reduction_amount",
        "date_from",
        "date_to",
        "current_state",
        "total_paid",
    ]
)


def only_event_or_refusal(raw: bytes) -> None:
    try:
        event = parse_envelope(raw)
    except BadPayload:
        return
    assert event.entity_key
    json.dumps(event.fields, allow_nan=False)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_event_or_a_refusal(raw: bytes) -> None:
    only_event_or_refusal(raw)


@given(
    entity_type=st.sampled_from(["customer", "address", "order", "coupon"]),
    action=st.sampled_from(["created", "updated"]),
    data=st.dictionaries(NAMES, JSON_VALUES | st.text(alphabet="0123456789.-: TZ+", max_size=25), max_size=6),
)
def test_any_data_is_an_event_or_a_refusal(entity_type: str, action: str, data: dict[str, Any]) -> None:
    only_event_or_refusal(body(entity_type, action, **data))


@given(
    base=st.sampled_from([("customer", CUSTOMER), ("address", ADDRESS), ("order", ORDER), ("coupon", COUPON)]),
    name=NAMES,
    value=JSON_VALUES,
)
def test_one_odd_field_in_a_good_event_is_taken_or_refused(
    base: tuple[str, dict[str, Any]], name: str, value: Any
) -> None:
    only_event_or_refusal(body(base[0], "created", **{**base[1], name: value}))
