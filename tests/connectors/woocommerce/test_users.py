"""People as WordPress has them: users with roles, over `wp/v2`."""

from __future__ import annotations

from typing import Any

import pytest

from app.connectors.base import Cursor, Removal, Written
from app.connectors.woocommerce.customer_record import to_record
from app.errors import ActionRequired, Conflict, Rejected, Retryable
from tests.connectors.woocommerce.catalogue import (
    change,
    changed,
    changed_ids,
    found,
    made,
    missing,
    new,
    record,
    removal,
    resolved,
    state,
    written,
)
from tests.connectors.woocommerce.people import JANE, OTTO, Store, store

PEER = {"email": "peer@example.test", "name": "Peer Gynt", "website": "peer.example.test"}


@pytest.fixture
def site() -> Store:
    return store(people="users")


async def test_a_user_in_neutral_words(site: Store) -> None:
    number = site.user("ed@example.test", "editor", first_name="Ed", url="http://ed.example.test")

    assert await record(site.people, number) == {
        "email": "ed@example.test",
        "name": "Ed",
        "website": "ed.example.test",
    }


async def test_all_roles_are_people_unless_one_is_named(site: Store) -> None:
    author = site.user("ann@example.test", "author")
    only = store(people="users", role="author")
    there = only.user("ann@example.test", "author")

    assert set(await changed_ids(site.people, Cursor())) == {"1", "2", JANE, OTTO, author}
    assert await changed_ids(only.people, Cursor()) == [there]
    assert missing(await only.people.read([JANE, there])) == [JANE]
    assert await only.people.count() == 1  # type: ignore[attr-defined]


async def test_a_new_user_is_read_as_it_was_written(site: Store) -> None:
    answer = await made(site.people, **PEER)

    assert await record(site.people, answer.ref.native_id) == PEER
    assert (await resolved(site.people, answer.state, **PEER)).state == {}


@pytest.mark.parametrize(
    ("options", "role"),
    [({}, "subscriber"), ({"new_user_role": "author"}, "author"), ({"role": "contributor"}, "contributor")],
)
async def test_a_new_user_has_the_role_of_the_options(options: dict[str, Any], role: str) -> None:
    site = store(people="users", **options)

    answer = await made(site.people, **PEER)

    assert site.sandbox.row("users", int(answer.ref.native_id))["role"] == role


async def test_a_change_sends_what_differs_and_is_read_back_together(site: Store) -> None:
    writes = [
        await change(site.people, JANE, name="Jane M", website=None),
        await change(site.people, OTTO, name="Otto N"),
    ]
    site.calls()

    answers = [written(one) for one in await site.people.write(writes)]

    assert [to_record(one.state)["name"] for one in answers] == ["Jane M", "Otto N"]
    assert sorted(site.calls()) == ["GET wp/v2/users", "PUT wp/v2/users/3", "PUT wp/v2/users/4"]


async def test_users_are_found_by_address(site: Store) -> None:
    assert await found(site.people, email="JANE@example.test") == [JANE]
    assert await found(site.people, email="jane@example.tes") == []


async def test_a_taken_address_is_no_trouble_of_the_server(site: Store) -> None:
    write = await new(site.people, **PEER)
    site.user("peer@example.test", "subscriber")

    [answer] = await site.people.write([write])

    assert isinstance(answer, Retryable)
    assert answer.code == "appeared"


async def test_an_address_of_somebody_with_another_role_is_taken(site: Store) -> None:
    only = store(people="users", role="subscriber")

    [answer] = await only.people.write([await new(only.people, email="jane@example.test", name="Jane")])

    assert isinstance(answer, Conflict)
    assert "option role" in answer.message


async def test_a_user_is_deleted_and_what_they_wrote_is_ours_then(site: Store) -> None:
    base = await state(site.people, JANE)
    write = removal(site.people, JANE, Removal.DELETE)

    answers = await site.people.write([write, removal(site.people, JANE, Removal.DELETE)])

    assert base["roles"] == ["customer"]
    assert all(isinstance(one, Written) and one.gone for one in answers)
    assert missing(await site.people.read([JANE])) == [JANE]


async def test_nobody_who_works_in_the_shop_is_deleted_from_outside(site: Store) -> None:
    [answer] = await site.people.write([removal(site.people, "2", Removal.DELETE)])

    assert isinstance(answer, Rejected)
    assert missing(await site.people.read(["2"])) == []


async def test_a_user_cannot_be_archived(site: Store) -> None:
    [answer] = await site.people.write([removal(site.people, JANE, Removal.ARCHIVE)])

    assert isinstance(answer, Rejected)
    assert answer.code == "cannot_archive"


async def test_the_address_of_staff_stays(site: Store) -> None:
    answer = await resolved(site.people, await state(site.people, "1"), email="thief@example.test")

    assert answer.state == {}
    assert answer.notes


async def test_users_need_an_application_password() -> None:
    site = store(people="users", user=False)

    with pytest.raises(ActionRequired, match="Application Password"):
        await site.people.read([JANE])


async def test_users_are_listed_with_content(site: Store) -> None:
    pages = [page async for page in site.people.listed(Cursor())]  # type: ignore[attr-defined]

    assert [shot.ref.native_id for page in pages for shot in page.snapshots] == ["1", "2", JANE, OTTO]


async def test_a_name_is_changed_and_a_site_without_scheme_gets_one(site: Store) -> None:
    answer = await changed(site.people, JANE, website="jane.example.test")

    assert answer.state["url"] == "http://jane.example.test"
    assert to_record(answer.state)["website"] == "jane.example.test"
