"""Coupons both ways: one code is one coupon, whichever side it began on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


async def in_shop(both: TwoSides, **values: str) -> int:
    given: dict[str, Any] = {
        "name": {1: "Ten percent", 2: "Dix pour cent"},
        "code": "SAVE10",
        "reduction_percent": "10",
        "quantity": "100",
        "quantity_per_user": "1",
        "active": "1",
        "date_from": "2026-11-01 00:00:00",
        "date_to": "2026-12-31 23:59:59",
        "reduction_currency": "1",
        "minimum_amount_currency": "1",
        **values,
    }
    number = both.world.shop.add("cart_rules", **given)
    await both.world.shop.settled()
    return number


async def in_odoo(both: TwoSides) -> int:
    [program] = await both.people.create(
        "loyalty.program",
        [{"name": "Ten percent", "program_type": "promo_code", "trigger": "with_code", "applies_on": "current"}],
    )
    rule = {"program_id": program, "mode": "with_code", "code": "SAVE10"}
    reward = {"program_id": program, "reward_type": "discount", "discount": 10.0, "discount_mode": "percent"}
    of_order = {"discount_applicability": "order"}
    parts: dict[str, dict[str, Any]] = {"loyalty.rule": rule, "loyalty.reward": {**reward, **of_order}}
    for model, values in parts.items():
        if mine := part(both, model, program):
            await both.people.write(model, [mine["id"]], {k: v for k, v in values.items() if k != "program_id"})
        else:
            await both.people.create(model, [values])
    await both.tell("loyalty.program", program)
    return program


def part(both: TwoSides, model: str, program: int | str) -> Mapping[str, Any]:
    rows = both.odoo.tables[model].values()
    return next((dict(row) for row in rows if str(row["program_id"]) == str(program)), {})


async def test_a_coupon_of_the_shop_is_one_in_odoo(both: TwoSides) -> None:
    number = await in_shop(both)

    await both.work()

    program = int((await both.pair_of("coupon", shop=number)).odoo_id)
    assert part(both, "loyalty.rule", program)["code"] == "SAVE10"
    assert part(both, "loyalty.reward", program)["discount"] == 10.0
    assert both.row("loyalty.program", program)["max_usage"] == 100
    assert str(both.row("loyalty.program", program)["date_to"]) == "2026-12-31"
    assert await both.unfinished() == []
    assert both.world.writes() == []


async def test_a_coupon_of_odoo_is_one_in_the_shop(both: TwoSides) -> None:
    program = await in_odoo(both)

    await both.work()

    pair = await both.pair_of("coupon", odoo=program)
    row = both.shop_row("cart_rules", pair.shop_id)
    assert (row["code"], float(row["reduction_percent"]), row["active"]) == ("SAVE10", 10.0, "1")
    assert [each for each in both.world.writes() if each.startswith("POST")] == ["POST /api/cart_rules"]
    assert await both.unfinished() == []


async def test_edits_of_a_coupon_arrive_on_the_other_side(both: TwoSides) -> None:
    number = await in_shop(both)
    await both.work()
    program = int((await both.pair_of("coupon", shop=number)).odoo_id)
    both.forget_calls()

    await both.edit_shop("cart_rules", number, reduction_percent="15")
    await both.work()
    assert part(both, "loyalty.reward", program)["discount"] == 15.0
    assert both.world.writes() == []

    both.forget_calls()
    reward = part(both, "loyalty.reward", program)["id"]
    await both.edit_odoo("loyalty.reward", reward, discount=20.0)
    await both.work()
    assert float(both.shop_row("cart_rules", number)["reduction_percent"]) == 20.0
    assert len(both.world.writes()) == 1
    assert both.odoo_writes() == []
    assert both.shop_row("cart_rules", number)["name"] == {1: "Ten percent", 2: "Dix pour cent"}
    assert await both.unfinished() == []


async def test_a_coupon_used_up_in_the_shop_counts_down_in_odoo_and_nothing_flips(both: TwoSides) -> None:
    number = await in_shop(both)
    await both.work()
    program = int((await both.pair_of("coupon", shop=number)).odoo_id)

    for left in ("99", "98", "97"):
        await both.edit_shop("cart_rules", number, quantity=left)
        await both.work()

    assert both.row("loyalty.program", program)["max_usage"] == 97
    assert both.world.writes() == []
    assert await both.unfinished() == []


@pytest.mark.parametrize("model", ["loyalty.program", "loyalty.rule", "loyalty.reward"])
async def test_a_coupon_whose_create_lost_an_answer_is_made_once(both: TwoSides, model: str) -> None:
    both.line.lose = {(model, "load")}
    number = await in_shop(both)

    await both.work()

    assert len([row for row in both.odoo.tables["loyalty.rule"].values() if row["code"] == "SAVE10"]) == 1
    program = (await both.pair_of("coupon", shop=number)).odoo_id
    assert len([row for row in both.odoo.tables["loyalty.reward"].values() if str(row["program_id"]) == program]) == 1
    assert await both.unfinished() == []


async def test_the_same_code_on_both_sides_is_linked(both: TwoSides) -> None:
    program = await in_odoo(both)
    await both.world.execute("DELETE FROM sync_queue")
    number = await in_shop(both, code="save10")

    await both.work()

    assert (await both.pair_of("coupon", shop=number)).odoo_id == str(program)
    assert len([row for row in both.shop_rows("cart_rules") if row["code"].lower() == "save10"]) == 1
