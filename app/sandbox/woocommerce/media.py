"""`wp/v2/media`: a picture is sent as the request's bytes, with its name in Content-Disposition.

Reached with an Application Password; a consumer key means nothing below `wp/v2`.
"""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from .errors import ApiError
from .images import MEDIA, add_attachment, kind_of
from .params import STRING
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row

_TEXTS = {"title": STRING, "alt_text": STRING}


class Media(Resource):
    """Not recorded: as WordPress documents it."""

    name = MEDIA
    route = "wp/v2/media"
    verbs = ("list", "create", "get", "update", "delete")
    lists = PAGING
    creates = updates = _TEXTS

    def may(self, ask: Ask, verb: str, row_id: Any = None) -> bool:
        return verb in ("list", "get") or ask.manages

    def refused(self, ask: Ask, verb: str) -> ApiError:
        said = "Sorry, you are not allowed to create posts as this user."
        return ApiError(403 if ask.user else 401, f"rest_cannot_{verb}", said)

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = by_ids(ask, ask.store.table(MEDIA))
        return in_order(ask, rows, {"date": lambda row: row["date_created"], "id": lambda row: row["id"]}, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(MEDIA, int(row_id))
        if row is None:
            raise ApiError(404, "rest_post_invalid_id", "Invalid post ID.")
        return row

    def create(self, ask: Ask) -> Row:
        named = re.search(r'filename="?([^";]+)', ask.headers.get("content-disposition", ""))
        if named is None:
            raise ApiError(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        if kind_of(ask.raw) is None:
            said = "Sorry, you are not allowed to upload this file type."
            raise ApiError(500, "rest_upload_unknown_error", said)
        file = PurePosixPath(named[1]).name
        row = add_attachment(ask.store, file, ask.raw, title=PurePosixPath(file).stem)
        self._put(ask, row)
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        self._put(ask, row)
        row["date_modified"] = ask.store.now()
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            said = "The post does not support trashing. Set 'force=true' to delete."
            raise ApiError(501, "rest_trash_not_supported", said)
        gone = self.shown(ask, row)
        ask.store.drop(MEDIA, row["id"])
        ask.store.files.pop(row["path"], None)
        return {"deleted": True, "previous": gone}

    def shown(self, ask: Ask, row: Row) -> Json:
        dates = ask.store.dates(row, "date_created", "date_modified")
        address = ask.origin + row["path"]
        return {
            "id": row["id"], "date": dates["date_created"], "date_gmt": dates["date_created_gmt"],
            "modified": dates["date_modified"], "modified_gmt": dates["date_modified_gmt"],
            "guid": {"rendered": address}, "slug": PurePosixPath(row["path"]).stem, "status": "inherit",
            "type": "attachment",
            "title": {"raw": row["name"], "rendered": row["name"]}, "alt_text": row["alt"], "media_type": "image",
            "mime_type": row["kind"], "media_details": {}, "post": None, "source_url": address,
        }  # fmt: skip

    def _put(self, ask: Ask, row: Row) -> None:
        row["name"] = str(ask.body.get("title") or row["name"])
        row["alt"] = str(ask.body.get("alt_text") or row["alt"])
