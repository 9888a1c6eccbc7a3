"""What may have changed in a shop since a cursor, without missing a second, an hour or a record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.connectors.base import Cursor, Page
from app.connectors.http import PeerClient
from app.connectors.prestashop import changes
from app.connectors.prestashop.client import PrestashopClient
from app.connectors.prestashop.options import PrestashopOptions
from app.connectors.prestashop.reference import Reference
from app.sandbox.prestashop import ApiKey, Sandbox, create_sandbox
from tests.clock import FrozenClock

NOON = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
RESTRICTED = "RESTRICTEDRESTRICTEDRESTRICTED01"


class Shop:
    def __init__(self, **how: object) -> None:
        self.clock = FrozenClock(NOON)
        self.sandbox: Sandbox = create_sandbox(clock=self.clock.now, **how)  # type: ignore[arg-type]
        peer = PeerClient(
            "http://shop.test",
            name="boutique",
            auth=(RESTRICTED if how else self.sandbox.key, ""),
            transport=httpx.ASGITransport(self.sandbox),
        )
        self.client = PrestashopClient(peer)
        self.reference = Reference(self.client, PrestashopOptions())

    def registered(self, count: int = 1) -> list[str]:
        """At one moment."""
        return [str(self._registered()) for _ in range(count)]

    def _registered(self) -> int:
        email = f"c{len(self.sandbox.rows('customers'))}@x.test"
        return self.sandbox.add("customers", email=email, firstname="A", lastname="B", passwd="x" * 60)

    async def since(self, cursor: Cursor, *, most: int = 500) -> tuple[list[str], Cursor]:
        self.sandbox.requests.clear()
        return await gathered(changes.by_date(self.client, self.reference, "customers", cursor, most=most), cursor)


async def gathered(pages: AsyncIterator[Page], cursor: Cursor) -> tuple[list[str], Cursor]:
    ids: list[str] = []
    async for page in pages:
        ids += page.ids
        assert (page.cursor.moment, int(page.cursor.native_id or 0)) >= (cursor.moment, int(cursor.native_id or 0))
        cursor = page.cursor
    return ids, cursor


async def test_from_the_start_every_record_comes_once_oldest_first() -> None:
    shop = Shop()

    ids, cursor = await shop.since(Cursor())

    assert ids == ["1", "2", "67"]
    assert cursor == Cursor(moment="2026-11-21 02:11:55", native_id="67")


async def test_more_records_of_one_second_than_a_page_holds_all_come_once() -> None:
    shop = Shop()
    same = shop.registered(7)
    shop.clock.advance(seconds=1)
    later = shop.registered(2)
    shop.clock.advance(seconds=5 * 60)

    ids, cursor = await shop.since(Cursor(), most=3)

    assert ids == ["1", "2", "67", *same, *later]
    assert cursor == Cursor(moment="2026-11-21 12:00:01", native_id=later[-1])


async def test_a_run_that_stopped_within_a_second_goes_on_behind_the_last_record() -> None:
    shop = Shop()
    same = shop.registered(3)
    shop.clock.advance(seconds=5 * 60)

    ids, _ = await shop.since(Cursor(moment="2026-11-21 12:00:00", native_id=same[0]))

    assert ids == same[1:]


async def test_records_without_any_date_come_first_and_only_once() -> None:
    shop = Shop()
    for row in shop.sandbox.rows("customers"):
        row["date_upd"] = "0000-00-00 00:00:00"
    [new] = shop.registered()

    ids, _ = await shop.since(Cursor(), most=2)

    assert ids == ["1", "2", "67", new]


async def test_what_is_written_late_with_an_earlier_moment_is_still_seen() -> None:
    shop = Shop()
    [early] = shop.registered()
    ids, cursor = await shop.since(Cursor())
    assert ids[-1] == early

    [late] = shop.registered()
    shop.sandbox.row("customers", int(late))["date_upd"] = "2026-11-21 11:59:40"

    ids, _ = await shop.since(cursor)
    assert ids == [late, early]


async def test_a_quiet_shop_shows_its_last_change_no_longer_than_a_minute() -> None:
    shop = Shop()
    [new] = shop.registered()
    _, cursor = await shop.since(Cursor())
    shop.clock.advance(seconds=2 * 60)
    ids, cursor = await shop.since(cursor)
    assert ids == [new]

    ids, after = await shop.since(cursor)

    assert (ids, after) == ([], cursor)
    assert len(shop.sandbox.requests) == 2


async def test_nothing_of_the_hour_that_comes_twice_is_missed() -> None:
    shop = Shop()
    for row in shop.sandbox.rows("customers"):
        row["date_upd"] = "2026-01-01 00:00:00"
    shop.clock.instant = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50, for the first time
    shop.registered()
    _, cursor = await shop.since(Cursor())
    shop.clock.instant = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10, for the second
    [second] = shop.registered()
    assert shop.sandbox.row("customers", int(second))["date_upd"] == "2026-10-25 02:10:00"

    ids, _ = await shop.since(cursor)

    assert second in ids


@pytest.mark.parametrize(
    ("now", "edge"),
    [
        (datetime(2026, 7, 1, 12, 0, tzinfo=UTC), "2026-07-01 13:59:00"),
        (datetime(2026, 10, 25, 0, 0, 30, tzinfo=UTC), "2026-10-25 01:59:30"),
        (datetime(2026, 10, 25, 0, 50, tzinfo=UTC), "2026-10-25 01:49:00"),
        (datetime(2026, 10, 25, 1, 50, tzinfo=UTC), "2026-10-25 01:49:00"),
        (datetime(2026, 10, 25, 2, 2, tzinfo=UTC), "2026-10-25 03:01:00"),
        (datetime(2026, 3, 29, 1, 2, tzinfo=UTC), "2026-03-29 03:01:00"),
    ],
)
def test_the_cursor_stops_a_minute_short_and_outside_the_hour_that_comes_twice(now: datetime, edge: str) -> None:
    assert changes.settled_until(now, PARIS) == edge


async def test_without_the_shops_zone_a_whole_hour_is_shown_again() -> None:
    shop = Shop(keys={RESTRICTED: ApiKey(permissions={"customers": ("GET",)})})
    [new] = shop.registered()

    ids, cursor = await shop.since(Cursor())
    again, _ = await shop.since(cursor)

    assert ids[-1] == new
    assert again == [new]
    assert all("configurations" not in request.path for request in shop.sandbox.requests)


async def test_a_resource_without_a_date_comes_by_id() -> None:
    shop = Shop()

    ids, cursor = await gathered(changes.by_id(shop.client, "order_carriers", Cursor(), most=2), Cursor())
    rest, _ = await gathered(changes.by_id(shop.client, "order_carriers", Cursor(native_id="4")), Cursor())

    assert ids == ["1", "2", "3", "4", "5", "1001"]
    assert cursor == Cursor(native_id="1001")
    assert rest == ["5", "1001"]
