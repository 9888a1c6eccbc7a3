"""Every target with the inputs of its corpus, with pieces of them put together anew, and with any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies

from tests.fuzz.corpus import CORPUS
from tests.fuzz.scale import examples
from tests.fuzz.targets import TARGETS
from tests.fuzz.watched import WATCHED

EVERY_TARGET = pytest.mark.parametrize("name", sorted(TARGETS))


def test_every_target_has_a_corpus_and_modules_to_watch() -> None:
    assert TARGETS.keys() == CORPUS.keys() == WATCHED.keys()


@EVERY_TARGET
def test_what_once_made_a_target_raise_no_longer_does(name: str) -> None:
    for data in CORPUS[name]:
        TARGETS[name](data)


@EVERY_TARGET
def test_any_input_ends_as_the_target_promises(name: str) -> None:
    @examples(8)
    @given(strategies.binary(max_size=200) | _spoilt(name))
    def any_input(data: bytes) -> None:
        TARGETS[name](data)

    any_input()


def _spoilt(name: str) -> strategies.SearchStrategy[bytes]:
    """One of the corpus with a piece cut out and another put there."""
    seeds = strategies.sampled_from([data for data in CORPUS[name] if len(data) < 2000])
    pieces = strategies.sampled_from(_PIECES) | strategies.binary(max_size=6)
    cuts = strategies.floats(min_value=0, max_value=1)
    return strategies.builds(_cut, seeds, cuts, strategies.integers(0, 8), pieces)


_PIECES = (
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b"0",
    b"1e400",
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"true",
    b"<",
    b"]]>",
    b"&#0;",
    b"",
)


def _cut(data: bytes, at: float, length: int, piece: bytes) -> bytes:
    start = round(at * len(data))
    return data[:start] + piece + data[start + length :]
