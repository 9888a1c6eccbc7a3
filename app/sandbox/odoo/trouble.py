"""A script of faults: what the next matching calls meet instead of, or after, Odoo's own answer.

sandbox.fail("lost", model="sale.order", method="create")      # committed, the answer never arrives
sandbox.fail("pool", times=2)                                  # the connection pool is full, twice
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.sandbox.odoo.faults import OdooError, access_denied, pool_exhausted
from app.sandbox.odoo.requests import Asked


def serialization_failure() -> OdooError:
    return OdooError("psycopg2.errors.SerializationFailure", "could not serialize access due to concurrent update\n")


# Faults that Odoo itself answers, before it looks at any record.
ANSWERED: Mapping[str, Callable[[], OdooError | str]] = {
    "html": lambda: "html",
    "pool": pool_exhausted,
    "serialization": serialization_failure,
    "denied": access_denied,
}
# The next `load` answers that it lost a race (load_race_attempt_0): a message, no error, and nothing stored.
LOAD_RACE = "load_race"
# Odoo answers the error that the test gives.
ERROR = "error"
# `lost`: done and committed, then the connection is gone. `drop`: gone before Odoo saw the call.
# `unavailable`: a proxy in front answers 503.
ON_THE_WAY = frozenset({"lost", "drop", "unavailable"})


@dataclass(slots=True, kw_only=True)
class Trouble:
    """Applies to `times` calls whose model and method match (regular expressions), after `skip` that pass."""

    name: str
    model: str = ".+"
    method: str = ".*"
    skip: int = 0
    times: int = 1
    error: OdooError | None = None

    def __post_init__(self) -> None:
        known = {*ANSWERED, *ON_THE_WAY, LOAD_RACE, ERROR}
        if self.name not in known or (self.name == ERROR) != (self.error is not None):
            raise ValueError(f"{self.name} is no fault; there are {', '.join(sorted(known))}")

    def answered(self) -> OdooError | str | None:
        """What Odoo answers instead of doing anything."""
        return self.error or (ANSWERED[self.name]() if self.name in ANSWERED else None)

    def meets(self, asked: Asked) -> bool:
        """Whether this call runs into it; counts."""
        if not (re.fullmatch(self.model, asked.model) and re.fullmatch(self.method, asked.method)):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass(slots=True)
class Script:
    """The faults still to come, first come first served."""

    pending: list[Trouble] = field(default_factory=list)

    def take(self, asked: Asked) -> Trouble | None:
        met = next((one for one in self.pending if one.meets(asked)), None)
        self.pending = [one for one in self.pending if one.times > 0]
        return met
