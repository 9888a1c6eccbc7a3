"""What is only read, or only moved along: it is read twice the same, whole, and nothing else of it can be written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.connectors.base import Cursor, Desired, Removal, Resolved, Snapshot, Write
from app.entities.base import EntityType, Json, Record
from app.entities.records import FIELDS, REFERENCES, references
from app.errors import Rejected
from tests.contract.conformance import Peer, plain_values
from tests.contract.conformance_held import held
from tests.contract.conformance_matrix import kind_of
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_told import TOLD, Told, told


def each(which: Callable[[Told], object] = bool) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("name", "label"), [pytest.param(*one, id="-".join(one)) for one in told(which)])


EVERY = each()
WITH_LINES = each(lambda entry: "lines" in FIELDS[entry.kind])
REFERRING = each(lambda entry: entry.kind in REFERENCES)
NAMED = each(lambda entry: entry.kind is not EntityType.INVOICE)
"""An invoice is known by its order and its number, which nobody else gives."""
CENT = Decimal("0.01")


def given(name: str, label: str) -> tuple[Peer, Told, str]:
    peer, entry = open_peer(name), TOLD[kind_of(name)][label]
    return peer, entry, entry.make(peer)


@EVERY
async def test_it_is_read_twice_the_same_and_whole(name: str, label: str) -> None:
    peer, entry, number = given(name, label)

    first, second = [await peer.snapshot(entry.kind, number) for _ in range(2)]
    record = await peer.record(entry.kind, number)

    assert first == second
    assert first.ref.native_id == number
    assert plain_values(dict(first.state))
    assert plain_values(dict(record))
    assert record.keys() == FIELDS[entry.kind] - entry.lacks.keys()


@REFERRING
async def test_all_that_it_refers_to_can_be_read_there(name: str, label: str) -> None:
    peer, entry, number = given(name, label)

    found = list(references(entry.kind, await peer.record(entry.kind, number)))

    for kind, other in found:
        assert isinstance((await peer.ports[kind].read([other]))[other], Snapshot), f"{kind} {other}"
    assert found


@WITH_LINES
async def test_its_lines_come_to_its_total(name: str, label: str) -> None:
    peer, entry, number = given(name, label)
    record = await peer.record(entry.kind, number)

    parts = list(_parts(record))
    assert sum((net for net, _ in parts), Decimal()).quantize(CENT) == Decimal(str(record["total_untaxed"]))
    assert abs(sum(net + tax for net, tax in parts) - Decimal(str(record["total"]))) < CENT


def _parts(record: Record) -> list[tuple[Decimal, Decimal]]:
    """Net and tax of each line, of the shipping, and below zero of each discount."""
    lines = [(one, "price", 1) for one in _listed(record.get("lines"))]
    lines += [(one, "price", 1) for one in _listed([record.get("shipping")])]
    lines += [(one, "amount", -1) for one in _listed(record.get("discounts"))]
    found = []
    for line, name, sign in lines:
        net = sign * Decimal(str(line[name])) * Decimal(str(line.get("quantity", "1")))
        found.append((net, net * Decimal(str(line["tax_rate"])) / 100))
    return found


def _listed(value: Json) -> list[dict[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@EVERY
async def test_it_is_shown_from_a_cursor_taken_before(name: str, label: str) -> None:
    peer = open_peer(name)
    entry = TOLD[peer.kind][label]
    before = await peer.pages(entry.kind, Cursor())

    number = entry.make(peer)
    pages = await peer.pages(entry.kind, before[-1].cursor if before else Cursor())
    everything = await peer.pages(entry.kind, Cursor())

    assert (number in {each for page in pages for each in page.ids}) is entry.polled
    assert (number in {each for page in everything for each in page.ids}) is entry.polled


@each(lambda entry: entry.touch)
async def test_what_somebody_changed_later_is_shown(name: str, label: str) -> None:
    peer, entry, number = given(name, label)
    assert entry.touch is not None
    before = await peer.pages(entry.kind, Cursor())
    was = await peer.record(entry.kind, number)

    entry.touch(peer, number)
    pages = await peer.pages(entry.kind, before[-1].cursor)

    assert number in {each for page in pages for each in page.ids}
    assert await peer.record(entry.kind, number) != was


@NAMED
async def test_it_is_found_by_its_key(name: str, label: str) -> None:
    peer, entry, number = given(name, label)
    record = await peer.record(entry.kind, number)

    found = [shot.ref.native_id for shot in await peer.all_found(entry.kind, record)]

    assert found == ([number] if entry.found else [])


@each(lambda entry: entry.edits)
async def test_what_flows_back_is_written_alone_and_the_second_time_not_at_all(name: str, label: str) -> None:
    peer, entry, number = given(name, label)

    for field, value in entry.edits:
        before = await peer.record(entry.kind, number)
        await peer.change(entry.kind, number, {field: value})
        assert await peer.record(entry.kind, number) == {**before, **held(name, entry.kind, {field: value})}, field
        assert await peer.left_to_write(entry.kind, number, {field: value}) == {}, f"{field}: {value!r}"


@EVERY
async def test_the_record_itself_leaves_nothing_to_write(name: str, label: str) -> None:
    peer, entry, number = given(name, label)
    shot = await peer.snapshot(entry.kind, number)

    [resolved] = await peer.ports[entry.kind].from_records(
        [Desired(fields=await peer.record(entry.kind, number), base=shot.state)]
    )

    changes = resolved.state if isinstance(resolved, Resolved) else {}
    assert {field: one for field, one in changes.items() if shot.state.get(field) != one} == {}


@EVERY
@pytest.mark.parametrize("removal", list(Removal))
async def test_it_can_be_removed_there_only(name: str, label: str, removal: Removal) -> None:
    peer, entry, number = given(name, label)
    shot = await peer.snapshot(entry.kind, number)
    write = Write(ref=shot.ref, changes={}, operation_id="op-1", base=shot.state, removal=removal)

    [result] = await peer.ports[entry.kind].write([write])

    assert isinstance(result, Rejected), result
    assert await peer.snapshot(entry.kind, number) == shot
