"""Discount codes: unique wherever they are, and applied to an order by two wizards in turn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour
from app.sandbox.odoo.call import Call, check_access, existing, id_of
from app.sandbox.odoo.computed import children, number
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import user_error, validation_error
from app.sandbox.odoo.records import create_row, store, unlink_rows

REWARDS: Row = {"type": "ir.actions.act_window", "name": "Available Rewards", "res_model": "sale.loyalty.reward.wizard"}


def _check_rule(call: Call, row: Row) -> None:
    """Recorded: loyalty_err_duplicate_code."""
    if not row["code"] or row["mode"] != "with_code":
        return
    same = [one for one in call.table.values() if one["code"] == row["code"] and one["mode"] == "with_code"]
    cards = [one for one in call.db.tables["loyalty.card"].values() if one["code"] == row["code"]]
    if len(same) > 1 or cards:
        raise validation_error("The promo code must be unique.")


def _rule_prepared(call: Call, values: Row) -> Row:
    """A code switches the rule to it, and an automatic rule has none."""
    if values.get("code") and "mode" not in values:
        return {**values, "mode": "with_code"}
    return values


def _check_card(call: Call, row: Row) -> None:
    if sum(one["code"] == row["code"] for one in call.table.values()) > 1:
        raise validation_error("The operation cannot be completed: A coupon/loyalty card must have a unique code.")


def _card_prepared(call: Call, values: Row) -> Row:
    """A card without a code gets one (19: loyalty_card_create)."""
    return values if values.get("code") else {**values, "code": f"044{uuid.uuid4().hex[4:-8]}"}


def _reward_created(call: Call, row: Row) -> None:
    """Each discount has a product of its own for the order's line, and that product is one among all others."""
    row["description"] = row["description"] or _description(row)
    if row["reward_type"] != "discount" or row["discount_line_product_id"]:
        return
    values: Row = {"name": row["description"], "type": "service", "sale_ok": False, "purchase_ok": False}
    products = call.on("product.product", system=True)
    row["discount_line_product_id"] = create_row(products, {**values, "list_price": 0.0, "taxes_id": [[6, 0, []]]})


def _description(row: Row) -> str:
    if row["reward_type"] == "shipping":
        return "Free shipping"
    amount = f"{number(row['discount']):g}"
    return f"{amount}% on your order" if row["discount_mode"] == "percent" else f"{amount} € on your order"


def _check_program(call: Call, row: Row) -> None:
    """By Odoo's source, not recorded: a limit of none at all is no limit."""
    if row["limit_usage"] and not number(row["max_usage"]) > 0:
        raise validation_error(
            "The operation cannot be completed: Max usage must be strictly positive if a limit is used."
        )


def _program_leaving(call: Call, row: Row) -> None:
    """By Odoo's source, not recorded: an active program has to be archived first."""
    if row["active"]:
        raise user_error("You can not delete a program in an active state")
    for model in ("loyalty.rule", "loyalty.reward", "loyalty.card"):
        related = call.on(model, system=True)
        mine = [id_of(one) for one in related.table.values() if one["program_id"] == row["id"]]
        unlink_rows(related.on(model, mine))


def _program_written(call: Call, row: Row, values: Row) -> None:
    _check_program(call, row)
    if "active" in values:
        for model in ("loyalty.rule", "loyalty.reward"):
            parts = call.on(model, system=True)
            for one in [one for one in parts.table.values() if one["program_id"] == row["id"]]:
                store(parts, one, {"active": row["active"]})


def apply_code(call: Call) -> object:
    """`sale.loyalty.coupon.wizard`: a wizard with the rewards, or a ValidationError for a code nobody knows."""
    check_access(call, "write")
    wizard = existing(call)[0]
    program = _program_of(call, str(wizard["coupon_code"]))
    if program is None:
        raise validation_error(f"This code is invalid ({wizard['coupon_code']}).")
    rewards = [one["id"] for one in children(call.db, program, "loyalty.reward", "program_id")]
    call.db.tables["sale.order"][int(str(wizard["order_id"]))]["_rewards"] = rewards
    return {**REWARDS, "context": {"active_id": wizard["order_id"], "default_reward_ids": rewards}}


def apply_reward(call: Call) -> object:
    """`sale.loyalty.reward.wizard`: the reward becomes a negative line of the order."""
    check_access(call, "write")
    wizard = existing(call)[0]
    order = call.db.tables["sale.order"][int(str(wizard["order_id"]))]
    offered = order.get("_rewards")
    chosen = wizard["selected_reward_id"] or (offered[0] if isinstance(offered, list) and offered else 0)
    reward = call.db.tables["loyalty.reward"][int(str(chosen))]
    share = number(order["amount_untaxed"]) * number(reward["discount"]) / 100
    price = -share if reward["discount_mode"] == "percent" else -number(reward["discount"])
    line: Row = {"order_id": order["id"], "product_id": reward["discount_line_product_id"], "price_unit": price}
    more: Row = {"name": f"Discount: {reward['description']}", "is_reward_line": True, "reward_id": reward["id"]}
    create_row(call.on("sale.order.line", system=True), {**line, **more})
    return True


def _program_of(call: Call, code: str) -> Row | None:
    for model in ("loyalty.rule", "loyalty.card"):
        for one in call.db.tables[model].values():
            if one["code"] == code:
                return call.db.tables["loyalty.program"].get(int(str(one["program_id"])))
    return None


BEHAVIOURS: Mapping[str, Behaviour] = {
    "loyalty.program": Behaviour(created=_check_program, written=_program_written, deleting=_program_leaving),
    "loyalty.rule": Behaviour(
        prepare=_rule_prepared, created=_check_rule, written=lambda call, row, values: _check_rule(call, row)
    ),
    "loyalty.reward": Behaviour(created=_reward_created),
    "loyalty.card": Behaviour(
        prepare=_card_prepared, created=_check_card, written=lambda call, row, values: _check_card(call, row)
    ),
}
