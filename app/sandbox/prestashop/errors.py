"""The webservice's own errors: a code and a sentence each, collected, with the status of the last one set."""

from collections.abc import Iterable


class ApiError(Exception):
    """Ends a request with the errors given, rendered as XML or JSON."""

    def __init__(self, status: int, *errors: tuple[int, str]) -> None:
        super().__init__(f"{status}: {errors}")
        self.status = status
        self.errors = errors


class PhpFatalError(Exception):
    """A fatal error or a `die()` inside the shop: HTTP 500 `text/html` with what was printed, if anything."""

    def __init__(self, printed: str = "") -> None:
        super().__init__(printed)
        self.printed = printed


def closest(wanted: str, names: Iterable[str]) -> str:
    """The "Did you mean" of the shop's errors: the first name with the smallest Levenshtein distance."""
    return min(names, key=lambda name: _distance(wanted, name))


def did_you_mean(sentence: str, wanted: str, names: Iterable[str]) -> str:
    known = list(names)
    full = ", ".join(f'"{name}"' for name in known)
    return f'{sentence} Did you mean: "{closest(wanted, known)}"? The full list is: {full}'


def _distance(left: str, right: str) -> int:
    above = list(range(len(right) + 1))
    for row, a in enumerate(left, 1):
        here = [row]
        for column, b in enumerate(right, 1):
            here.append(min(above[column] + 1, here[-1] + 1, above[column - 1] + (a != b)))
        above = here
    return above[-1]
