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

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, Union
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError

from app.connections.explain import Path, at, dotted, explain
from app.connections.sync_settings import LinkSync
from app.connectors.form import ConnectionForm, Form, Name, Secret
from app.connectors.registry import KINDS
from app.errors import BadPayload
from app.security.addresses import is_loopback_host

SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
SECRET_FIELDS: Final = frozenset(name for kind in KINDS.values() for name in kind.form.SECRETS)
"""Of all kinds' credentials; the others (database, username) are no secrets."""


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _unset_is_empty(value: object) -> object:
    """`modules: {prestashop:}` switches the module on with its defaults."""
    if not isinstance(value, Mapping):
        return value
    return {name: {} if settings is None else settings for name, settings in value.items()}


def _none_is_empty(value: object) -> object:
    return {} if value is None else value


if TYPE_CHECKING:
    AnyConnection = ConnectionForm
else:
    # A union of all kinds' forms, which only the registry knows: `|` cannot be said of as many as there are.
    _FORMS = Union[tuple(kind.form for kind in KINDS.values())]  # noqa: UP007
    AnyConnection = Annotated[_FORMS, Field(discriminator="kind")]


class LinkForm(Form):
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


class Config(Form):
    """All that a file asks for. What it does not name is left as it is."""

    connections: tuple[AnyConnection, ...] = ()
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
                yield f"connection {connection.name}: over http:// {connection.UNENCRYPTED}; use https://"
            if not connection.verify_tls:
                yield f"connection {connection.name}: verify_tls is off, so any server can claim to be this one"

    def secrets(self) -> Iterator[tuple[str, str]]:
        """Where each secret stands, and the secret."""
        for connection in self.connections:
            for name, value in connection.credentials.items():
                if name in connection.SECRETS:
                    yield f"connection {connection.name}: {name}", value
        for link in self.links:
            for secret in link.secrets:
                yield f"link {link.slug}: webhook_secret", secret


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
