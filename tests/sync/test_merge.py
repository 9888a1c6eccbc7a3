"""The three-way merge of one field, by table: who changed it, what was agreed, who wins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.connections.sync_settings import ConflictRule
from app.entities.base import Json, Record, Side
from app.sync.merge import Merged, Rules, Sides, merge

EARLY, LATE = datetime(2026, 11, 21, 10, tzinfo=UTC), datetime(2026, 11, 21, 11, tzinfo=UTC)
MANUAL = Rules(rule=ConflictRule.MANUAL)


def source(now: Json, base: Json | None = None, *, agreed: bool = True, at: datetime | None = None) -> Sides:
    """Odoo's side of the field `name`."""
    return Sides(side=Side.ODOO, now={"name": now}, base={"name": base} if agreed else None, at=at)


def target(now: Json, base: Json | None = None, *, agreed: bool = True, at: datetime | None = None) -> Sides:
    return Sides(side=Side.SHOP, now={"name": now}, base={"name": base} if agreed else None, at=at)


@pytest.mark.parametrize(
    ("ours", "agreed", "theirs", "written"),
    [
        ("a", "a", "a", {}),  # nobody changed it
        ("b", "a", "a", {"name": "b"}),  # we did
        ("a", "a", "b", {}),  # they did: it comes with their own event
        ("b", "a", "b", {}),  # both did, to the same
        (None, "a", "a", {"name": None}),  # we emptied it
        ("b", None, None, {"name": "b"}),  # we filled it
    ],
)
def test_a_field_that_one_side_changed_takes_its_value(
    ours: Json, agreed: Json, theirs: Json, written: dict[str, Json]
) -> None:
    merged = merge(source(ours, agreed), target(theirs, agreed), MANUAL)

    assert merged == Merged(changes=written, conflicts=(), back=())


@pytest.mark.parametrize(
    ("rule", "at", "winner"),
    [
        (ConflictRule.ODOO_WINS, (None, None), Side.ODOO),
        (ConflictRule.SHOP_WINS, (None, None), Side.SHOP),
        (ConflictRule.MANUAL, (EARLY, LATE), None),
        (ConflictRule.NEWEST_WINS, (EARLY, LATE), Side.SHOP),
        (ConflictRule.NEWEST_WINS, (LATE, EARLY), Side.ODOO),
        (ConflictRule.NEWEST_WINS, (LATE, LATE), Side.ODOO),
        (ConflictRule.NEWEST_WINS, (None, LATE), Side.ODOO),
        (ConflictRule.NEWEST_WINS, (EARLY, None), Side.ODOO),
    ],
)
def test_a_field_that_both_changed_goes_by_the_rule(
    rule: ConflictRule, at: tuple[datetime | None, datetime | None], winner: Side | None
) -> None:
    merged = merge(source("b", "a", at=at[0]), target("c", "a", at=at[1]), Rules(rule=rule))

    [conflict] = merged.conflicts
    assert (conflict.base, conflict.source, conflict.target, conflict.winner) == ("a", "b", "c", winner)
    assert merged.changes == ({"name": "b"} if winner is Side.ODOO else {})
    assert merged.back == (("name",) if winner is Side.SHOP else ())


def test_the_owner_of_a_field_wins_whatever_the_rule_says() -> None:
    merged = merge(source("b", "a"), target("c", "a"), Rules(rule=ConflictRule.ODOO_WINS, owners={"name": Side.SHOP}))

    assert (merged.changes, merged.back) == ({}, ("name",))


@pytest.mark.parametrize(
    ("ours", "theirs", "changes", "back", "conflicts"),
    [
        ("a", None, {"name": "a"}, (), 0),
        (None, "b", {}, ("name",), 0),
        ("a", "b", {}, (), 1),
        ("", "b", {}, ("name",), 0),
        ("a", "a", {}, (), 0),
    ],
)
def test_at_the_first_contact_an_empty_field_gives_way_and_a_difference_is_a_conflict(
    ours: Json, theirs: Json, changes: dict[str, Json], back: tuple[str, ...], conflicts: int
) -> None:
    merged = merge(source(ours, agreed=False), target(theirs, agreed=False), MANUAL)

    assert (merged.changes, merged.back, len(merged.conflicts)) == (changes, back, conflicts)


def test_no_stock_that_was_never_agreed_on_gives_way_where_that_is_said() -> None:
    rules = Rules(rule=ConflictRule.ODOO_WINS, nothing={"name": "0"})

    first = merge(source("0", agreed=False), target("299", agreed=False), rules)
    later = merge(source("0", "5"), target("299", "5"), rules)

    assert (first.changes, first.back) == ({}, ("name",))
    assert later.changes == {"name": "0"}


@pytest.mark.parametrize(
    ("rules", "changes"),
    [
        (Rules(rule=ConflictRule.ODOO_WINS, fixed={"name"}), {}),
        (Rules(rule=ConflictRule.ODOO_WINS, open={"name"}), {}),
        (Rules(rule=ConflictRule.ODOO_WINS, decided={"name"}), {}),
        (Rules(rule=ConflictRule.SHOP_WINS, forced={"name"}), {"name": "b"}),
    ],
)
def test_fixed_waiting_and_decided_fields_are_left_and_forced_ones_win(rules: Rules, changes: Record) -> None:
    assert merge(source("b", "a"), target("c", "a"), rules).changes == changes


def test_a_field_that_is_named_counts_as_changed() -> None:
    assert merge(source("a", "a"), target("z", "z"), MANUAL).changes == {}
    assert merge(source("a", "a"), target("z", "z"), Rules(rule=ConflictRule.MANUAL, touched={"name"})).changes == {
        "name": "a"
    }


def test_a_side_that_cannot_hold_a_field_has_no_opinion_about_it() -> None:
    ours = Sides(side=Side.ODOO, now={"name": "a", "mobile": "1"}, base=None)
    theirs = Sides(side=Side.SHOP, now={"name": "a", "label": "Home"}, base=None)

    assert merge(ours, theirs, MANUAL) == Merged(changes={}, conflicts=(), back=())
