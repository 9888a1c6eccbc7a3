"""Calls to one shop's webservice: lists as JSON, writes as XML, errors translated once.

Lists are always asked for with the fields wanted: without `display` the JSON of one record drops every "0"
and "" (recordings 103, 540), and `display=full` on customers sends password hashes over the wire (102).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element

import httpx
import orjson

from app.connectors.http import PeerClient
from app.connectors.prestashop import errors, xml
from app.entities.base import Json
from app.entities.values import whole
from app.errors import NotFound, Retryable

Row: TypeAlias = Mapping[str, Json]
"""One record of a list: `id` a number, all else text, null or false."""

NODE: Final = {
    "addresses": "address",
    "cart_rules": "cart_rule",
    "carts": "cart",
    "categories": "category",
    "combinations": "combination",
    "customers": "customer",
    "messages": "message",
    "order_carriers": "order_carrier",
    "order_histories": "order_history",
    "orders": "order",
    "product_option_values": "product_option_value",
    "product_options": "product_option",
    "products": "product",
    "stock_availables": "stock_available",
}
"""The element of one record, per resource we write."""
NOT_TAKEN_BACK: Final[Mapping[str, tuple[str, ...]]] = {
    "products": ("manufacturer_name", "quantity", "position_in_category", "type"),
    "categories": ("level_depth", "nb_products_recursive"),
}
"""What a PUT of the whole record must not hold: 400, code 93 (recording 622). The position is taken by some versions
only, and kept by all; the type would be fixed by being said."""
PATCH_SINCE: Final = (8, 0)
"""PATCH is absent in 1.7 (up to 1.7.8.11) and present from 8.0.0 on."""
PAGE: Final = re.compile(rb"<!doctype html|<html", re.IGNORECASE)
"""Nothing that the webservice answers."""


class PrestashopClient:
    """Safe for concurrent use; `version` is what the last answers' `PSWS-Version` said."""

    def __init__(self, peer: PeerClient) -> None:
        self._peer = peer
        self._version: tuple[int, ...] | None = None
        self._answered_at: datetime | None = None

    @property
    def answered_at(self) -> datetime | None:
        """The last answer's moment on the shop's own clock (`Access-Time`), aware UTC."""
        return self._answered_at

    @property
    def name(self) -> str:
        return self._peer.name

    async def version(self) -> tuple[int, ...]:
        """`(8, 2, 1)`; `()` if a proxy in between removes the header. Costs a call only if nothing was asked
        yet."""
        if self._version is None:
            await self.rows("languages", display=["id"], limit=1)
        return self._version or ()

    async def rows(
        self,
        resource: str,
        *,
        display: Sequence[str],
        filters: Mapping[str, str] | None = None,
        limit: int | None = None,
        by_date: bool = False,
    ) -> list[Row]:
        """The records of the key's own shop, by id, or with `by_date` by (date_upd, id). Only fields in `display` are
        given. Dates in filters need `by_date` (recordings 115, 839); both sorts at once are recording 832."""
        params = {"display": _display(display), "sort": "[id_ASC]", "output_format": "JSON"}
        if by_date:
            params |= {"sort": "[date_upd_ASC,id_ASC]", "date": "1"}
        params |= {f"filter[{field}]": value for field, value in (filters or {}).items()}
        if limit is not None:
            params["limit"] = str(limit)
        return self._listed(await self._call("GET", resource, params=params), resource)

    async def one(self, resource: str, native_id: str, *, display: Sequence[str]) -> Row | None:
        """By id, also what lists do not show: other shops' records and those with id_shop 0 (recordings 263,
        957)."""
        params = {"display": _display(display), "output_format": "JSON"}
        try:
            rows = self._listed(await self._call("GET", resource, native_id, params=params), resource)
        except NotFound:
            return None
        return rows[0] if rows else None

    async def create(
        self,
        resource: str,
        fields: xml.Fields,
        *,
        associations: xml.Associations | None = None,
        params: Mapping[str, str] | None = None,
    ) -> str:
        """The new record's id."""
        native_id, _ = await self.create_shown(resource, fields, associations=associations, params=params)
        return native_id

    async def create_shown(
        self,
        resource: str,
        fields: xml.Fields,
        *,
        associations: xml.Associations | None = None,
        params: Mapping[str, str] | None = None,
    ) -> tuple[str, Row | None]:
        """The new record's id, and the record as the answer shows it, None where it cannot be read. Its values are
        not all those of the row: read it again (701, 702)."""
        body = xml.document(NODE[resource], fields, associations)
        response = await self._call("POST", resource, params=params, content=body)
        native_id = xml.first_id(response.content)
        if native_id is None:
            raise Retryable(
                f"{self.name}: POST {resource} was carried out, but its answer cannot be read; the retry looks first",
                code="unreadable",
            )
        return native_id, xml.record(response.content)

    async def update(
        self,
        resource: str,
        native_id: str,
        fields: xml.Fields,
        *,
        associations: xml.Associations | None = None,
    ) -> Row | None:
        """Changes these fields and no other: PATCH from 8.0 on, before that the whole record read and put
        back. Answers as `create_shown` does.

        The id goes into the body too: it, not the address, says which record is meant (recordings 236, 246).
        """
        if await self.version() >= PATCH_SINCE:
            body = xml.document(NODE[resource], {"id": native_id, **fields}, associations)
            return xml.record((await self._call("PATCH", resource, native_id, content=body)).content)
        whole = await self._call("GET", resource, native_id)
        try:
            body = xml.merged(whole.content, fields, associations, without=NOT_TAKEN_BACK.get(resource, ()))
        except xml.NotXmlError as error:
            raise Retryable(f"{self.name}: GET {resource} did not give XML", code="unreadable") from error
        return xml.record((await self._call("PUT", resource, native_id, content=body)).content)

    async def delete(self, resource: str, native_id: str) -> None:
        """What is gone already is deleted (recording 252). A page that something in front of the shop answers with 200
        deletes nothing, and nothing is read back that would tell."""
        try:
            response = await self._call("DELETE", resource, native_id)
        except NotFound:
            return
        if PAGE.search(response.content):
            raise Retryable(
                f"{self.name}: DELETE {resource}/{native_id} was answered with a page; is the shop in front of its "
                "webservice?",
                code="unreadable",
            )

    async def upload(self, resource: str, native_id: str, picture: bytes) -> str:
        """The new image's id. A form, not a bare body (recording 634); the answer holds the whole image again (630)."""
        boundary = secrets.token_hex(16)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="image"\r\n\r\n'
        form = head.encode() + picture + f"\r\n--{boundary}--\r\n".encode()
        response = await self._call(
            "POST", resource, native_id, content=form, content_type=f"multipart/form-data; boundary={boundary}"
        )
        if (image := xml.first_id(response.content)) is None:
            raise Retryable(
                f"{self.name}: POST {resource} was carried out, but its answer cannot be read", code="unreadable"
            )
        return image

    async def download(self, resource: str, native_id: str) -> bytes:
        """Raises `NotFound`."""
        return (await self._call("GET", resource, native_id)).content

    async def synopsis(self, resource: str) -> Element:
        """The record's empty XML, with each field's format (recordings 011): `<active format="isBool"/>`."""
        root = self._xml(await self._call("GET", resource, params={"schema": "synopsis"}), f"/api/{resource}")
        return root[0] if len(root) else root

    async def permissions(self) -> Element:
        """The start page: one element per resource the key may use, with an attribute per method."""
        return self._xml(await self._call("GET", ""), "/api/")

    async def aclose(self) -> None:
        await self._peer.aclose()

    async def _call(
        self,
        method: str,
        resource: str,
        native_id: str | None = None,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        content_type: str = "text/xml; charset=utf-8",
    ) -> httpx.Response:
        path = f"/api/{resource}" if native_id is None else f"/api/{resource}/{native_id}"
        headers = {"Content-Type": content_type} if content is not None else None
        response = await self._peer.request(method, path, params=params, content=content, headers=headers)
        self._note_version(response)
        self._note_time(response)
        if response.is_success:
            return response
        raise errors.translate(response, shop=self.name, resource=resource or "/api/")

    def _xml(self, response: httpx.Response, path: str) -> Element:
        try:
            return xml.parse(response.content)
        except xml.NotXmlError as error:
            raise Retryable(
                f"{self.name}: GET {path} did not give XML; is this a PrestaShop webservice?",
                code="unreadable",
            ) from error

    def _note_version(self, response: httpx.Response) -> None:
        """A refused key is answered with version "0" (recording 125)."""
        said = response.headers.get("PSWS-Version", "0")
        parts = [whole(part) for part in said.split(".")]
        if said != "0" and None not in parts:
            self._version = tuple(part for part in parts if part is not None)
        elif self._version is None and response.is_success:
            self._version = ()

    def _note_time(self, response: httpx.Response) -> None:
        seconds = response.headers.get("Access-Time", "")
        if seconds.isascii() and seconds.isdecimal() and len(seconds) < 12:
            self._answered_at = datetime.fromtimestamp(int(seconds), UTC)

    def _listed(self, response: httpx.Response, resource: str) -> list[Row]:
        """`{"customers": [{…}]}`, or `[]` where there are none (recordings 104, 106)."""
        body = _json(response.content)
        rows = body.get(resource) if isinstance(body, dict) else body
        if not isinstance(rows, list):
            raise Retryable(
                f"{self.name}: GET {resource} did not give the list asked for but "
                f"{response.headers.get('Content-Type', 'something else')}; is the shop in front of its webservice?",
                code="unreadable",
            )
        return [row for row in rows if isinstance(row, dict)]


def _json(raw: bytes) -> Json:
    """The body's value, also after text that a module printed before it (recording 872); None if there is
    none."""
    for start in (0, raw.find(b'{"')):
        try:
            value: Json = orjson.loads(raw[max(start, 0) :])
        except orjson.JSONDecodeError:
            continue
        return value
    return None


def _display(fields: Sequence[str]) -> str:
    return f"[{','.join(dict.fromkeys(fields))}]"
