"""What a port makes of a record that is not as it should be: a record, or one of our errors, and never another one."""

from __future__ import annotations

import json
import random
from collections import Counter
from contextlib import suppress

import pytest

from app.connectors.base import Desired, RecordPort, Snapshot
from app.entities.base import EntityType
from app.entities.fingerprint import fingerprint
from app.errors import AppError
from tests.contract.conformance import Peer
from tests.contract.conformance_cases import made
from tests.contract.conformance_matrix import PORTAL, Form, cells
from tests.fuzz.scale import IS_LONG, SCALE
from tests.fuzz.spoiling import LEFT_OUT, ODD, Spoiler, places

CELLS = [pytest.param(name, kind, id=f"{kind}-{name}") for name, kind in cells(Form.MADE) if name != PORTAL]
SPOILT_IN_CI = 3


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("name", "kind"), CELLS)
async def test_a_record_with_an_odd_value_is_read_or_refused_in_words(name: str, kind: EntityType) -> None:
    peer, number, _ = await made(name, kind)
    spoiler = _between(peer)
    port = peer.ports[kind]
    await _read(port, number)
    answers = spoiler.answers
    ways = [(at, path, odd) for at, body in enumerate(answers) for path in places(body) for odd in (*ODD, LEFT_OUT)]
    chosen = random.Random(None if IS_LONG else 1).sample(ways, min(len(ways), round(SPOILT_IN_CI * SCALE)))

    failed: Counter[str] = Counter()
    for at, path, odd in chosen:
        spoiler.spoil(at, path, odd)
        try:
            with suppress(AppError):
                await _read(port, number)
        except Exception as error:
            failed[f"{type(error).__name__}: {str(error)[:60]} at {_last(error)} by {path} = {odd!r:.20}"] += 1

    assert not failed, "\n".join(failed)


async def _read(port: RecordPort, number: str) -> None:
    """As the engine does: the state, its fingerprint, the record, and what writing that again would change."""
    shot = (await port.read([number])).get(number)
    if isinstance(shot, Snapshot):
        assert json.dumps(dict(shot.state), allow_nan=False)
        fingerprint(shot.state)
        [record] = await port.to_records([shot.state])
        assert json.dumps(dict(record), allow_nan=False)
        await port.from_records([Desired(fields=record, base=shot.state)])


def _between(peer: Peer) -> Spoiler:
    spoiler = Spoiler(peer.gate._inner)
    peer.gate._inner = spoiler
    return spoiler


def _last(error: BaseException) -> str:
    traceback, found = error.__traceback__, "?"
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if "/app/" in code.co_filename and "/sandbox/" not in code.co_filename:
            found = f"{code.co_filename.partition('/app/')[2]}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return found
