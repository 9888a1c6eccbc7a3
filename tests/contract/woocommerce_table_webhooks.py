"""Webhooks: lines read off the recordings wh-*, and what people's changes deliver (whx-5x, whx-6x)."""

from .woocommerce_row import Row, Step
from .woocommerce_table import ALL
from .woocommerce_table_people import LIST, PEOPLE

HOOKS = "/wc/v3/webhooks"
URL = "http://api.test/hook"
NAMED = Step(method="POST", path=HOOKS, body={
    "name": "p", "topic": "product.updated", "secret": "s3cret", "delivery_url": URL,
})  # fmt: skip
ACTION = Step(method="POST", path=HOOKS, body={"topic": "action.woocommerce_add_to_cart", "delivery_url": URL})
UPDATED = ["woocommerce_process_product_meta", "woocommerce_update_product", "woocommerce_update_product_variation"]
W1 = Step(method="POST", path=LIST, body={"email": "wh1@example.test", "first_name": "W"})
WPU = Step(method="POST", path=PEOPLE, key="app", body={
    "username": "wpu", "email": "wpu@example.test", "password": "pw-long-123456", "roles": ["customer"],
})  # fmt: skip
EDITOR = Step(method="PUT", path=f"{PEOPLE}/4", key="app", body={"roles": ["editor"]})


def _created(topic: str, hooks: list[str]) -> Row:
    resource, _, event = topic.partition(".")
    return Row(
        says=f"{resource}_{event}_listens_to_its_actions", recording=f"wh-12-{topic}", method="POST", path=HOOKS,
        body={"name": topic, "topic": topic, "secret": "shhh", "delivery_url": URL}, status=201,
        has={"resource": resource, "event": event, "hooks": hooks, "status": "active"},
    )  # fmt: skip


WEBHOOKS = (
    Row(
        says="a_webhook_needs_a_real_address", recording="wh-01", method="POST", path=HOOKS,
        body={"topic": "product.updated", "delivery_url": "not a url"}, status=400,
        code="woocommerce_rest_shop_webhook_invalid_delivery_url",
        message="Webhook delivery URL must be a valid URL starting with http:// or https://.",
    ),
    Row(
        says="a_webhook_needs_a_topic_that_exists", recording="wh-02", method="POST", path=HOOKS,
        body={"topic": "nope", "delivery_url": URL}, status=400, code="woocommerce_rest_shop_webhook_invalid_topic",
        message="Webhook topic is required and must be valid.",
    ),
    Row(
        says="a_webhook_needs_a_topic", recording="wh-03", method="POST", path=HOOKS, body={"delivery_url": URL},
        status=400, code="rest_missing_callback_param", message="Missing parameter(s): topic",
    ),
    Row(
        says="a_webhook_to_a_port_that_is_never_called_is_active_all_the_same", recording="wh-04", method="POST",
        path=HOOKS, body={**dict(NAMED.body or {}), "delivery_url": "http://127.0.0.1:18998/x"}, status=201,  # type: ignore[arg-type]
        has={"id": 1, "status": "active", "hooks": UPDATED, "date_modified": None},
        shows={"location": "https://shop.test/wp-json/wc/v3/webhooks/1", "allow": "GET, POST"},
    ),
    Row(
        says="a_webhook_to_a_private_address_is_active_all_the_same", recording="wh-05", method="POST", path=HOOKS,
        body={"topic": "product.updated", "delivery_url": "http://127.0.0.2:8080/x"}, status=201,
        has={"status": "active"},
    ),
    Row(
        says="a_webhook_is_read_without_its_secret", recording="wh-06", method="GET", path=f"{HOOKS}/1",
        before=[NAMED], status=200, has={"name": "p", "delivery_url": URL}, lacks=["secret", "failure_count"],
        shows={"allow": ALL},
    ),
    Row(
        says="webhooks_are_listed_youngest_first", recording="wh-07", method="GET", path=HOOKS,
        before=[NAMED, ACTION], status=200, ids=[2, 1], total=2,
    ),
    Row(
        says="a_secret_may_hold_anything_and_is_not_echoed", recording="wh-10", method="POST", path=HOOKS,
        body={"name": "product updated", "topic": "product.updated", "secret": 'top&secret"x', "delivery_url": URL},
        status=201, has={"name": "product updated", "topic": "product.updated"}, lacks=["secret"],
    ),
    Row(
        says="a_webhook_without_a_name_is_named_in_utc", recording="wh-11", method="POST", path=HOOKS,
        body={"topic": "product.created", "delivery_url": URL}, status=201,
        has={"name": "Webhook created on Nov 21, 2026 @ 11:00 AM", "date_created": "2026-11-21T12:00:00"},
    ),
    _created("customer.created", ["user_register", "woocommerce_created_customer", "woocommerce_new_customer"]),
    _created("customer.updated", ["profile_update", "woocommerce_update_customer"]),
    _created("customer.deleted", ["delete_user"]),
    _created("customer.restored", []),
    _created("order.created", ["woocommerce_new_order"]),
    _created("order.updated", ["woocommerce_update_order", "woocommerce_order_refunded"]),
    _created("order.deleted", ["wp_trash_post", "woocommerce_trash_order"]),
    _created("order.restored", ["untrashed_post", "woocommerce_untrash_order"]),
    _created("product.deleted", ["wp_trash_post"]),
    _created("product.restored", ["untrashed_post"]),
    _created("coupon.created", ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"]),
    _created("coupon.updated", ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"]),
    _created("coupon.deleted", ["wp_trash_post"]),
    _created("coupon.restored", ["untrashed_post"]),
    Row(
        says="a_webhook_is_paused", recording="wh-13", method="PUT", path=f"{HOOKS}/1", before=[NAMED],
        body={"status": "paused"}, status=200, has={"status": "paused", "date_modified": "2026-11-21T12:00:01"},
    ),
    Row(
        says="a_webhook_is_made_active", recording="wh-14", method="PUT", path=f"{HOOKS}/1",
        before=[NAMED, Step(method="PUT", path=f"{HOOKS}/1", body={"status": "paused"})], body={"status": "active"},
        status=200, has={"status": "active"},
    ),
    Row(
        says="any_action_is_a_topic", recording="wh-15", method="POST", path=HOOKS, body=ACTION.body, status=201,
        has={"resource": "action", "event": "woocommerce_add_to_cart", "hooks": ["woocommerce_add_to_cart"]},
    ),
    Row(
        says="a_shop_manager_makes_webhooks", recording="wh-20", method="POST", path=HOOKS, key="manager",
        body=NAMED.body, status=201, has={"topic": "product.updated"},
    ),
    Row(
        says="webhooks_have_no_trash", recording="wh-21", method="DELETE", path=f"{HOOKS}/1", before=[ACTION],
        status=501, code="woocommerce_rest_trash_not_supported", message="Webhooks do not support trashing.",
    ),
    Row(
        says="a_webhook_goes_by_force", recording="wh-22", method="DELETE", path=f"{HOOKS}/1?force=true",
        before=[ACTION], status=200, has={"id": 1, "status": "active"}, then={f"{HOOKS}/1": {}},
    ),
)  # fmt: skip

TOLD = (
    Row(
        says="a_new_customer_is_told_twice", recording="whx-50", method="POST", path=LIST, body=W1.body, status=201,
        hooks=["customer.created 4", "customer.updated 4"],
    ),
    Row(
        says="a_changed_customer_is_told_once", recording="whx-51", method="PUT", path=f"{LIST}/3",
        body={"first_name": "W2"}, status=200, hooks=["customer.updated 3"],
    ),
    Row(
        says="an_identical_put_of_a_customer_is_told", recording="whx-52", method="PUT", path=f"{LIST}/4",
        before=[W1], body={"first_name": "W"}, status=200, hooks=["customer.updated 4"],
        has={"date_modified": "2026-11-21T12:00:01"},
    ),
    Row(
        says="billing_alone_is_told", recording="whx-53", method="PUT", path=f"{LIST}/3",
        body={"billing": {"phone": "12"}}, status=200, hooks=["customer.updated 3"],
    ),
    Row(
        says="identical_billing_is_told", recording="whx-54", method="PUT", path=f"{LIST}/3",
        before=[Step(method="PUT", path=f"{LIST}/3", body={"billing": {"phone": "12"}})],
        body={"billing": {"phone": "12"}}, status=200, hooks=["customer.updated 3"],
        has={"date_modified": "2026-11-21T12:00:01"},
    ),
    Row(
        says="meta_alone_is_told", recording="whx-55", method="PUT", path=f"{LIST}/3",
        body={"meta_data": [{"key": "odoo_write_id", "value": "x"}]}, status=200, hooks=["customer.updated 3"],
    ),
    Row(
        says="an_empty_put_is_told", recording="whx-56", method="PUT", path=f"{LIST}/3", body={}, status=200,
        hooks=["customer.updated 3"], has={"date_modified": "2026-11-21T12:00:00"},
    ),
    Row(
        says="a_deleted_customer_is_told", recording="whx-58", method="DELETE", path=f"{LIST}/3?force=true",
        status=200, hooks=["customer.deleted 3"],
    ),
    Row(
        says="a_user_of_wordpress_is_told_once_and_has_no_date", recording="whx-59", method="POST", path=PEOPLE,
        key="app", body=WPU.body, status=201, hooks=["customer.created 4"],
        then={f"{LIST}/4": {"role": "customer", "date_modified": None, "meta_data": []}},
    ),
    Row(
        says="a_changed_user_of_wordpress_is_a_changed_customer", recording="whx-60", method="PUT",
        path=f"{PEOPLE}/4", key="app", before=[WPU], body={"first_name": "z"}, status=200,
        hooks=["customer.updated 4"], then={f"{LIST}/4": {"date_modified": "2026-11-21T12:00:01"}},
    ),
    Row(
        says="a_change_of_role_is_told_with_the_new_role", recording="whx-61", method="PUT", path=f"{PEOPLE}/4",
        key="app", before=[WPU], body={"roles": ["editor"]}, status=200, hooks=["customer.updated 4"],
        then={f"{LIST}/4": {"role": "editor"}},
    ),
    Row(
        says="a_changed_editor_is_told_as_a_customer", recording="whx-62", method="PUT", path=f"{PEOPLE}/4",
        key="app", before=[WPU, EDITOR], body={"first_name": "zz"}, status=200, hooks=["customer.updated 4"],
    ),
    Row(
        says="a_deleted_editor_is_not_told", recording="whx-63", method="DELETE", key="app", before=[WPU, EDITOR],
        path=f"{PEOPLE}/4?force=true&reassign=1", status=200, hooks=[],
    ),
)  # fmt: skip
