"""Values that nobody should send and somebody does: a peer takes them, or they are refused by the field's name.

Never a silent cut, which would be a difference for ever.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from app.connectors.base import Desired, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType, Json
from app.entities.values import plain as amount
from app.errors import Rejected
from tests.contract.conformance import Peer
from tests.contract.conformance_cases import made
from tests.contract.conformance_held import NOT_HELD
from tests.contract.conformance_matrix import WOOCOMMERCE, Form, cells, kind_of
from tests.contract.conformance_records import CASES

TEXTS = {
    "blanks": "  Mug  ",
    "signs": "<b>&amp; \"x\" 'y'",
    "emoji": "🎈" * 20,
    "nul": "a\x00b",
    "bell": "a\x07b",
    "lines": "one\r\ntwo\rthree",
    "long": "long " * 120,
    "very long": "x" * 20_000,
    "digits": "4711",
    "zero": "0",
    "nothing": "   ",
}
AMOUNTS = {"negative": "-5", "huge": "99999999999999", "small": "0.0000001", "precise": "3.3333333333", "zero": "0"}
AMOUNT_FIELDS = {"price", "weight", "price_extra", "percent", "minimum", "quantity"}
NO_TEXTS = {"language", "currency", "country", "state", "content", "valid_from", "valid_until", "type"}
MEANT = {
    (EntityType.CUSTOMER, "name", "lines"): "a name is one line, and blanks in it are one blank",
    (EntityType.ADDRESS, "name", "lines"): "a name is one line, and blanks in it are one blank",
    (EntityType.COUPON, "name", "nothing"): "a coupon without a name is called by its code",
    (EntityType.COUPON, "minimum", "zero"): "none",
    (EntityType.COUPON, "minimum", "small"): "none",
    (EntityType.COUPON, "percent", "zero"): "an amount takes its place, or the coupon is refused",
    (EntityType.COUPON, "percent", "small"): "none",
}

LOST_ON_THE_WAY = {
    "nul": "no side has one in a record: PostgreSQL holds none, and what a shop's MySQL holds is read without"
}

READ_AS_SIGNS = {
    (
        WOOCOMMERCE,
        "signs",
    ): "WordPress escapes some texts and not others, so an entity is read as the sign it stands for"
}


def odd_values(kind: EntityType) -> list[tuple[str, str, str]]:
    """(field, what is odd, value) for every text and amount of a kind."""
    known = {field for field, value in CASES[kind].new.items() if isinstance(value, str)} - NO_TEXTS
    known &= {field for field, _ in CASES[kind].edits}
    references = {"customer", "product", "category", "parent"}
    return [
        (field, what, value)
        for field in sorted(known - references)
        for what, value in (AMOUNTS if field in AMOUNT_FIELDS else TEXTS).items()
    ]


async def written(
    peer: Peer, kind: EntityType, shot: Snapshot, field: str, value: Json
) -> Written | Rejected | Resolved:
    """What became of it; `Resolved` where there was nothing to write."""
    port = peer.ports[kind]
    [resolved] = await port.from_records([Desired(fields={field: value}, base=shot.state)])
    if not isinstance(resolved, Resolved):
        assert isinstance(resolved, Rejected), resolved
        return resolved
    changes = {name: one for name, one in resolved.state.items() if shot.state.get(name) != one}
    if not changes:
        return resolved
    [result] = await port.write([Write(ref=shot.ref, changes=changes, operation_id="op-1", base=shot.state)])
    assert isinstance(result, Written | Rejected), result
    return (
        result
        if isinstance(result, Rejected)
        else Written(ref=result.ref, state=result.state, notes=resolved.notes + result.notes)
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [pytest.param(name, kind, id=f"{kind}-{name}") for name, kind in cells(Form.MADE) if CASES[kind].edits],
)
async def test_an_odd_value_is_held_or_refused_by_name_or_noted(name: str, kind: EntityType) -> None:
    peer, number, _ = await made(name, kind)
    lost = {field for one, other, field in NOT_HELD if other is kind and one in (name, kind_of(name))}
    wrong: list[str] = []

    for field, what, value in odd_values(kind):
        if field in lost:
            continue
        shot = await peer.snapshot(kind, number)
        result = await written(peer, kind, shot, field, value)
        after = await peer.record(kind, number)
        if isinstance(result, Rejected):
            if not result.field and what not in LOST_ON_THE_WAY:
                wrong.append(f"{field} {what}: refused without the field's name: {result.message}")
            continue
        left = await peer.left_to_write(kind, number, {field: value})
        if left:
            wrong.append(f"{field} {what}: {left!r:.80} would be written again")
        if (kind, field, what) in MEANT or what in LOST_ON_THE_WAY or (peer.kind, what) in READ_AS_SIGNS:
            continue
        if not result.notes and after.get(field) != plain(field, value):
            wrong.append(f"{field} {what}: silently {after.get(field)!r:.60}")

    assert not wrong, "\n".join(wrong)


def plain(field: str, value: str) -> Json:
    """As a record has it: stripped, plain line ends, e-mails in lower case, amounts to six places."""
    if field in AMOUNT_FIELDS:
        return amount(Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP))
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    return text.lower() if text and field == "email" else text
