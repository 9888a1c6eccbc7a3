"""Coupons of an Odoo: programs with a code, made once out of three records."""

from __future__ import annotations

import pytest

from app.connectors.base import Cursor, Desired, Removal, Written
from app.connectors.odoo.coupon_record import from_record, to_record
from app.entities.base import EntityType, Json
from app.entities.records import record_key
from app.errors import Conflict, Rejected, Retryable
from app.sandbox.odoo.database import Database
from tests.connectors.odoo.orders import deaf
from tests.connectors.odoo.ports import Erp, erp, other

VERSIONS = pytest.mark.parametrize("version", [17, 19])
SAVE10: dict[str, Json] = {
    "code": "SAVE10",
    "name": "Ten percent",
    "percent": "10",
    "amount": None,
    "currency": "EUR",
    "minimum": "25",
    "valid_from": "2026-11-01T00:00:00+00:00",
    "valid_until": "2026-12-31T23:59:59+00:00",
    "uses": 100,
    "active": True,
}


@VERSIONS
@pytest.mark.parametrize(
    "wanted",
    [
        SAVE10,
        {**SAVE10, "percent": None, "amount": "5.5", "minimum": None},
        {**SAVE10, "valid_from": None, "valid_until": None, "uses": None, "active": False},
    ],
)
async def test_a_new_coupon_holds_what_was_wanted_and_a_second_write_has_nothing_to_do(
    version: int, wanted: dict[str, Json]
) -> None:
    odoo = erp("coupon", version)

    written = await odoo.create(wanted, "boutique.coupon_1")

    number = written.ref.native_id
    assert await odoo.record(number) == wanted
    again = (await odoo.resolved(wanted, number)).state
    assert {name: written.state[name] for name in again} == again


@VERSIONS
async def test_many_coupons_are_three_reads(version: int) -> None:
    odoo = erp("coupon", version)
    ids = [await _made(odoo, n) for n in range(5)]
    odoo.forget()

    await odoo.port.read([*ids, "424242"])

    assert sorted(odoo.calls()) == [
        "loyalty.program.read",
        "loyalty.reward.search_read",
        "loyalty.rule.search_read",
    ]


@VERSIONS
@pytest.mark.parametrize(
    "losing", [["loyalty.program.load"], ["loyalty.rule.load"], ["loyalty.reward.load"], ["loyalty.program.write"]]
)
async def test_whatever_answer_is_lost_there_is_one_coupon_with_one_rule_and_one_reward(
    version: int, losing: list[str]
) -> None:
    odoo = other(deaf(version, losing), "coupon")
    write = odoo.creation((await odoo.resolved(SAVE10)).state, "boutique.coupon_1")

    [lost] = await odoo.results(write)
    [written] = await odoo.results(write)

    assert isinstance(lost, Retryable)
    assert isinstance(written, Written)
    assert [len(odoo.db.tables[f"loyalty.{kind}"]) for kind in ("program", "rule", "reward")] == [1, 1, 1]
    assert await odoo.record(written.ref.native_id) == SAVE10


@VERSIONS
async def test_a_coupon_that_is_half_made_cannot_be_used(version: int) -> None:
    odoo = other(deaf(version, ["loyalty.rule.load"]), "coupon")

    await odoo.results(odoo.creation((await odoo.resolved(SAVE10)).state, "boutique.coupon_1"))

    [program] = odoo.db.tables["loyalty.program"].values()
    assert program["active"] is False


@VERSIONS
async def test_a_rule_and_reward_that_odoo_made_by_itself_are_written_over(version: int) -> None:
    odoo = erp("coupon", version)
    program = _program(odoo.db, active=False)
    odoo.db.external_ids["boutique.coupon_1"] = ("loyalty.program", program)

    written = await odoo.create(SAVE10, "boutique.coupon_1")

    assert written.ref.native_id == str(program)
    assert await odoo.record(program) == SAVE10
    assert len(odoo.db.tables["loyalty.rule"]) == 1


@VERSIONS
async def test_a_code_that_another_program_has_is_a_conflict_and_nothing_is_made(version: int) -> None:
    odoo = erp("coupon", version)
    _program(odoo.db, code="SAVE10")

    [error] = await odoo.results(odoo.creation((await odoo.resolved(SAVE10)).state, "boutique.coupon_1"))

    assert isinstance(error, Conflict)
    assert (error.code, error.field) == ("code_taken", "code")
    assert len(odoo.db.tables["loyalty.program"]) == 1


@VERSIONS
async def test_a_change_to_a_code_that_is_taken_is_a_conflict(version: int) -> None:
    odoo = erp("coupon", version)
    taken = _program(odoo.db, code="TAKEN")
    number = await _made(odoo, 1)

    [error] = await odoo.results(odoo.update(number, {"code": "TAKEN"}))

    assert isinstance(error, Conflict)
    assert str(taken) in error.message


@VERSIONS
async def test_discount_and_limits_are_changed_in_place(version: int) -> None:
    odoo = erp("coupon", version)
    number = await _made(odoo, 1)

    written = await odoo.change(
        number, {"percent": None, "amount": "7", "minimum": None, "uses": None, "valid_until": None, "active": False}
    )

    record = await odoo.record(number)
    assert (record["percent"], record["amount"], record["minimum"]) == (None, "7", None)
    assert (record["uses"], record["valid_until"], record["active"]) == (None, None, False)
    assert written.state["code"] == "SAVE1"


@VERSIONS
async def test_a_program_of_another_kind_is_no_coupon(version: int) -> None:
    odoo = erp("coupon", version)
    points = _program(odoo.db, program_type="loyalty")
    gift = _program(odoo.db, code="GIFT", reward_type="product")
    some = _program(odoo.db, code="SOME", discount_applicability="specific")

    assert [await odoo.gone(number) for number in (points, gift, some)] == [True, True, True]
    assert await odoo.changed() == [str(gift), str(some)]


@VERSIONS
async def test_coupons_are_found_by_code_however_it_is_written_archived_ones_too(version: int) -> None:
    odoo = erp("coupon", version)
    number = await _made(odoo, 1)

    assert await odoo.found({"code": "save1"}) == [number]
    await odoo.change(number, {"active": False})
    assert await odoo.found({"code": "SAVE1"}) == [number]
    assert await odoo.found({"code": "SAVE_"}) == []


@VERSIONS
async def test_a_coupon_whose_discount_alone_changed_is_polled(version: int) -> None:
    odoo = erp("coupon", version, poll_overlap_s=0)
    number = await _made(odoo, 1)
    for kind in ("program", "rule", "reward"):
        for row in odoo.db.tables[f"loyalty.{kind}"].values():
            row["write_date"] = "2026-11-21 10:00:00.5"
    later = Cursor(moment="2026-11-21 11:00:00")
    assert await odoo.changed(later) == []

    [reward] = odoo.db.tables["loyalty.reward"].values()
    reward["write_date"] = "2026-11-21 12:00:00.5"

    assert await odoo.changed(later) == [number]


@VERSIONS
async def test_a_coupon_is_archived_or_deleted(version: int) -> None:
    odoo = erp("coupon", version)
    first, second = await _made(odoo, 1), await _made(odoo, 2)

    archived, deleted, gone = await odoo.results(
        odoo.update(first, {}, removal=Removal.ARCHIVE),
        odoo.update(second, {}, removal=Removal.DELETE),
        odoo.update("424242", {}, removal=Removal.DELETE),
    )

    assert isinstance(archived, Written)
    assert archived.state["active"] is False
    assert isinstance(deleted, Written)
    assert isinstance(gone, Written)
    assert (deleted.gone, gone.gone) == (True, True)
    assert await odoo.gone(second)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({**SAVE10, "code": None}, "code"), ({**SAVE10, "percent": None}, "percent"), ({"code": "X"}, "percent")],
)
async def test_what_is_no_coupon_is_refused(fields: dict[str, Json], field: str) -> None:
    odoo = erp("coupon")

    error = await odoo.refused(fields)

    assert isinstance(error, Rejected)
    assert error.field == field


@pytest.mark.parametrize(
    ("valid_from", "valid_until"),
    [
        ("2026-12-01T00:00:00+00:00", "2026-12-31T23:59:59+00:00"),
        # Midnight in Paris, in New York, in Los Angeles and in Auckland.
        ("2026-11-30T23:00:00+00:00", "2026-12-31T22:59:59+00:00"),
        ("2026-12-01T05:00:00+00:00", "2027-01-01T04:59:59+00:00"),
        ("2026-12-01T08:00:00+00:00", "2027-01-01T07:59:59+00:00"),
        ("2026-11-30T11:00:00+00:00", "2026-12-31T10:59:59+00:00"),
    ],
)
def test_a_moment_becomes_the_day_that_the_shop_meant(valid_from: str, valid_until: str) -> None:
    state = from_record(Desired(fields={"valid_from": valid_from, "valid_until": valid_until}, base={"code": "X"}))

    assert state == {"date_from": "2026-12-01", "date_to": "2026-12-31"}


def test_uses_are_what_is_left_of_them() -> None:
    base: dict[str, Json] = {"max_usage": 10, "total_order_count": 3}

    assert to_record(base, {})["uses"] == 7
    assert from_record(Desired(fields={"uses": 5}, base=base)) == {"max_usage": 8}
    assert to_record({**base, "total_order_count": 12}, {})["uses"] == 0


async def _made(odoo: Erp, number: int) -> str:
    return (await odoo.create({**SAVE10, "code": f"SAVE{number}"}, f"boutique.coupon_{number}")).ref.native_id


def _program(db: Database, *, code: str = "PROMO_CODE_1a2b", active: bool = True, **changed: Json) -> int:
    """As Odoo makes one; `changed` are of the program or its reward."""
    kind = changed.pop("program_type", "promo_code")
    program = db.add("loyalty.program", {"name": "Promo", "program_type": kind, "active": active})
    db.add("loyalty.rule", {"program_id": program, "code": code, "mode": "with_code"})
    db.add("loyalty.reward", {"program_id": program, "reward_type": "discount", "discount": 10.0, **changed})
    return program


@VERSIONS
async def test_a_coupon_that_is_used_up_has_one_use_left_in_odoo(version: int) -> None:
    odoo = erp("coupon", version)

    written = await odoo.create({**SAVE10, "uses": 0})
    number = written.ref.native_id

    assert (await odoo.record(number))["uses"] == 1
    assert (await odoo.resolved({"uses": 0}, number)).state == {"max_usage": written.state["max_usage"]}


async def test_a_code_that_ends_in_a_backslash_spoils_no_neighbours_search() -> None:
    odoo = erp("coupon")
    await odoo.create(SAVE10)

    keys = [record_key(EntityType.COUPON, {"code": code}) for code in ("SAVE10", "10\\", "5%_")]
    found = await odoo.port.find([key for key in keys if key])

    assert [len(shots) for shots in found.values()] == [1, 0, 0]


@pytest.mark.parametrize("fields", [{"percent": None}, {"percent": "0"}, {"percent": "-5"}, {"amount": "-1"}])
async def test_a_discount_that_is_taken_away_is_refused_and_not_left_in_force_unsaid(fields: dict[str, Json]) -> None:
    odoo = erp("coupon")
    number = (await odoo.create(SAVE10)).ref.native_id

    refused = await odoo.refused(fields, number)

    assert isinstance(refused, Rejected)
    assert refused.code == "no_discount"
    assert (await odoo.resolved({"percent": None, "amount": "3"}, number)).state["discount_mode"] == "per_order"
    assert (await odoo.resolved({"amount": None}, number)).state == {}
