"""WooCommerce's own deliveries: hints that name records, nothing more. Pure.

`POST` with `X-WC-Webhook-Topic: product.updated` and the record as the REST API shows it. Only ids are relied on; what
is known of the bodies (WooCommerce 9.9.5):

- one of a variation comes as `product.updated` with `type: variation` and its parent's id;
- `*.deleted` is `{"id": 50}` and may be false: trashing a product fires `coupon.deleted` with the product's id,
  trashing a coupon or a blog post `product.deleted`. The reading of the record tells;
- a record that was gone when its delivery was built comes as an error object, `{"code": …, "data": {"status": 404}}`,
  and with the status 403 where the webhook's owner may not read (any more). Both are signed well;
- a checkout that was begun comes as an order of the status `checkout-draft`;
- the delivery id is made of the webhook's id and the second: different events share it, so nothing goes by it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Final

import orjson

from app.connectors.envelope import short
from app.connectors.hint import Delivery, Suspect
from app.connectors.woocommerce.address_record import KINDS, is_empty
from app.entities.base import Action, EntityType, Json
from app.entities.values import as_id
from app.errors import BadPayload

TOPIC_HEADER: Final = "x-wc-webhook-topic"
EVENTS: Final = {
    "created": Action.CREATED,
    "updated": Action.UPDATED,
    "restored": Action.UPDATED,
    "deleted": Action.DELETED,
}
DRAFTS: Final = frozenset({"checkout-draft", "auto-draft"})
UNSTEADY: Final = frozenset({"_links", "permalink", "permalink_template", "related_ids", "payment_url"})
"""Differ between two bodies of an unchanged record: the scheme it was asked by, and products picked by chance."""
NO_RIGHT: Final = frozenset({401, 403})
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)

Body = dict[str, Json]


class Fault(StrEnum):
    """A body that is an error object. `NO_RIGHT`: the webhook's owner may not read what it tells of."""

    GONE = "gone_already"
    NO_RIGHT = "webhook_without_rights"


def is_ping(raw: bytes) -> bool:
    """`webhook_id=3`, unsigned, as a form: sent when a webhook is made."""
    name, equals, number = raw.strip().partition(b"=")
    return name == b"webhook_id" and equals == b"=" and number.isdigit()


def parse_delivery(raw: bytes, headers: Mapping[str, str]) -> Delivery:
    """Raises `BadPayload` for a body that is no object, names no record or is nested too deeply, and nothing else.

    The event is not numbered: a coupon's date does not move when it is changed, and a deletion has none, so that the
    same body again may be news: trashed, restored, trashed.
    """
    topic = headers.get(TOPIC_HEADER)
    if not topic:
        raise BadPayload("X-WC-Webhook-Topic is missing: this is no delivery of WooCommerce", field=TOPIC_HEADER)
    resource, _, event = topic.partition(".")
    body = _object(raw)
    if resource not in _SUSPECTS or event not in EVENTS:
        note = f'webhooks of the topic "{short(topic)}" are of no use here; of use: {", ".join(_SUSPECTS)}'
        return _empty(topic=None, note=note)
    if "code" in body and "id" not in body:
        return _faulty(topic, body)
    if str(body.get("status")) in DRAFTS:
        return _empty(topic=topic, note=f"a {resource} that is a draft still: looked at when it is one")
    number = _id(body.get("id"))
    suspects = tuple(_SUSPECTS[resource](number, body, EVENTS[event]))
    notes = () if suspects else ("a variation that names no product: found by its product's date of change",)
    said = "-".join(("woo", topic, number, *_date(body.get("date_modified_gmt"))))
    return Delivery(suspects=suspects, topic=topic, event=said, body_hash=_hash(body), notes=notes)


def _object(raw: bytes) -> Body:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadPayload(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadPayload("the body must be a JSON object")
    return body


def _faulty(topic: str, body: Body) -> Delivery:
    data = body.get("data")
    status = data.get("status") if isinstance(data, dict) else None
    if isinstance(status, int) and status in NO_RIGHT:
        note = f"the shop tells of a {topic} without saying which record: the webhook's owner may not read it"
        return _empty(topic=topic, note=note, fault=Fault.NO_RIGHT)
    note = f"the record was gone when the shop told of it ({short(str(body['code']))})"
    return _empty(topic=topic, note=note, fault=Fault.GONE)


def _empty(*, topic: str | None, note: str, fault: Fault | None = None) -> Delivery:
    return Delivery(
        suspects=(),
        event="",
        body_hash="",
        notes=(note,),
        topic=topic,
        fault=fault,
        no_right=fault is Fault.NO_RIGHT,
    )


def _customer(number: str, body: Body, action: Action) -> Iterator[Suspect]:
    """An account without an address is told of as one whose address was deleted: else it would be looked for several
    times, as what may be about to come."""
    yield Suspect(EntityType.CUSTOMER, number, action)
    for place in KINDS:
        held = body.get(place)
        gone = isinstance(held, dict) and is_empty(held)
        yield Suspect(EntityType.ADDRESS, f"{number}:{place}", Action.DELETED if gone else action)


def _product(number: str, body: Body, action: Action) -> Iterator[Suspect]:
    """What happened to a product happened not to its stock and its images, which only may have changed with it."""
    if body.get("type") == "variation":
        yield from _variation(number, body, action)
        return
    yield Suspect(EntityType.PRODUCT, number, action)
    if body.get("manage_stock") is True and body.get("type") != "variable":
        yield Suspect(EntityType.STOCK, number, Action.UPDATED)
    for image in _ids_of(body.get("images")):
        yield Suspect(EntityType.IMAGE, f"{number}/{image}", Action.UPDATED)


def _variation(number: str, body: Body, action: Action) -> Iterator[Suspect]:
    parent = body.get("parent_id")
    if isinstance(parent, int) and parent > 0:
        yield Suspect(EntityType.VARIANT, f"{parent}/{number}", action)
        if body.get("manage_stock") is True:
            yield Suspect(EntityType.STOCK, f"{parent}/{number}", Action.UPDATED)


def _order(number: str, body: Body, action: Action) -> Iterator[Suspect]:
    yield Suspect(EntityType.ORDER, number, action)
    for refund in _ids_of(body.get("refunds")):
        yield Suspect(EntityType.REFUND, f"{number}/{refund}", Action.UPDATED)


def _coupon(number: str, body: Body, action: Action) -> Iterator[Suspect]:
    yield Suspect(EntityType.COUPON, number, action)


_SUSPECTS: Final[Mapping[str, Callable[[str, Body, Action], Iterator[Suspect]]]] = {
    "customer": _customer,
    "product": _product,
    "order": _order,
    "coupon": _coupon,
}


def _ids_of(rows: Json) -> Iterator[int]:
    for row in rows if isinstance(rows, list) else ():
        number = row.get("id") if isinstance(row, dict) else None
        if type(number) is int and number > 0:  # an image that stands for none has the id 0
            yield number


def _id(value: Json) -> str:
    try:
        return str(as_id(value))
    except ValueError as error:
        raise BadPayload(f"id {error}", field="id") from error


def _date(value: Json) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) and _DATE.fullmatch(value) else ()


def _hash(body: Body) -> str:
    steady = {name: value for name, value in body.items() if name not in UNSTEADY}
    try:
        text = orjson.dumps(steady, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:  # it is read deeper than it can be written
        raise BadPayload("the body is nested too deeply") from error
    return hashlib.sha256(text).hexdigest()
