"""Whether a webhook comes from who it says: a shared secret, or a Standard Webhooks signature."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from app.errors import Forbidden

SECRET_PREFIX = "whsec_"


class InvalidSignature(Forbidden):
    code = "invalid_signature"


def matches_any(given: str, secrets: Iterable[str]) -> bool:
    """Compares with every one, in constant time: how long it takes tells nothing. An empty secret matches nothing."""
    offered = given.encode(errors="surrogatepass")
    matches = [hmac.compare_digest(offered, secret.encode()) for secret in secrets if secret]
    return any(matches)


def verify_hmac(body: bytes, given: str | None, secrets: Iterable[str]) -> None:
    """Raises `InvalidSignature` unless `given` is the HMAC-SHA256 of the body in base64, with one of `secrets`.

    As WooCommerce signs (`X-WC-Webhook-Signature`, 9.9.5): no time and no number in it, so that a delivery can be sent
    again by whoever has seen it. It is a hint, and a hint that comes twice costs a read.
    """
    wanted = [base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode() for secret in secrets if secret]
    if not given or not matches_any(given.strip(), wanted):
        reason = "there is none" if not given else "it was made with another secret, or of another body"
        raise InvalidSignature(f"webhook signature refused: {reason}; set the webhook's secret to the link's")


def verify_standard_webhook(body: bytes, headers: Mapping[str, str], secrets: Iterable[str]) -> None:
    """Raises `InvalidSignature` unless one of `secrets` signed `webhook-id`, `webhook-timestamp` and the body.

    A secret is `whsec_` and base64, or any text. Older or newer than 5 minutes is refused
    (standardwebhooks 1.1; https://www.standardwebhooks.com, "Verifying webhook authenticity").
    """
    reason = "no secret is set"
    for secret in secrets:
        try:
            _signer(secret).verify(body, dict(headers), json_parse=False)
        except (WebhookVerificationError, ValueError) as refused:
            # ValueError: a signature without a version or not base64, a body that is not text
            reason = str(refused) if isinstance(refused, WebhookVerificationError) else "malformed signature"
        else:
            return
    raise InvalidSignature(f"webhook signature refused: {reason}")


def _signer(secret: str) -> Webhook:
    return Webhook(secret if secret.startswith(SECRET_PREFIX) else secret.encode())
