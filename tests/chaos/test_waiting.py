"""A sender that waits gets the outcome, though the work is done in another process."""

from __future__ import annotations

import statistics
import sys
import time

from tests.chaos.installation import Installation, event
from tests.chaos.shop import FIRST_CUSTOMER

EVENTS = 30


async def test_a_sender_that_waits_gets_the_outcome_from_another_process(installation: Installation) -> None:
    await installation.shop.reset(customers=EVENTS)
    await installation.start()
    took_ms = []

    for number in range(EVENTS):
        started = time.perf_counter()
        response = await installation.post(
            event(number, "customer", "updated", {"id": FIRST_CUSTOMER + number, "company": "Acme"}),
            headers={"Prefer": "wait=5"},
        )
        took_ms.append((time.perf_counter() - started) * 1000)
        assert response.status_code == 200, response.text
        assert (response.json()["outcome"], response.json()["entity_id"]) == ("written", FIRST_CUSTOMER + number)
        assert response.headers["Preference-Applied"] == "wait"

    sys.stdout.write(f"webhook to written: p50 {statistics.median(took_ms):.0f} ms, slowest {max(took_ms):.0f} ms\n")
    assert len(await installation.shop.writes()) == EVENTS
    await installation.check_balance()
