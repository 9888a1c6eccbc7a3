"""A link's settings through the API: replaced, patched, checked, noted; how changes are noticed and looked for."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import respx

from app.api.tokens import create_token
from app.db.session import SessionMaker
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.seed import seeded
from app.sandbox.prestashop import create_sandbox
from tests.api.builders import ODOO_URL, SHOP_URL, LinkRow, execute, make_job, rows

CUSTOMERS = {"entities": {"customer": {"direction": "both"}}}
MAPPING = {"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}


@pytest.fixture
def peers() -> Iterator[respx.MockRouter]:
    """A sandbox Odoo and a sandbox shop where the link's connections lead."""
    odoo = httpx.ASGITransport(create_app(seeded(api_key="odoo-test-key")))
    sandbox = create_sandbox()
    shop = httpx.ASGITransport(sandbox)
    with respx.mock(assert_all_called=False) as router:
        router.route(url__startswith=ODOO_URL).mock(side_effect=_answering(odoo))
        router.route(url__startswith=SHOP_URL).mock(side_effect=_answering(shop, key=sandbox.key))
        yield router


def _answering(inner: httpx.AsyncBaseTransport, *, key: str | None = None) -> Callable[[httpx.Request], Any]:
    """`key` replaces the webservice key of the stored connection, which is none that a shop could have made."""

    async def answer(request: httpx.Request) -> httpx.Response:
        if key is not None:
            request.headers["Authorization"] = f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    return answer


async def stored(sessions: SessionMaker) -> Any:
    [row] = await rows(sessions, "SELECT sync, enabled, reverse_sync FROM links")
    return row


async def test_settings_are_replaced_without_their_defaults_and_who_did_it_is_noted(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    body = {"conflict_rule": "newest_wins", "entities": {"customer": {"direction": "both", "on_delete": "delete"}}}

    answer = await operator.put("/links/boutique/sync", json=body)

    said = answer.json()
    assert (answer.status_code, said["warnings"], said["released"]) == (200, [], 0)
    assert said["changes"] == [
        "sync.entities.customer.direction: off → both",
        "sync.entities.customer.on_delete: archive → delete",
    ]
    assert (await stored(sessions)).sync == {"entities": {"customer": {"on_delete": "delete"}}}
    [line] = await rows(sessions, "SELECT event, message, context FROM sync_logs")
    assert line.event == "link.changed"
    assert line.message.startswith("changed by operator: sync.entities.customer.direction: off → both; ")
    assert line.context == {"by": "operator", "changes": said["changes"]}
    assert (await operator.get("/links/boutique")).json()["sync"] == {"entities": {"customer": {"on_delete": "delete"}}}


async def test_the_same_settings_again_change_and_note_nothing(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    first = (await operator.put("/links/boutique/sync", json=CUSTOMERS)).json()

    second = (await operator.put("/links/boutique/sync", json=CUSTOMERS)).json()

    assert (second["changes"], second["etag"]) == ([], first["etag"])
    assert len(await rows(sessions, "SELECT 1 FROM sync_logs")) == 1


async def test_a_dry_run_says_what_would_change_and_stores_nothing(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    answer = await operator.put("/links/boutique/sync", params={"dry_run": True}, json={"entities": {"address": {}}})

    assert answer.json()["changes"] == ["sync.entities.address.direction: off → both"]
    assert answer.json()["warnings"][0].startswith("sync.entities.address: every address belongs to a customer")
    assert (await stored(sessions)).sync == {}
    assert await rows(sessions, "SELECT 1 FROM sync_logs") == []


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (
            {"entities": {"customer": {"direction": "sideways"}}},
            "sync.entities.customer.direction",
            "sync.entities.customer.direction must be one of off, both, odoo_to_shop, shop_to_odoo",
        ),
        (
            {"entities": {"custmer": {}}},
            "sync.entities.custmer",
            "sync.entities.custmer is not known; did you mean customer?",
        ),
        ({"entities": {"lead": {}}}, "sync.entities.lead", "sync.entities.lead: no module of this link keeps it"),
        ({"odoo": {"shipping_product_sku": "\x00"}}, "sync", "sync holds a character that cannot be stored"),
        (
            {"entities": {"customer": {"owners": {"emial": "odoo"}}}},
            "sync.entities.customer.owners.emial",
            "sync.entities.customer.owners.emial: customer has no such field; did you mean email?",
        ),
    ],
)
async def test_settings_that_cannot_be_are_refused_as_a_file_would_be(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, body: dict[str, Any], field: str, said: str
) -> None:
    answer = await operator.put("/links/boutique/sync", json=body)

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert answer.json()["detail"].startswith(said)
    assert (await stored(sessions)).sync == {}


async def test_a_mapping_is_looked_up_on_both_sides(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, peers: respx.MockRouter
) -> None:
    wrong = await operator.put(
        "/links/boutique/sync", json=CUSTOMERS | {"mappings": [MAPPING | {"odoo_field": "reff"}]}
    )
    right = await operator.put("/links/boutique/sync", json=CUSTOMERS | {"mappings": [MAPPING]})

    assert wrong.status_code == 400
    assert "odoo has no field reff there; did you mean ref?" in wrong.json()["detail"]
    assert (right.status_code, right.json()["warnings"]) == (200, [])
    assert (await stored(sessions)).sync["mappings"] == [MAPPING]


async def test_a_mapping_is_stored_with_a_warning_while_a_peer_is_away(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    with respx.mock() as peers:
        peers.route().mock(side_effect=httpx.ConnectError("no route to host"))
        answer = await operator.put("/links/boutique/sync", json=CUSTOMERS | {"mappings": [MAPPING]})

    assert answer.status_code == 200
    assert [each.partition(":")[0] for each in answer.json()["warnings"]] == [
        "the mapped fields could not be checked in erp-boutique",
        "the mapped fields could not be checked in boutique",
    ]
    assert (await stored(sessions)).sync["mappings"] == [MAPPING]


async def test_who_changes_what_somebody_else_changed_meanwhile_is_told_so(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    seen = await operator.get("/links/boutique")
    await operator.put("/links/boutique/sync", json=CUSTOMERS)

    late = await operator.put("/links/boutique/sync", json={}, headers={"If-Match": seen.headers["ETag"]})
    patched = await operator.patch(
        "/links/boutique", json={"enabled": False}, headers={"If-Match": seen.json()["etag"]}
    )
    again = await operator.get("/links/boutique")
    fine = await operator.patch("/links/boutique", json={"enabled": False}, headers={"If-Match": again.headers["ETag"]})

    assert (late.status_code, patched.status_code, fine.status_code) == (412, 412, 200)
    assert "look again" in late.json()["detail"]
    assert (await stored(sessions)).sync == {"entities": {"customer": {}}}
    assert fine.json()["etag"] == (await operator.get("/links/boutique")).headers["ETag"]


async def test_a_link_is_switched_off_and_its_rule_changed_and_the_rest_stays(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await operator.put("/links/boutique/sync", json=CUSTOMERS)

    answer = await operator.patch(
        "/links/boutique", json={"enabled": False, "reverse_sync": False, "conflict_rule": "manual"}
    )

    assert answer.json()["changes"] == [
        "enabled: yes → no",
        "reverse_sync: yes → no",
        "sync.conflict_rule: newest_wins → manual",
    ]
    row = await stored(sessions)
    assert (row.enabled, row.reverse_sync) == (False, False)
    assert row.sync == {"conflict_rule": "manual", "entities": {"customer": {}}}


async def test_a_switched_off_link_refuses_events_within_the_time_of_the_cache(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, link: LinkRow
) -> None:
    event = {"event_id": "e1", "entity_type": "customer", "action_type": "updated", "data": {"id": 67, "company": "A"}}
    headers = {"X-Webhook-Secret": link.secret}
    taken = await client.post("/webhooks/odoo/boutique", json=event, headers=headers)

    await operator.patch("/links/boutique", json={"reverse_sync": False})
    refused = await client.post("/webhooks/odoo/boutique", json=event | {"event_id": "e2"}, headers=headers)

    assert (taken.status_code, refused.status_code) == (202, 409)


async def test_reverse_sync_is_not_switched_on_without_the_shops_module(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, "UPDATE links SET modules = '{}', reverse_sync = false")

    answer = await operator.patch("/links/boutique", json={"reverse_sync": True})

    assert (answer.status_code, answer.json()["field"]) == (400, "reverse_sync")


async def test_reverse_sync_is_not_switched_on_for_a_shop_that_takes_no_events_in_its_own_words(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, "UPDATE connections SET kind = 'woocommerce' WHERE kind = 'prestashop'")
    await execute(sessions, "UPDATE links SET modules = '{\"woocommerce\": {}}', reverse_sync = false")

    answer = await operator.patch("/links/boutique", json={"reverse_sync": True})

    assert (answer.status_code, answer.json()["field"]) == (400, "reverse_sync")
    assert "a WooCommerce takes no events" in answer.json()["detail"]


async def test_an_unknown_switch_is_refused(operator: httpx.AsyncClient, link: LinkRow) -> None:
    assert (await operator.patch("/links/boutique", json={"enable": False})).status_code == 400


async def test_switching_a_direction_on_releases_what_was_held_for_it_and_nothing_else(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    held = {"direction": "shop_to_odoo", "side": "shop", "held_reason": "this link does not take it"}
    customer = await make_job(sessions, link, "1", **held)
    order = await make_job(sessions, link, "2", **held, entity_type="order")

    off = await operator.put("/links/boutique/sync", json={"entities": {"customer": {"direction": "odoo_to_shop"}}})
    on = await operator.put("/links/boutique/sync", json=CUSTOMERS)

    assert (off.json()["released"], on.json()["released"]) == (0, 1)
    reasons = {row.id: row.held_reason for row in await rows(sessions, "SELECT id, held_reason FROM sync_queue")}
    assert reasons == {customer: None, order: "this link does not take it"}


async def test_what_a_link_can_do_is_shown_per_entity_type_and_side(operator: httpx.AsyncClient, link: LinkRow) -> None:
    await operator.put("/links/boutique/sync", json={"entities": {"stock": {"direction": "odoo_to_shop"}}})

    shown = (await operator.get("/links/boutique/capabilities")).json()

    stock = shown["cells"][0]
    assert (stock["entity_type"], stock["direction"]) == ("stock", "odoo_to_shop")
    assert [(each["side"], each["taken"], each["polled_every_s"]) for each in stock["noticing"]] == [
        ("odoo", True, 300),
        ("shop", False, None),
    ]
    assert {each["direction"] for each in shown["cells"][1:]} == {"off"}
    assert shown["warnings"][0].startswith("sync.entities.stock: every stock belongs to a product")


async def test_polling_shows_its_cursors_and_can_be_asked_to_look_now(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await operator.put("/links/boutique/sync", json={"entities": {"customer": {"poll_every_s": 60}}})
    await execute(
        sessions,
        "INSERT INTO poll_cursors (link_id, side, entity_type, next_at, polled_at, found, error_message)"
        " VALUES (:id, 'odoo', 'customer', now() + interval '1 hour', now(), 3, NULL),"
        " (:id, 'shop', 'customer', now() - interval '10 minutes', NULL, 0, 'no answer'),"
        " (:id, 'shop', 'order', now() - interval '10 minutes', now(), 0, NULL)",
        id=link.id,
    )

    shown = (await operator.get("/links/boutique/polling")).json()
    asked = (await operator.post("/links/boutique/polling/look", params={"entity_type": "customer"})).json()

    found = {(each["side"], each["entity_type"]): each for each in shown}
    assert (found["odoo", "customer"]["found"], found["odoo", "customer"]["overdue_s"]) == (3, 0)
    assert (found["shop", "customer"]["error"], found["shop", "customer"]["looked_at"]) == ("no answer", None)
    assert found["shop", "customer"]["overdue_s"] >= 600
    assert (found["shop", "order"]["every_s"], found["shop", "order"]["overdue_s"]) == (None, 0)
    assert asked == {"success": True, "due": 2}
    waiting = await rows(sessions, "SELECT 1 FROM poll_cursors WHERE entity_type = 'customer' AND next_at > now()")
    assert waiting == []
    [line] = await rows(sessions, "SELECT message FROM sync_logs WHERE event = 'poll.asked'")
    assert line.message == "operator asked for a look at once"


async def test_a_kind_of_connection_shows_what_it_can_do(operator: httpx.AsyncClient, link: LinkRow) -> None:
    cells = (await operator.get("/connections/boutique/capabilities")).json()

    stock = next(each for each in cells if each["entity_type"] == "stock")
    assert (stock["signals"], stock["polled"]) == (["updated"], False)
    assert stock["unseen"]


async def test_a_connection_test_asks_only_for_what_its_links_keep_the_same(
    operator: httpx.AsyncClient, link: LinkRow, peers: respx.MockRouter
) -> None:
    await operator.put("/links/boutique/sync", json=CUSTOMERS)

    report = (await operator.post("/connections/erp-boutique/test")).json()

    assert (report["ok"], report["version"]) == (True, "17.0-20240709")
    assert set(report["details"]["rights"]) == {"res.partner"}
    assert report["details"]["transport"] == "jsonrpc"
    assert {each["entity_type"] for each in report["capabilities"]} >= {"customer", "order", "stock"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/links/boutique/sync"),
        ("PATCH", "/links/boutique"),
        ("POST", "/links/boutique/polling/look"),
    ],
)
async def test_a_token_that_may_only_read_changes_nothing(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, method: str, path: str
) -> None:
    async with sessions.begin() as session:
        reader = await create_token(session, "monitor", ("read",))

    answer = await client.request(method, f"/api/v1{path}", json={}, headers={"Authorization": f"Bearer {reader}"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/links/nope/sync"),
        ("PATCH", "/links/nope"),
        ("GET", "/links/nope/capabilities"),
        ("GET", "/links/nope/polling"),
        ("POST", "/links/nope/polling/look"),
        ("GET", "/connections/nope/capabilities"),
    ],
)
async def test_a_link_or_connection_that_is_not_there_is_a_404(
    operator: httpx.AsyncClient, method: str, path: str
) -> None:
    assert (await operator.request(method, path, json={})).status_code == 404
