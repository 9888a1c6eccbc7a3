"""A forged webhook is refused and stores nothing, whatever it tells of."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import text

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.modules.matrix import CAPABILITIES
from tests.api.builders import LinkRow, make_link
from tests.contract.conformance_doors import NO_DOOR, SHOPS, forged_posts, true_post

TOLD = {
    kind: [cell.entity_type for cell in some if cell.signals]
    for kind, some in CAPABILITIES.items()
    if kind not in NO_DOOR and any(cell.signals for cell in some)
}
EVERY_DOOR = pytest.mark.parametrize("kind", TOLD)


async def link_of(kind: str, sessions: SessionMaker, state: ApiState) -> LinkRow:
    sync = {"entities": {"customer": {"direction": "both"}}}
    return await make_link(sessions, state.ring, shop_kind=SHOPS[kind], sync=sync)


async def stored(sessions: SessionMaker) -> int:
    query = "SELECT (SELECT count(*) FROM deliveries) + (SELECT count(*) FROM sync_queue)"
    async with sessions() as session:
        return int((await session.execute(text(query))).scalar_one())


@EVERY_DOOR
async def test_a_true_one_comes_in(
    kind: str, client: httpx.AsyncClient, sessions: SessionMaker, state: ApiState
) -> None:
    await link_of(kind, sessions, state)
    post = true_post(kind, EntityType.CUSTOMER)

    answer = await client.post(post.path, content=post.body, headers=post.headers)

    assert answer.status_code == 202, answer.text
    assert await stored(sessions) == 2


@EVERY_DOOR
async def test_a_forged_one_is_refused_and_stores_nothing(
    kind: str, client: httpx.AsyncClient, sessions: SessionMaker, state: ApiState
) -> None:
    link = await link_of(kind, sessions, state)
    posts = [post for entity_type in TOLD[kind] for post in forged_posts(kind, entity_type)]

    answers = [await client.post(post.path, content=post.body, headers=post.headers) for post in posts]

    said = {f"{post.how}: {answer.status_code}" for post, answer in zip(posts, answers, strict=True)}
    assert {answer.status_code for answer in answers} <= {403, 429}, said
    assert answers[0].status_code == 403
    assert await stored(sessions) == 0
    await state.refusals.flush()
    async with sessions() as session:
        counted = await session.execute(
            text("SELECT reason FROM refusals WHERE link_id = :link_id"), {"link_id": link.id}
        )
        assert set(counted.scalars()) <= {"invalid_signature", "forbidden"}
