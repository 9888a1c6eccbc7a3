"""Who may post: a shared secret out of several valid ones, or a Standard Webhooks signature."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from app.security.signatures import InvalidSignature, matches_any, verify_hmac, verify_standard_webhook

OLD, NEW = "old-secret-1", "new-secret-2"
CODED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"event_id":"e1"}'


def _signed(
    body: bytes = BODY, *, secret: str = CODED, at: datetime | None = None, webhook_id: str = "msg_1"
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    signer = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(webhook_id, at, body.decode()),
    }


@pytest.mark.parametrize("given", [OLD, NEW])
def test_while_rotating_both_secrets_are_valid(given: str) -> None:
    assert matches_any(given, [NEW, OLD])


@pytest.mark.parametrize("given", ["", "new-secret", "new-secret-22", "NEW-SECRET-2", "é", "\udcff"])
def test_anything_else_is_not(given: str) -> None:
    assert not matches_any(given, [NEW, OLD])


@pytest.mark.parametrize("secrets", [[], [""]])
def test_where_no_secret_is_set_nothing_matches_not_even_nothing(secrets: list[str]) -> None:
    assert not matches_any("", secrets)


@pytest.mark.parametrize("secret", [CODED, NEW])
def test_a_signature_by_one_of_the_secrets_is_accepted(secret: str) -> None:
    verify_standard_webhook(BODY, _signed(secret=secret), [OLD, secret])


def test_header_names_are_compared_without_case() -> None:
    verify_standard_webhook(BODY, {name.title(): value for name, value in _signed().items()}, [CODED])


@pytest.mark.parametrize("minutes", [-10, 10])
def test_an_old_or_future_signature_is_refused(minutes: int) -> None:
    headers = _signed(at=datetime.now(UTC) + timedelta(minutes=minutes))

    with pytest.raises(InvalidSignature, match="timestamp"):
        verify_standard_webhook(BODY, headers, [CODED])


def test_a_changed_body_or_id_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        verify_standard_webhook(b'{"event_id":"e2"}', _signed(), [CODED])
    with pytest.raises(InvalidSignature):
        verify_standard_webhook(BODY, {**_signed(), "webhook-id": "msg_2"}, [CODED])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-timestamp": "yesterday"},
    ],
)
def test_malformed_headers_are_refused_with_403_and_not_a_crash(headers: dict[str, str]) -> None:
    given = {**_signed(), **headers} if headers else {}

    with pytest.raises(InvalidSignature) as refused:
        verify_standard_webhook(BODY, given, [CODED])
    assert refused.value.status_code == 403


def test_a_body_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidSignature):
        verify_standard_webhook(b"\xff\xfe", _signed(), [CODED])


def test_a_link_without_secrets_accepts_no_signature() -> None:
    with pytest.raises(InvalidSignature, match="no secret"):
        verify_standard_webhook(BODY, _signed(), [])


SHOPS_BODY = b'{"id":50}'
SHOPS_SIGNATURE = "KFQH64Bi4HIbktRq9GryBGJItfgMOI1jcVNDNV6ftak="
"""As a WooCommerce 9.9.5 signed it with the secret `shhh`."""


@pytest.mark.parametrize("secrets", [["shhh"], ["a-newer-one", "shhh"], ["", "shhh"]])
def test_a_shops_signature_is_taken_with_any_of_the_secrets(secrets: list[str]) -> None:
    verify_hmac(SHOPS_BODY, SHOPS_SIGNATURE, secrets)
    verify_hmac(SHOPS_BODY, f" {SHOPS_SIGNATURE}\n", secrets)


@pytest.mark.parametrize(
    ("body", "signature", "secrets", "says"),
    [
        (b'{"id":51}', SHOPS_SIGNATURE, ["shhh"], "of another body"),
        (SHOPS_BODY, SHOPS_SIGNATURE, ["shhhh"], "with another secret"),
        (SHOPS_BODY, SHOPS_SIGNATURE.lower(), ["shhh"], "with another secret"),
        (SHOPS_BODY, "\u00e9\ud800", ["shhh"], "with another secret"),
        (SHOPS_BODY, None, ["shhh"], "there is none"),
        (SHOPS_BODY, "", [""], "there is none"),
        (SHOPS_BODY, SHOPS_SIGNATURE, [], "with another secret"),
    ],
)
def test_a_shops_signature_of_something_else_is_refused(
    body: bytes, signature: str | None, secrets: list[str], says: str
) -> None:
    with pytest.raises(InvalidSignature, match=says):
        verify_hmac(body, signature, secrets)
