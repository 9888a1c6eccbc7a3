"""Which credentials a request to a shop carries.

A consumer key opens `wc/v3` only (recording user-15), an Application Password both (auth-08). Over https each goes as
Basic; over http a consumer key has to sign (`oauth1.py`).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

import httpx

from app.connectors.woocommerce.oauth1 import OneLegged

SHOP: Final = "/wp-json/wc/v3/"
SITE: Final = "/wp-json/wp/v2/"


class Login(httpx.Auth):
    """Which credentials a request carries: none outside the two APIs, such as to pictures. The site's own index takes a
    consumer key for a wrong password of a user."""

    def __init__(
        self,
        *,
        consumer_key: str | None = None,
        consumer_secret: str | None = None,
        username: str | None = None,
        application_password: str | None = None,
        secure: bool = True,
        signer: OneLegged | None = None,
    ) -> None:
        self._key = httpx.BasicAuth(consumer_key, consumer_secret or "") if consumer_key else None
        self._signer = signer or (
            OneLegged(consumer_key, consumer_secret or "") if consumer_key and not secure else None
        )
        self._user = httpx.BasicAuth(username, application_password) if username and application_password else None

    @property
    def has_key(self) -> bool:
        return self._key is not None

    @property
    def has_user(self) -> bool:
        return self._user is not None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if SITE in request.url.path:
            yield from _as(self._user, request)
        elif SHOP not in request.url.path:
            yield request
        elif self._signer is not None:
            self._signer.sign(request)
            yield request
        else:
            yield from _as(self._key or self._user, request)


def _as(basic: httpx.BasicAuth | None, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
    if basic is None:
        yield request
    else:
        yield from basic.auth_flow(request)
