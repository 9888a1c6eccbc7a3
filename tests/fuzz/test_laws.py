"""What holds whatever the values are: of patches that become one, of the three-way merge, of fingerprints."""

from __future__ import annotations

import json

from hypothesis import assume, given, strategies

from app.connections.sync_settings import ConflictRule
from app.entities.base import EntityType, Json, Record, Side
from app.entities.fingerprint import fingerprint
from app.entities.merging import merge_patches
from app.entities.values import as_amount, as_bool, as_code, as_day, as_id_or_code, as_moment, as_text
from app.sync.merge import Merged, Rules, Sides, merge
from tests.fuzz.scale import examples

NAMES = strategies.sampled_from(["a", "b", "c", "d"])
VALUES: strategies.SearchStrategy[Json] = strategies.sampled_from([None, "", "x", "y", 1, [], ["x"], {"k": "x"}])
RECORDS = strategies.dictionaries(NAMES, VALUES)
ANY = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=4),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=2), inner),
    max_leaves=6,
)
STATES = strategies.dictionaries(strategies.text(max_size=3), ANY, max_size=4)
PATCHES = strategies.dictionaries(
    strategies.sampled_from(
        [
            *("reduction_percent", "reduction_amount", "name", "active", "id_country", "id_state", "id_customer"),
            *("customer_email", "city", "message", "message_private", "lines", "note"),
        ]
    ),
    strategies.sampled_from(["0", "5", None]),
    max_size=3,
)
RULES = strategies.builds(
    Rules,
    rule=strategies.sampled_from(ConflictRule),
    fixed=strategies.sets(NAMES, max_size=1),
    touched=strategies.sets(NAMES, max_size=1),
    open=strategies.sets(NAMES, max_size=1),
    both_ways=strategies.booleans(),
)
SIDES = strategies.tuples(RECORDS, strategies.none() | RECORDS)


@examples(25)
@given(strategies.sampled_from(EntityType), PATCHES, PATCHES, PATCHES)
def test_patches_that_become_one_are_the_same_one_when_a_merged_one_meets_the_next(
    kind: EntityType, first: dict[str, Json], second: dict[str, Json], third: dict[str, Json]
) -> None:
    both = merge_patches(kind, [first, second])
    assume(both is not None)
    assert both is not None

    assert merge_patches(kind, [both, third]) == merge_patches(kind, [first, second, third])


@examples(25)
@given(SIDES, SIDES, RULES)
def test_a_merge_writes_nothing_that_the_source_has_not_and_leaves_what_is_agreed(
    source: tuple[Record, Record | None], target: tuple[Record, Record | None], rules: Rules
) -> None:
    merged = _merged(source, target, rules)

    for name, value in merged.changes.items():
        assert value == source[0][name]
        assert target[0][name] != value
        assert name not in rules.fixed
    assert not merged.changes.keys() & set(merged.back)
    decided = {conflict.name for conflict in merged.conflicts}
    assert (decided | merged.changes.keys() | set(merged.back)) <= source[0].keys() & target[0].keys()


@examples(25)
@given(RECORDS, RECORDS)
def test_two_sides_that_never_met_end_the_same_whoever_is_asked_first(ours: Record, theirs: Record) -> None:
    rules = Rules(rule=ConflictRule.ODOO_WINS)
    there = _merged((ours, None), (theirs, None), rules)
    back = merge(Sides(side=Side.SHOP, now=theirs, base=None), Sides(side=Side.ODOO, now=ours, base=None), rules)

    assert {conflict.name for conflict in there.conflicts} == {conflict.name for conflict in back.conflicts}
    assert there.changes.keys() == set(back.back)
    assert set(there.back) == back.changes.keys()


@examples(25)
@given(STATES, STATES)
def test_fingerprints_are_equal_where_the_states_are_whatever_the_order(one: Record, other: Record) -> None:
    turned = dict(reversed(list(one.items())))

    assert fingerprint(turned) == fingerprint(one)
    assert (fingerprint(one) == fingerprint(other)) == (_text(one) == _text(other))


@examples(40)
@given(strategies.text(max_size=12) | strategies.integers() | strategies.floats() | strategies.none())
def test_a_canonical_value_is_its_own_canonical_value(value: object) -> None:
    reads = (
        as_amount,
        as_bool,
        as_day,
        as_moment,
        as_id_or_code,
        lambda given: as_text(given, limit=9),
        lambda given: as_code(given, limit=9),
    )
    for read in reads:
        try:
            once = read(value)
        except ValueError:
            continue
        assert read(once) == once, (read, value, once)


def _merged(source: tuple[Record, Record | None], target: tuple[Record, Record | None], rules: Rules) -> Merged:
    return merge(
        Sides(side=Side.ODOO, now=source[0], base=source[1]),
        Sides(side=Side.SHOP, now=target[0], base=target[1]),
        rules,
    )


def _text(state: Record) -> str:
    """`1` and `true` are two values, which `==` takes for one."""
    return json.dumps(dict(state), sort_keys=True)
