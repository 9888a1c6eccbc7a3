"""An Odoo connection as a file asks for it."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, field_validator

from app.connectors.form import ConnectionForm, Secret
from app.connectors.odoo.client import Protocol

LANG: Final = r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})?(@[a-z]{2,10})?"


class OdooForm(ConnectionForm):
    """An Odoo database. Up to Odoo 13 a password stands where later versions take an API key.

    `transport` is how it is spoken to: `auto` takes JSON-2 from Odoo 19 on and JSON-RPC before. `lang` is the language
    that texts are read and written in, and has to be active in Odoo. `company_ids`: the companies worked for, the first
    one being that of new records; none leaves it to the user's own.
    """

    NAMED: ClassVar = ("database", "username")
    SECRETS: ClassVar = ("api_key",)

    kind: Literal["odoo"]
    database: Annotated[str, Field(min_length=1)]
    username: Annotated[str, Field(min_length=1)]
    api_key: Secret
    transport: Protocol = "auto"
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
