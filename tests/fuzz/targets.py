"""What is fuzzed, a function each: bytes go in, and nothing but what the code promises comes out.

A target returns for every input; whatever it raises is a fault. `python -m tests.fuzz` says how one is run.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
from standardwebhooks import Webhook

from app.connections.config_file import parse_yaml
from app.connections.schemas import Config
from app.connectors.door import Door
from app.connectors.hint import Suspect
from app.connectors.http import MAX_RETRY_AFTER, retry_after
from app.connectors.odoo.values import html_to_text
from app.connectors.odoo.webhook import OdooHint, parse_hint
from app.connectors.prestashop import xml
from app.connectors.prestashop.door import DOOR as PRESTASHOP
from app.connectors.woocommerce.door import DOOR as WOOCOMMERCE
from app.connectors.woocommerce.webhook import TOPIC_HEADER, is_ping
from app.entities import plain_html
from app.entities.converter import Converter
from app.entities.fingerprint import fingerprint
from app.errors import BadPayload, Rejected
from app.ingest.schemas import parse_envelope
from app.redact import REDACTED, redact
from app.security.signatures import InvalidSignature, verify_hmac, verify_standard_webhook
from app.sync.custom_fields import converted
from tests.fuzz import answering

Target = Callable[[bytes], None]
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOPICS: Final = ("customer.updated", "product.updated", "product.deleted", "order.created", "coupon.restored", "post.x")
NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)


def envelope(data: bytes) -> None:
    """Odoo's webhook: an event that our tables can hold, or `BadPayload`."""
    with suppress(BadPayload):
        event = parse_envelope(data)
        _storable({**event.fields}, event.event_id, event.entity_key, *event.notes)
        assert event.entity_key


def odoo_hint(data: bytes) -> None:
    for action, entity_type in ((None, None), ("deleted", "customer"), ("x", None), (None, "x")):
        with suppress(BadPayload):
            hint = parse_hint(data, action=action, entity_type=entity_type)
            assert hint is None or isinstance(hint, OdooHint)
            _named(*(hint.suspects if hint else ()))


def prestashop_delivery(data: bytes) -> None:
    _delivered(PRESTASHOP, data, {"webhook-id": "1"})


def woocommerce_delivery(data: bytes) -> None:
    is_ping(data)
    for topic in TOPICS:
        _delivered(WOOCOMMERCE, data, {TOPIC_HEADER: topic})


def signature(data: bytes) -> None:
    """What is signed is taken, what differs in one byte is not, and an odd header is refused like a wrong one."""
    head, _, body = data.partition(b"\n")
    given = head.decode(errors="surrogateescape")
    with suppress(InvalidSignature):
        verify_hmac(body, given, [SECRET])
        assert hmac.compare_digest(given.strip().encode(errors="surrogateescape"), _hmac(body).encode())
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        with suppress(InvalidSignature):
            verify_standard_webhook(body, {**_standard(b"{}"), name: given}, [SECRET])
            assert body == b"{}"
    verify_hmac(body, _hmac(body), ["another", SECRET])
    _refused(lambda: verify_hmac(body + b"\n", _hmac(body), [SECRET]))
    with suppress(UnicodeDecodeError):
        body.decode()
        verify_standard_webhook(body, _standard(body), ["another", SECRET])
        _refused(lambda: verify_standard_webhook(body + b"\n", _standard(body), [SECRET]))


def prestashop_xml(data: bytes) -> None:
    """What is read can be written, and read again, with what was changed in it."""
    number = xml.first_id(data)
    assert number is None or number.isdecimal()
    with suppress(xml.NotXmlError, Rejected):
        xml.parse(data)
        changed = xml.merged(data, {"name": "a & b"}, {"groups": ("group", [{"id": "3"}])}, without=["id"])
        assert xml.parse(changed).findtext(".//name") == "a & b"


def odoo_jsonrpc(data: bytes) -> None:
    answering.only_our_errors(answering.odoo(data, "jsonrpc"))


def odoo_json2(data: bytes) -> None:
    answering.only_our_errors(answering.odoo(data, "json2"))


def odoo_xmlrpc(data: bytes) -> None:
    answering.only_our_errors(answering.odoo(data, "xmlrpc"))


def odoo_hello(data: bytes) -> None:
    """The first answers of an address that may be no Odoo."""
    for protocol in ("auto", "xmlrpc", "json2"):
        answering.only_our_errors(answering.odoo_hello(data, protocol))


def prestashop_answer(data: bytes) -> None:
    answering.only_our_errors(answering.prestashop(data))


def woocommerce_answer(data: bytes) -> None:
    answering.only_our_errors(answering.woocommerce(data))


def waiting_time(data: bytes) -> None:
    """Of a `Retry-After`: between a second and an hour, whatever stands there."""
    delay = retry_after(data.decode("latin-1"), now=NOW)
    assert timedelta(seconds=1) <= delay <= MAX_RETRY_AFTER


def config(data: bytes) -> None:
    """The file of `apply`: taken, or refused with words."""
    with suppress(BadPayload):
        Config.read(parse_yaml(data.decode(errors="replace"), {"NAME": "x"}, source="file"), source="file")


def markup(data: bytes) -> None:
    """Descriptions: any markup is read, and what is read is plain."""
    text = data.decode(errors="replace")
    html_to_text(text)
    read = plain_html.plain(text)
    assert plain_html.plain(plain_html.of_text(read)) == (plain_html.plain(plain_html.of_text(read)))


def redaction(data: bytes) -> None:
    """Never raises, leaves nothing under a secret's name, and finds nothing more the second time."""
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(data)
        shown = redact({"password": value, "note": value})
        assert isinstance(shown, dict)
        assert shown["password"] in (REDACTED, None, "", False, True)
        assert redact(shown) == shown


def conversion(data: bytes) -> None:
    """An operator's own fields: one canonical value, which is its own canonical value and can be stored."""
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(data)
        for converter in Converter:
            once = converted(value, converter)
            assert converted(once, converter) == once, converter
            _storable({"x": once})


TARGETS: Final[Mapping[str, Target]] = {
    target.__name__: target
    for target in (
        envelope,
        odoo_hint,
        prestashop_delivery,
        woocommerce_delivery,
        signature,
        prestashop_xml,
        odoo_jsonrpc,
        odoo_json2,
        odoo_xmlrpc,
        odoo_hello,
        prestashop_answer,
        woocommerce_answer,
        waiting_time,
        config,
        markup,
        redaction,
        conversion,
    )
}


def _delivered(door: Door, data: bytes, headers: Mapping[str, str]) -> None:
    with suppress(BadPayload):
        delivery = door.parse(data, headers)
        _named(*delivery.suspects)
        _storable({}, delivery.event_id(1), *delivery.notes)


def _named(*suspects: Suspect) -> None:
    for suspect in suspects:
        assert suspect.native_id.isprintable()
        assert 0 < len(suspect.native_id) <= 40


def _storable(fields: dict[str, object], *texts: str) -> None:
    """In `jsonb` and `text`, and with a fingerprint."""
    assert len(fingerprint(fields)) == 64  # type: ignore[arg-type]  # any value, which is what is found out here
    orjson.dumps(fields)
    assert b"\\u0000" not in orjson.dumps([fields, *texts])


def _hmac(body: bytes) -> str:
    return b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()


def _standard(body: bytes) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", now, body.decode()),
    }


def _refused(check: Callable[[], None]) -> None:
    try:
        check()
    except InvalidSignature:
        return
    raise AssertionError("a signature of another body was taken")
