"""Many rows as one parameter of a statement: `jsonb_to_recordset(CAST(:rows AS jsonb))`."""

from __future__ import annotations

from collections.abc import Sequence

import orjson


def as_rows(rows: Sequence[object]) -> str:
    """Dataclasses, UUIDs, datetimes and text enums included. A NUL is refused by the server, as in any other text; half
    a surrogate pair is a TypeError."""
    return orjson.dumps(rows).decode()
