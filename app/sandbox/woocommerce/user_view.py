"""A person as WordPress shows him: little in `context=view`, everything in `context=edit` (user-08, -09)."""

from collections.abc import Mapping

from .people import avatar
from .resources import Ask
from .state import Json, Row

ROLES: Mapping[str, tuple[str, ...]] = {
    "administrator": (
        "manage_options", "list_users", "create_users", "delete_users", "edit_users", "promote_users", "upload_files",
        "read",
    ),
    "shop_manager": ("manage_woocommerce", "list_users", "edit_users", "upload_files", "read"),
    "editor": ("moderate_comments", "manage_categories", "edit_posts", "publish_posts", "upload_files", "read"),
    "author": ("edit_posts", "publish_posts", "upload_files", "read"), "contributor": ("edit_posts", "read"),
    "subscriber": ("read",), "customer": ("read",),
}  # fmt: skip
"""Role -> the rights it brings, the more telling ones."""
_WOO = (
    "variable_product_tour_shown", "activity_panel_inbox_last_read", "activity_panel_reviews_last_read",
    "categories_report_columns", "coupons_report_columns", "customers_report_columns", "orders_report_columns",
    "products_report_columns", "revenue_report_columns", "taxes_report_columns", "variations_report_columns",
    "dashboard_sections", "dashboard_chart_type", "dashboard_chart_interval", "dashboard_leaderboard_rows",
    "order_attribution_install_banner_dismissed", "homepage_layout", "homepage_stats",
    "task_list_tracked_started_tasks", "android_app_banner_dismissed", "launch_your_store_tour_hidden",
    "coming_soon_banner_dismissed",
)  # fmt: skip


def shown_user(ask: Ask, row: Row) -> Json:
    public: Json = {
        "id": row["id"], "name": row["display_name"], "url": row["url"], "description": row["description"],
        "link": f"{ask.origin}/author/{row['username'].lower()}/", "slug": row["username"].lower(),
        "avatar_urls": {str(size): avatar(row["email"], size) for size in (24, 48, 96)},
    }  # fmt: skip
    more: Json = {
        "meta": [], "is_super_admin": row["role"] == "administrator", "woocommerce_meta": dict.fromkeys(_WOO, ""),
    }  # fmt: skip
    if ask.context != "edit":
        return {**public, **more}
    return {**public, **_private(row), **more, "meta": {"persisted_preferences": []}}


def _private(row: Row) -> Json:
    rights = dict.fromkeys((*ROLES.get(row["role"], ()), row["role"]), True)
    return {
        "username": row["username"], "first_name": row["first_name"], "last_name": row["last_name"],
        "email": row["email"], "locale": row["locale"], "nickname": row["username"], "roles": [row["role"]],
        "registered_date": row["date_created"].strftime("%Y-%m-%dT%H:%M:%S+00:00"), "capabilities": rights,
        "extra_capabilities": {row["role"]: True},
    }  # fmt: skip
