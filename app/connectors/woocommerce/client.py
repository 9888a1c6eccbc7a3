"""Calls to one shop's REST API: WooCommerce's `wc/v3` and WordPress' `wp/v2`, JSON both ways, errors translated once.

Which credentials a call carries is in `login.py`. Nothing is repeated here: there is no idempotency key, so a call
whose answer was lost is looked for first by whoever made it.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias

import httpx
import orjson

from app.connectors.http import PeerClient
from app.connectors.woocommerce import errors
from app.connectors.woocommerce.login import SHOP, SITE, Login
from app.entities.base import Json
from app.entities.values import whole
from app.errors import ActionRequired, AppError, NotFound, Retryable

Row: TypeAlias = dict[str, Json]
"""One record as the API gives it."""
Params: TypeAlias = Mapping[str, str | int | bool]

PAGE: Final = 100
"""The most that a list or a batch takes (recordings cust-38, batch-01)."""
_BY_ID: Final[Params] = {"orderby": "id", "order": "asc"}
"""What is created between two pages then comes last instead of shifting them (list-30, -31)."""
_NOT_IN_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")


class WooClient:
    """Safe for concurrent use. Paths are relative to `wc/v3`, with `wp=True` to `wp/v2`: `products/12/variations`."""

    def __init__(self, peer: PeerClient, login: Login) -> None:
        self._peer, self._login = peer, login
        self._answered_at: datetime | None = None

    @property
    def name(self) -> str:
        return self._peer.name

    @property
    def has_key(self) -> bool:
        return self._login.has_key

    @property
    def has_user(self) -> bool:
        """Whether there is an Application Password, which `wp/v2` needs."""
        return self._login.has_user

    @property
    def answered_at(self) -> datetime | None:
        """The last answer's moment on the server's own clock (`Date`), aware UTC."""
        return self._answered_at

    async def get(self, path: str, params: Params | None = None, *, wp: bool = False) -> Row:
        """Raises `NotFound`."""
        return self._row(await self._call("GET", path, params=params, wp=wp), path)

    async def one(self, path: str, params: Params | None = None, *, wp: bool = False) -> Row | None:
        """None for what is not there."""
        try:
            return await self.get(path, params, wp=wp)
        except NotFound:
            return None

    async def rows(self, path: str, params: Params | None = None, *, wp: bool = False) -> list[Row]:
        """All of a list, by id unless `params` say otherwise."""
        return [row async for page in self.pages(path, params, wp=wp) for row in page]

    async def pages(self, path: str, params: Params | None = None, *, wp: bool = False) -> AsyncIterator[list[Row]]:
        """Page by page, while `X-WP-TotalPages` says there are more. What has no pages (settings) has no such head."""
        asked: dict[str, str | int | bool] = {**_BY_ID, "per_page": PAGE, **(params or {})}
        number = int(asked.get("page", 1))
        while True:
            response = await self._call("GET", path, params={**asked, "page": number}, wp=wp)
            yield self._listed(response, path)
            if number >= _header_number(response, "X-WP-TotalPages"):
                return
            number += 1

    async def page(self, path: str, params: Params, *, wp: bool = False) -> list[Row]:
        """One page, as `params` say; behind the last one it is empty (cust-40)."""
        return self._listed(await self._call("GET", path, params=params, wp=wp), path)

    async def count(self, path: str, params: Params | None = None, *, wp: bool = False) -> int:
        """How many a list has."""
        response = await self._call("GET", path, params={**(params or {}), "per_page": 1}, wp=wp)
        return _header_number(response, "X-WP-Total")

    async def post(self, path: str, body: Mapping[str, Json], *, wp: bool = False) -> Row:
        return self._row(await self._call("POST", path, body=body, wp=wp), path)

    async def put(self, path: str, body: Mapping[str, Json], *, wp: bool = False) -> Row:
        """Changes what is named and no more (recordings cust-13, -18)."""
        return self._row(await self._call("PUT", path, body=body, wp=wp), path)

    async def delete(self, path: str, *, force: bool, params: Params | None = None, wp: bool = False) -> Row | None:
        """Into the trash, or with `force` for good. None: it was gone, or in the trash, already (cust-44, trash-09)."""
        asked = {**(params or {}), "force": force}
        try:
            return self._row(await self._call("DELETE", path, params=asked, wp=wp), path)
        except NotFound:
            return None

    async def batch(
        self,
        path: str,
        *,
        create: Sequence[Mapping[str, Json]] = (),
        update: Sequence[Mapping[str, Json]] = (),
        delete: Sequence[int] = (),
        most: int = PAGE,
    ) -> list[Row | AppError]:
        """Many writes in few calls; results by position: creates, then updates, then deletes, which are for good.

        Not atomic. A call that fails as a whole is the error of each of its items; earlier ones stay done.
        """
        items: list[tuple[str, Json]] = [
            *(("create", dict(item)) for item in create),
            *(("update", dict(item)) for item in update),
            *(("delete", number) for number in delete),
        ]
        results: list[Row | AppError] = []
        for start in range(0, len(items), most):
            results += await self._chunk(path, items[start : start + most])
        return results

    async def check_writing(self) -> None:
        """Raises what a write would; changes nothing, for the batch is empty (recording batch-04)."""
        await self._call("POST", "products/batch", body={})

    async def upload(self, name: str, content: bytes, media_type: str) -> Row:
        """A file for the media library; its row has `id` and `source_url`. Needs an Application Password."""
        file = _NOT_IN_NAME.sub("-", name).strip("-.") or "file"
        headers = {"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{file}"'}
        return self._row(await self._call("POST", "media", content=content, headers=headers, wp=True), "media")

    async def download(self, address: str) -> bytes:
        """The bytes behind an address that the shop named (`images[].src`), asked without credentials."""
        response = await self._peer.request("GET", address)
        if response.is_success:
            return response.content
        raise errors.translate(response, shop=self.name, resource="picture")

    async def site(self) -> Row:
        """What the site tells everybody about itself (recording meta-13): its name, time zone, API namespaces."""
        response = await self._peer.request("GET", "/wp-json/")
        if response.is_success:
            return self._row(response, "/wp-json/")
        raise errors.translate(response, shop=self.name, resource="/wp-json/")

    async def aclose(self) -> None:
        await self._peer.aclose()

    async def _chunk(self, path: str, items: Sequence[tuple[str, Json]]) -> list[Row | AppError]:
        body: dict[str, Json] = {}
        for kind in ("create", "update", "delete"):
            if chosen := [item for of, item in items if of == kind]:
                body[kind] = chosen
        try:
            answer = await self.post(f"{path}/batch", body)
        except AppError as error:
            return [error for _ in items]
        return [result for kind in body for result in self._results(answer, kind, path, _length(body[kind]))]

    def _results(self, answer: Row, kind: str, path: str, expected: int) -> list[Row | AppError]:
        rows = answer.get(kind)
        if not isinstance(rows, list) or len(rows) != expected:
            return [self._unreadable("POST", f"{path}/batch") for _ in range(expected)]
        return [self._result(row, kind, path) for row in rows]

    def _result(self, row: Json, kind: str, path: str) -> Row | AppError:
        if not isinstance(row, dict):
            return self._unreadable("POST", f"{path}/batch")
        if "error" in row:
            return errors.of_item(row["error"], shop=self.name, resource=f"{kind} in {path}")
        return row

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: Mapping[str, Json] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        wp: bool = False,
    ) -> httpx.Response:
        if wp and not self.has_user:
            raise ActionRequired(
                f"{self.name}: {path} needs a WordPress user with an Application Password; add username and "
                "application_password to the connection",
                code="no_application_password",
            )
        if body is not None:
            content, headers = orjson.dumps(body), {"Content-Type": "application/json"}
        response = await self._peer.request(
            method, f"{SITE if wp else SHOP}{path}", params=_asked(params), content=content, headers=headers
        )
        self._note_time(response)
        if response.is_success:
            return response
        raise errors.translate(response, shop=self.name, resource=path)

    def _row(self, response: httpx.Response, path: str) -> Row:
        value = _json(response.content)
        if isinstance(value, dict):
            return value
        raise self._unreadable(response.request.method, path)

    def _listed(self, response: httpx.Response, path: str) -> list[Row]:
        value = _json(response.content)
        if not isinstance(value, list):
            raise self._unreadable("GET", path)
        return [row for row in value if isinstance(row, dict)]

    def _unreadable(self, method: str, path: str) -> Retryable:
        done = "was carried out, but its answer cannot be read; the retry looks first"
        asked = "did not give what was asked for; is a page of the shop in front of its REST API?"
        return Retryable(f"{self.name}: {method} {path} {asked if method == 'GET' else done}", code="unreadable")

    def _note_time(self, response: httpx.Response) -> None:
        try:
            moment = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
        except (ValueError, OverflowError):
            return
        # A zone that is "-0000", or lost in a header that a proxy gave twice, is GMT all the same (RFC 9110, 5.6.7).
        self._answered_at = moment.replace(tzinfo=moment.tzinfo or UTC)


def _asked(params: Params | None) -> dict[str, str] | None:
    if params is None:
        return None
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}


def _header_number(response: httpx.Response, name: str) -> int:
    return whole(response.headers.get(name, "")) or 0


def _length(items: Json) -> int:
    return len(items) if isinstance(items, list) else 0


def _json(raw: bytes) -> Json:
    """The body's value, also after text that a plugin printed before it; None if there is none."""
    for start in (0, raw.find(b'{"'), raw.find(b"[{")):
        try:
            value: Json = orjson.loads(raw[max(start, 0) :])
        except orjson.JSONDecodeError:
            continue
        return value
    return None
