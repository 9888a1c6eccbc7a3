"""A bulk edit in Odoo: one webhook per record, one after the other, one second each, never again."""

from __future__ import annotations

from http.client import HTTPConnection

import orjson

from tests.chaos.installation import LINK, SECRET, Event, Installation, companies, edits, last_values
from tests.chaos.windows import SCALE

EVENTS = 2000
CUSTOMERS = 200


async def test_two_thousand_webhooks_from_one_address_are_all_accepted_and_done(installation: Installation) -> None:
    events = edits(EVENTS * min(SCALE, 2), customers=CUSTOMERS)  # more would meet the limit per link and minute
    await installation.shop.reset(customers=CUSTOMERS)
    await installation.start()

    statuses = [_post(installation, each) for each in events]
    await installation.settled()

    assert set(statuses) == {202}
    assert await companies(installation.shop) == last_values(events)
    await installation.check_balance()


def _post(installation: Installation, event: Event) -> int:
    """On a connection of its own, as Odoo does it."""
    host, port = installation.listener.getsockname()
    odoo = HTTPConnection(host, port, timeout=1.0)
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": SECRET}
    odoo.request("POST", f"/webhooks/odoo/{LINK}", orjson.dumps(event), headers)
    response = odoo.getresponse()
    installation.accepted[event["event_id"]] = {orjson.loads(response.read())["operation_id"]}
    odoo.close()
    return response.status
