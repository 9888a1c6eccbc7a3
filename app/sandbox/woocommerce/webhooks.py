"""`wc/v3/webhooks`: subscriptions to one topic each. The secret can be written and never read.

Row: `{"id", "name", "status", "topic", "delivery_url", "secret", "user_id", "failure_count", "date_created",
"date_modified"}`. Duplicates are accepted and each delivers (whx-97).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any
from uuid import UUID

from .errors import ApiError, trash_not_supported
from .params import STRING, Param
from .query import DATED, PAGING, by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store

WEBHOOKS = "webhooks"
STATUSES = ("active", "paused", "disabled")
# What each topic listens to; the answers show it.
_ACTIONS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "product": {
        "created": ("woocommerce_process_product_meta", "woocommerce_new_product", "woocommerce_new_product_variation"),
        "updated": (
            "woocommerce_process_product_meta", "woocommerce_update_product", "woocommerce_update_product_variation",
        ),
        "deleted": ("wp_trash_post",), "restored": ("untrashed_post",),
    },
    "order": {
        "created": ("woocommerce_new_order",),
        "updated": ("woocommerce_update_order", "woocommerce_order_refunded"),
        "deleted": ("wp_trash_post", "woocommerce_trash_order"),
        "restored": ("untrashed_post", "woocommerce_untrash_order"),
    },
    "customer": {
        "created": ("user_register", "woocommerce_created_customer", "woocommerce_new_customer"),
        "updated": ("profile_update", "woocommerce_update_customer"), "deleted": ("delete_user",), "restored": (),
    },
    "coupon": {
        "created": ("woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"),
        "updated": ("woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"),
        "deleted": ("wp_trash_post",), "restored": ("untrashed_post",),
    },
}  # fmt: skip
_FIELDS = {"name": STRING, "topic": STRING, "secret": STRING, "delivery_url": STRING, "status": Param(enum=STATUSES)}
_CREATES = {**_FIELDS, "topic": Param(required=True), "delivery_url": Param(required=True)}
_LISTS = {
    **PAGING, **DATED, "orderby": Param(enum=("date", "id", "title")), "status": Param(enum=("all", *STATUSES)),
}  # fmt: skip
_NO_SUCH = ("woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.")


class Webhooks(Resource):
    name = WEBHOOKS
    route = "wc/v3/webhooks"
    lists = _LISTS
    creates = _CREATES
    updates = _FIELDS

    def list(self, ask: Ask) -> Sequence[Row]:
        status, text = ask.params.get("status") or "all", str(ask.params.get("search") or "").lower()
        rows = by_dates(ask, by_ids(ask, ask.store.table(WEBHOOKS)))
        rows = (row for row in rows if status in ("all", row["status"]) and text in row["name"].lower())
        keys = {"id": lambda row: row["id"], "date": lambda row: row["id"], "title": lambda row: row["name"]}
        return in_order(ask, rows, keys, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(WEBHOOKS, row_id)
        if row is None:
            raise ApiError(404, *_NO_SUCH)
        return row

    def create(self, ask: Ask) -> Row:
        """Any address is taken: whether WordPress will dare to call it shows only when nothing arrives (wh-04, -05)."""
        store, body = ask.store, ask.body
        _check(body)
        row = store.put(WEBHOOKS, {
            "id": store.next_id(WEBHOOKS), "name": body.get("name") or _name(store), "topic": body["topic"],
            "status": body.get("status") or "active", "delivery_url": body["delivery_url"],
            "secret": body.get("secret") or str(UUID(int=store.random.getrandbits(128))), "failure_count": 0,
            "user_id": ask.user["id"] if ask.user else 0, "date_created": store.now(), "date_modified": None,
        })  # fmt: skip
        store.pings.append(row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        """Making it active again does not forget the failures before (whx-98)."""
        row = ask.store.row(WEBHOOKS, row_id)
        if row is None:
            raise ApiError(400, *_NO_SUCH)
        _check(ask.body)
        given = {name: ask.body[name] for name in _FIELDS if ask.body.get(name) is not None}
        row.update(given, date_modified=ask.store.now())
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Webhooks")
        ask.store.drop(WEBHOOKS, row["id"])
        return self.shown(ask, row)

    def shown(self, ask: Ask, row: Row) -> Json:
        resource, _, event = row["topic"].partition(".")
        return {
            "id": row["id"], "name": row["name"], "status": row["status"], "topic": row["topic"],
            "resource": resource, "event": event, "hooks": _actions(resource, event),
            "delivery_url": row["delivery_url"], **ask.store.dates(row, "date_created", "date_modified"),
        }  # fmt: skip


def _check(body: Json) -> None:
    topic, url = body.get("topic"), body.get("delivery_url")
    if topic is not None and not _known(str(topic)):
        said = "Webhook topic is required and must be valid."
        raise ApiError(400, "woocommerce_rest_shop_webhook_invalid_topic", said)
    if url is not None and not re.fullmatch(r"https?://[^\s/?#]+\S*", str(url)):
        said = "Webhook delivery URL must be a valid URL starting with http:// or https://."
        raise ApiError(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", said)


def _known(topic: str) -> bool:
    resource, _, event = topic.partition(".")
    return event in _ACTIONS.get(resource, {}) or (resource == "action" and bool(event))


def _actions(resource: str, event: str) -> list[str]:
    return [event] if resource == "action" else list(_ACTIONS[resource][event])


def _name(store: Store) -> str:
    """In UTC, whatever the shop's zone (wh-11)."""
    return f"Webhook created on {store.now().astimezone(UTC):%b %d, %Y @ %I:%M %p}"
