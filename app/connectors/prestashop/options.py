"""What an operator can set about one shop. Each option acts; what is left out is asked of the shop itself."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.entities.records import OrderStatus


class PrestashopOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    default_country: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2}$",
        description="ISO code for new addresses that name no country. Empty: the shop's own country.",
    )
    default_language: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2}$",
        description="ISO code for new customers and orders that name no language. Empty: the shop's default.",
    )
    default_currency: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{3}$",
        description="ISO code for new orders and amounts that name no currency. Empty: the shop's default.",
    )
    default_customer_groups: tuple[int, ...] = Field(
        (),
        description="Groups of new customers; the first is their default group. Empty: the shop's customer group.",
    )
    time_zone: str | None = Field(
        None,
        description="Zone of the shop's clock, e.g. Europe/Paris, for times with an offset. Empty: the shop's own.",
    )
    order_status_map: dict[str, int] = Field(
        default_factory=dict, description="Names that orders' current_state may use, e.g. {shipped: 4}."
    )
    order_states: dict[OrderStatus, tuple[int, ...]] = Field(
        default_factory=dict,
        description="What the shop's order states mean, e.g. {shipped: [4, 20]}; the first is the one entered when "
        "Odoo's order gets there. States not named: by the shop's settings and the states' own flags.",
    )
    status_email: bool = Field(False, description="Whether the shop mails the customer when an order's state changes.")
    order_carrier: int | None = Field(None, ge=1, description="Carrier id for new orders that name none.")
    order_module: str | None = Field(
        None, pattern=r"^[A-Za-z0-9_-]+$", description="Payment module for new orders that name none."
    )
    order_payment: str | None = Field(None, description="Name of the payment for new orders that give none.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError("is not a time zone this machine knows, such as Europe/Paris") from error
        return value
