"""Each way in which Odoo says one thing and has done another, over each wire it can come by."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.connectors.odoo.client import OdooClient, Protocol, Row
from app.connectors.odoo.moments import iso_of, to_odoo_moment
from app.connectors.odoo.values import text_of
from app.entities.base import Json
from app.errors import ActionRequired, BadPayload, NotFound, Rejected, Retryable
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.faults import OdooError, validation_error
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, Recorder, open_odoo
from tests.connectors.odoo.wires import (
    BY_WIRE,
    ON_EVERY_WIRE,
    WITHOUT_VALUE,
    LosesAnswers,
    client_answered,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def opened(version: int, protocol: str, **options: Any) -> tuple[OdooClient, Recorder, Database]:
    db = seeded(version=version, api_key=KEY)
    connector, recorder = open_odoo(db=db, protocol=protocol, **options)
    return connector.client, recorder, db


def order_in(db: Database, **values: object) -> int:
    return db.add("sale.order", {"name": "S1", "partner_id": 7, "state": "draft", **values})


@ON_EVERY_WIRE
async def test_a_method_that_answers_nothing_was_carried_out(version: int, protocol: Protocol) -> None:
    client, _, db = opened(version, protocol)
    order = order_in(db)

    assert await client.run_action("sale.order", "action_lock", [order]) is None

    assert db.tables["sale.order"][order]["locked"] is True


@BY_WIRE
async def test_no_answer_to_a_question_is_not_taken_for_an_empty_one(protocol: Protocol) -> None:
    """Else a record would count as deleted because its answer could not be written down."""
    client = client_answered(protocol, WITHOUT_VALUE)

    with pytest.raises(Retryable, match="without a list"):
        await client.read("res.partner", [7], ["name"])
    with pytest.raises(Retryable, match="without a list"):
        await client.search("res.partner", [])


@pytest.mark.parametrize(("version", "protocol"), [(17, "jsonrpc"), (17, "xmlrpc")])
async def test_an_action_that_asks_for_a_wizard_did_nothing_and_says_so(version: int, protocol: Protocol) -> None:
    client, _, db = opened(version, protocol)
    order = order_in(db, state="sale")

    with pytest.raises(Rejected, match=r"sale\.order\.cancel") as raised:
        await client.run_action("sale.order", "action_cancel", [order])

    assert raised.value.code == "wizard"
    assert db.tables["sale.order"][order]["state"] == "sale"
    await client.run_action("sale.order", "action_cancel", [order], context={"disable_cancel_warning": True})
    assert db.tables["sale.order"][order]["state"] == "cancel"


@BY_WIRE
async def test_an_action_that_is_done_and_opens_a_window_is_no_wizard_where_that_is_known(protocol: Protocol) -> None:
    window = {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": 5}
    client = client_answered(protocol, window)

    done = await client.run_action("sale.advance.payment.inv", "create_invoices", [1], done_by_dict=True)

    assert done == window


async def test_an_action_on_no_record_is_refused_because_odoo_would_answer_true() -> None:
    client, recorder, _ = opened(17, "jsonrpc")

    with pytest.raises(BadPayload):
        await client.run_action("sale.order", "action_confirm", [])

    assert recorder.requests == []


@ON_EVERY_WIRE
@pytest.mark.parametrize("wrong", ["US", "233", "base.us", True, [233, "United States"], 0, 1.5])
async def test_a_many2one_that_odoo_would_store_as_null_is_refused_before_it_is_sent(
    version: int, protocol: Protocol, wrong: Json
) -> None:
    client, _, db = opened(version, protocol)

    with pytest.raises(BadPayload, match="country_id takes the id of a record") as raised:
        await client.write("res.partner", [7], {"country_id": wrong})
    with pytest.raises(BadPayload):
        await client.create("res.partner", [{"name": "Ann", "country_id": wrong}])

    assert raised.value.field == "country_id"
    assert db.tables["res.partner"][7]["country_id"] == 233


@ON_EVERY_WIRE
async def test_a_many2one_takes_an_id_and_is_emptied_by_false(version: int, protocol: Protocol) -> None:
    client, _, db = opened(version, protocol)
    values: list[tuple[Json, Json]] = [(75, 75), (False, False), (233, 233), (None, False)]

    for given, kept in values:
        await client.write("res.partner", [7], {"country_id": given})
        assert db.tables["res.partner"][7]["country_id"] == kept


async def test_a_many2one_inside_a_line_is_refused_as_well() -> None:
    client, _, db = opened(17, "jsonrpc")
    order = order_in(db)
    line: Row = {"product_id": [5, "T-Shirt"], "product_uom_qty": 1}

    with pytest.raises(BadPayload, match="product_id takes the id"):
        await client.write("sale.order", [order], {"order_line": [[0, 0, line]]})
    with pytest.raises(BadPayload, match="product_id takes the id"):
        await client.create("sale.order", [{"partner_id": 7, "order_line": [[0, 0, line]]}])


@ON_EVERY_WIRE
@pytest.mark.parametrize("wrong", ["2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-01-02 03:04:05.123456"])
async def test_a_moment_in_a_form_that_odoo_does_not_take_is_refused_before_it_is_sent(
    version: int, protocol: Protocol, wrong: str
) -> None:
    client, _, db = opened(version, protocol)
    order = order_in(db)

    with pytest.raises(BadPayload, match="date_order takes a moment in UTC like 2026-01-02 03:04:05"):
        await client.write("sale.order", [order], {"date_order": wrong})


@ON_EVERY_WIRE
async def test_a_moment_comes_back_as_it_was_written(version: int, protocol: Protocol) -> None:
    client, _, db = opened(version, protocol)
    order = order_in(db)

    await client.write("sale.order", [order], {"date_order": to_odoo_moment("2026-01-02T04:04:05+01:00")})

    [row] = await client.read("sale.order", [order], ["date_order"])
    assert iso_of(row["date_order"]) == "2026-01-02T03:04:05+00:00"


@ON_EVERY_WIRE
async def test_false_and_an_empty_text_read_alike(version: int, protocol: Protocol) -> None:
    client, _, _ = opened(version, protocol)
    await client.write("res.partner", [7], {"street2": "", "vat": False})

    [row] = await client.read("res.partner", [7], ["street2", "vat"])

    assert (row["street2"], row["vat"]) == ("", False)
    assert (text_of(row["street2"]), text_of(row["vat"])) == (None, None)


@ON_EVERY_WIRE
async def test_a_create_whose_answer_was_lost_is_found_again_by_its_marker(version: int, protocol: Protocol) -> None:
    """The server commits, the answer never comes, and the retry by `load` makes no second record."""
    db = seeded(version=version, api_key=KEY)
    recorder = LosesAnswers(db)
    client = open_odoo(db=db, protocol=protocol, transport=recorder)[0].client
    fields, rows = ["id", "name"], [["boutique.customer_67", "Ann"]]
    recorder.lose = "boutique.customer_67"

    with pytest.raises(Retryable, match="may have been carried out") as raised:
        await client.load("res.partner", fields, rows)
    [again] = await client.load("res.partner", fields, rows)

    assert raised.value.code == "timeout"
    assert await client.search("res.partner", [["name", "=", "Ann"]]) == [again]
    assert await client.find_marker("boutique.customer_67") == again


@BY_WIRE
async def test_the_losers_of_a_race_for_one_marker_try_again(protocol: Protocol) -> None:
    lost = "could not serialize access due to concurrent update\n"
    row = {"rows": {"from": 0, "to": 0}, "record": 0, "type": "error", "message": lost}
    client = client_answered(protocol, {"ids": False, "messages": [row], "nextrow": 0})

    with pytest.raises(Retryable) as raised:
        await client.load("res.partner", ["id", "name"], [["boutique.customer_1", "Ann"]])

    assert raised.value.code == "busy"


@ON_EVERY_WIRE
@pytest.mark.parametrize(
    "race",
    [
        validation_error("The operation cannot be completed: Error, a partner cannot follow twice the same object."),
        validation_error(
            "The operation cannot be completed: duplicate key value violates unique constraint "
            '"ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)=(woo, order_1001) already exists.\n'
        ),
        OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update"),
        OdooError("psycopg2.pool.PoolError", "The Connection Pool Is Full"),
    ],
    ids=["follower", "external id", "serialization", "pool"],
)
async def test_a_lost_race_that_looks_final_is_tried_again(version: int, protocol: Protocol, race: OdooError) -> None:
    client, _, db = opened(version, protocol)
    await client.fields("res.partner")
    db.trouble = [race]

    with pytest.raises(Retryable):
        await client.write("res.partner", [7], {"phone": "1"})

    await client.write("res.partner", [7], {"phone": "1"})


@ON_EVERY_WIRE
async def test_a_refusal_of_the_content_is_final(version: int, protocol: Protocol) -> None:
    client, _, _ = opened(version, protocol)

    with pytest.raises(Rejected) as raised:
        await client.create("res.partner", [{"email": "x"}])

    assert (type(raised.value), raised.value.code) == (Rejected, "refused")


@ON_EVERY_WIRE
async def test_a_page_instead_of_an_answer_is_tried_again(version: int, protocol: Protocol) -> None:
    client, _, db = opened(version, protocol)
    await client.search("res.partner", [])
    db.trouble = ["html"]

    with pytest.raises(Retryable):
        await client.search("res.partner", [])


@ON_EVERY_WIRE
async def test_what_is_missing_is_told_from_what_is_refused(version: int, protocol: Protocol) -> None:
    client, _, _ = opened(version, protocol)
    limited, _, _ = opened(version, protocol, username="limited", api_key=f"{KEY}-limited")

    with pytest.raises(NotFound):
        await client.write("res.partner", [999999], {"phone": "1"})
    with pytest.raises(ActionRequired) as raised:
        await limited.write("res.partner", [7], {"phone": "1"})
    assert raised.value.code == "not_permitted"


@pytest.mark.parametrize("protocol", ["json2", "jsonrpc", "xmlrpc"])
async def test_a_language_that_is_not_active_asks_for_a_person_with_what_to_do(protocol: Protocol) -> None:
    client, _, _ = opened(19, protocol, lang="fr_FR")

    with pytest.raises(ActionRequired, match="activate the language in Odoo") as raised:
        await client.read("res.partner", [7], ["name"])

    assert raised.value.code == "bad_language"


@ON_EVERY_WIRE
async def test_a_marker_is_found_by_users_without_settings_rights_and_when_archived(
    version: int, protocol: Protocol
) -> None:
    client, _, db = opened(version, protocol)
    [ann, bob] = await client.load(
        "res.partner", ["id", "name"], [["boutique.customer_1", "Ann"], ["boutique.customer_2", "Bob"]]
    )
    await client.write("res.partner", [bob], {"active": False})
    limited = open_odoo(db=db, protocol=protocol, username="limited", api_key=f"{KEY}-limited")[0].client

    markers = ["boutique.customer_1", "boutique.customer_2", "boutique.customer_3"]

    assert await limited.find_markers(markers) == dict(zip(markers, (ann, bob, None), strict=True))
    assert await limited.markers_of("res.partner", [ann, bob, 7]) == {
        ann: "boutique.customer_1",
        bob: "boutique.customer_2",
    }
    assert await limited.markers_of("res.partner", []) == {}


@BY_WIRE
@pytest.mark.parametrize("answer", [{"ids": "a.b"}, {"7.5": "a.b"}, [], "a.b", 7])
async def test_external_ids_of_nobody_are_no_answer(protocol: Protocol, answer: object) -> None:
    client = client_answered(protocol, answer)

    with pytest.raises(Retryable, match="without ids"):
        await client.markers_of("res.partner", [7])


@ON_EVERY_WIRE
async def test_many_markers_cost_one_call_where_the_user_may_search_them(version: int, protocol: Protocol) -> None:
    client, recorder, db = opened(version, protocol)
    limited, watched = open_odoo(db=db, protocol=protocol, username="limited", api_key=f"{KEY}-limited")
    rows = [[f"boutique.customer_{number}", f"Ann {number}"] for number in range(5)]
    ids = await client.load("res.partner", ["id", "name"], [*rows, ["other.customer_9", "Bob"]])
    wanted = [*(row[0] for row in rows), "boutique.customer_9"]
    before = len(recorder.requests)

    found = await client.find_markers(wanted)

    assert found == dict(zip(wanted, [*ids[:5], None], strict=True))
    assert len(recorder.requests) - before == (1 if version > 14 else 2), "14 searches, then reads"
    assert await limited.client.find_markers(wanted) == found
    before = len(watched.requests)
    assert await limited.client.find_markers(wanted) == found
    assert len(watched.requests) - before == len(wanted), "what was refused once is not asked again"


@ON_EVERY_WIRE
async def test_archived_records_are_shown_where_the_context_asks_for_them(version: int, protocol: Protocol) -> None:
    client, _, _ = opened(version, protocol)
    named: list[Json] = [["name", "=", "Archived Co"]]
    shown: dict[str, Json] = {"active_test": False}

    assert await client.search("res.partner", named) == []
    assert await client.search("res.partner", named, context=shown) == [15]
    assert await client.search_read("res.partner", named, ["name"]) == []
    assert await client.search_read("res.partner", named, ["name"], context=shown) == [
        {"id": 15, "name": "Archived Co"}
    ]


@BY_WIRE
async def test_a_load_says_that_its_moments_are_utc(protocol: Protocol) -> None:
    """`load` reads datetimes in the zone of the context, else in the user's own."""
    client, recorder, _ = opened(19, protocol)

    await client.load("res.partner", ["id", "name"], [["boutique.customer_1", "Ann"]])

    sent = recorder.requests[-1].content.decode()
    assert "<name>tz</name>\n<value><string>UTC</string>" in sent if protocol == "xmlrpc" else '"tz":"UTC"' in sent


@ON_EVERY_WIRE
async def test_the_fields_of_a_model_are_asked_once_however_many_want_them(version: int, protocol: Protocol) -> None:
    client, recorder, _ = opened(version, protocol)
    await client.search("res.partner", [])
    before = len(recorder.requests)

    await asyncio.gather(*(client.has_field("res.partner", "email") for _ in range(8)))
    fields = await client.fields("res.partner")

    assert len(recorder.requests) - before == 1
    assert (fields["country_id"].type, fields["country_id"].relation) == ("many2one", "res.country")
    assert fields["type"].selection[:2] == ("contact", "invoice")
    assert fields["name"].label == "Name"
    assert fields["write_date"].readonly
    assert await client.has_field("res.partner", "mobile") is (version < 19)


async def test_the_fields_are_asked_again_after_a_quarter_of_an_hour_and_after_a_failure() -> None:
    moments = [NOON]
    db = seeded(version=17, api_key=KEY)
    connector, recorder = open_odoo(db=db, now=lambda: moments[-1])
    await connector.client.search("res.partner", [])
    db.trouble = ["html"]
    with pytest.raises(Retryable):
        await connector.client.fields("res.partner")
    await connector.client.fields("res.partner")
    before = len(recorder.requests)

    moments.append(NOON + timedelta(minutes=14))
    await connector.client.fields("res.partner")
    assert len(recorder.requests) == before

    moments.append(NOON + timedelta(minutes=15))
    await connector.client.fields("res.partner")
    assert len(recorder.requests) == before + 1


async def test_a_field_that_was_taken_out_of_a_model_is_noticed_by_the_next_question() -> None:
    client, _, db = opened(17, "jsonrpc")
    assert await client.has_field("res.partner", "ref")
    partner = db.models["res.partner"]
    db.models["res.partner"] = replace(
        partner, fields={name: one for name, one in partner.fields.items() if name != "ref"}
    )

    with pytest.raises(Rejected, match="Invalid field 'ref'"):
        await client.read("res.partner", [7], ["ref"])

    assert not await client.has_field("res.partner", "ref")


async def test_a_model_that_is_not_there_asks_for_a_person() -> None:
    client, _, _ = opened(17, "xmlrpc")

    with pytest.raises(ActionRequired) as raised:
        await client.fields("no.model")

    assert raised.value.code == "not_installed"
