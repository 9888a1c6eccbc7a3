"""Decisions about one patch, by table."""

from __future__ import annotations

import pytest

from app.connectors.base import Snapshot
from app.entities.base import Action, EntityType, Json, Ref, Side
from app.errors import NotFound, Parked
from app.sync.plan import Create, Unchanged, Update, agreed_state, plan_patch, stored_otherwise


def held(native_id: str = "67", **state: Json) -> Snapshot:
    return Snapshot(ref=Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=native_id), state=state)


def plan(
    action: Action, wanted: dict[str, Json], found: list[Snapshot], kind: EntityType = EntityType.CUSTOMER
) -> object:
    return plan_patch(entity_type=kind, action=action, named="with id 67", wanted=wanted, found=found)


def test_only_fields_that_differ_are_written() -> None:
    planned = plan(Action.UPDATED, {"firstname": "John", "active": True}, [held(firstname="Jon", active=True)])

    assert isinstance(planned, Update)
    assert planned.changes == {"firstname": "John"}


def test_nothing_that_differs_is_unchanged() -> None:
    assert isinstance(plan(Action.UPDATED, {"active": True}, [held(active=True, company=None)]), Unchanged)


def test_a_create_of_what_is_there_is_an_update() -> None:
    assert isinstance(plan(Action.CREATED, {"firstname": "John"}, [held(firstname="Jon")]), Update)


def test_a_create_of_what_is_not_there_is_a_create() -> None:
    assert plan(Action.CREATED, {"firstname": "John"}, []) == Create(state={"firstname": "John"})


def test_an_update_of_what_is_not_there_is_not_found() -> None:
    planned = plan(Action.UPDATED, {"firstname": "John"}, [])

    assert isinstance(planned, NotFound)
    assert planned.message.startswith("Customer not found")


def test_two_candidates_are_parked_with_their_ids() -> None:
    planned = plan(Action.UPDATED, {"firstname": "John"}, [held("67"), held("68")])

    assert isinstance(planned, Parked)
    assert "67, 68" in planned.message


def test_what_was_bought_is_never_rewritten_but_a_total_that_differs_is_told_to_the_port() -> None:
    wanted: dict[str, Json] = {"total_paid": "10", "id_cart": 5, "current_state": 3, "message:private:ab": "hello"}

    planned = plan(Action.CREATED, wanted, [held(total_paid="12", id_cart=4, current_state=2)], EntityType.ORDER)

    assert isinstance(planned, Update)
    assert planned.changes == {"total_paid": "10", "current_state": 3, "message:private:ab": "hello"}


@pytest.mark.parametrize(
    ("old", "before", "after", "written", "agreed"),
    [
        # First contact: the record enters as it stood when it was read, with what we wrote.
        (None, {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a"}, {"a": 2, "b": 1}),
        # … so that an edit between our read and the read-back still counts.
        (None, {"a": 1, "b": 1}, {"a": 2, "b": 9}, {"a"}, {"a": 2, "b": 1}),
        # A field the shop's user changed since the last agreement, not written by us, keeps what was agreed.
        ({"a": 1, "b": 1}, {"a": 1, "b": 5}, {"a": 2, "b": 5}, {"a"}, {"a": 2, "b": 1}),
        # What the shop made of our value is what is agreed.
        ({"a": "x"}, {"a": "x"}, {"a": "y&amp;"}, {"a"}, {"a": "y&amp;"}),
        # A create agrees on everything that was stored.
        (None, None, {"a": 1, "b": 2}, {"a"}, {"a": 1, "b": 2}),
        # A field that was not mapped before is taken as it was read.
        ({"a": 1}, {"a": 1, "new": 7}, {"a": 2, "new": 7}, {"a"}, {"a": 2, "new": 7}),
    ],
)
def test_an_edit_we_have_not_seen_is_never_agreed(
    old: dict[str, Json] | None,
    before: dict[str, Json] | None,
    after: dict[str, Json],
    written: set[str],
    agreed: dict[str, Json],
) -> None:
    assert agreed_state(old=old, before=before, after=after, written=written) == agreed


@pytest.mark.parametrize("saved", ["theirs", "before"])
def test_what_somebody_saved_right_after_our_write_is_a_change_of_what_we_wrote(saved: str) -> None:
    agreed = agreed_state(
        old={"a": "before"}, before={"a": "before"}, after={"a": saved}, written={"a"}, overwritten={"a": "ours"}
    )

    assert agreed == {"a": "ours"}


def test_a_value_that_the_shop_stored_otherwise_is_told() -> None:
    assert stored_otherwise({"a": "1", "b": 2}, {"a": "01", "b": 2}) == {"a": ("1", "01")}
