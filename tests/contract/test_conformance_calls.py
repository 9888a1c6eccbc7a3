"""What every port promises of its calls: few for many records, none that no recording shows, others left alone."""

from __future__ import annotations

from typing import Final

import pytest

from app.connectors.base import Cursor
from app.entities.base import EntityType
from app.entities.records import record_key
from tests.contract.conformance_gateway import odoo_call
from tests.contract.conformance_held import as_text
from tests.contract.conformance_matrix import ODOO, PEERS, PRESTASHOP, REMOTE, Form, cells
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES

EVERY_PEER = pytest.mark.parametrize("name", REMOTE)
METHODS: Final = {
    "read", "search", "search_read", "create", "write", "unlink", "load", "fields_get", "check_object_reference",
    "get_external_id", "action_apply_inventory", "action_set_lost",
    "action_quotation_sent", "action_confirm", "action_cancel", "context_get",
}  # fmt: skip
"""Public methods that the recordings show."""


@EVERY_PEER
async def test_six_hundred_customers_are_polled_whole_and_three_hundred_found_in_a_few_calls(name: str) -> None:
    peer, kind = open_peer(name), EntityType.CUSTOMER
    emails = [f"many+{number}.%o'b@x.test" for number in range(600)]
    for email in emails:
        peer.plant_customer(email)
    peer.gate.requests.clear()

    pages = await peer.pages(kind, Cursor())
    keys = [key for email in emails[::2] if (key := record_key(kind, {"email": email}))]
    found = await peer.ports[kind].find(keys)

    assert len({number for page in pages for number in page.ids}) >= len(emails)
    assert all(len(found[key]) == 1 for key in keys)


@EVERY_PEER
async def test_three_hundred_plain_keys_are_a_few_calls_with_short_addresses(name: str) -> None:
    peer, kind = open_peer(name), EntityType.CUSTOMER
    keys = [key for number in range(300) if (key := record_key(kind, {"email": f"ж{'x' * 60}{number}@x.test"}))]
    await peer.ports[kind].find(keys[:1])
    peer.gate.requests.clear()

    assert not any((await peer.ports[kind].find(keys)).values())
    assert len(peer.gate.requests) <= 7
    assert max(len(str(request.url)) for request in peer.gate.requests) < 8_000


@pytest.mark.parametrize("name", PEERS[ODOO])
async def test_nothing_is_asked_of_odoo_that_no_recording_shows(name: str) -> None:
    peer = open_peer(name)

    for kind in [kind for peer_name, kind in cells(Form.MADE) if peer_name == name]:
        wanted = await peer.with_parents(kind, CASES[kind].new)
        number = (await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))).ref.native_id
        for field, value in CASES[kind].edits:
            await peer.change(kind, number, {field: value}, content=PICTURES.get(as_text(value)))

    called = {call.rsplit(".", 1)[1] for call in map(odoo_call, peer.gate.requests) if call}
    assert called <= METHODS


@pytest.mark.parametrize("name", PEERS[PRESTASHOP])
async def test_a_change_in_one_language_keeps_the_others(name: str) -> None:
    peer = open_peer(name)
    shop = peer.prestashop
    assert shop is not None
    before = {kind: dict(shop.row(kind, 6)) for kind in ("products", "categories")}
    for kind in (EntityType.PRODUCT, EntityType.CATEGORY):
        await peer.change(kind, "6", {"name": "Another"})
    coupon = (await peer.new(EntityType.COUPON, CASES[EntityType.COUPON].new)).ref.native_id
    shop.edit("cart_rules", int(coupon), name={1: "Ten off", 2: "Dix de moins"})
    await peer.change(EntityType.COUPON, coupon, {"name": "Ten"})

    for resource, row in before.items():
        after = shop.row(resource, 6)
        changed = {field for field, value in row.items() if (after[field] or "0") != (value or "0")}
        assert changed <= {"name", "date_upd"}, resource
        names, old = after["name"], row["name"]
        assert isinstance(names, dict)
        assert isinstance(old, dict)
        assert names == {1: "Another", 2: old[2]}
    assert shop.row("cart_rules", int(coupon))["name"] == {1: "Ten", 2: "Dix de moins"}
