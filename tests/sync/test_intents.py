"""Creates that are announced by portions of one run, which are under way side by side."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, NaturalKey, Side
from app.queue.models import JobStatus, Outcome
from app.queue.store import ClaimedJob, NewJob, Settled, claim, enqueue, settle
from app.sync.intents import Announcement, Intent, close_intents, open_intents

KEY = NaturalKey(entity_type=EntityType.PRODUCT, name="sku", value="SKU-1")


async def two_jobs(sessions: SessionMaker) -> list[ClaimedJob]:
    jobs = [
        NewJob(
            link_id=1,
            module="woocommerce",
            direction=Direction.SHOP_TO_ODOO,
            entity_type=EntityType.PRODUCT,
            side=Side.SHOP,
            native_id=number,
            action=Action.UPDATED,
            payload={},
        )
        for number in ("11", "12")
    ]
    async with sessions.begin() as session:
        await enqueue(session, jobs)
    return await claim(sessions, worker="w1", batch_size=2, lease=timedelta(seconds=60))


async def clock(sessions: SessionMaker) -> datetime:
    async with sessions.autocommit() as session:
        moment: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
    return moment


async def announced(sessions: SessionMaker, job: ClaimedJob, *, looked_at: datetime | None) -> Intent | None:
    one = Announcement(job=job, key=KEY, source_state={"sku": "SKU-1"}, sent={"default_code": "SKU-1"}, saved={})
    return (await open_intents(sessions, [one], side=Side.ODOO, looked_at=looked_at)).get(job.id)


async def made(sessions: SessionMaker, job: ClaimedJob, intent: Intent | None) -> None:
    assert intent is not None
    async with sessions.begin() as session:
        await settle(session, [Settled(job=job, status=JobStatus.COMPLETED, outcome=Outcome.CREATED)])
        await close_intents(session, [(intent, "7")])


async def test_what_another_portion_made_after_this_one_began_to_look_is_not_made_again(sessions: SessionMaker) -> None:
    """Two products of the shop with one SKU: this one's look into Odoo may be older than what the other has made."""
    first, second = await two_jobs(sessions)
    looked_at = await clock(sessions)
    await made(sessions, first, await announced(sessions, first, looked_at=looked_at))

    assert await announced(sessions, second, looked_at=looked_at) is None


async def test_what_was_made_before_and_is_not_there_any_more_is_made_again(sessions: SessionMaker) -> None:
    first, second = await two_jobs(sessions)
    await made(sessions, first, await announced(sessions, first, looked_at=await clock(sessions)))

    assert await announced(sessions, second, looked_at=await clock(sessions)) is not None
