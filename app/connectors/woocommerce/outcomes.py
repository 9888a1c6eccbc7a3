"""What became of the writes of one batch, by position: the row as the shop stored it, or why it did not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping, Sequence

from app.connectors.base import Snapshot, Write, Written
from app.connectors.woocommerce.client import Row
from app.errors import AppError, Rejected, Retryable

NO_ANSWER = Retryable("the shop gave no answer for this one; the retry looks again", code="odd_answer")


class Outcomes:
    def __init__(self, writes: Sequence[Write]) -> None:
        self.writes = writes
        self._answers: dict[int, Row | AppError] = {}
        self._gone: set[int] = set()
        self._notes: dict[int, tuple[str, ...]] = {}
        self._sent: dict[int, frozenset[str]] = {}

    def open(self) -> Iterator[tuple[int, Write]]:
        """Those that nothing became of yet."""
        for at, write in enumerate(self.writes):
            if at not in self._answers and at not in self._gone:
                yield at, write

    def refused(self, codes: Container[str]) -> Iterator[tuple[int, Write]]:
        """Those that the shop would not have for one of these reasons."""
        for at, answer in self._answers.items():
            if isinstance(answer, Rejected) and answer.code in codes:
                yield at, self.writes[at]

    def number(self, at: int) -> str:
        ref = self.writes[at].ref
        return ref.native_id if ref is not None else ""

    def add(self, answers: Mapping[int, Row | AppError]) -> None:
        self._answers |= answers

    def add_gone(self, answers: Mapping[int, AppError | None]) -> None:
        """Removals: None where it is gone now."""
        self._gone |= {at for at, answer in answers.items() if answer is None}
        self._answers |= {at: answer for at, answer in answers.items() if answer is not None}

    def note(self, at: int, text: str) -> None:
        self._notes[at] = (*self._notes.get(at, ()), text)

    def sent(self, at: int, names: Iterable[str]) -> None:
        """Fields of the state that were set besides the changes given."""
        self._sent[at] = frozenset(names) - self.writes[at].changes.keys()

    async def guarded(self, step: Awaitable[None]) -> None:
        """A call that fails as a whole is the failure of what was still open."""
        try:
            await step
        except AppError as error:
            self.add({at: error for at, _ in self.open()})

    async def shown(self, show: Callable[[Sequence[Row]], Awaitable[list[Snapshot]]]) -> list[Written | AppError]:
        """The rows as snapshots, in the order given; one that went to the trash meanwhile is none."""
        rows = [row for row in self._answers.values() if not isinstance(row, AppError)]
        try:
            shots: dict[str, Snapshot] | AppError = {_last(one): one for one in await show(rows)}
        except AppError as error:
            shots = error
        return [self._result(at, shots) for at in range(len(self.writes))]

    def _result(self, at: int, shots: Mapping[str, Snapshot] | AppError) -> Written | AppError:
        write, notes = self.writes[at], self._notes.get(at, ())
        if at in self._gone and write.ref is not None:
            return Written(ref=write.ref, state={}, notes=notes, gone=True)
        answer = self._answers.get(at, NO_ANSWER)
        if isinstance(answer, AppError):
            return answer
        if isinstance(shots, AppError):
            return shots
        shot = shots.get(str(answer["id"]))
        if shot is None:
            return Retryable(
                f"{answer['id']} was written, but is in the trash now; the retry looks again", code="vanished"
            )
        return Written(ref=shot.ref, state=shot.state, notes=notes, sent=self._sent.get(at, frozenset()))


def _last(shot: Snapshot) -> str:
    return shot.ref.native_id.rpartition("/")[2]
