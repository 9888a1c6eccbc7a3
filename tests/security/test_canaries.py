"""Everything goes wrong in an installation full of canaries, and none of them is heard anywhere."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from urllib.parse import quote, quote_plus

import pytest

from tests.api.builders import execute
from tests.security.canaries import Canaries
from tests.security.echoing_peer import EchoingPeer, open_echoing_peer
from tests.security.leaky_house import House, open_house

FAILURES: list[tuple[int, dict[str, int | str]]] = [
    (401, {"prestashop": 17, "woocommerce": "incorrect_password", "odoo": "odoo.exceptions.AccessDenied"}),
    (400, {"prestashop": 85, "woocommerce": "rest_invalid_param", "odoo": "odoo.exceptions.ValidationError"}),
    (500, {"prestashop": 0, "woocommerce": "unheard_of", "odoo": "addons.theirs.models.Unheard"}),
    (200, {"prestashop": 0, "woocommerce": "", "odoo": ""}),
]
CUSTOMER = "canary of a customer's password"
PASSED_ON = "canary in an address"


@pytest.fixture
async def peer() -> AsyncIterator[EchoingPeer]:
    async with open_echoing_peer() as opened:
        yield opened


@pytest.fixture
async def house(peer: EchoingPeer, database_url: str, redis_url: str) -> AsyncIterator[House]:
    async with open_house(peer, database_url, redis_url) as opened:
        yield opened


def test_the_search_finds_what_is_planted_on_purpose() -> None:
    canaries = Canaries()
    secret = canaries.plant("key", "cana/ry+of:a key 0001")
    basic = base64.b64encode(f"user:{secret}".encode()).decode()
    said = (secret, secret.upper(), quote(secret), quote_plus(secret), secret.encode().hex(), basic, basic[3:])

    for number, shown in enumerate(said):
        canaries.look(str(number), f"https://u:{shown}@shop.test said no")
    canaries.look("nothing", "canary of a key 0001")

    assert {where for _, where in canaries.found} == {str(number) for number in range(len(said))}


async def test_no_secret_is_heard_anywhere_while_everything_goes_wrong(house: House, peer: EchoingPeer) -> None:
    canaries = house.canaries
    canaries.plant("customer", CUSTOMER)
    canaries.plant("address", PASSED_ON)

    await _webhooks(house)
    for peer.status, peer.faults in FAILURES:
        await _operators(house)
        await house.work()
    peer.only = "wp/v2"
    await house.ask("POST", "/api/v1/connections/woocommerce/test")
    await _read_everything(house)
    heard = Canaries(planted=dict(canaries.planted))
    for echo in peer.said:
        heard.look("peer", echo)
    columns = await canaries.look_through_tables(house.sessions)
    for log in house.logs:
        canaries.look("log", log.getvalue())

    told = {"odoo", "prestashop", "consumer_key", "application_password"}
    assert told <= {name for name, _ in heard.found}, "the peers were told their secrets, and repeated them"
    assert columns > 50
    assert len(house.logs[0].getvalue()) > 100_000
    assert sorted(canaries.found) == []


async def _webhooks(house: House) -> None:
    """With the right secret, an older one and a wrong one; with secrets in what is sent."""
    planted = house.canaries.planted
    envelope = {"event_id": "e1", "entity_type": "customer", "action_type": "updated"}
    record = {"id": 67, "email": "a@example.com", "passwd": CUSTOMER, "url": f"http://u:{quote(PASSED_ON)}@x.test"}
    for age in ("new", "old"):
        secret = planted[f"prestashop {age}"]
        body = {**envelope, "event_id": age, "data": {**record, "note": "n", "x": [{"secure_key": CUSTOMER}]}}
        await house.ask("POST", "/webhooks/odoo/prestashop", json=body, headers={"X-Webhook-Secret": secret})
        await house.ask("POST", f"/webhooks/odoo/prestashop/{quote(secret, safe='')}", json=body)
        await house.ask("POST", f"/webhooks/odoo/prestashop/{quote(secret, safe='')}/", json={"event_id": CUSTOMER * 9})
        await house.ask("POST", "/webhooks/prestashop/prestashop", json=body, headers={"X-Webhook-Secret": secret})
    await house.ask("POST", "/webhooks/odoo/prestashop", json=record, headers={"X-Webhook-Secret": f"x{secret}"})
    await house.ask("POST", f"/webhooks/odoo/prestashop?ws_key={quote(PASSED_ON)}", json=record)
    await house.ask("GET", "/api/v1/links", headers={"Authorization": f"Bearer {CUSTOMER}"})
    for model, number in (("res.partner", 25), ("product.template", 3)):
        hint = {"_model": model, "_id": number, "id": number, "password": CUSTOMER}
        for kind in ("prestashop", "woocommerce"):
            secret = quote(planted[f"{kind} new"], safe="")
            await house.ask("POST", f"/webhooks/odoo/{kind}/{secret}", json=hint)


async def _operators(house: House) -> None:
    """Whatever calls a peer while the caller waits."""
    for name in ("erp", "prestashop", "woocommerce"):
        await house.ask("POST", f"/api/v1/connections/{name}/test")
    for slug in ("prestashop", "woocommerce"):
        path = f"/api/v1/links/{slug}"
        await house.ask("GET", f"{path}/records/shop/customer/67", params={"live": "true"})
        await house.ask("POST", f"{path}/records/shop/customer/67/link", json={"other_id": "25"})
        await house.ask("POST", f"{path}/sync/{slug}/customer", json={"ids": ["25"], "dry_run": True})
        await house.ask("POST", f"{path}/sync/{slug}/customer", json={"ids": ["67"], "side": "shop"})
        await house.ask("POST", f"{path}/webhooks", json={})
        await house.ask("GET", f"{path}/odoo/automation")
        await house.ask("POST", f"{path}/odoo/automation", json={"repair": True})


async def _read_everything(house: House) -> None:
    document = (await house.ask("GET", "/openapi.json")).json()
    [job] = (await house.ask("GET", "/api/v1/jobs", params={"limit": 1})).json()["items"]
    [operation] = (await house.ask("GET", "/api/v1/operations", params={"limit": 1})).json()["items"]
    known = {"job_id": job["id"], "operation_id": operation["operation_id"], "side": "shop", "entity": "customer"}
    for slug in ("prestashop", "woocommerce"):
        words = known | {"slug": slug, "name": slug, "link": slug, "native_id": "67", "conflict_id": 1, "run_id": 1}
        for path, operations in document["paths"].items():
            if "get" in operations:
                await house.ask("GET", path.format(**words))
    await execute(house.sessions, "UPDATE connections SET sealed = 'nonsense'")
    await house.ask("POST", "/api/v1/connections/erp/test")
    await house.ask("GET", "/health")
