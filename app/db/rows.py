"""Many rows as one parameter of a statement: `jsonb_to_recordset(CAST(:rows AS jsonb))`."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy.exc import DataError


def as_rows(rows: Sequence[object]) -> str:
    """Dataclasses, UUIDs, datetimes and text enums included. A NUL is refused by the server, as in any other text, and
    half a surrogate pair here, in the same words: who stores a batch then finds the one row that cannot be stored."""
    try:
        return orjson.dumps(rows).decode()
    except TypeError as error:
        raise DataError(None, None, error) from error
