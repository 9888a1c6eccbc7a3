"""What every port of every connector promises: a record that was written is the record that is read.

What a peer cannot hold stands in the tables of `conformance_cases.py` with its reason, and nowhere else.
"""

from __future__ import annotations

from app.connectors.base import MISSING
from app.entities.base import EntityType
from app.entities.records import record_key
from tests.contract.conformance import plain_values
from tests.contract.conformance_cases import EVERY_PORT, made
from tests.contract.conformance_held import as_text, held, redrawn, refused
from tests.contract.conformance_peers import open_peer
from tests.contract.conformance_records import CASES, PICTURES


@EVERY_PORT
async def test_a_new_record_is_read_as_it_was_wanted_and_the_same_again_is_no_difference(
    name: str, kind: EntityType
) -> None:
    peer, number, wanted = await made(name, kind)

    record = await peer.record(kind, number)

    assert {field: record.get(field) for field in held(name, kind, wanted)} == held(name, kind, wanted)
    assert await peer.left_to_write(kind, number, record) == {}
    assert (await peer.left_to_write(kind, number, wanted)).keys() == redrawn(name, kind)


@EVERY_PORT
async def test_two_reads_of_a_record_are_the_same_and_hold_what_json_holds(name: str, kind: EntityType) -> None:
    peer, number, _ = await made(name, kind)

    first, second = [await peer.snapshot(kind, number) for _ in range(2)]

    assert first == second
    assert plain_values(dict(first.state))
    assert plain_values(dict(await peer.record(kind, number)))


FOLLOWS = {"counted"}
"""Nobody writes it: what is no goods has no stock to be counted."""


@EVERY_PORT
async def test_each_field_is_written_alone_and_leaves_the_others(name: str, kind: EntityType) -> None:
    peer, number, _ = await made(name, kind)

    for field, value in CASES[kind].edits:
        before = await peer.record(kind, number)
        if refused(name, kind, field, value):
            assert (await peer.refusal(kind, number, {field: value})).field == field, f"{field}: {value!r}"
            assert await peer.record(kind, number) == before, f"{field}: {value!r}"
            continue
        written = await peer.change(kind, number, {field: value}, content=PICTURES.get(as_text(value)))
        number = written.ref.native_id
        after = await peer.record(kind, number)
        expected = {**before, **held(name, kind, {field: value})}
        expected = {each: one for each, one in expected.items() if each not in redrawn(name, kind) | FOLLOWS}
        assert {each: after.get(each) for each in expected} == expected, f"{field}: {value!r}"
        left = await peer.left_to_write(kind, number, {field: value})
        assert left.keys() == redrawn(name, kind) & {field}, f"{field}: {value!r}"


@EVERY_PORT
async def test_what_is_not_there_is_missing(name: str, kind: EntityType) -> None:
    peer = open_peer(name)
    ids = ["999999999", "0", "-1", "", "x", "1.0", "²"]

    assert await peer.ports[kind].read(ids) == dict.fromkeys(ids, MISSING)


@EVERY_PORT
async def test_a_record_is_found_by_its_key(name: str, kind: EntityType) -> None:
    peer, number, wanted = await made(name, kind)
    key = record_key(kind, wanted)
    assert key is not None

    found = await peer.ports[kind].find([key])

    assert [shot.ref.native_id for shot in found[key]] == [number]
    assert found[key][0].state == (await peer.snapshot(kind, number)).state
