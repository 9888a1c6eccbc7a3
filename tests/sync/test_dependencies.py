"""How long a record waits for another that it needs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, Side
from app.errors import Parked, Snoozed
from app.queue.models import JobStatus, Outcome
from app.queue.requeue import Requeue, requeue
from app.queue.store import ClaimedJob, NewJob, Settled, claim, enqueue, settle
from app.sync.dependencies import LATER, SOON, call_for
from app.sync.references import Dangling


async def claimed(sessions: SessionMaker, entity_type: EntityType, native_id: str) -> ClaimedJob:
    job = NewJob(
        link_id=1,
        module="prestashop",
        direction=Direction.SHOP_TO_ODOO,
        entity_type=entity_type,
        side=Side.SHOP,
        native_id=native_id,
        action=Action.UPDATED,
        payload={},
    )
    async with sessions.begin() as session:
        await enqueue(session, [job])
    [taken] = await claim(sessions, worker="w1", batch_size=1, lease=timedelta(seconds=60))
    return taken


async def waits(sessions: SessionMaker, address: ClaimedJob) -> timedelta:
    """How long the address waits for its customer 67."""
    missing = Dangling(field="customer", entity_type=EntityType.CUSTOMER, native_id="67", required=True)
    snoozed = (await call_for(sessions, address, Side.SHOP, [(address, [missing])]))[address.id]
    assert isinstance(snoozed, Snoozed)
    assert snoozed.retry_in is not None
    return snoozed.retry_in


async def test_what_is_tried_again_soon_is_waited_for_until_then(sessions: SessionMaker) -> None:
    address = await claimed(sessions, EntityType.ADDRESS, "5")
    customer = await claimed(sessions, EntityType.CUSTOMER, "67")
    later = Requeue(link_id=1, id=customer.id, delay=timedelta(seconds=4), error_message="the answer was lost")
    await requeue(sessions, later)

    assert timedelta(seconds=3) < await waits(sessions, address) <= timedelta(seconds=4) + SOON


async def test_what_waits_for_long_is_looked_for_now_and_then(sessions: SessionMaker) -> None:
    address = await claimed(sessions, EntityType.ADDRESS, "5")
    await claimed(sessions, EntityType.CUSTOMER, "67")
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE sync_queue SET status = 'pending', lease_token = NULL, leased_by = NULL, leased_until = NULL,"
                " error_message = 'down', scheduled_at = now() + interval '1 hour' WHERE entity_type = 'customer'"
            )
        )

    assert await waits(sessions, address) == LATER


async def test_what_was_rejected_is_looked_for_now_and_then(sessions: SessionMaker) -> None:
    address = await claimed(sessions, EntityType.ADDRESS, "5")
    customer = await claimed(sessions, EntityType.CUSTOMER, "67")
    async with sessions.begin() as session:
        end = Settled(job=customer, status=JobStatus.COMPLETED, outcome=Outcome.REJECTED, error_message="no e-mail")
        await settle(session, [end])

    assert await waits(sessions, address) == LATER


async def test_what_came_to_nothing_parks_what_cannot_go_without_it_and_lets_the_other_go_on(
    sessions: SessionMaker,
) -> None:
    order = await claimed(sessions, EntityType.ORDER, "5")
    product = await claimed(sessions, EntityType.PRODUCT, "8")
    async with sessions.begin() as session:
        await settle(session, [Settled(job=product, status=JobStatus.COMPLETED, outcome=Outcome.UNCHANGED)])

    async def wait(*, required: bool) -> object:
        missing = Dangling(field="x", entity_type=EntityType.PRODUCT, native_id="8", required=required)
        return (await call_for(sessions, order, Side.SHOP, [(order, [missing])])).get(order.id)

    assert isinstance(await wait(required=True), Parked)
    assert await wait(required=False) is None
