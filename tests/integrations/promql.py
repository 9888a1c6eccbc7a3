"""As much of Prometheus' expressions as is needed to hold them against the metrics there are; nothing is evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.api.test_metrics import Described

_METRIC = re.compile(r"\b(shopsync_\w+)(?:\{([^}]*)\})?(\[[^\]]+\])?")
_MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"')
_GROUPED = re.compile(r"\b(?:by|on|without)\s*\(([^)]*)\)")
_FUNCTION = re.compile(r"\b(rate|increase)\s*\($")
_SAMPLES = ("_bucket", "_sum", "_count")
PARTS_OF_ALL = frozenset({"le", "instance"})
"""Labels that no metric of ours declares: a histogram's bucket, and whom Prometheus asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One metric in an expression. `function`: `rate` or `increase` right around it."""

    sample: str
    labels: frozenset[str]
    is_range: bool
    function: str | None

    def family(self, known: Described) -> str | None:
        """The metric's own name; None for one that is not there."""
        if self.sample in known and known[self.sample][0] != "histogram":
            return self.sample
        for end in _SAMPLES:
            name = self.sample.removesuffix(end)
            if name != self.sample and name in known and known[name][0] == "histogram":
                return name
        return None


def asked(expression: str) -> list[Asked]:
    return [
        Asked(
            sample=found[1],
            labels=frozenset(_MATCHER.findall(found[2] or "")),
            is_range=found[3] is not None,
            function=around[1] if (around := _FUNCTION.search(expression[: found.start()])) else None,
        )
        for found in _METRIC.finditer(expression)
    ]


def faults(expression: str, known: Described) -> list[str]:
    """What is wrong with it, in words."""
    found = [f"brackets of {expression}"] if not _is_balanced(expression) else []
    grouped = {label.strip() for labels in _GROUPED.findall(expression) for label in labels.split(",")}
    may_group: set[str] = set(PARTS_OF_ALL)
    for each in asked(expression):
        family = each.family(known)
        if family is None:
            found.append(f"there is no {each.sample}")
            continue
        kind, labels, _ = known[family]
        may_group |= set(labels)
        found += [f"{family} has no {label}" for label in each.labels - set(labels)]
        if (kind == "gauge") is (each.function is not None):
            found.append(f"{each.function or 'nothing'} of {each.sample}, a {kind}")
        if each.is_range is not (each.function is not None):
            found.append(f"the range of {each.sample}")
    found += [f"nothing has {label}" for label in grouped - may_group]
    if "histogram_quantile" in expression and ("_bucket" not in expression or "le" not in grouped):
        found.append("a quantile needs buckets by le")
    return found


def _is_balanced(expression: str) -> bool:
    text = re.sub(r'"(?:[^"\\]|\\.)*"', "", expression)
    return all(text.count(a) == text.count(b) for a, b in ("()", "[]", "{}"))
