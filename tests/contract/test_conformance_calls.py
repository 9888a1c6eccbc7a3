"""What every port promises of its calls: removal, polling, trouble on the way, many at once, nothing undocumented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from app.connectors.base import Cursor, Removal, Write, Written
from app.entities.base import EntityType, NaturalKey, Ref, Side
from app.entities.records import record_key
from app.errors import ActionRequired, AppError, PeerDown, Rejected, Retryable, Snoozed
from tests.contract.conformance import ODOO, PEERS, SHOP, Notes, Peer, odoo_call, open_peer
from tests.contract.conformance_cases import CASES, CELLS, EVERY_PORT, PICTURES, as_text, held, made

EVERY_PEER = pytest.mark.parametrize("name", PEERS)
KEPT, GONE = "switched off", "gone"
REMOVALS: Final[Mapping[tuple[str, EntityType], tuple[str, str]]] = {
    (ODOO, EntityType.CUSTOMER): (KEPT, GONE),
    (ODOO, EntityType.ADDRESS): (GONE, GONE),
    (ODOO, EntityType.CATEGORY): ("cannot_archive", GONE),
    (ODOO, EntityType.PRODUCT): (KEPT, GONE),
    (ODOO, EntityType.VARIANT): (KEPT, "last_variant"),
    (ODOO, EntityType.STOCK): ("cannot_archive", "cannot_delete"),
    (ODOO, EntityType.IMAGE): ("cannot_archive", GONE),
    (ODOO, EntityType.COUPON): (KEPT, GONE),
    (ODOO, EntityType.LEAD): (KEPT, GONE),
    (SHOP, EntityType.CUSTOMER): (KEPT, GONE),
    (SHOP, EntityType.ADDRESS): ("cannot_archive", GONE),
    (SHOP, EntityType.CATEGORY): (KEPT, GONE),
    (SHOP, EntityType.PRODUCT): (KEPT, GONE),
    (SHOP, EntityType.VARIANT): ("cannot_archive", GONE),
    (SHOP, EntityType.STOCK): ("cannot_archive", "cannot_delete"),
    (SHOP, EntityType.IMAGE): ("cannot_archive", GONE),
    (SHOP, EntityType.COUPON): (KEPT, GONE),
}
"""What becomes of a record that is archived, and of one that is deleted: the code where it is refused."""
IMAGES_OF_SHOPS: Final = [f"{EntityType.IMAGE}-{name}" for name in PEERS if name.startswith(SHOP)]
"""Images of Odoo are a field of their product, and stock is there with it: nothing is made that could be made twice."""
METHODS: Final = {
    "read", "search", "search_read", "create", "write", "unlink", "load", "fields_get", "check_object_reference",
    "get_external_id", "action_apply_inventory", "action_set_lost",
}  # fmt: skip
"""Public methods that the recordings show."""


async def removed(peer: Peer, kind: EntityType, number: str, removal: Removal) -> str:
    shot = await peer.snapshot(kind, number)
    write = Write(ref=shot.ref, changes={}, operation_id="op-1", base=shot.state, removal=removal)
    [result] = await peer.ports[kind].write([write])
    if isinstance(result, Rejected):
        return result.code
    assert isinstance(result, Written), result
    if result.gone:
        assert not isinstance((await peer.ports[kind].read([number]))[number], type(shot))
        return GONE
    assert (await peer.record(kind, number))["active"] is False
    return KEPT


@EVERY_PORT
@pytest.mark.parametrize("removal", list(Removal))
async def test_a_removal_does_what_is_said_of_it(name: str, kind: EntityType, removal: Removal) -> None:
    peer, number, _ = await made(name, kind)

    done = await removed(peer, kind, number, removal)

    assert done == REMOVALS[peer.kind, kind][list(Removal).index(removal)]


@EVERY_PORT
async def test_a_new_record_is_shown_from_a_cursor_taken_before(name: str, kind: EntityType) -> None:
    peer = open_peer(name)
    before = await peer.pages(kind, Cursor())
    wanted = await peer.with_parents(kind, CASES[kind].new)

    number = (await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))).ref.native_id
    pages = await peer.pages(kind, before[-1].cursor if before else Cursor())

    assert number in {each for page in pages for each in page.ids}
    assert number in {each for page in await peer.pages(kind, Cursor()) for each in page.ids}


@EVERY_PEER
@pytest.mark.parametrize(
    ("trouble", "error"),
    [(429, Snoozed), (503, PeerDown), (500, Retryable), ("locked out", ActionRequired)],
    ids=str,
)
async def test_trouble_on_the_way_is_told_by_what_to_do_about_it(
    name: str, trouble: int | str, error: type[AppError]
) -> None:
    for kind in open_peer(name).ports:
        peer = open_peer(name)
        port = peer.ports[kind]
        if isinstance(trouble, int):
            peer.gate.status = trouble
        else:
            peer.lock_out()
        side = Side.ODOO if peer.kind == ODOO else Side.SHOP
        key = record_key(kind, CASES[kind].new) if kind in CASES else None
        ref = Ref(
            side=side, entity_type=kind, native_id="8/8" if (peer.kind, kind) == (SHOP, EntityType.IMAGE) else "8"
        )

        with pytest.raises(error) as read:
            await port.read([ref.native_id])
        with pytest.raises(error):
            _ = [page async for page in port.changed_since(Cursor())]
        if key is not None:
            with pytest.raises(error):
                await port.find([_of_numbers(key)])
        results = await port.write([Write(ref=ref, changes={}, operation_id="op", removal=Removal.DELETE)] * 2)

        assert type(read.value) is error
        assert all(isinstance(one, error | Rejected) for one in results), (kind, results)


def _of_numbers(key: NaturalKey) -> NaturalKey:
    return NaturalKey(entity_type=key.entity_type, name=key.name, value=key.value.replace("made", "8"))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param(*cell.values, id=cell.id)
        for cell in CELLS
        if cell.values[1] not in (EntityType.STOCK, EntityType.IMAGE) or cell.id in IMAGES_OF_SHOPS
    ],
)
async def test_a_create_whose_answers_are_lost_is_made_once(name: str, kind: EntityType) -> None:
    """The engine tries again with the same marker and notes; where the peer keeps no marker it looks first."""
    peer = open_peer(name)
    wanted = await peer.with_parents(kind, CASES[kind].new)
    key = record_key(kind, wanted)
    assert key is not None
    state, port = (await peer.words(kind, wanted)).state, peer.ports[kind]
    content, notes = PICTURES.get(wanted.get("content")), Notes()
    write = Write(
        ref=None, changes=state, operation_id="op-1", marker="boutique.x_1", checkpoint=notes, content=content
    )

    peer.gate.forgets = True
    outcomes: list[object] = []
    for _ in range(6):
        if peer.kind == SHOP and outcomes and (await port.find([key]))[key]:
            break
        outcomes += await port.write([write])
    peer.gate.forgets = False

    assert any(isinstance(one, Retryable) for one in outcomes)
    assert all(isinstance(one, Retryable | Written) for one in outcomes), outcomes
    found = (await port.find([key]))[key]
    assert len(found) == 1
    if peer.kind == ODOO:
        record = await peer.record(kind, found[0].ref.native_id)
        assert {field: record.get(field) for field in held(name, kind, wanted)} == held(name, kind, wanted)


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


@pytest.mark.parametrize("name", PEERS[:2])
async def test_nothing_is_asked_of_odoo_that_no_recording_shows(name: str) -> None:
    peer = open_peer(name)

    for kind, case in CASES.items():
        wanted = await peer.with_parents(kind, case.new)
        number = (await peer.new(kind, wanted, content=PICTURES.get(wanted.get("content")))).ref.native_id
        for field, value in case.edits:
            await peer.change(kind, number, {field: value}, content=PICTURES.get(as_text(value)))

    called = {call.rsplit(".", 1)[1] for call in map(odoo_call, peer.gate.requests) if call}
    assert called <= METHODS


@pytest.mark.parametrize("name", PEERS[2:])
async def test_a_change_in_one_language_keeps_the_others(name: str) -> None:
    peer = open_peer(name)
    assert peer.shop is not None
    before = {kind: dict(peer.shop.row(kind, 6)) for kind in ("products", "categories")}
    for kind in (EntityType.PRODUCT, EntityType.CATEGORY):
        await peer.change(kind, "6", {"name": "Another"})
    coupon = (await peer.new(EntityType.COUPON, CASES[EntityType.COUPON].new)).ref.native_id
    peer.shop.edit("cart_rules", int(coupon), name={1: "Ten off", 2: "Dix de moins"})
    await peer.change(EntityType.COUPON, coupon, {"name": "Ten"})

    for resource, row in before.items():
        after = peer.shop.row(resource, 6)
        changed = {field for field, value in row.items() if (after[field] or "0") != (value or "0")}
        assert changed <= {"name", "date_upd"}, resource
        names, old = after["name"], row["name"]
        assert isinstance(names, dict)
        assert isinstance(old, dict)
        assert names == {1: "Another", 2: old[2]}
    assert peer.shop.row("cart_rules", int(coupon))["name"] == {1: "Ten", 2: "Dix de moins"}
