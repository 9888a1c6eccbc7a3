"""Pictures: posts of their own with a file below `/wp-content/uploads`, taken from an address or by id.

An address is fetched and stored anew each time it is named, also when it is the shop's own (prod-26, -27).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from .errors import ApiError
from .resources import Ask
from .state import File, Json, Row, Store
from .texts import slug

MEDIA = "media"
_KINDS: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp",
}  # fmt: skip
_NOT_ALLOWED = "Sorry, you are not allowed to upload this file type."


def put_images(ask: Ask, given: Iterable[Mapping[str, Any]]) -> list[int]:
    """The ids for `images`, the first one featured. Nothing is kept of a request whose picture fails (prod-65)."""
    wanted = list(given)
    for one in wanted:
        _check(ask, one)
    return [_put(ask, one) for one in wanted]


def add_attachment(store: Store, name: str, content: bytes, *, title: str = "", alt: str = "") -> Row:
    """Stores a file under a name that is free: `red.png`, then `red-1.png`. Errors: ApiError where it is no picture."""
    kind = kind_of(content)
    if kind is None:
        raise _refused(f"Invalid image: {_NOT_ALLOWED}")
    path = _free_path(store, name)
    store.files[path] = File(content=content, content_type=kind)
    now = store.now()
    return store.put(MEDIA, {
        "id": store.next_id(), "path": path, "name": title or PurePosixPath(path).name, "alt": alt, "kind": kind,
        "date_created": now, "date_modified": now,
    })  # fmt: skip


def shown_images(ask: Ask, ids: Sequence[int]) -> list[Json]:
    return [shown for one in ids if (shown := shown_image(ask, one)) is not None]


def shown_image(ask: Ask, row_id: int) -> Json | None:
    """The local dates lie an offset too late: 03:13 for 02:13, UTC is right (prod-26)."""
    row = ask.store.row(MEDIA, row_id)
    if row is None:
        return None
    offset = row["date_created"].astimezone(ask.store.zone).utcoffset() or timedelta()
    late = {name: row[name] + offset for name in ("date_created", "date_modified")}
    true, wrong = ask.store.dates(row, *late), ask.store.dates(late, *late)
    dates = {name: (true if name.endswith("_gmt") else wrong)[name] for name in true}
    return {"id": row["id"], **dates, "src": ask.origin + row["path"], "name": row["name"], "alt": row["alt"]}


def addresses(given: Any) -> list[str]:
    """What has to be fetched before these images can be stored."""
    listed = given if isinstance(given, list) else [given]
    return [str(one["src"]) for one in listed if isinstance(one, dict) and one.get("src") and not one.get("id")]


def kind_of(content: bytes) -> str | None:
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)


def _check(ask: Ask, one: Mapping[str, Any]) -> None:
    if one.get("id"):
        if ask.store.row(MEDIA, int(one["id"])) is None:
            said = f"#{one['id']} is an invalid image ID."
            raise ApiError(400, "woocommerce_product_invalid_image_id", said)
    elif one.get("src"):
        _fetched(ask, str(one["src"]))


def _put(ask: Ask, one: Mapping[str, Any]) -> int:
    if one.get("id"):
        row = ask.store.table(MEDIA).rows[int(one["id"])]
        row.update({name: one[name] for name in ("name", "alt") if one.get(name)})
    else:
        name = PurePosixPath(unquote(urlsplit(str(one.get("src"))).path)).name
        content = _fetched(ask, str(one.get("src")))
        row = add_attachment(ask.store, name, content, title=str(one.get("name") or ""), alt=str(one.get("alt") or ""))
    return int(row["id"])


def _fetched(ask: Ask, address: str) -> bytes:
    file = ask.download(address)
    if file is None or file.status != 200:
        why = "Not Found" if file is not None and file.status else "A valid URL was not provided."
        raise _refused(f"Error getting remote image {address}. Error: {why}")
    if kind_of(file.content) is None:
        raise _refused(f"Invalid image: {_NOT_ALLOWED}")
    return file.content


def _refused(message: str) -> ApiError:
    return ApiError(400, "woocommerce_product_image_upload_error", message)


def _free_path(store: Store, name: str) -> str:
    file = PurePosixPath(name or "image")
    folder = store.clock().astimezone(store.zone).strftime("/wp-content/uploads/%Y/%m")
    stem, count = slug(file.stem) or "image", 0
    while (path := f"{folder}/{stem}{f'-{count}' if count else ''}{file.suffix}") in store.files:
        count += 1
    return path
