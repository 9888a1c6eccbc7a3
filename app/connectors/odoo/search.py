"""Searching as the ports do: archived records too, and texts without regard to case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.connectors.odoo.client import Domain, OdooClient, Row
from app.connectors.odoo.values import text_of
from app.entities.base import Json

_ESCAPE: Final = re.compile(r"\\")


async def rows_of(
    client: OdooClient,
    model: str,
    domain: Domain,
    fields: Sequence[str],
    *,
    limit: int | None = None,
    order: str = "id",
) -> list[Row]:
    """The rows of a domain, archived ones too, which Odoo hides from searches; a many2one as its bare id."""
    return await client.search_read(model, domain, fields, limit=limit, order=order, context={"active_test": False})


def any_of(field: str, texts: Sequence[str]) -> list[Json]:
    """A domain of the rows whose field is one of these texts, in any case. It may show more: compare `plain` after.

    `_` and `%` match other letters in Odoo too, and a backslash escapes.
    """
    leaves: list[Json] = [[field, "=ilike", _ESCAPE.sub("_", text).replace(" ", "%")] for text in texts]
    return ["|"] * (len(leaves) - 1) + leaves


def plain(text: Json) -> str:
    """As natural keys write it: lower case, single blanks."""
    return " ".join((text_of(text) or "").lower().split())
