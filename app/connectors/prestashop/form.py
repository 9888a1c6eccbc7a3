"""A PrestaShop connection as a file asks for it."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from app.connectors.form import ConnectionForm, Secret


class PrestashopForm(ConnectionForm):
    """The shop's own address and a key of its webservice."""

    SECRETS: ClassVar = ("api_key",)

    kind: Literal["prestashop"]
    api_key: Secret

    @field_validator("url")
    @classmethod
    def _without_api(cls, value: str) -> str:
        if value.endswith("/api"):
            raise ValueError("must be the shop's own address: leave out /api")
        return value
