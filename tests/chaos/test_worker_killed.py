"""A worker that dies by `kill -9` at the worst moment: nothing lost, nothing made twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.chaos.installation import LINK, SECRET, Installation, companies, edits, event, last_values
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.windows import SCALE
from tests.processes import Process, until, url_of

ORDER = {
    "id_customer": 2,
    "id_address_delivery": 5,
    "lines": [{"id_product": 8, "quantity": 2}],
    "total_paid": "30.80",
}
CUSTOMER = {"email": "once@example.com", "firstname": "On", "lastname": "Ce"}
COUPON = {"code": "ONCE10", "name": "Once", "reduction_percent": 10, "date_from": "2026-01-01", "date_to": "2026-12-31"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """`answer_held`: the call that the shop carries out and whose answer never reaches the worker."""

    entity_type: str
    data: dict[str, Any]
    resource: str
    answer_held: str


CREATES = {
    "customer": Create(entity_type="customer", data=CUSTOMER, resource="customers", answer_held="/api/customers"),
    "coupon": Create(entity_type="coupon", data=COUPON, resource="cart_rules", answer_held="/api/cart_rules"),
    "order after its cart": Create(entity_type="order", data=ORDER, resource="orders", answer_held="/api/carts"),
    "order": Create(entity_type="order", data=ORDER, resource="orders", answer_held="/api/orders"),
}


@pytest.mark.parametrize("create", CREATES.values(), ids=CREATES.keys())
async def test_a_worker_killed_between_the_shops_create_and_our_record_of_it_makes_one(
    installation: Installation, create: Create
) -> None:
    before = len(await installation.shop.rows(create.resource))
    await installation.shop.hold("POST", f"{create.answer_held}$")
    [_, *workers] = await installation.start(workers=2)

    operation_id = await installation.send(event(1, create.entity_type, "created", create.data))
    await installation.shop.holds_an_answer()
    await _kill_the_holder(installation, workers)
    installation.fault_ended()
    await installation.settled()

    assert len(await installation.shop.rows(create.resource)) == before + 1
    operation = await installation.operation(operation_id)
    assert (operation["status"], operation["outcome"]) == ("success", "created")
    await installation.check_balance()


@pytest.mark.parametrize("known", [False, True], ids=["first contact", "known record"])
async def test_the_echo_of_a_write_whose_worker_was_killed_is_still_an_echo(
    installation: Installation, known: bool
) -> None:
    await installation.shop.reset(
        customers=1, webhook_url=f"{url_of(installation.listener)}/webhooks/prestashop/{LINK}", webhook_secret=SECRET
    )
    [_, worker] = await installation.start()
    if known:
        await installation.send(event(0, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Before"}))
        await _echo(installation, numbered=1)
    await installation.shop.hold("PATCH", f"/api/customers/{FIRST_CUSTOMER}$")
    operation_id = await installation.send(event(1, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Acme"}))
    await installation.shop.holds_an_answer()
    await until(lambda: _echoes(installation, pending=True), within_s=10, what="the echo is in the queue")

    worker.kill()
    installation.start_worker("second")
    installation.fault_ended()
    await installation.settled()

    echo = await _echo(installation, numbered=1 + known)
    assert (echo["status"], echo["outcome"], echo["held_reason"]) == ("completed", "unchanged", None)
    assert (await installation.operation(operation_id))["status"] == "success"
    assert len(await installation.shop.writes()) == 1 + known
    await installation.check_balance()


async def test_a_worker_killed_again_and_again_under_load_loses_and_doubles_nothing(
    installation: Installation,
) -> None:
    kills = 4 * SCALE
    events = edits(200 * SCALE, customers=40)
    await installation.shop.reset(customers=40, write_s=0.02)
    # Each kill in the middle of a batch counts as an attempt of each of its jobs.
    installation.settings |= {"MAX_ATTEMPTS": str(12 * SCALE)}
    [_, worker] = await installation.start()

    for number in range(kills):
        part = events[number * len(events) // kills : (number + 1) * len(events) // kills]
        written = (await installation.shop.seen())["writes"]
        await installation.send_all(part)
        await installation.shop.has_carried_out(written + 4)
        worker.kill()
        worker = installation.start_worker(f"worker-{number + 2}")
    installation.fault_ended()
    await installation.settled()

    assert await companies(installation.shop) == last_values(events)
    assert (await installation.shop.seen())["most_at_once_per_record"] == 1
    assert {status for status, _ in await installation.outcomes()} == {"success"}
    await installation.check_balance()


async def _kill_the_holder(installation: Installation, workers: Sequence[Process]) -> None:
    """The one that has the job; the other takes over when the lease has run out."""
    [row] = await installation.rows("SELECT leased_by FROM sync_queue WHERE status = 'processing'")
    [holder] = [worker for worker in workers if f":{worker.pid}:" in row["leased_by"]]
    holder.kill()


async def _echo(installation: Installation, *, numbered: int) -> Any:
    """That one of the shop's events, when it has been judged."""

    async def judged() -> bool:
        echoes = await _echoes(installation)
        return len(echoes) == numbered and bool(echoes[-1]["status"] == "completed" or echoes[-1]["held_reason"])

    await until(judged, within_s=15, what=f"echo {numbered} is judged")
    return (await _echoes(installation))[-1]


async def _echoes(installation: Installation, *, pending: bool = False) -> list[Any]:
    return await installation.rows(
        "SELECT * FROM sync_queue WHERE direction = 'shop_to_odoo' AND (status = 'pending' OR NOT $1) ORDER BY id",
        pending,
    )
