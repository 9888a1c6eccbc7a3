"""What was asked of a peer, record by record, read off the requests."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson

from app.entities.base import Side
from app.sandbox.odoo.requests import Asked, read_request
from tests.flows.offices.prestashop import WORDS

MODELS: Final = {
    "res.partner": "customer",
    "product.template": "product",
    "product.product": "product",
    "product.category": "category",
    "sale.order": "order",
    "loyalty.program": "coupon",
    "stock.quant": "stock",
}
_READS: Final = frozenset(("read", "exists", "has_access", "get_external_id", "get_metadata"))
"""On records, and changing none."""
_WOO: Final = {
    "customers": "customer",
    "users": "customer",
    "products": "product",
    "categories": "category",
    "orders": "order",
    "coupons": "coupon",
    "variations": "variant",
    "media": "image",
}


@dataclass(slots=True, kw_only=True)
class SentWrite:
    """One record of one request. `record`: its native id, "" for a create; `fields`: names as the peer has them, none
    for a step of a workflow; `answered`: the one who asked has seen the answer; `at`: seconds."""

    peer: Side
    entity_type: str
    record: str
    fields: tuple[str, ...]
    creates: bool
    at: float
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a request changes of one record."""

    entity_type: str
    record: str
    fields: tuple[str, ...]
    creates: bool = False


def changes_in(side: Side, kind: str, request: httpx.Request) -> list[Read]:
    if side is Side.ODOO:
        return list(_of_odoo(read_request(request.url.path, request.content)))
    if request.method == "GET":
        return []
    return list((_of_woocommerce if kind == "woocommerce" else _of_prestashop)(request))


def label(side: Side, request: httpx.Request) -> str:
    """For the trace."""
    if side is Side.ODOO:
        asked = read_request(request.url.path, request.content)
        given = {**({"": asked.args} if asked.args else {}), **asked.named}
        return f"odoo {asked.model}.{asked.method}{list(asked.ids)} {given}"
    body = request.content.decode(errors="replace")
    return f"shop {request.method} {request.url.raw_path.decode()} {body}"


def _of_odoo(asked: Asked) -> Iterator[Read]:
    entity_type = MODELS.get(asked.model, asked.model)
    given: list[Any] = [*asked.args, *asked.named.values()]
    if asked.method == "create":
        first: Any = given[0] if given else []
        created: list[Any] = first if isinstance(first, list) else [first]
        for row in created:
            yield Read(entity_type=entity_type, record="", fields=_names(row), creates=True)
    elif asked.method == "load":
        names, rows = (*given, [], [])[:2]
        fields = tuple(str(name) for name in names if name != "id") if isinstance(names, Sequence) else ()
        for _ in rows if isinstance(rows, Sequence) else ():
            yield Read(entity_type=entity_type, record="", fields=fields, creates=True)
    elif asked.method == "write":
        values = next((each for each in given if isinstance(each, Mapping)), {})
        for number in asked.ids:
            yield Read(entity_type=entity_type, record=str(number), fields=_names(values))
    elif asked.model and asked.ids and asked.method not in _READS:
        for number in asked.ids:
            yield Read(entity_type=entity_type, record=str(number), fields=())


def _of_prestashop(request: httpx.Request) -> Iterator[Read]:
    parts = [part for part in request.url.path.split("/") if part and part != "api"]
    resource, record = parts[0], "/".join(parts[1:])
    fields = () if resource == "images" or request.method == "DELETE" else _in_xml(request.content)
    yield Read(
        entity_type=WORDS.get(resource, resource),
        record=record,
        fields=tuple(name for name in fields if name != "id"),
        creates=request.method == "POST" and resource != "images",
    )


def _in_xml(content: bytes) -> tuple[str, ...]:
    try:
        [row] = list(ElementTree.fromstring(content))
    except (ElementTree.ParseError, ValueError):
        return ()
    return tuple(child.tag for child in row)


def _of_woocommerce(request: httpx.Request) -> Iterator[Read]:
    parts = request.url.path.strip("/").split("/")[3:]
    body: Any = _parsed(request.content)
    batch = parts[-1:] == ["batch"]
    named = [part for part in parts if not part.isdigit() and part != "batch"]
    entity_type = _WOO.get(named[-1], named[-1]) if named else ""
    if batch:
        for verb in ("create", "update", "delete"):
            for row in body.get(verb, []):
                yield _row_of_batch(entity_type, verb, row)
        return
    record = parts[-1] if parts[-1:] and parts[-1].isdigit() else ""
    fields = () if request.method == "DELETE" else _names(body)
    yield Read(entity_type=entity_type, record=record, fields=fields, creates=request.method == "POST" and not record)


def _row_of_batch(entity_type: str, verb: str, row: Any) -> Read:
    if verb == "delete":
        return Read(entity_type=entity_type, record=str(row), fields=())
    return Read(
        entity_type=entity_type,
        record="" if verb == "create" else str(row.get("id", "")),
        fields=_names(row),
        creates=verb == "create",
    )


def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except ValueError:
        return {}


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in values if name != "id") if isinstance(values, Mapping) else ()
