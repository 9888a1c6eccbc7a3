"""What an operator can set about one WooCommerce. Each option acts; what is left out is asked of the shop itself."""

from __future__ import annotations

from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.entities.records import OrderStatus

ORDER_STATUSES: Final = {
    OrderStatus.DRAFT: ("pending", "failed"),
    OrderStatus.SENT: ("on-hold",),
    OrderStatus.CONFIRMED: ("processing",),
    OrderStatus.SHIPPED: ("completed",),
    OrderStatus.DONE: ("completed",),
    OrderStatus.CANCELLED: ("cancelled",),
}


class WoocommerceOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    default_country: str | None = Field(
        None,
        pattern=r"^[A-Za-z]{2}$",
        description="ISO code for new addresses that name no country. Empty: the shop's own country.",
    )
    currency: str | None = Field(
        None, pattern=r"^[A-Z]{3}$", description="ISO code of what the shop's prices are in. Empty: the shop's own."
    )
    time_zone: str | None = Field(
        None, description="Zone of the shop's clock, e.g. Europe/Paris. Empty: the shop's own."
    )
    people: Literal["customers", "users"] = Field(
        "customers",
        description="Who the shop's people are: WooCommerce's customers with their addresses, or all users of the "
        "WordPress, which needs an Application Password.",
    )
    role: str | None = Field(
        None,
        min_length=1,
        description="Only people with this role. Empty: customers, and of WordPress' users all.",
    )
    new_user_role: str | None = Field(
        None,
        min_length=1,
        description="Role of people who are made in the shop. WooCommerce itself makes customers only; another role "
        "needs an Application Password. Empty: the option role, else customer.",
    )
    order_statuses: dict[OrderStatus, tuple[str, ...]] = Field(
        default_factory=lambda: dict(ORDER_STATUSES),
        description="What the shop's order statuses mean, e.g. {shipped: [wc-shipped]}; the first is the one entered "
        "when Odoo's order gets there. Statuses not named mean what they mean by default.",
    )
    tracking_meta: str = Field(
        "_tracking_number",
        min_length=1,
        description="Key of the order's meta data where a tracking number stands, as shipment plugins read it.",
    )
    manage_stock: bool = Field(
        False,
        description="Whether stock management is switched on for products whose stock the shop does not count, when a "
        "stock comes for them. Otherwise they stay as they are.",
    )
    new_products_manage_stock: bool = Field(
        True, description="Whether the shop counts the stock of goods that are made in it from here."
    )
    image_limit: int = Field(20, ge=1, le=200, description="How many pictures of a product are kept the same at most.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError("is not a time zone this machine knows, such as Europe/Paris") from error
        return value

    @field_validator("order_statuses")
    @classmethod
    def _with_defaults(cls, value: dict[OrderStatus, tuple[str, ...]]) -> dict[OrderStatus, tuple[str, ...]]:
        """Without the prefix `wc-` that WordPress keeps them with and the API does not."""
        named = {status: tuple(name.removeprefix("wc-") for name in names) for status, names in value.items()}
        taken = {name for names in named.values() for name in names}
        rest = {
            status: tuple(name for name in names if name not in taken)
            for status, names in ORDER_STATUSES.items()
            if status not in named
        }
        return {**rest, **named}
