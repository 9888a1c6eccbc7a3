"""A read-back that is not what was sent: what the peer made of it, or what somebody saved in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.base import Snapshot
from app.connectors.saved_after import saved_after
from app.entities.base import EntityType, Json, Ref, Side

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def shown(value: Json, *, at: datetime | None = NOON) -> Snapshot:
    ref = Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id="67")
    return Snapshot(ref=ref, state={"field": value, "other": "as it is"}, modified_at=at)


@pytest.mark.parametrize(
    ("sent", "answer", "held"),
    [
        ("Ada", "Ada", "Ada"),
        ("Ada", "ADA", "ADA"),
        ("Ada ", "Ada ", "Ada"),
        ("Looms & Co", "Looms & Co", "Looms &amp; Co"),
        ("<p>Mug</p><script>1</script>", "<p>Mug</p><script>1</script>", "<p>Mug</p>"),
        ("5.1234567", "5.1234567", "5.123457"),
        ("12.345", "12.345", "12.35"),
        (None, None, "0"),
        ("2026-11-21", "2026-11-21", "2026-11-21 00:00:00"),
        ([3], [], [1, 3]),
    ],
)
def test_what_the_peer_made_of_the_value_is_nobodys_edit(sent: Json, answer: Json, held: Json) -> None:
    assert saved_after({"field": sent}, shown(answer), shown(held)) == frozenset()


@pytest.mark.parametrize(
    ("sent", "held"),
    [("Ada", "Grace"), ("Ada", None), (None, "Ada"), ("11.9", "12"), ("Ada", ""), (True, False), (8, 21), (8, None)],
)
def test_any_other_value_was_saved_by_somebody_else(sent: Json, held: Json) -> None:
    assert saved_after({"field": sent}, shown(sent), shown(held)) == {"field"}


def test_where_the_date_has_moved_on_nothing_is_put_down_to_the_peer() -> None:
    later = shown("<b>Ada</b>", at=NOON + timedelta(seconds=1))

    assert saved_after({"field": "<i>Ada</i>"}, shown("<i>Ada</i>"), later) == {"field"}
    assert saved_after({"field": "<b>Ada</b>"}, shown("<b>Ada</b>"), later) == frozenset()


def test_without_an_answer_that_shows_the_record_there_is_no_telling() -> None:
    assert saved_after({"field": "Ada"}, None, shown("Grace")) == frozenset()


def test_fields_that_were_not_sent_are_not_looked_at() -> None:
    assert saved_after({}, shown("Ada"), shown("Grace")) == frozenset()
