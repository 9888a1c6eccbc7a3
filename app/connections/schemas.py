"""The file that says which connections and links there are, as `shopsync apply` reads it.

connections:
  - {name: erp, kind: odoo, url: "https://erp.example", database: prod, username: sync, api_key: "${ODOO_API_KEY}"}
  - {name: boutique, kind: prestashop, url: "https://shop.example", api_key: "${PRESTASHOP_KEY}"}
  - {name: store, kind: woocommerce, url: "https://store.example", consumer_key: "${WOO_KEY}",
     consumer_secret: "${WOO_SECRET}"}
links:
  - {slug: boutique, odoo: erp, shop: boutique, webhook_secret: "${WEBHOOK_SECRET}", modules: {prestashop: {}},
     reverse_sync: true}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from app.connections.addresses import is_loopback_host, normalise_url
from app.connections.explain import Path, at, dotted, explain
from app.connections.sync_settings import LinkSync
from app.errors import BadPayload

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
LANG = r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})?(@[a-z]{2,10})?"
SECRET_FIELDS: Final = frozenset({"api_key", "consumer_key", "consumer_secret", "application_password"})
"""Of the credentials; the others (database, username) are no secrets."""

Url = Annotated[str, AfterValidator(normalise_url)]
Name = Annotated[str, Field(pattern=NAME)]
Secret = Annotated[SecretStr, Field(min_length=1)]


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _unset_is_empty(value: object) -> object:
    """`modules: {prestashop:}` switches the module on with its defaults."""
    if not isinstance(value, Mapping):
        return value
    return {name: {} if settings is None else settings for name, settings in value.items()}


def _none_is_empty(value: object) -> object:
    return {} if value is None else value


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AnyConnection(_Form):
    """What every kind of connection has. `verify_tls` false accepts any certificate: for trying out only."""

    name: Name
    url: Url
    verify_tls: bool = True

    @property
    def options(self) -> dict[str, Any]:
        """As `connections.options` stores them: what differs from the defaults."""
        return {} if self.verify_tls else {"verify_tls": False}


class OdooConnection(_AnyConnection):
    """An Odoo database. Up to Odoo 13 a password stands where later versions take an API key.

    `transport` is how it is spoken to: `auto` takes JSON-2 from Odoo 19 on and JSON-RPC before. `lang` is the language
    that texts are read and written in, and has to be active in Odoo. `company_ids`: the companies worked for, the first
    one being that of new records; none leaves it to the user's own.
    """

    kind: Literal["odoo"]
    database: Annotated[str, Field(min_length=1)]
    username: Annotated[str, Field(min_length=1)]
    api_key: Secret
    transport: Literal["auto", "json2", "jsonrpc", "xmlrpc"] = "auto"
    lang: str = "en_US"
    company_ids: tuple[Annotated[int, Field(ge=1)], ...] = ()

    @field_validator("lang")
    @classmethod
    def _is_language(cls, value: str) -> str:
        if not re.fullmatch(LANG, value):
            raise ValueError("must be a language code as Odoo writes it, like fr_FR")
        return value

    @property
    def options(self) -> dict[str, Any]:
        named = self.model_dump(mode="json", include={"transport", "lang", "company_ids"}, exclude_defaults=True)
        return {**super().options, **named}

    @property
    def credentials(self) -> dict[str, str]:
        return {"database": self.database, "username": self.username, "api_key": self.api_key.get_secret_value()}


class PrestashopConnection(_AnyConnection):
    """A PrestaShop: the shop's own address and a key of its webservice."""

    kind: Literal["prestashop"]
    api_key: Secret

    @field_validator("url")
    @classmethod
    def _without_api(cls, value: str) -> str:
        if value.endswith("/api"):
            raise ValueError("must be the shop's own address: leave out /api")
        return value

    @property
    def credentials(self) -> dict[str, str]:
        return {"api_key": self.api_key.get_secret_value()}


class WoocommerceConnection(_AnyConnection):
    """A WooCommerce: the shop's own address, and a key of its REST API, a WordPress user, or both.

    The user, with an Application Password, is needed for what is WordPress' own: pictures, and users that are no
    customers. It opens the rest too, where there is no key.
    """

    kind: Literal["woocommerce"]
    consumer_key: Secret | None = None
    consumer_secret: Secret | None = None
    username: Annotated[str, Field(min_length=1)] | None = None
    application_password: Secret | None = None

    @field_validator("url")
    @classmethod
    def _without_api(cls, value: str) -> str:
        if "/wp-json" in value:
            raise ValueError("must be the shop's own address: leave out /wp-json and what follows")
        return value

    @model_validator(mode="after")
    def _opens_something(self) -> Self:
        given = self.credentials.keys()
        if not given:
            raise ValueError("needs consumer_key and consumer_secret, or username and application_password")
        for one, other in (("consumer_key", "consumer_secret"), ("username", "application_password")):
            if (one in given) != (other in given):
                lacking = other if one in given else one
                raise ValueError(f"needs {lacking} as well: {one} and {other} belong together")
        return self

    @property
    def credentials(self) -> dict[str, str]:
        found = {
            "consumer_key": _revealed(self.consumer_key),
            "consumer_secret": _revealed(self.consumer_secret),
            "username": self.username,
            "application_password": _revealed(self.application_password),
        }
        return {name: value for name, value in found.items() if value is not None}


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


ConnectionForm = OdooConnection | PrestashopConnection | WoocommerceConnection


class LinkForm(_Form):
    """`webhook_secret`: one, or two while the newer replaces the older."""

    slug: Annotated[str, Field(pattern=SLUG)]
    odoo: Name
    shop: Name
    webhook_secret: Annotated[tuple[Secret, ...], BeforeValidator(_listed), Field(min_length=1, max_length=2)]
    modules: Annotated[dict[str, dict[str, Any]], BeforeValidator(_unset_is_empty)] = Field(default_factory=dict)
    reverse_sync: bool = False
    sync: Annotated[LinkSync, BeforeValidator(_none_is_empty)] = Field(default_factory=LinkSync)
    enabled: bool = True

    @property
    def secrets(self) -> list[str]:
        return [secret.get_secret_value() for secret in self.webhook_secret]


class Config(_Form):
    """All that a file asks for. What it does not name is left as it is."""

    connections: tuple[Annotated[ConnectionForm, Field(discriminator="kind")], ...] = ()
    links: tuple[LinkForm, ...] = ()

    @classmethod
    def read(cls, raw: object, *, source: str) -> Self:
        """Raises `BadPayload` that lists everything that is wrong, each with its place in `source`."""
        try:
            config = cls.model_validate({} if raw is None else raw)
        except ValidationError as error:
            raise _bad(source, [_said(raw, path, words) for path, words in explain(error, cls, raw)]) from None
        twice = [*_twice("connections", "name", [each.name for each in config.connections])]
        twice += _twice("links", "slug", [each.slug for each in config.links])
        if twice:
            raise _bad(source, twice)
        return config

    def warnings(self) -> Iterator[str]:
        """What is allowed and still worth a word."""
        for connection in self.connections:
            if _is_unencrypted(connection.url):
                yield f"connection {connection.name}: over http:// {_UNENCRYPTED[connection.kind]}; use https://"
            if not connection.verify_tls:
                yield f"connection {connection.name}: verify_tls is off, so any server can claim to be this one"

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Where each secret stands, and the secret."""
        for connection in self.connections:
            for name, value in connection.credentials.items():
                if name in SECRET_FIELDS:
                    yield f"connection {connection.name}: {name}", value
        for link in self.links:
            for secret in link.secrets:
                yield f"link {link.slug}: webhook_secret", secret


_UNENCRYPTED: Final[Mapping[str, str]] = {
    "odoo": "the key travels unencrypted",
    "prestashop": "the key travels unencrypted",
    "woocommerce": "requests are signed, but anybody on the way can read them, and WordPress takes no Application "
    "Password",
}


def _is_unencrypted(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback_host(parts.hostname or "")


def _bad(source: str, problems: Iterable[str]) -> BadPayload:
    return BadPayload("\n".join(f"{source}: {problem}" for problem in problems), code="bad_config")


def _twice(section: str, field: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{section}: {field} {name} stands there {names.count(name)} times; keep one"


def _said(raw: object, path: Path, words: str) -> str:
    """`connections[1] boutique: url must be …`"""
    where, below = "", path
    if len(path) >= 2 and isinstance(path[1], int):
        item = at(raw, path[:2])
        name = (item.get("name") or item.get("slug")) if isinstance(item, Mapping) else None
        where = f"{path[0]}[{path[1]}]" + (f" {name}" if isinstance(name, str) else "") + ": "
        below = path[2:]
    if words.startswith("kind "):
        return where + words
    return f"{where}{dotted(below) or 'the entry'} {words}"
