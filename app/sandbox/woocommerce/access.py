"""Who asks: consumer keys, OAuth 1.0a signatures and application passwords, and the 401s in the recorded order.

- Basic or query keys count over https only; over http they are not even looked at (auth-02, -03).
- OAuth one-legged (HMAC-SHA256 or -SHA1) counts everywhere (auth-04, -05).
- An application password is a WordPress user's: on `wp/v2` and on `wc/v3` alike (auth-08).
- An unknown consumer key is nobody on `wc/v3` (auth-09) and an unknown user on `wp/v2` (user-15).
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1, sha256
from hmac import compare_digest
from hmac import new as mac
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote

from .errors import ApiError
from .state import Row, Store

OAUTH_NAMES = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method")
OAUTH_WINDOW_S = 15 * 60
_HASHES = {"HMAC-SHA1": sha1, "HMAC-SHA256": sha256}
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A consumer key's secret, what it may do, and the user it acts for."""

    secret: str
    permissions: Literal["read", "write", "read_write"] = "read_write"
    user: str = "shopadmin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a request says who asks. `origin` with the scheme the request came by; `woo`: it is for WooCommerce."""

    method: str
    origin: str
    path: str
    query: str
    headers: Mapping[str, str]
    secure: bool
    woo: bool


class Access:
    """The keys and application passwords of one shop. `local`: application passwords count over http too."""

    def __init__(self, store: Store, *, keys: dict[str, ApiKey], passwords: dict[str, str], local: bool = True) -> None:
        self.keys, self.passwords, self.local = keys, passwords, local
        self._store = store
        self._nonces: set[tuple[str, str, str]] = set()

    def user_of(self, asked: Asked) -> Row | None:
        """The user's row; None: nobody. Errors: 401."""
        if asked.woo:
            user = self._by_key(asked) or self._by_signature(asked)
            if user is not None:
                return user
        return self._by_password(asked)

    def _by_key(self, asked: Asked) -> Row | None:
        if not asked.secure:
            return None
        query = dict(parse_qsl(asked.query))
        name, secret = query.get("consumer_key", ""), query.get("consumer_secret", "")
        if not name:
            name, secret = _basic(asked.headers)
        key = self.keys.get(name)
        if key is None:
            return None
        if not compare_digest(key.secret.encode(), secret.encode()):
            raise _unauthenticated("Consumer secret is invalid.")
        return self._allowed(key, asked.method)

    def _by_signature(self, asked: Asked) -> Row | None:
        given = _oauth(asked)
        if not any(name in given for name in OAUTH_NAMES):
            return None
        missing = [name for name in OAUTH_NAMES if not given.get(name)]
        if missing:
            said = "Missing OAuth parameters" if len(missing) > 1 else "Missing OAuth parameter"
            raise _unauthenticated(f"{said} {', '.join(missing)}")
        key = self.keys.get(given["oauth_consumer_key"])
        if key is None:
            raise _unauthenticated("Consumer key is invalid.")
        self._check_signature(asked, key, given)
        self._check_nonce(given)
        return self._allowed(key, asked.method)

    def _check_signature(self, asked: Asked, key: ApiKey, given: Mapping[str, str]) -> None:
        if given["oauth_signature_method"] not in _HASHES:
            raise _unauthenticated("Invalid signature - signature method is invalid.")
        ours = signature(asked.method, f"{asked.origin}{asked.path}", _signed(asked, given), secret=key.secret)
        if not compare_digest(ours.encode(), given["oauth_signature"].encode()):
            raise _unauthenticated("Invalid signature - provided signature does not match.")

    def _check_nonce(self, given: Mapping[str, str]) -> None:
        stamp = given["oauth_timestamp"]
        age_s = abs(self._store.now().timestamp() - int(stamp)) if stamp.isdecimal() else OAUTH_WINDOW_S + 1
        if age_s > OAUTH_WINDOW_S:
            raise _unauthenticated("Invalid timestamp.")
        once = (given["oauth_consumer_key"], stamp, given["oauth_nonce"])
        if once in self._nonces:
            raise _unauthenticated("Invalid nonce - nonce has already been used.")
        self._nonces.add(once)

    def _allowed(self, key: ApiKey, method: str) -> Row | None:
        """Lacking permissions are a 401, not a 403 (auth-12, -13)."""
        needed = "read" if method in _READING else "write"
        if needed not in key.permissions:
            raise _unauthenticated(f"The API key provided does not have {needed} permissions.")
        return self.user_named(key.user)

    def _by_password(self, asked: Asked) -> Row | None:
        name, password = _basic(asked.headers)
        if not name or not (asked.secure or self.local):
            return None
        user, ours = self.user_named(name), self.passwords.get(name)
        if user is not None and ours is not None and _letters(ours) == _letters(password):
            return user
        if asked.woo:
            return None  # auth-17: the wrong password of a user is nobody's there
        if user is None:
            said = "<strong>Error:</strong> Unknown username. Check again or try your email address."
            raise ApiError(401, "invalid_username", said)
        raise ApiError(401, "incorrect_password", "The provided password is an invalid application password.")

    def user_named(self, login: str) -> Row | None:
        wanted = login.lower()
        users = self._store.table("users")
        return next((row for row in users if wanted in (row["username"].lower(), row["email"].lower())), None)


def signature(method: str, url: str, params: Mapping[str, str], *, secret: str) -> str:
    """OAuth 1.0a without a token: `params` without `oauth_signature`, names the algorithm itself."""
    pairs = sorted((_quoted(name), _quoted(value)) for name, value in params.items())
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join((method.upper(), _quoted(url), _quoted(joined)))
    algorithm = _HASHES[params["oauth_signature_method"]]
    return b64encode(mac(f"{secret}&".encode(), base.encode(), algorithm).digest()).decode()


def _signed(asked: Asked, given: Mapping[str, str]) -> dict[str, str]:
    everything = dict(parse_qsl(asked.query, keep_blank_values=True)) | dict(given)
    return {name: value for name, value in everything.items() if name not in ("oauth_signature", "realm")}


def _oauth(asked: Asked) -> dict[str, str]:
    """From the `Authorization` header, or else from the query."""
    scheme, _, rest = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "oauth":
        pairs = (part.strip().partition("=") for part in rest.split(","))
        return {name: unquote(value.strip('"')) for name, _, value in pairs}
    return {name: value for name, value in parse_qsl(asked.query) if name.startswith("oauth_")}


def _basic(headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        return "", ""
    return name, secret


def _letters(password: str) -> str:
    """An application password is shown in groups of four; the blanks do not count."""
    return password.replace(" ", "")


def _quoted(text: str) -> str:
    return quote(text, safe="~")


def _unauthenticated(said: str) -> ApiError:
    return ApiError(401, "woocommerce_rest_authentication_error", said)
