"""What products, variations and coupons do alike as WordPress posts: the trash, its marks, and the error for either."""

from .errors import ApiError
from .meta import add_meta, drop_meta
from .state import Row, Store

META_COUNTER = "postmeta"


def trash(store: Store, row: Row, *, kind: str) -> None:
    """The trash remembers what the row was. Every kind of post is told as product and as coupon (whx-16, -73)."""
    if row["status"] == "trash":
        said = f"The {kind} has already been deleted."
        raise ApiError(410, "woocommerce_rest_already_trashed", said)
    stamp = str(int(store.now().timestamp()))
    marks = {"_wp_trash_meta_status": row["status"], "_wp_trash_meta_time": stamp}
    if row.get("slug"):
        marks["_wp_desired_post_slug"] = row["slug"]
        row["slug"] = f"{row['slug']}__trashed"
    for key, value in marks.items():
        add_meta(store, row, key, value, counter=META_COUNTER)
    row.update(status="trash", date_modified=store.now())
    store.tell_trashed(row["id"])


def untrash(row: Row) -> None:
    """By writing another status: two of the marks stay for ever (trash-07)."""
    if row.get("slug"):
        row["slug"] = row["slug"].removesuffix("__trashed")
    drop_meta(row, "_wp_desired_post_slug")
