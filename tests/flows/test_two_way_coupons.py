"""Coupons both ways: one code is one coupon, whichever side it began on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.flows.two_sides import TwoSides, on_prestashop


async def in_shop(both: TwoSides, code: str = "save10") -> str:
    """A WooCommerce writes codes small."""
    number = both.office.add_voucher(code, percent="10", uses=100)
    await both.office.settled()
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
    assert part(both, "loyalty.rule", program)["code"] == "save10"
    assert part(both, "loyalty.reward", program)["discount"] == 10.0
    assert both.row("loyalty.program", program)["max_usage"] == 100
    assert str(both.row("loyalty.program", program)["date_to"]) == "2036-12-31"
    assert await both.unfinished() == []
    assert both.office.writes() == []


async def test_a_coupon_of_odoo_is_one_in_the_shop(both: TwoSides) -> None:
    program = await in_odoo(both)

    await both.work()

    pair = await both.pair_of("coupon", odoo=program)
    made = both.office.voucher(pair.shop_id)
    assert (made.code.lower(), made.percent, made.live) == ("save10", "10", True)
    assert both.office.writes().count("create coupon") == 1
    assert await both.unfinished() == []


async def test_edits_of_a_coupon_arrive_on_the_other_side(both: TwoSides) -> None:
    number = await in_shop(both)
    await both.work()
    program = int((await both.pair_of("coupon", shop=number)).odoo_id)
    both.forget_calls()

    both.office.edit_voucher(number, percent="15")
    await both.office.settled()
    await both.work()
    assert part(both, "loyalty.reward", program)["discount"] == 15.0
    assert both.office.writes() == []

    both.forget_calls()
    reward = part(both, "loyalty.reward", program)["id"]
    await both.edit_odoo("loyalty.reward", reward, discount=20.0)
    await both.work()
    assert both.office.voucher(number).percent == "20"
    assert both.office.writes() == ["update coupon"]
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


@on_prestashop
async def test_the_languages_of_the_shop_are_kept_when_odoo_edits_a_coupon(both: TwoSides) -> None:
    """A WooCommerce's coupon has no name."""
    number = await in_shop(both)
    await both.work()
    program = int((await both.pair_of("coupon", shop=number)).odoo_id)

    await both.edit_odoo("loyalty.reward", part(both, "loyalty.reward", program)["id"], discount=20.0)
    await both.work()

    assert both.office.voucher(number).percent == "20"
    assert both.shop_row("cart_rules", number)["name"] == {1: "Ten percent", 2: "Dix pour cent"}


async def test_a_coupon_used_up_in_the_shop_counts_down_in_odoo_and_nothing_flips(both: TwoSides) -> None:
    number = await in_shop(both)
    await both.work()
    program = int((await both.pair_of("coupon", shop=number)).odoo_id)

    both.forget_calls()

    for _ in range(3):
        both.office.use_voucher(number)
        await both.office.settled()
        await both.work()

    assert both.row("loyalty.program", program)["max_usage"] == 97
    assert "update coupon" not in both.office.writes()
    assert await both.unfinished() == []


@pytest.mark.parametrize("model", ["loyalty.program", "loyalty.rule", "loyalty.reward"])
async def test_a_coupon_whose_create_lost_an_answer_is_made_once(both: TwoSides, model: str) -> None:
    both.line.lose = {(model, "load")}
    number = await in_shop(both)

    await both.work()

    assert len([row for row in both.odoo.tables["loyalty.rule"].values() if row["code"] == "save10"]) == 1
    program = (await both.pair_of("coupon", shop=number)).odoo_id
    assert len([row for row in both.odoo.tables["loyalty.reward"].values() if str(row["program_id"]) == program]) == 1
    assert await both.unfinished() == []


async def test_the_same_code_on_both_sides_is_linked(both: TwoSides) -> None:
    program = await in_odoo(both)
    await both.world.execute("DELETE FROM sync_queue")
    number = await in_shop(both)

    await both.work()

    assert (await both.pair_of("coupon", shop=number)).odoo_id == str(program)
    assert [each.code.lower() for each in both.office.vouchers()].count("save10") == 1
