"""`POST …/batch`: up to a hundred creates, updates and deletes in one request, each with a fate of its own.

Items are not checked for their kinds as single requests are; the answer is 200 whatever happened (batch-02).
"""

from collections.abc import Callable
from typing import Any

from .errors import ApiError
from .resources import Ask, Resource
from .state import Json, Row

LIMIT = 100
Shown = Callable[[Resource, Ask, Row], Json]
Deleted = Callable[[Resource, Ask, Any], Json]


def answer(resource: Resource, ask: Ask, body: Json, shown: Shown, deleted: Deleted) -> Json | list[Json]:
    """`shown` and `deleted` add `_links`. An empty batch answers an empty list (batch-04). Errors: 413 (batch-01)."""
    wanted = {name: list(body.get(name) or ()) for name in ("create", "update", "delete")}
    if sum(len(items) for items in wanted.values()) > LIMIT:
        said = f"Unable to accept more than {LIMIT} items for this request."
        raise ApiError(413, "woocommerce_rest_request_entity_too_large", said)
    done = {
        "create": [_create(resource, ask, item, shown) for item in wanted["create"]],
        "update": [_update(resource, ask, item, shown) for item in wanted["update"]],
        "delete": [_delete(resource, ask, item, deleted) for item in wanted["delete"]],
    }
    return {name: items for name, items in done.items() if items} or []


def _create(resource: Resource, ask: Ask, item: Json, shown: Shown) -> Json:
    mine = ask.having(body=dict(item), context="edit", batch=True)
    try:
        return shown(resource, mine, resource.create(mine))
    except ApiError as refused:
        return _failed(0, refused)


def _update(resource: Resource, ask: Ask, item: Json, shown: Shown) -> Json:
    """An item without an id fails with null for it (batch-02)."""
    mine = ask.having(body={name: value for name, value in item.items() if name != "id"}, context="edit", batch=True)
    row_id = item.get("id")
    try:
        return shown(resource, mine, resource.update(mine, _as_id(row_id)))
    except ApiError as refused:
        return _failed(row_id, refused)


def _delete(resource: Resource, ask: Ask, item: Any, deleted: Deleted) -> Json:
    """Always by force."""
    mine = ask.having(params={**ask.params, "force": True}, context="edit", batch=True)
    try:
        return deleted(resource, mine, _as_id(item))
    except ApiError as refused:
        return _failed(resource.lost_id(mine, item), refused)


def _failed(row_id: Any, refused: ApiError) -> Json:
    return {"id": row_id, "error": refused.body()}


def _as_id(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value if value is not None else 0
