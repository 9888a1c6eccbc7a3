"""What WooCommerce's ports promise besides: few calls for a hundred, none of an unknown form, rights, and the trash."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from app.connectors.base import MISSING, Cursor, Removal, Write, Written
from app.entities.base import EntityType, Ref, Side
from app.errors import NOT_PERMITTED, ActionRequired, AppError, PeerDown, Rejected, Retryable
from app.sandbox.woocommerce.access import ApiKey
from tests.contract.conformance import Peer
from tests.contract.conformance_cases import made
from tests.contract.conformance_held import as_text, refused
from tests.contract.conformance_many import CALLS, MANY, asked, change_many, make_many
from tests.contract.conformance_matrix import PEERS, WOOCOMMERCE, Form, cells
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES
from tests.contract.conformance_told import TOLD

NAME = PEERS[WOOCOMMERCE][0]
KINDS: Final = [kind for name, kind in cells(Form.MADE) if name == NAME]
RECORDED: Final = {
    "DELETE coupons/N", "DELETE products/N", "DELETE products/N/variations/N", "GET ", "GET coupons", "GET coupons/N",
    "GET customers", "GET orders", "GET products", "GET products/N/variations", "GET refunds", "GET settings/general",
    "GET settings/tax", "GET taxes", "POST coupons/batch", "POST customers/batch", "POST orders/batch",
    "POST products/N/variations/batch", "POST products/batch",
}  # fmt: skip
"""Calls that the recordings show."""
DOCUMENTED: Final = {
    "DELETE products/categories/N", "GET data/countries", "GET products/attributes", "GET products/attributes/N/terms",
    "GET products/categories", "GET settings/products/woocommerce_weight_unit", "POST media",
    "POST products/categories/batch",
}  # fmt: skip
"""Calls that were not recorded and stand in WooCommerce's and WordPress' own reference of their REST API."""
PARAMETERS: Final = {
    "_fields", "context", "dates_are_gmt", "dp", "email", "force", "include", "modified_after", "order", "orderby",
    "page", "per_page", "role", "search", "sku", "status", "after", "customer",
}  # fmt: skip


async def lived(kind: EntityType) -> Peer:
    """A record's whole life: made, looked for, edited, listed, removed."""
    peer, number, wanted = await made(NAME, kind)
    for field, value in CASES[kind].edits:
        if not refused(NAME, kind, field, value):
            written = await peer.change(kind, number, {field: value}, content=PICTURES.get(as_text(value)))
            number = written.ref.native_id
    await peer.all_found(kind, wanted)
    await peer.pages(kind, Cursor())
    shot = await peer.snapshot(kind, number)
    for removal in Removal:
        write = Write(ref=shot.ref, changes={}, operation_id="op-1", base=shot.state, removal=removal)
        await peer.ports[kind].write([write])
    return peer


def forms(peer: Peer) -> tuple[set[str], set[str]]:
    """`GET products/N/variations`, and the names of what was asked for."""
    called, named = set(), set()
    for request in peer.gate.requests:
        path = re.sub(r"^.*?/wp-json/(wc/v3/|wp/v2/)?", "", request.url.path)
        if not path.startswith("/"):
            called.add(f"{request.method} {re.sub(r'(?<=/)[0-9]+(?=/|$)', 'N', path)}")
            named |= set(request.url.params)
    return called, named


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_asked_whose_form_nobody_has_seen(kind: EntityType) -> None:
    called, named = forms(await lived(kind))

    assert called <= RECORDED | DOCUMENTED
    assert named <= PARAMETERS


@pytest.mark.parametrize("label", TOLD[WOOCOMMERCE])
async def test_nothing_is_asked_of_what_is_only_read_whose_form_nobody_has_seen(label: str) -> None:
    peer, entry = open_peer(NAME), TOLD[WOOCOMMERCE][label]
    number = entry.make(peer)
    await peer.record(entry.kind, number)
    await peer.pages(entry.kind, Cursor())
    for field, value in entry.edits:
        await peer.change(entry.kind, number, {field: value})

    called, named = forms(peer)

    assert called <= RECORDED | DOCUMENTED
    assert named <= PARAMETERS


@pytest.mark.parametrize("kind", CALLS)
async def test_a_hundred_are_made_changed_and_read_in_few_calls(kind: EntityType) -> None:
    peer = open_peer(NAME)
    owners = await owners_of(peer, kind)
    most_new, most_changed, most_read = CALLS[kind]

    peer.gate.requests.clear()
    ids = owners if kind is EntityType.STOCK else await make_many(peer, kind, owners)
    created = asked(peer)
    assert await change_many(peer, kind, ids) == ids
    changed = asked(peer)
    peer.gate.requests.clear()
    shots = await peer.ports[kind].read(ids)
    read = asked(peer)

    assert len(set(ids)) == MANY
    assert MISSING not in shots.values()
    assert len(created) <= most_new, created
    assert len(changed) <= most_changed, changed
    assert len(read) <= most_read, read


async def owners_of(peer: Peer, kind: EntityType) -> list[str]:
    """What each of a hundred belongs to: a customer of its own, or one product or category for all."""
    if kind in (EntityType.ADDRESS, EntityType.STOCK):
        owner = EntityType.CUSTOMER if kind is EntityType.ADDRESS else EntityType.PRODUCT
        return await make_many(peer, owner, [""] * MANY)
    if kind in (EntityType.CATEGORY, EntityType.VARIANT):
        owner = EntityType.CATEGORY if kind is EntityType.CATEGORY else EntityType.PRODUCT
        return [(await peer.new(owner, peer.parent(owner, {}))).ref.native_id] * MANY
    return [""] * MANY


@pytest.mark.parametrize("kind", KINDS)
async def test_a_key_without_the_right_is_a_persons_matter_and_changes_nothing(kind: EntityType) -> None:
    peer, number, _ = await made(NAME, kind)
    before = await peer.snapshot(kind, number)
    shop = peer.woocommerce
    assert shop is not None
    shop.service.access.keys[shop.key] = ApiKey(secret=shop.secret, permissions="read")
    shop.service.access.passwords.clear()
    field, value = next(one for one in CASES[kind].edits if not refused(NAME, kind, *one))

    resolved = await peer.words(kind, {field: value}, base=before.state)
    write = Write(
        ref=before.ref,
        changes=resolved.state,
        base=before.state,
        operation_id="op-1",
        content=PICTURES.get(as_text(value)),
    )
    [result] = await peer.ports[kind].write([write])

    assert isinstance(result, ActionRequired), result
    assert kind is EntityType.IMAGE or result.code == NOT_PERMITTED
    assert await peer.snapshot(kind, number) == before


@pytest.mark.parametrize(
    ("fault", "error"),
    [("maintenance", PeerDown), ("critical_error", Retryable), ("firewall", ActionRequired), ("html", Retryable)],
)
@pytest.mark.parametrize("kind", [*KINDS, EntityType.ORDER, EntityType.REFUND])
async def test_what_stands_in_front_of_the_shop_is_told_from_the_shop(
    kind: EntityType, fault: str, error: type[AppError]
) -> None:
    peer = open_peer(NAME)
    assert peer.woocommerce is not None
    peer.woocommerce.fail(name=fault, times=50)

    with pytest.raises(error):
        _ = [page async for page in peer.ports[kind].changed_since(Cursor())]


IN_TRASH: Final[dict[EntityType, str]] = {
    EntityType.PRODUCT: "products",
    EntityType.COUPON: "coupons",
}


@pytest.mark.parametrize("kind", IN_TRASH)
async def test_what_a_person_put_into_the_trash_is_missing_and_comes_back(kind: EntityType) -> None:
    peer, number, wanted = await made(NAME, kind)
    shop = peer.woocommerce
    assert shop is not None
    before = await peer.record(kind, number)

    shop.remove(IN_TRASH[kind], int(number))
    listed = {each for page in await peer.pages(kind, Cursor()) for each in page.ids}
    assert (await peer.ports[kind].read([number]))[number] is MISSING
    assert number not in listed
    assert await peer.all_found(kind, wanted) == []

    shop.edit(IN_TRASH[kind], int(number), status="publish")
    assert await peer.record(kind, number) == before


async def test_an_order_in_the_trash_is_missing_with_what_was_given_back_of_it() -> None:
    peer = open_peer(NAME)
    refund = TOLD[WOOCOMMERCE]["refund of lines"].make(peer)
    order = refund.partition("/")[0]
    assert peer.woocommerce is not None

    peer.woocommerce.remove("orders", int(order))

    assert await peer.ports[EntityType.ORDER].read([order]) == {order: MISSING}
    assert await peer.ports[EntityType.REFUND].read([refund]) == {refund: MISSING}


async def test_a_customer_has_room_for_two_addresses_and_a_third_is_refused() -> None:
    peer, kind = open_peer(NAME), EntityType.ADDRESS
    customer = (await peer.new(EntityType.CUSTOMER, peer.parent(EntityType.CUSTOMER, {}))).ref.native_id
    first, second, third = [{**CASES[kind].new, "customer": customer, "street": f"{at} Main Street"} for at in range(3)]

    made_of = [(await peer.new(kind, one)).ref.native_id for one in (first, second)]
    resolved = await peer.words(kind, third)
    [refusal] = await peer.ports[kind].write([Write(ref=None, changes=resolved.state, operation_id="op-1")])

    assert made_of == [f"{customer}:billing", f"{customer}:shipping"]
    assert isinstance(refusal, Rejected)
    assert (refusal.code, refusal.field) == ("no_room", "customer")
    assert (await peer.record(kind, made_of[0]))["street"] == "0 Main Street"


@pytest.mark.parametrize("kind", KINDS)
async def test_one_of_many_that_is_gone_fails_alone(kind: EntityType) -> None:
    peer, number, _ = await made(NAME, kind)
    shot = await peer.snapshot(kind, number)
    field, value = next(one for one in CASES[kind].edits if not refused(NAME, kind, *one))
    resolved = await peer.words(kind, {field: value}, base=shot.state)
    more: dict[str, Any] = {"base": shot.state, "operation_id": "op-1", "content": PICTURES.get(as_text(value))}
    gone = Ref(side=Side.SHOP, entity_type=kind, native_id=re.sub(r"\d+", "999999", number))

    lost, done = await peer.ports[kind].write(
        [Write(ref=gone, changes=resolved.state, **more), Write(ref=shot.ref, changes=resolved.state, **more)]
    )

    assert isinstance(lost, Rejected), lost
    assert isinstance(done, Written), done
