"""What each answer of the webservice means; the answers are those of a real 8.2.1, by the number of the recording."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from app.connectors.http import retry_after
from app.connectors.prestashop.errors import translate
from app.errors import ActionRequired, AppError, Conflict, NotFound, PeerDown, Rejected, Retryable

XML = "text/xml;charset=utf-8"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
WORDS = 'Validation error: "Property Customer-&gt;email is not valid"'
LENGTH = "The length of property Address-&gt;alias is currently 33 chars. It must be between 0 and 32 chars."


def faults(*pairs: tuple[int, str]) -> str:
    rows = "".join(
        f"<error><code><![CDATA[{code}]]></code><message><![CDATA[{text}]]></message></error>" for code, text in pairs
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><prestashop><errors>{rows}</errors></prestashop>'


def answer(
    status: int, body: str = "", content_type: str | None = XML, *, version: str | None = "8.2.1", **headers: str
) -> AppError:
    given = {"Content-Type": content_type, "PSWS-Version": version, **headers}
    response = httpx.Response(
        status,
        content=body.encode(),
        headers={name: value for name, value in given.items() if value is not None},
        request=httpx.Request("POST", "http://shop.test/api/customers"),
    )
    return translate(response, shop="boutique", resource="customers")


@pytest.mark.parametrize(
    ("error", "kind", "code", "field"),
    [
        pytest.param(
            answer(401, faults((20, "Authentification key is not active"), (21, "No permission"))),
            ActionRequired,
            "bad_key",
            None,
            id="125 a wrong key",
        ),
        pytest.param(
            answer(401, faults((18, "Invalid key format"))), ActionRequired, "bad_key", None, id="128 short key"
        ),
        pytest.param(
            answer(401, "401 Unauthorized", HTML, version=None), ActionRequired, "bad_key", None, id="127 no key"
        ),
        pytest.param(
            answer(401, faults((26, 'Resource of type "orders" is not allowed'))),
            ActionRequired,
            "not_permitted",
            None,
            id="131 a resource the key may not use",
        ),
        pytest.param(
            answer(405, faults((25, "Method POST is not allowed"))), ActionRequired, "not_permitted", None, id="130"
        ),
        pytest.param(answer(405, "", HTML), ActionRequired, "not_permitted", None, id="405 from a proxy"),
        pytest.param(
            answer(503, faults((22, "The webservice is disabled"))), ActionRequired, "webservice_off", None, id="914"
        ),
        pytest.param(
            answer(400, faults((27, "Resource does not exist"))), ActionRequired, "no_resource", None, id="134"
        ),
        pytest.param(answer(403, "<h1>Forbidden</h1>", HTML), Rejected, "forbidden", None, id="a firewall, of a write"),
        pytest.param(
            answer(404, "<h1>Not found</h1>", HTML, version=None),
            ActionRequired,
            "bad_url",
            None,
            id="another web site",
        ),
        pytest.param(
            answer(500, faults((140, "The email is already used"), (46, "Unable to save resource"))),
            Conflict,
            "duplicate_email",
            "email",
            id="202 a duplicate e-mail on create",
        ),
        pytest.param(
            answer(500, faults((141, "x"), (46, "x"))), Conflict, "duplicate_email", "email", id="243 on update"
        ),
        pytest.param(
            answer(500, "Cart cannot be loaded or an order has already been placed using this cart", HTML),
            Conflict,
            "cart_used",
            None,
            id="703",
        ),
        pytest.param(answer(404, "", None), NotFound, "not_found", None, id="132 a missing record"),
        pytest.param(
            answer(404, faults((92, "Invalid ID"))), NotFound, "not_found", None, id="247 PUT of a missing one"
        ),
        pytest.param(answer(404, faults((87, "Invalid ID"))), NotFound, "not_found", None, id="252 DELETE of one"),
        pytest.param(answer(400, faults((85, WORDS))), Rejected, "invalid", "email", id="206"),
        pytest.param(
            answer(400, '{"errors":[{"code":85,"message":"' + WORDS.replace('"', '\\"') + '"}]}', JSON),
            Rejected,
            "invalid",
            "email",
            id="207 in JSON",
        ),
        pytest.param(answer(400, faults((85, LENGTH))), Rejected, "invalid", "alias", id="311 too long"),
        pytest.param(
            answer(400, faults((84, "Property CartRule-&gt;name is empty."))), Rejected, "invalid", "name", id="408"
        ),
        pytest.param(answer(400, faults((41, 'parameter "passwd" required'))), Rejected, "invalid", "passwd", id="204"),
        pytest.param(
            answer(400, faults((35, "Unable to display this field"))), Rejected, "unknown_field", None, id="121"
        ),
        pytest.param(answer(400, faults((90, "id is required"))), Rejected, "refused", None, id="236"),
        pytest.param(
            answer(500, faults((127, "XML error : String could not be parsed"))), Rejected, "not_read", None, id="214"
        ),
        pytest.param(answer(500, "", HTML, version=None), Retryable, "shop_error", None, id="515 a fatal PHP error"),
        pytest.param(
            answer(500, faults((46, "Unable to save resource"))), Retryable, "shop_error", None, id="46 alone"
        ),
        pytest.param(answer(502, "<h1>Bad gateway</h1>", HTML), Retryable, "shop_error", None, id="a gateway"),
        pytest.param(answer(503, "<h1>Maintenance</h1>", HTML), PeerDown, "peer_down", None, id="912 maintenance"),
    ],
)
def test_an_answer_becomes_the_error_that_says_what_to_do(
    error: AppError, kind: type[AppError], code: str, field: str | None
) -> None:
    assert type(error) is kind
    assert (error.code, error.field) == (code, field)
    assert error.message.startswith("boutique: POST customers: ")


def test_a_firewall_that_refuses_a_read_keeps_us_out() -> None:
    response = httpx.Response(403, request=httpx.Request("GET", "http://shop.test/api/customers"))

    assert isinstance(translate(response, shop="boutique", resource="customers"), ActionRequired)


def test_texts_are_unescaped_for_people() -> None:
    assert "Property Customer->email is not valid" in answer(400, faults((85, WORDS))).message


def test_the_body_we_sent_is_not_repeated_to_anybody() -> None:
    echoed = "XML error : x\nXML length : 45\nOriginal XML : &lt;passwd&gt;hunter2&lt;/passwd&gt;"

    assert "hunter2" not in answer(500, faults((127, echoed))).message
    assert "hunter2" not in answer(500, faults((46, echoed))).message


def test_a_503_with_retry_after_waits_that_long() -> None:
    error = answer(503, "", HTML, **{"Retry-After": "7"})

    assert isinstance(error, Retryable)
    assert error.retry_in is not None
    assert error.retry_in.total_seconds() == 7


@pytest.mark.parametrize("code", ["9" * 5000, "²", "-1", ""])
def test_a_number_that_is_none_is_read_by_the_status(code: str) -> None:
    body = faults((85, "x")).replace("85", code)

    assert isinstance(answer(500, body), Retryable)


@pytest.mark.parametrize("charset", ["hex", "base64", "idna", "klingon"])
def test_a_body_is_looked_into_whatever_its_charset_is_called(charset: str) -> None:
    assert isinstance(answer(500, "a page", f"text/html; charset={charset}"), Retryable)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("7200", 3600),
        ("9" * 12, 3600),
        ("9" * 5000, 30),
        ("²", 30),
        ("٣", 30),
        ("", 30),
        ("soon", 30),
        ("Sat, 21 Nov 99999999999999999999 12:00:09 GMT", 30),
        ("Sat, 21 Nov 2026 12:00:09 GMT", 9),
        ("Sat, 21 Nov 2026 12:00:09", 9),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 1),
    ],
)
def test_a_shop_that_asks_to_wait_is_given_between_a_second_and_an_hour(header: str, seconds: int) -> None:
    assert retry_after(header, now=datetime(2026, 11, 21, 12, tzinfo=UTC)).total_seconds() == seconds
