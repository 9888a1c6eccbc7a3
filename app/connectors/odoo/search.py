"""Searching with archived records: Odoo hides them from every search unless the context says `active_test: false`."""

from __future__ import annotations

from collections.abc import Sequence

from app.connectors.odoo.client import LOAD_IN_SEARCH_READ_SINCE, Domain, OdooClient, Row
from app.entities.base import Json
from app.errors import Retryable


async def rows_of(
    client: OdooClient,
    model: str,
    domain: Domain,
    fields: Sequence[str],
    *,
    limit: int | None = None,
    order: str = "id",
) -> list[Row]:
    """The rows of a domain, archived ones too, a many2one as its bare id."""
    wanted: dict[str, Json] = {"domain": list(domain), "order": order, **({"limit": limit} if limit else {})}
    shown: dict[str, Json] = {"active_test": False}
    if (await client.server()).major < LOAD_IN_SEARCH_READ_SINCE:
        ids = await client.call(model, "search", args=wanted, context=shown)
        numbers = [number for number in ids if isinstance(number, int)] if isinstance(ids, list) else []
        return await client.read(model, numbers, fields)
    answer = await client.call(model, "search_read", args={**wanted, "fields": list(fields), "load": ""}, context=shown)
    if not isinstance(answer, list):
        # No list is no empty list: what was not told is not gone.
        raise Retryable(f"{model}.search_read: Odoo answered without a list", code="odd_answer")
    return [row for row in answer if isinstance(row, dict)]
