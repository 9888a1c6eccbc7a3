"""Two workers on one queue: per record in order, across records side by side, each event once."""

from __future__ import annotations

import re

from tests.chaos.installation import Installation, companies, edits, last_values
from tests.chaos.windows import SCALE

COMPANY = re.compile(r"<company>(?:<!\[CDATA\[)?(\d+)")


async def test_two_workers_write_each_record_in_order_and_share_the_work(installation: Installation) -> None:
    events = edits(500 * SCALE, customers=50)
    await installation.shop.reset(customers=50, write_s=0.01)
    # Nobody dies here: a lease that runs out because the machine is busy would say nothing of two workers.
    installation.settings |= {"BATCH_SIZE": "10", "LEASE_S": "30"}
    [_, first, second] = await installation.start(workers=2)

    await installation.send_all(events)
    await installation.settled()

    for path, numbers in (await _written(installation)).items():
        assert numbers == sorted(set(numbers)), f"{path} was written out of order or twice"
    seen = await installation.shop.seen()
    assert seen["most_at_once_per_record"] == 1
    assert seen["most_at_once"] > 1
    assert first.entries("job.done")
    assert second.entries("job.done")
    assert await companies(installation.shop) == last_values(events)
    assert {status for status, _ in await installation.outcomes()} == {"success"}
    jobs = await installation.rows("SELECT DISTINCT status FROM sync_queue")
    assert {row["status"] for row in jobs} == {"completed"}
    await installation.check_balance()


async def _written(installation: Installation) -> dict[str, list[int]]:
    """Path → the numbered edits in the order in which the shop stored them."""
    numbers: dict[str, list[int]] = {}
    for write in await installation.shop.writes("/api/customers/"):
        found = COMPANY.search(write["body"])
        assert found is not None, write["body"]
        numbers.setdefault(write["path"], []).append(int(found.group(1)))
    return numbers
