"""A WooCommerce connection as a file asks for it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from app.connectors.form import ConnectionForm, Secret


class WoocommerceForm(ConnectionForm):
    """The shop's own address, and a key of its REST API, a WordPress user, or both.

    The user, with an Application Password, is needed for what is WordPress' own: pictures, and users that are no
    customers. It opens the rest too, where there is no key.
    """

    NAMED: ClassVar = ("username",)
    SECRETS: ClassVar = ("consumer_key", "consumer_secret", "application_password")
    UNENCRYPTED: ClassVar = (
        "requests are signed, but anybody on the way can read them, and WordPress takes no Application Password"
    )

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
