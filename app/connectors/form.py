"""What every kind of connection is asked for in a file; each connector adds its own (`<kind>/form.py`)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from app.security.addresses import normalise_url

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"

Url = Annotated[str, AfterValidator(normalise_url)]
Name = Annotated[str, Field(pattern=NAME)]
Secret = Annotated[SecretStr, Field(min_length=1)]


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConnectionForm(Form):
    """`verify_tls` false accepts any certificate: for trying out only.

    Its credentials are the fields named in `SECRETS` and, as far as they are none, in `NAMED`. `UNENCRYPTED` is what a
    person should know who gives an address with http.

    A subclass narrows `kind` to `Literal[…]`, which is how a file's entry finds its form.
    """

    NAMED: ClassVar[tuple[str, ...]] = ()
    SECRETS: ClassVar[tuple[str, ...]] = ()
    UNENCRYPTED: ClassVar[str] = "the key travels unencrypted"

    name: Name
    url: Url
    verify_tls: bool = True
    kind: str

    @property
    def options(self) -> dict[str, Any]:
        """As `connections.options` stores them: what differs from the defaults."""
        return {} if self.verify_tls else {"verify_tls": False}

    @property
    def credentials(self) -> dict[str, str]:
        """Those that were given, in the clear."""
        given = {name: getattr(self, name) for name in (*self.NAMED, *self.SECRETS)}
        return {name: _revealed(value) for name, value in given.items() if value is not None}


def _revealed(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
