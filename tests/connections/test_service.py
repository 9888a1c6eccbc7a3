from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from nacl.utils import random
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.plan import Change, Doing
from app.connections.schemas import Config
from app.connections.service import carry_out, check_secrets, plan
from app.connections.store import connection_view, find_connection, get_link_view, pause
from app.db.session import SessionMaker
from app.entities.base import Direction
from app.errors import BadPayload, Conflict
from app.modules.registry import check_modules
from app.security.crypto import KeyRing
from tests.connections.forms import config

OLD_KEY, NEW_KEY = random(32), random(32)
RING = KeyRing([OLD_KEY])


async def apply(session: AsyncSession, desired: Config, ring: KeyRing = RING) -> list[Change]:
    return await carry_out(session, ring, desired, check_modules)


def summary(changes: list[Change]) -> list[tuple[str, str, Doing]]:
    return [(change.kind, change.name, change.doing) for change in changes]


async def test_an_empty_database_gets_what_the_file_says(session: AsyncSession) -> None:
    changes = await apply(session, config(shop={"verify_tls": False}))

    assert {doing for _kind, _name, doing in summary(changes)} == {Doing.CREATE}
    shop = await find_connection(session, name="boutique")
    assert shop is not None
    assert shop.options == {"verify_tls": False}
    assert connection_view(shop, RING).credentials == {"api_key": "shop-key-1234"}
    link = await get_link_view(session, RING, slug="boutique")
    assert link is not None
    assert (link.modules, link.reverse_sync, link.secrets) == ({"prestashop": {}}, True, ("hook-secret-1",))


async def test_a_shop_that_takes_no_events_in_its_own_words_has_no_reverse_sync(session: AsyncSession) -> None:
    store = {"name": "store", "kind": "woocommerce", "url": "https://store.example"}
    login = {"consumer_key": "ck_1234567890", "consumer_secret": "cs_1234567890"}
    link = {"slug": "store", "odoo": "erp", "shop": "store", "webhook_secret": "hook-secret-2"}
    await apply(session, config())
    desired = Config.read(
        {
            "connections": [store | login],
            "links": [link | {"modules": {"woocommerce": {}}, "reverse_sync": True}],
        },
        source="shops.yaml",
    )

    with pytest.raises(BadPayload) as caught:
        await apply(session, desired)

    assert caught.value.message.startswith(
        "link store: reverse_sync is for a PrestaShop: a WooCommerce takes no events"
    )


async def test_how_an_odoo_is_spoken_to_can_be_changed_and_is_said_before_it_is_done(session: AsyncSession) -> None:
    await apply(session, config())

    said = await apply(session, config(odoo={"transport": "xmlrpc", "lang": "fr_FR", "company_ids": [2]}))
    again = await apply(session, config(odoo={"transport": "xmlrpc", "lang": "fr_FR", "company_ids": [2]}))

    assert said[0].details == ("transport: unset → xmlrpc", "lang: unset → fr_FR", "company_ids: unset → [2]")
    assert {change.doing for change in again} == {Doing.NOTHING}


async def test_applying_the_same_file_again_changes_nothing(session: AsyncSession) -> None:
    await apply(session, config())
    before = await find_connection(session, name="erp")
    assert before is not None
    sealed = before.sealed

    changes = await apply(session, config())

    assert {change.doing for change in changes} == {Doing.NOTHING}
    assert before.sealed == sealed


async def test_a_check_changes_nothing_and_says_what_would_change(session: AsyncSession) -> None:
    changes = await plan(session, RING, config(), check_modules)

    assert len(changes) == 3
    assert await find_connection(session, name="erp") is None


async def test_a_change_is_told_by_field_and_secrets_only_as_changed(session: AsyncSession) -> None:
    await apply(session, config())

    changes = await apply(
        session,
        config(
            odoo={"database": "prod", "api_key": "other-key-1234"},
            shop={"url": "https://shop.example"},
            link={
                "webhook_secret": ["hook-secret-2", "hook-secret-1"],
                "modules": {"prestashop": {"default_country": "US"}},
                "enabled": False,
            },
        ),
    )

    assert [change.details for change in changes] == [
        ("database: odoo → prod", "api_key: changed"),
        ("url: http://127.0.0.1:8080 → https://shop.example",),
        (
            "enabled: yes → no",
            'modules.prestashop: {} → {"default_country":"US"}',
            "webhook_secret: changed; 2 valid",
        ),
    ]
    link = await get_link_view(session, RING, slug="boutique")
    assert link is not None
    assert link.secrets == ("hook-secret-2", "hook-secret-1")


async def test_what_the_file_does_not_name_is_left_and_said_so(session: AsyncSession) -> None:
    await apply(session, config())

    changes = await apply(session, Config())

    assert summary(changes) == [
        ("connection", "boutique", Doing.LEAVE),
        ("connection", "erp", Doing.LEAVE),
        ("link", "boutique", Doing.LEAVE),
    ]
    assert await find_connection(session, name="erp") is not None


async def test_a_link_may_join_connections_that_are_stored_already(session: AsyncSession) -> None:
    await apply(session, Config(connections=config().connections))

    changes = await apply(session, Config(links=config().links))

    assert ("link", "boutique", Doing.CREATE) in summary(changes)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"shop": "erp"}, "link boutique: shop: connection erp is of kind odoo; a link joins an odoo and a shop"),
        ({"odoo": "boutique"}, "link boutique: odoo: connection boutique is of kind prestashop"),
        ({"odoo": "nowhere"}, "no connection is called nowhere; there are: boutique, erp"),
        ({"modules": {"crn": {}}}, "link boutique: module 'crn' is not known"),
        ({"modules": {"prestashop": {"default_country": "USA"}}}, "link boutique: modules.prestashop.default_country"),
        ({"modules": {}}, "reverse_sync needs the shop's module: modules: {prestashop: {}}"),
    ],
)
async def test_a_link_that_cannot_work_is_refused(
    session: AsyncSession, link: dict[str, object], expected: str
) -> None:
    with pytest.raises(BadPayload) as caught:
        await apply(session, config(link=link))

    assert expected in caught.value.message


async def test_a_connection_keeps_its_kind(session: AsyncSession) -> None:
    await apply(session, config())

    with pytest.raises(Conflict, match="connection erp is of kind odoo, which cannot change"):
        await apply(session, config(odoo={"name": "boutique2"}, shop={"name": "erp"}, link={"odoo": "boutique2"}))


async def test_a_link_that_has_synced_is_not_moved_to_another_shop(session: AsyncSession) -> None:
    await apply(session, config())
    other = config(shop={"name": "outlet"}, link={"shop": "outlet"})
    assert (await plan(session, RING, other, check_modules))[2].details == ("shop: boutique → outlet",)
    await session.execute(
        text(
            "INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action,"
            " max_attempts) SELECT id, 'prestashop', 'odoo_to_shop', 'customer', 'shop', '67', '67', 'updated', 1"
            " FROM links"
        )
    )

    with pytest.raises(Conflict, match="it cannot be moved to erp and outlet"):
        await apply(session, other)


async def test_rotating_the_key_seals_everything_anew(session: AsyncSession) -> None:
    await apply(session, config())
    both = KeyRing([NEW_KEY, OLD_KEY])

    changes = await apply(session, config(), both)

    assert {detail.partition(":")[2] for change in changes for detail in change.details} == {
        " sealed anew with the first of SECRET_KEYS"
    }
    assert {change.doing for change in await apply(session, config(), KeyRing([NEW_KEY]))} == {Doing.NOTHING}


async def test_a_lost_key_is_mended_by_applying_the_file(session: AsyncSession) -> None:
    await apply(session, config())

    changes = await apply(session, config(), KeyRing([NEW_KEY]))

    assert "open with none of SECRET_KEYS" in changes[0].details[0]
    assert {change.doing for change in await apply(session, config(), KeyRing([NEW_KEY]))} == {Doing.NOTHING}


async def test_a_new_key_lets_a_paused_link_try_again_at_once(session: AsyncSession) -> None:
    await apply(session, config())
    link = await get_link_view(session, RING, slug="boutique")
    assert link is not None
    await pause(
        session,
        link_id=link.id,
        direction=Direction.ODOO_TO_SHOP,
        reason="the key was refused",
        first=timedelta(minutes=1),
        longest=timedelta(minutes=15),
    )

    await apply(session, config())
    assert await session.scalar(text("SELECT count(*) FROM pauses")) == 1
    await apply(session, config(shop={"api_key": "new-shop-key"}))

    assert await session.scalar(text("SELECT count(*) FROM pauses")) == 0


async def test_after_a_new_key_changes_are_looked_for_at_once(session: AsyncSession) -> None:
    await apply(session, config())
    link = await get_link_view(session, RING, slug="boutique")
    assert link is not None
    await session.execute(
        text(
            "INSERT INTO poll_cursors (link_id, side, entity_type, next_at, error_message)"
            " VALUES (:link_id, 'odoo', 'customer', now() + interval '5 minutes', 'the login was refused')"
        ),
        {"link_id": link.id},
    )
    due = text("SELECT count(*) FROM poll_cursors WHERE next_at <= now()")

    await apply(session, config())
    assert await session.scalar(due) == 0
    await apply(session, config(odoo={"api_key": "new-odoo-key"}))

    assert await session.scalar(due) == 1


async def test_two_who_apply_at_once_wait_for_each_other(sessions: SessionMaker) -> None:
    async def once() -> list[Change]:
        async with sessions.begin() as session:
            return await apply(session, config())

    first, second = await asyncio.gather(once(), once())

    assert sorted([summary(first)[0][2], summary(second)[0][2]]) == [Doing.CREATE, Doing.NOTHING]


def test_a_sample_secret_is_warned_of_and_refused_in_production() -> None:
    desired = config(link={"webhook_secret": "changeme"}, shop={"api_key": "short"})

    warned = check_secrets(desired, production=False)

    assert [warning.split(" is ")[0] for warning in warned] == [
        "connection boutique: api_key",
        "link boutique: webhook_secret",
    ]
    with pytest.raises(BadPayload, match="Production refuses it"):
        check_secrets(desired, production=True)
    assert check_secrets(config(), production=True) == []
