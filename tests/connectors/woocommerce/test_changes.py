"""What may have changed since a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.connectors.base import Cursor, Page, Snapshot
from app.connectors.http import PeerClient
from app.connectors.woocommerce import changes
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.records import native_id
from app.entities.base import EntityType, Ref, Side
from app.sandbox.woocommerce import Sandbox, create_sandbox
from tests.connectors.woocommerce.test_client import client_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVERY = {"status": "any"}
BEGINNING = Cursor()


class Watch:
    """The shop's clock, which stands still until it is moved."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: int = 60) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sandbox(watch: Watch) -> Sandbox:
    return create_sandbox(examples=False, clock=watch)


def add(sandbox: Sandbox, count: int) -> list[str]:
    return [str(sandbox.add("products", name=f"P{number}")) for number in range(count)]


async def by_date(sandbox: Sandbox, cursor: Cursor) -> list[Page]:
    return [page async for page in changes.by_date(client_of(sandbox), "products", cursor, EVERY)]


def ids(pages: list[Page]) -> list[str]:
    return [number for page in pages for number in page.ids]


async def test_everything_is_shown_from_the_beginning_once_and_oldest_first(sandbox: Sandbox, watch: Watch) -> None:
    first = add(sandbox, 3)
    watch.later()
    second = add(sandbox, 2)
    watch.later()
    sandbox.edit("products", int(first[0]), name="Changed")

    assert ids(await by_date(sandbox, Cursor())) == [first[1], first[2], *second, first[0]]


async def test_more_of_one_second_than_a_page_holds_are_all_shown(sandbox: Sandbox, watch: Watch) -> None:
    early = add(sandbox, 1)
    watch.later()
    many = add(sandbox, 230)
    watch.later()
    late = add(sandbox, 1)

    shown = ids(await by_date(sandbox, Cursor()))

    assert sorted(shown, key=int) == [*early, *many, *late]


async def test_behind_the_cursor_only_later_changes_are_shown(sandbox: Sandbox, watch: Watch) -> None:
    add(sandbox, 2)
    [*_, last] = await by_date(sandbox, Cursor())
    watch.later()
    new = add(sandbox, 1)
    [*_, page] = await by_date(sandbox, last.cursor)

    assert set(new) <= set(page.ids)
    assert page.cursor.moment > last.cursor.moment


async def test_a_look_that_ends_halfway_goes_on_where_it_was(sandbox: Sandbox, watch: Watch) -> None:
    made = []
    for _ in range(3):
        made += add(sandbox, 60)
        watch.later()
    [first, *_] = await by_date(sandbox, Cursor())

    rest = ids(await by_date(sandbox, first.cursor))

    assert len(first.ids) == 100
    assert {*first.ids, *rest} == set(made)
    assert len(rest) <= 120


async def test_what_changes_during_the_look_shifts_nothing(sandbox: Sandbox, watch: Watch) -> None:
    made = add(sandbox, 60)
    watch.later()
    made += add(sandbox, 60)
    watch.later()
    shown: list[str] = []

    async for page in changes.by_date(client_of(sandbox), "products", Cursor(), EVERY):
        shown += page.ids
        sandbox.edit("products", int(made[0]), name="Changed meanwhile")

    assert set(shown) == set(made)


async def test_older_changes_are_shown_once_by_a_shop_that_tells_the_time() -> None:
    """The cursor stands at the last change, or ten seconds before now where that is earlier."""
    old, new = NOON - timedelta(minutes=5), NOON - timedelta(seconds=3)

    assert (await _shown_at(NOON, old)).moment == "2026-11-21T11:55:00"
    assert (await _shown_at(NOON, new)).moment == "2026-11-21T11:59:50"


async def test_the_cursor_never_goes_back() -> None:
    behind = Cursor(moment="2026-11-21T11:59:58")

    assert await _shown_at(NOON, NOON - timedelta(seconds=1), cursor=behind) == behind


async def test_records_without_a_date_are_shown_by_id(sandbox: Sandbox) -> None:
    numbers = [str(sandbox.add("customers", email=f"p{number}@example.test")) for number in range(130)]

    pages = [page async for page in changes.by_id(client_of(sandbox), "customers", Cursor())]

    assert ids(pages) == numbers
    assert len(sandbox.requests) == 2


@pytest.mark.parametrize("places", [[0], [99], [98, 99], range(100), range(40, 140)], ids=str)
async def test_what_is_deleted_between_two_pages_hides_nothing_else(sandbox: Sandbox, places: Sequence[int]) -> None:
    """The rest moves forward by as many places, out of a page that is counted."""
    numbers = [sandbox.add("customers", email=f"p{number}@example.test") for number in range(330)]
    shown: list[str] = []

    async for page in changes.by_id(client_of(sandbox), "customers", Cursor()):
        if not shown:
            for place in places:
                sandbox.remove("customers", numbers[place], force=True)
        shown += page.ids

    deleted = {numbers[place] for place in places if place >= 100}
    assert shown == [str(number) for number in numbers if number not in deleted]


async def test_a_run_through_ids_goes_on_where_it_stopped_though_others_were_deleted(sandbox: Sandbox) -> None:
    numbers = [sandbox.add("customers", email=f"p{number}@example.test") for number in range(330)]
    pages = [page async for page in changes.by_id(client_of(sandbox), "customers", Cursor())]
    for number in numbers[:120]:
        sandbox.remove("customers", number, force=True)

    rest = [page async for page in changes.by_id(client_of(sandbox), "customers", pages[1].cursor)]

    assert pages[1].ids[-1] == str(numbers[198])
    assert ids(rest) == [str(number) for number in numbers[199:]]


async def test_a_page_of_content_can_be_cut_anywhere(sandbox: Sandbox) -> None:
    numbers = [str(sandbox.add("customers", email=f"p{number}@example.test")) for number in range(106)]
    client = client_of(sandbox)
    [page, _] = [one async for one in changes.listed(client, "customers", Cursor(), _every_other)]

    rest = [one async for one in changes.listed(client, "customers", page.cursors[9], _every_other)]

    shown = [shot.ref.native_id for one in rest for shot in one.snapshots]
    assert page.snapshots[9].ref.native_id == numbers[18]
    assert shown[0] == numbers[19]
    assert shown[-1] == numbers[105]


async def _every_other(rows: Sequence[Row]) -> list[Snapshot]:
    refs = [Ref(side=Side.SHOP, entity_type=EntityType.CUSTOMER, native_id=native_id(row)) for row in rows[::2]]
    return [Snapshot(ref=ref, state={}) for ref in refs]


async def _shown_at(now: datetime, changed: datetime, *, cursor: Cursor = BEGINNING) -> Cursor:
    """The cursor after a look at a shop with one product, by whose clock it is `now`."""
    row = {"id": 10, "date_modified_gmt": changed.strftime("%Y-%m-%dT%H:%M:%S")}
    head = {"Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    login = Login(consumer_key="ck", consumer_secret="cs")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[row], headers=head))
    peer = PeerClient("https://shop.test", name="store", auth=login, transport=transport)
    [page] = [one async for one in changes.by_date(WooClient(peer, login), "products", cursor)]
    return page.cursor
